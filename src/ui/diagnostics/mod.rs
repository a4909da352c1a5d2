//! Diagnostics: what passes between this page and its room, how well it keeps in step and why its controller does what
//! it does, and the ways to disturb it and see it heal. A part of the page beside the player, and not over it, that is
//! made when it is opened and records only while it is open. What it shows is kept by the session
//! ([`Live::look`](super::live::Live::look)).
//!
//! It is drawn as text of HTML and not as views: nothing of it is ever rendered on the server, much of it changes twice a
//! second, and as views all that belongs to it was 45 KB that every phone would have to fetch, where it is 23 now
//! (manual/decisions.md). What comes from outside goes through [`page::escaped`].

mod log;
mod page;
mod plots;
mod tables;

use leptos::html::Section;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use super::live::Live;
use super::words::words;
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, Span};
use log::LogView;

/// The farthest that an element is moved. ms
const JUMP_MOST_MS: i64 = 60_000;

/// The panel, while it is open.
#[component]
pub fn Diagnostics() -> impl IntoView {
    let live = Live::get();
    let open = live.is_watched();
    (move || open.get().then(|| panel(live))).into_any()
}

/// The button that opens it, and closes it.
#[component]
pub fn DiagnosticsButton() -> impl IntoView {
    let live = Live::get();
    let open = live.is_watched();
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-testid="diagnostics"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| live.set_watched(!open.get_untracked())
        >
            {words().diagnostics.title}
        </button>
    }
    .into_any()
}

fn panel(live: Live) -> AnyView {
    let node = NodeRef::<Section>::new();
    let log = StoredValue::new(LogView::default());
    // Where the focus was, to give it back.
    let before = StoredValue::new_local(focused());
    let draw = move || {
        if let Some(panel) = node.get_untracked() {
            let _ = log.try_update_value(|log| draw(live, &panel, log));
        }
    };
    Effect::new(move |drawn: Option<bool>| {
        live.beat().track();
        let Some(panel) = node.get() else { return false };
        draw();
        if drawn != Some(true)
            && let Some(title) = find(&panel, "h2").and_then(|title| title.dyn_into::<HtmlElement>().ok())
        {
            title.scroll_into_view();
            let _ = title.focus();
        }
        true
    });
    on_cleanup(move || {
        let before = before.try_update_value(Option::take).flatten();
        // What had the focus is gone by then, unless it was elsewhere.
        request_animation_frame(move || {
            if let Some(before) = before
                && focused().is_none_or(|focused| focused.tag_name() == "BODY")
            {
                let _ = before.focus();
            }
        });
    });
    let happened = move |event: &Event| {
        let Some((pressed, node)) = target(event).zip(node.get_untracked()) else { return };
        let _ = log.try_update_value(|log| act(live, &node, &pressed, log));
        draw();
    };
    view! {
        <section
            class="panel diagnostics"
            aria-labelledby="diagnostics-title"
            data-testid="diagnostics-panel"
            node_ref=node
            inner_html=page::shell(live)
            on:click=move |event| {
                if is_button(&event) {
                    happened(&event);
                }
            }
            on:input=move |event| happened(&event)
            on:keydown=move |event| {
                // In a field, Escape empties the field.
                if event.key() == "Escape" && target(&event).is_none_or(|target| target.tag_name() != "INPUT") {
                    live.set_watched(false);
                }
            }
        ></section>
    }
    .into_any()
}

fn focused() -> Option<HtmlElement> {
    // There is no document on the server, and no open panel.
    if cfg!(feature = "ssr") {
        return None;
    }
    document().active_element()?.dyn_into().ok()
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn is_button(event: &Event) -> bool {
    target(event).is_some_and(|target| target.tag_name() == "BUTTON")
}

fn find(panel: &Element, selector: &str) -> Option<Element> {
    panel.query_selector(selector).ok().flatten()
}

/// Does what a control is for; its name for programs says which.
fn act(live: Live, panel: &Element, control: &Element, log: &mut LogView) {
    let value = || control.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default();
    let chosen = || control.query_selector("option:checked").ok()??.get_attribute("value");
    match control.get_attribute("data-testid").as_deref() {
        Some("diagnostics-close") => live.set_watched(false),
        Some("diagnostics-export") => live.export_diary(),
        Some("diagnostics-ping") => live.ping(),
        Some("diagnostics-resync") => live.resync(),
        Some("diagnostics-drop") => live.drop_connection(),
        Some("diagnostics-jump-back") => jump(live, panel, -1),
        Some("diagnostics-jump-ahead") => jump(live, panel, 1),
        Some("diagnostics-profile") => {
            let word = chosen().unwrap_or_default();
            live.force_profile(Profile::ALL.into_iter().find(|profile| profile.as_str() == word));
        }
        Some("log-filter") => log.filter(None, Some(value())),
        Some("log-kind") => log.filter(chosen(), None),
        Some("log-pause") => {
            let paused = log.pause_or_go_on();
            let _ = control.set_attribute("aria-pressed", if paused { "true" } else { "false" });
        }
        Some("log-clear") => {
            log.begin_anew();
            live.clear_diary();
        }
        _ => {}
    }
}

fn jump(live: Live, panel: &Element, sign: i64) {
    let field = find(panel, "#jump-by").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    let ms = field.and_then(|field| field.value().parse::<i64>().ok()).unwrap_or(0);
    live.jump(Span::from_millis(sign * ms.clamp(-JUMP_MOST_MS, JUMP_MOST_MS)));
}

/// Draws what may have changed.
fn draw(live: Live, panel: &Element, log: &mut LogView) {
    live.look(&mut |listener, _| {
        let diary = listener.diary();
        put(panel, "plots", &plots::all(diary));
        put(panel, "decisions", &tables::decisions(diary));
        put(panel, "traffic", &tables::traffic(diary));
        let profile = listener.profile();
        put(panel, "profile", &page::profile_line(profile));
        if let Some(select) = find(panel, "#profile") {
            let _ = select.set_attribute("data-profile", profile.as_str());
        }
        log.draw(panel, diary);
    });
}

/// Puts HTML where it belongs, if it is another than is there: what is selected stays selected.
fn put(panel: &Element, part: &str, html: &str) {
    if let Some(place) = find(panel, &["[data-part=", part, "]"].concat())
        && place.get_attribute("data-drawn").is_none_or(|drawn| drawn != digest(html))
    {
        place.set_inner_html(html);
        let _ = place.set_attribute("data-drawn", &digest(html));
    }
}

/// A number that tells texts apart (FNV-1a).
fn digest(text: &str) -> String {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.to_string()
}

/// A moment of this page's clock: minutes, seconds and tenths since it was loaded.
fn moment(at: LocalTime) -> String {
    let tenths = at.micros().max(0) / 100_000;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

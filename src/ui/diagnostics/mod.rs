//! Diagnostics: what passes between this page and its room, how well it keeps in step and why its controller does what
//! it does, and the ways to disturb it and see it heal. A part of the page beside the player, and not over it, that is
//! made when it is opened and records only while it is open. What it shows is kept by the session
//! ([`Live::diary`](super::live::Live::diary)).

mod log;
mod plots;
mod tables;
mod tools;

use leptos::html::H2;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;

use self::log::Log;
use self::plots::Plots;
use self::tables::{Decisions, TrafficTable};
use self::tools::Tools;
use super::icons::Icon;
use super::live::Live;
use super::words::words;
use crate::sync::time::LocalTime;

/// The panel, while it is open.
#[component]
pub fn Diagnostics() -> impl IntoView {
    let live = Live::get();
    let open = live.is_watched();
    // Where the focus was, to give it back.
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        let focused =
            || document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if is {
            before.set_value(focused());
        } else if was == Some(true)
            && let Some(before) = before.try_update_value(Option::take).flatten()
            && focused().is_none_or(|focused| focused.tag_name() == "BODY")
        {
            let _ = before.focus();
        }
        is
    });
    (move || open.get().then(|| view! { <Panel /> })).into_any()
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

#[component]
fn Panel() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let title = NodeRef::<H2>::new();
    Effect::new(move |_| {
        if let Some(title) = title.get() {
            title.scroll_into_view();
            let _ = title.focus();
        }
    });
    view! {
        <section
            class="panel diagnostics"
            aria-labelledby="diagnostics-title"
            data-testid="diagnostics-panel"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    live.set_watched(false);
                }
            }
        >
            <header class="panel-head">
                <h2 id="diagnostics-title" tabindex="-1" node_ref=title>
                    {text.title}
                </h2>
                <div class="panel-tools">
                    <button
                        type="button"
                        class="button button-quiet"
                        data-testid="diagnostics-export"
                        on:click=move |_| live.export_diary()
                    >
                        {text.export}
                    </button>
                    <button
                        type="button"
                        class="round round-quiet"
                        data-testid="diagnostics-close"
                        aria-label=words().app.close
                        on:click=move |_| live.set_watched(false)
                    >
                        {Icon::Remove.draw()}
                    </button>
                </div>
            </header>
            <Tools />
            <Plots />
            <div class="diag-tables">
                <Decisions />
                <TrafficTable />
            </div>
            <Log />
        </section>
    }
    .into_any()
}

/// A moment of this page's clock: minutes, seconds and tenths since it was loaded.
fn moment(at: LocalTime) -> String {
    let tenths = at.micros().max(0) / 100_000;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

//! Inviting others: the code to say aloud, the link to send, and both as a poster with a QR code, to hold up or to leave
//! on a screen.

use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;
use leptos::web_sys::js_sys::{Function, Promise, Reflect};

use super::live::Live;
use super::overlay::is_covered;
use super::toast::Toasts;
use super::words::words;

/// The code and the link of the room.
#[component]
pub fn Share() -> impl IntoView {
    let code = Live::get().code().to_string();
    let toasts = Toasts::get();
    let says = &words().share;
    let path = format!("/r/{code}");
    // The server does not know under which name it is reached; the browser does.
    let link = RwSignal::new(path.clone());
    let alone = RwSignal::new(false);
    Effect::new(move |_| {
        let location = window().location();
        if let Ok(origin) = location.origin() {
            link.set(format!("{origin}{path}"));
        }
        alone.set(location.hostname().is_ok_and(|host| is_this_computer(&host)));
    });
    let field = NodeRef::<Input>::new();
    let copy = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        toasts.say(if copy_from(&field) { says.copied } else { says.by_hand });
    };
    let poster = NodeRef::<Dialog>::new();
    let show = move |_| {
        if let Some(poster) = poster.get_untracked() {
            // Refused only for a dialog that is open.
            let _ = poster.show_modal();
        }
    };
    view! {
        <section id="share" class="panel share" aria-labelledby="share-title">
            <header class="panel-head">
                <h2 id="share-title">{says.title}</h2>
            </header>
            {written(&code, "room-code")}
            <div class="share-link">
                <label class="sr" for="share-link">
                    {says.link}
                </label>
                <input
                    id="share-link"
                    class="field"
                    type="text"
                    readonly
                    data-testid="share-link"
                    node_ref=field
                    value=link.get_untracked()
                    prop:value=move || link.get()
                />
                <button type="button" class="button button-accent" data-testid="copy-link" on:click=copy>
                    {says.copy}
                </button>
                <button type="button" class="button" data-testid="show-qr" on:click=show>
                    {says.show_qr}
                </button>
            </div>
            <p class="share-alone quiet" data-testid="share-alone" hidden=move || !alone.get()>
                {says.alone}
            </p>
            <Poster code link node=poster />
        </section>
    }
    .into_any()
}

/// The invitation over the whole screen, to be read from across the room.
#[component]
fn Poster(code: String, link: RwSignal<String>, node: NodeRef<Dialog>) -> impl IntoView {
    let says = &words().share;
    let close = move || {
        if let Some(poster) = node.get_untracked() {
            poster.close();
        }
    };
    // What must be answered is answered first.
    let covered = is_covered(Live::get());
    Effect::new(move |_| {
        if covered.get() {
            close();
        }
    });
    let address = move || link.with(|link| link.split("://").last().unwrap_or_default().to_owned());
    view! {
        <dialog class="poster" aria-labelledby="poster-scan" data-testid="qr" node_ref=node>
            <div class="poster-leaf">
                <p id="poster-scan" class="poster-scan">
                    {says.scan}
                </p>
                <img
                    class="poster-qr"
                    src=format!("/r/{code}/qr.svg")
                    alt=move || says.qr.fill([&link.get()])
                    width="512"
                    height="512"
                    loading="lazy"
                />
                <p class="quiet">{says.or_type}</p>
                <p class="poster-address code">{address}</p>
                {written(&code, "qr-code")}
                <button type="button" class="button" data-testid="qr-close" on:click=move |_| close()>
                    {words().app.close}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// The code in two groups for the eye, and letter by letter for a screen reader, which would read it as a word.
fn written(code: &str, testid: &'static str) -> AnyView {
    let letters: Vec<_> = code.chars().map(String::from).collect();
    let spelt = words().share.spelt.fill([&letters.join(" ")]);
    let (left, right) = code.split_at(3);
    view! {
        <p class="share-code" data-testid=testid>
            <span class="sr">{spelt}</span>
            <span aria-hidden="true">{left.to_owned()}</span>
            <span aria-hidden="true">{right.to_owned()}</span>
        </p>
    }
    .into_any()
}

/// Whether a host's name leads every computer to itself.
fn is_this_computer(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

/// Copies what is in a field. Over plain `http` there is no clipboard API, but the old command still works there;
/// where neither does, the text stays selected.
fn copy_from(field: &HtmlInputElement) -> bool {
    field.select();
    let by_command = || {
        let command: Function = Reflect::get(&document(), &"execCommand".into()).ok()?.dyn_into().ok()?;
        command.call1(&document(), &"copy".into()).ok()?.as_bool()
    };
    let by_clipboard = || {
        let navigator = Reflect::get(&window(), &"navigator".into()).ok()?;
        let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
        let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
        let written: Promise = write.call1(&clipboard, &field.value().into()).ok()?.dyn_into().ok()?;
        // Whether it was allowed is known later; a refusal must not become an error of the page.
        let refused =
            leptos::wasm_bindgen::closure::Closure::once_into_js(|_: leptos::wasm_bindgen::JsValue| ());
        let catch: Function = Reflect::get(&written, &"catch".into()).ok()?.dyn_into().ok()?;
        catch.call1(&written, &refused).ok()?;
        Some(true)
    };
    by_command() == Some(true) || by_clipboard() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_leads_nobody_else_here_is_known() {
        for host in ["localhost", "tutti.localhost", "127.0.0.1", "[::1]"] {
            assert!(is_this_computer(host), "{host}");
        }
        for host in ["192.168.1.20", "tutti.local", "music.example", "[fe80::1]"] {
            assert!(!is_this_computer(host), "{host}");
        }
    }
}

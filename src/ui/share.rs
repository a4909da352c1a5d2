//! Inviting others: the code to say aloud, the link to send.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;
use leptos::web_sys::js_sys::{Function, Promise, Reflect};

use super::live::Live;
use super::toast::Toasts;

/// The code and the link of the room.
#[component]
pub fn Share() -> impl IntoView {
    let code = Live::get().code().to_string();
    let toasts = Toasts::get();
    let path = format!("/r/{code}");
    // The server does not know under which name it is reached; the browser does.
    let link = RwSignal::new(path.clone());
    Effect::new(move |_| {
        if let Ok(origin) = window().location().origin() {
            link.set(format!("{origin}{path}"));
        }
    });
    let field = NodeRef::<Input>::new();
    let copy = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        toasts.say(if copy_from(&field) {
            "Link copied"
        } else {
            "Copy the marked link by hand: this browser does not let a page do it"
        });
    };
    let (left, right) = code.split_at(3);
    view! {
        <section id="share" class="panel share" aria-labelledby="share-title">
            <header class="panel-head">
                <h2 id="share-title">"Invite"</h2>
            </header>
            <p class="share-code" data-testid="room-code" aria-label=spelt(&code)>
                <span>{left.to_owned()}</span>
                <span>{right.to_owned()}</span>
            </p>
            <div class="share-link">
                <label class="sr" for="share-link">
                    "Link to this room"
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
                    "Copy link"
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// Letter by letter, so that a screen reader does not read the code as a word.
fn spelt(code: &str) -> String {
    let letters: Vec<_> = code.chars().map(String::from).collect();
    format!("Room code {}", letters.join(" "))
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

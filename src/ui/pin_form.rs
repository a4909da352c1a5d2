//! The door of a room with a PIN; works without script.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::EnterPin;
use crate::protocol::RoomCode;
use crate::protocol::limits::PIN_CHARS;

/// Asks for the PIN of a room.
#[component]
pub fn PinForm(
    /// The room.
    code: RoomCode,
    /// Takes the PIN.
    enter: ServerAction<EnterPin>,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let refusal = move || match enter.value().get() {
        Some(Err(refused)) => refused.code.message(),
        _ => "",
    };
    view! {
        <Title text="PIN – Tutti" />
        <main class="problem">
            <a class="wordmark" href="/">
                "tutti"
            </a>
            <h1>"This room wants a PIN"</h1>
            <p class="problem-text">
                "Whoever opened room " <strong class="code">{code.to_string()}</strong> " can tell you."
            </p>
            <ActionForm action=enter attr:class="join">
                <input type="hidden" name="code" value=code.to_string() />
                <label class="field-label" for="pin">
                    "PIN"
                </label>
                <div class="join-row">
                    <input
                        id="pin"
                        node_ref=field
                        class="field field-code"
                        type="password"
                        name="pin"
                        data-testid="pin"
                        minlength=PIN_CHARS.0.to_string()
                        maxlength=PIN_CHARS.1.to_string()
                        required
                        autocomplete="off"
                        enterkeyhint="go"
                        aria-describedby="pin-refused"
                    />
                    <button
                        type="submit"
                        class="button button-accent"
                        data-testid="enter-pin"
                        disabled=move || enter.pending().get()
                    >
                        "Come in"
                    </button>
                </div>
                <p id="pin-refused" class="field-refused" role="alert">
                    {refusal}
                </p>
            </ActionForm>
            <p class="problem-home">
                <a href="/">"To the home page"</a>
            </p>
        </main>
    }
    .into_any()
}

//! The door of a room with a PIN; works without script.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::EnterPin;
use super::words::words;
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
            // Who comes from another page of the app sees the form before it is in the document.
            request_animation_frame(move || {
                // A field that is in the document takes the focus.
                let _ = field.focus();
            });
        }
    });
    let refusal = move || match enter.value().get() {
        Some(Err(refused)) => (words().errors)(refused.code),
        _ => "",
    };
    let says = &words().doors;
    let (before, behind) = says.pin_text;
    view! {
        <Title text=format!("{} – Tutti", says.pin) />
        <main class="problem">
            <a class="wordmark" href="/">
                "tutti"
            </a>
            <h1>{says.pin_title}</h1>
            <p class="problem-text">
                {before} <strong class="code">{code.to_string()}</strong> {behind}
            </p>
            <ActionForm action=enter attr:class="join">
                <input type="hidden" name="code" value=code.to_string() />
                <label class="field-label" for="pin">
                    {says.pin}
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
                        aria-invalid=move || (!refusal().is_empty()).to_string()
                        aria-describedby="pin-refused"
                    />
                    <button
                        type="submit"
                        class="button button-accent"
                        data-testid="enter-pin"
                        disabled=move || enter.pending().get()
                    >
                        {says.come_in}
                    </button>
                </div>
                <p id="pin-refused" class="field-refused" role="alert">
                    {refusal}
                </p>
            </ActionForm>
            <p class="problem-home">
                <a href="/">{says.home}</a>
            </p>
        </main>
    }
    .into_any()
}

//! Joining by code. A plain `GET /join?code=…` for a page whose script has not come (yet); with script the code is
//! checked on the spot and the page changes without a load, so that the click still counts as the gesture that
//! browsers want before they play.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::home::Home;
use super::status;
use super::words::words;
use crate::protocol::RoomCode;

/// The form.
#[component]
pub fn JoinForm(
    /// What was typed already.
    #[prop(optional, into)]
    typed: String,
    /// Whether that was no code.
    #[prop(optional)]
    refused: bool,
) -> impl IntoView {
    let says = &words().home;
    let refused = RwSignal::new(refused);
    // What is in the field counts, and may have been typed before the script was there.
    let field = NodeRef::<Input>::new();
    let navigate = use_navigate();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        match field.value().parse::<RoomCode>() {
            Ok(code) => navigate(&format!("/r/{code}"), leptos_router::NavigateOptions::default()),
            Err(_) => refused.set(true),
        }
    };
    view! {
        <form class="join" method="get" action="/join" on:submit=on_submit novalidate>
            <label class="field-label" for="join-code">
                {says.code}
            </label>
            <div class="join-row">
                <input
                    id="join-code"
                    node_ref=field
                    class="field field-code"
                    type="text"
                    name="code"
                    data-testid="join-code"
                    value=typed
                    placeholder="K7M 2QX"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    inputmode="text"
                    enterkeyhint="go"
                    maxlength="16"
                    aria-describedby="join-refused"
                    aria-invalid=move || refused.get().to_string()
                    on:input=move |_| refused.set(false)
                />
                <button type="submit" class="button" data-testid="join">
                    {says.join_button}
                </button>
            </div>
            <p id="join-refused" class="field-refused" role="alert">
                {move || if refused.get() { says.no_code } else { "" }}
            </p>
        </form>
    }
    .into_any()
}

/// `/join?code=…`: on to the room, or back to the form with the reason.
#[component]
pub fn JoinPage() -> impl IntoView {
    let typed = use_query_map().with_untracked(|query| query.get("code").unwrap_or_default());
    if let Ok(code) = typed.parse::<RoomCode>() {
        view! { <Redirect path=format!("/r/{code}") /> }.into_any()
    } else {
        let refused = !typed.trim().is_empty();
        if refused {
            status::respond_with(422);
        }
        view! { <Home typed refused /> }.into_any()
    }
    .into_any()
}

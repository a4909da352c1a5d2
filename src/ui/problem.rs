//! Pages that say why there is nothing to see, each with the way out.

use leptos::prelude::*;
use leptos_meta::Title;

use super::join_form::JoinForm;
use super::overlay::again;
use super::status;
use super::words::{Ending, words};
use crate::protocol::CloseReason;

/// The frame of such a page.
#[component]
pub fn Problem(
    /// What happened, and what that means.
    says: Ending,
    /// The way out, beside that to the home page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Ending { title, text } = says;
    view! {
        <Title text=format!("{title} – Tutti") />
        <main class="problem">
            <a class="wordmark" href="/">
                "tutti"
            </a>
            <h1>{title}</h1>
            <p class="problem-text">{text}</p>
            {children.map(|children| children())}
            <p class="problem-home">
                <a href="/">{words().doors.home}</a>
            </p>
        </main>
    }
    .into_any()
}

/// No page has this address.
#[component]
pub fn PageNotFound() -> impl IntoView {
    status::respond_with(404);
    view! {
        <Problem says=words().doors.no_page/>
    }
    .into_any()
}

/// No room has this code.
#[component]
pub fn RoomNotFound(
    /// The code, as it was in the address.
    typed: String,
) -> impl IntoView {
    status::respond_with(404);
    view! {
        <Problem says=words().doors.no_room>
            <JoinForm typed />
        </Problem>
    }
    .into_any()
}

/// The room is there, but not for this browser, or not now: as a closed socket says it. The server has set the status.
#[component]
pub fn RoomShut(
    /// Why.
    reason: CloseReason,
    /// The room's address.
    typed: String,
) -> impl IntoView {
    view! {
        <Problem says=(words().closed)(reason)>
            {again(reason)
                .map(|again| {
                    view! {
                        <p>
                            <a class="button button-accent" rel="external" href=format!("/r/{typed}")>
                                {again}
                            </a>
                        </p>
                    }
                })}
        </Problem>
    }
    .into_any()
}

/// The server could not say.
#[component]
pub fn RoomFailed(
    /// The room's address.
    typed: String,
) -> impl IntoView {
    status::respond_with(503);
    view! {
        <Problem says=words().doors.failed>
            <p>
                <a class="button button-accent" rel="external" href=format!("/r/{typed}")>
                    {words().app.try_again}
                </a>
            </p>
        </Problem>
    }
    .into_any()
}

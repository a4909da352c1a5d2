//! Pages that say why there is nothing to see, each with the way out.

use leptos::prelude::*;
use leptos_meta::Title;

use super::join_form::JoinForm;
use super::status;

/// The frame of such a page.
#[component]
pub fn Problem(
    /// What happened.
    title: &'static str,
    /// What that means.
    text: &'static str,
    /// The way out, beside that to the home page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
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
                <a href="/">"To the home page"</a>
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
        <Problem title="There is no such page" text="The address may be mistyped, or the page has moved."/>
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
        <Problem
            title="There is no such room"
            text="The code may be mistyped, or the room was removed. Ask whoever invited you, and try once more."
        >
            <JoinForm typed />
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
        <Problem
            title="The room cannot be shown just now"
            text="The server is busy or starting. Your room and its music are not lost."
        >
            <p>
                <a class="button button-accent" rel="external" href=format!("/r/{typed}")>
                    "Try again"
                </a>
            </p>
        </Problem>
    }
    .into_any()
}

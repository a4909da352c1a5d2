//! What stands before the room: *Tap to start*, and the honest end of a visit. And the banner while the connection
//! is being tried again, which hides nothing, because the sound goes on.

use leptos::html::{Button, Div};
use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::words::{Ending, words};
use crate::listener::view::Connection;
use crate::protocol::CloseReason;

/// Whether something stands before the room, so that the room takes no focus.
pub fn is_covered(live: Live) -> Memo<bool> {
    let (blocked, connection) = (live.blocked(), live.connection());
    Memo::new(move |_| blocked.get() || matches!(connection.get(), Connection::Closed(_)))
}

/// What stands before the room, if anything does.
#[component]
pub fn Overlay() -> impl IntoView {
    let live = Live::get();
    let (blocked, connection) = (live.blocked(), live.connection());
    let closed = Memo::new(move |_| match connection.get() {
        Connection::Closed(reason) => Some(reason),
        _ => None,
    });
    move || match closed.get() {
        Some(reason) => view! { <Ended reason code=live.code().to_string() /> }.into_any(),
        None if blocked.get() => view! { <TapToStart live /> }.into_any(),
        None => ().into_any(),
    }
}

#[component]
fn TapToStart(live: Live) -> impl IntoView {
    let button = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
    let playback = live.playback();
    let playing = move || {
        playback.with(|playback| match &playback.track {
            Some(track) => {
                format!("“{}” is playing. Your browser wants a tap before it makes a sound.", track.title)
            }
            None => "Your browser wants a tap before it makes a sound.".to_owned(),
        })
    };
    view! {
        <div class="overlay" role="dialog" aria-modal="true" aria-labelledby="tap-title" aria-describedby="tap-why">
            <button
                type="button"
                class="tap"
                data-testid="tap-to-start"
                aria-describedby="tap-why"
                node_ref=button
                on:click=move |_| live.tap()
            >
                <span class="tap-mark">{Icon::Play.draw()}</span>
                <span id="tap-title" class="tap-title">
                    "Tap to start"
                </span>
            </button>
            <p id="tap-why" class="overlay-text">
                {playing}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Ended(reason: CloseReason, code: String) -> impl IntoView {
    let Ending { title, text } = (words().closed)(reason);
    let again = match reason {
        CloseReason::Kicked | CloseReason::NoRoom => None,
        CloseReason::Pin => Some("Enter the PIN"),
        CloseReason::Full => Some("Try again"),
        _ => Some("Reload"),
    };
    let dialog = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.focus();
        }
    });
    view! {
        <div
            class="overlay"
            role="alertdialog"
            aria-modal="true"
            aria-labelledby="ended-title"
            aria-describedby="ended-text"
            tabindex="-1"
            data-testid="ended"
            data-reason=reason.code().to_string()
            node_ref=dialog
        >
            <h2 id="ended-title" class="overlay-title">
                {title}
            </h2>
            <p id="ended-text" class="overlay-text">
                {text}
            </p>
            <p class="overlay-ways">
                {again
                    .map(|again| {
                        view! {
                            <a class="button button-accent" rel="external" href=format!("/r/{code}")>
                                {again}
                            </a>
                        }
                    })}
                <a class="button" rel="external" href="/">
                    "To the home page"
                </a>
            </p>
        </div>
    }
    .into_any()
}

/// Says that the connection is being tried again.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let connection = Live::get().connection();
    let lost = Memo::new(move |_| connection.get() == Connection::Reconnecting);
    view! {
        <div class="banner-place" role="status" aria-live="polite">
            {move || {
                lost.get()
                    .then(|| {
                        view! {
                            <p class="banner" data-testid="reconnecting">
                                "Reconnecting… the music goes on."
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

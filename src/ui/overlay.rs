//! What stands before the room: *Tap to start*, and the honest end of a visit. And the banner while the connection
//! is being tried again, which hides nothing, because the sound goes on.

use leptos::html::{Button, Div, Input};
use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::words::{Ending, words};
use crate::listener::view::Connection;
use crate::protocol::limits::MEMBER_NAME_CHARS;
use crate::protocol::{CloseReason, MemberName};

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

/// The tap that browsers want before they play; who one is can be said on the way.
#[component]
fn TapToStart(live: Live) -> impl IntoView {
    let says = &words().doors;
    let (button, field) = (NodeRef::<Button>::new(), NodeRef::<Input>::new());
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
    let (members, me) = (live.members(), live.member_id());
    let name = Memo::new(move |_| {
        let me = me.get()?;
        members.with(|members| {
            members.iter().find(|member| member.member_id == me).map(|member| member.name.to_string())
        })
    });
    let refused = RwSignal::new(false);
    // Within the click or the key, which is what the browser waits for; the name is no reason to stay silent.
    let start = move || {
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let typed = typed.trim();
        if !typed.is_empty() && name.get_untracked().as_deref() != Some(typed) {
            match MemberName::parse(typed) {
                Ok(name) => live.rename(name),
                Err(_) => return refused.set(true),
            }
        }
        live.tap();
    };
    let playback = live.playback();
    let why = move || {
        playback.with(|playback| match &playback.track {
            Some(track) => says.tap_playing.fill([&track.title]),
            None => says.tap_why.to_owned(),
        })
    };
    view! {
        <form
            class="overlay"
            role="dialog"
            aria-modal="true"
            aria-labelledby="tap-title"
            aria-describedby="tap-why"
            on:submit=move |event| {
                event.prevent_default();
                start();
            }
        >
            <button
                type="button"
                class="tap"
                data-testid="tap-to-start"
                aria-describedby="tap-why"
                node_ref=button
                on:click=move |_| start()
            >
                <span class="tap-mark">{Icon::Play.draw()}</span>
                <span id="tap-title" class="tap-title">
                    {says.tap}
                </span>
            </button>
            <p id="tap-why" class="overlay-text">
                {why}
            </p>
            <div class="tap-name">
                <label class="quiet" for="tap-name">
                    {says.your_name}
                </label>
                <input
                    id="tap-name"
                    class="field"
                    type="text"
                    data-testid="tap-name"
                    maxlength=MEMBER_NAME_CHARS.to_string()
                    autocomplete="nickname"
                    enterkeyhint="go"
                    aria-describedby="tap-refused"
                    aria-invalid=move || refused.get().to_string()
                    node_ref=field
                    prop:value=move || name.get().unwrap_or_default()
                    on:input=move |_| refused.set(false)
                />
                <p id="tap-refused" class="field-refused" role="alert">
                    {move || if refused.get() { says.bad_name } else { "" }}
                </p>
            </div>
        </form>
    }
    .into_any()
}

/// What leads on from an end, beside the way home; nothing where it would lead to the same end.
pub fn again(reason: CloseReason) -> Option<&'static str> {
    match reason {
        CloseReason::Kicked | CloseReason::NoRoom => None,
        CloseReason::Pin => Some(words().doors.enter_pin),
        CloseReason::Full => Some(words().app.try_again),
        CloseReason::Policy | CloseReason::Restart | CloseReason::TooSlow | CloseReason::Version => {
            Some(words().app.reload)
        }
    }
}

#[component]
fn Ended(reason: CloseReason, code: String) -> impl IntoView {
    let Ending { title, text } = (words().closed)(reason);
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
                {again(reason)
                    .map(|again| {
                        view! {
                            <a class="button button-accent" rel="external" href=format!("/r/{code}")>
                                {again}
                            </a>
                        }
                    })}
                <a class="button" rel="external" href="/">
                    {words().doors.home}
                </a>
            </p>
        </div>
    }
    .into_any()
}

/// Says that the connection is being tried again.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let live = Live::get();
    let (connection, playback) = (live.connection(), live.playback());
    // Both in one: a memo that only the banner read would not have seen what was before it.
    let seen = Memo::new(move |before: Option<&(bool, bool)>| {
        let now = connection.get();
        let was_there = before.is_some_and(|before| before.0) || now == Connection::Online;
        (was_there, now == Connection::Reconnecting)
    });
    let says = &words().doors;
    let line = move || {
        if !seen.get().0 {
            says.no_answer
        } else if playback.with(|playback| playback.status.is_running()) {
            says.music_goes_on
        } else {
            says.reconnecting
        }
    };
    view! {
        <div class="banner-place" role="status" aria-live="polite">
            {move || {
                seen.get()
                    .1
                    .then(|| {
                        view! {
                            <p class="banner" data-testid="reconnecting">
                                {line}
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

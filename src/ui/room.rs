//! The open room: where everything stands. What it says comes from the [`Live`] session that it starts.

use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::Listing;
use super::chat::{Chat, Unread};
use super::icons::Icon;
use super::library::Library;
use super::live::Live;
use super::now_playing::NowPlaying;
use super::overlay::{ConnectionBanner, Overlay, is_covered};
use super::people::People;
use super::queue::Queue;
use super::settings::SettingsButton;
use super::share::Share;
use super::toast::{ToastRegion, Toasts};
use super::wording;
use crate::listener::view::Beginning;

/// A room that opened.
#[component]
pub fn Room(
    /// What it begins with.
    beginning: Beginning,
    /// The first page of the library.
    library: Option<Listing>,
) -> impl IntoView {
    let live = Live::provide(beginning);
    Toasts::provide();
    Unread::provide();
    let covered = is_covered(live);
    view! {
        <RoomTitle />
        <NoScript />
        <div class="room" inert=move || covered.get()>
            <RoomHead />
            <main class="stage">
                <NowPlaying />
                <div class="side">
                    <Tabs />
                    <Queue />
                    <Library first=library />
                    <People />
                    <Chat />
                    <Share />
                </div>
            </main>
        </div>
        <ConnectionBanner />
        <Overlay />
        <ToastRegion />
    }
    .into_any()
}

#[component]
fn RoomTitle() -> impl IntoView {
    let live = Live::get();
    let (name, playback) = (live.name(), live.playback());
    let text = move || {
        let name = name.get();
        playback.with(|playback| match &playback.track {
            Some(track) => format!("{} – {name} – Tutti", track.title),
            None => format!("{name} – Tutti"),
        })
    };
    view! { <Title text /> }
}

/// For who has no script: what plays, and why it is silent. One text, because a browser with script takes all that is
/// in here for text, and elements would be missed when the page is taken over.
#[component]
fn NoScript() -> impl IntoView {
    let playback = Live::get().playback().get_untracked();
    let playing = match &playback.track {
        Some(track) if playback.status.is_running() => {
            format!("“{}” is playing in this room.", track.title)
        }
        _ => "Nothing is playing in this room just now.".to_owned(),
    };
    let text = format!(
        "{playing} To hear it in step with everyone, this page must measure time and steer the sound, and that \
         needs JavaScript."
    );
    view! { <noscript class="noscript">{text}</noscript> }.into_any()
}

#[component]
fn RoomHead() -> impl IntoView {
    let live = Live::get();
    let (name, count) = (live.name(), live.member_count());
    view! {
        <header class="room-head">
            <a class="wordmark" href="/" aria-label="Tutti, to the home page">
                "tutti"
            </a>
            <h1 class="room-name">{move || name.get()}</h1>
            <a class="room-invite" rel="external" href="#share">
                {Icon::Share.draw()}
                <span class="code">{live.code().to_string()}</span>
                <span class="sr">"Invite others"</span>
            </a>
            <a class="room-count" rel="external" href="#people">
                {Icon::People.draw()}
                <span aria-hidden="true">{move || count.get()}</span>
                <span class="sr">
                    {move || wording::counted(count.get() as u64, "person here", "people here")}
                </span>
            </a>
            <SettingsButton />
        </header>
    }
    .into_any()
}

/// The parts of the page: within a thumb's reach on a phone, above the lists on a desk.
#[component]
fn Tabs() -> impl IntoView {
    let queue = Live::get().queue();
    let waiting = Memo::new(move |_| queue.with(|queue| queue.len()));
    view! {
        <nav class="tabs" aria-label="Parts of this page">
            <a rel="external" href="#now">
                {Icon::Note.draw()}
                <span>"Playing"</span>
            </a>
            <a rel="external" href="#queue">
                {Icon::Queue.draw()}
                <span>
                    "Queue"
                    <span class="tabs-count">{move || waiting.get()}</span>
                </span>
            </a>
            <a rel="external" href="#library">
                {Icon::Library.draw()}
                <span>"Library"</span>
            </a>
            <a rel="external" href="#people">
                {Icon::People.draw()}
                <span>"People"</span>
            </a>
        </nav>
    }
    .into_any()
}

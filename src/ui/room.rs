//! The open room: where everything stands. What it says comes from the [`Live`] session that it starts.

use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::Listing;
use super::chat::{Chat, Unread};
use super::diagnostics::{Diagnostics, DiagnosticsButton};
use super::here::{Part, follow_reader};
use super::icons::Icon;
use super::library::Library;
use super::live::Live;
use super::mini_player::MiniPlayer;
use super::now_playing::NowPlaying;
use super::overlay::{ConnectionBanner, Overlay, is_covered};
use super::people::People;
use super::queue::Queue;
use super::settings::SettingsButton;
use super::share::Share;
use super::shortcuts::{ShortcutHelp, Shortcuts};
use super::toast::{ToastRegion, Toasts};
use super::tone::PageTone;
use super::words::words;
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
    ShortcutHelp::provide();
    PageTone::provide();
    Unread::provide();
    let covered = is_covered(live);
    let here = follow_reader();
    view! {
        <RoomTitle />
        <NoScript />
        <div class="room" inert=move || covered.get()>
            <RoomHead />
            <main class="stage">
                <NowPlaying />
                <Diagnostics />
                <div class="company">
                    <People />
                    <Chat />
                    <Share />
                </div>
                <div class="lists">
                    <Queue />
                    <Library first=library />
                </div>
            </main>
            <footer class="room-foot">
                <DiagnosticsButton />
            </footer>
            <div class="dock">
                <MiniPlayer here />
                <Tabs here />
            </div>
        </div>
        <ConnectionBanner />
        <Overlay />
        <ToastRegion />
        <Shortcuts />
    }
    .into_any()
}

#[component]
fn RoomTitle() -> impl IntoView {
    let live = Live::get();
    let (name, playback) = (live.name(), live.playback());
    let now = move || {
        let name = name.try_get()?;
        playback.try_with(|playback| match &playback.track {
            Some(track) => format!("{} – {name} – Tutti", track.title),
            None => format!("{name} – Tutti"),
        })
    };
    // The server writes the title last of all, on a thread that may know nothing of this page's values any more.
    let as_rendered = untrack(now).unwrap_or_default();
    view! { <Title text=move || now().unwrap_or_else(|| as_rendered.clone()) /> }
}

/// For who has no script: what plays, and why it is silent. One text, because a browser with script takes all that is
/// in here for text, and elements would be missed when the page is taken over.
#[component]
fn NoScript() -> impl IntoView {
    let playback = Live::get().playback().get_untracked();
    let texts = &words().room;
    let playing = match &playback.track {
        Some(track) if playback.status.is_running() => texts.playing.fill([&track.title]),
        _ => texts.silent.to_owned(),
    };
    let text = format!("{playing} {}", texts.no_script);
    view! { <noscript class="noscript">{text}</noscript> }.into_any()
}

#[component]
fn RoomHead() -> impl IntoView {
    let live = Live::get();
    let (name, count) = (live.name(), live.member_count());
    view! {
        <header class="room-head">
            <a class="wordmark" href="/" aria-label=words().room.home>
                "tutti"
            </a>
            <h1 class="room-name">{move || name.get()}</h1>
            <a class="room-invite" rel="external" href="#share">
                {Icon::Share.draw()}
                <span class="code">{live.code().to_string()}</span>
                <span class="sr">{words().room.invite}</span>
            </a>
            <a class="room-count" rel="external" href="#people">
                {Icon::People.draw()}
                <span aria-hidden="true">{move || count.get()}</span>
                <span class="sr">
                    {move || words().room.here.of(count.get() as u64)}
                </span>
            </a>
            <SettingsButton />
        </header>
    }
    .into_any()
}

/// The parts of the page, within a thumb's reach on a phone; a desk shows them all at once and has no tabs.
#[component]
fn Tabs(here: RwSignal<Part>) -> impl IntoView {
    let queue = Live::get().queue();
    let waiting = Memo::new(move |_| queue.with(|queue| queue.len()));
    let unread = Unread::get().count();
    let tab = move |part: Part| {
        let (icon, name) = match part {
            Part::Now => (Icon::Note, words().room.now),
            Part::People => (Icon::People, words().room.people),
            Part::Chat => (Icon::Chat, words().room.chat),
            Part::Queue => (Icon::Queue, words().room.queue),
            Part::Library => (Icon::Library, words().room.library),
        };
        let mark = match part {
            Part::Queue => view! { <span class="tab-mark">{move || some(waiting.get())}</span> }.into_any(),
            Part::Chat => dot(unread).into_any(),
            _ => ().into_any(),
        };
        view! {
            <a
                class="tab"
                rel="external"
                href=format!("#{}", part.id())
                aria-current=move || (here.get() == part).then_some("true")
            >
                <span class="tab-icon">{icon.draw()} {mark}</span>
                <span>{name}</span>
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="tabs" aria-label=words().room.parts>
            {Part::ALL.map(tab).collect_view()}
        </nav>
    }
    .into_any()
}

/// A dot while something waits to be read.
fn dot(unread: Memo<usize>) -> impl IntoView {
    move || {
        (unread.get() > 0).then(|| {
            view! {
                <span class="tab-mark tab-dot">
                    <span class="sr">{words().room.unread.of(unread.get() as u64)}</span>
                </span>
            }
        })
    }
}

/// Nothing for nothing.
fn some(count: usize) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

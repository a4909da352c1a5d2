//! The tracks, each with what this tab may do with it.
//!
//! A row is drawn once and has nothing that listens to the room, because a list may get 20,000 of them; when the
//! rights of this tab change, all are drawn anew.

use std::sync::Arc;

use leptos::prelude::*;

use super::shelf::Shelf;
use crate::protocol::{Action, QueuePlace, TrackInfo};
use crate::ui::cover::Cover;
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::toast::Toasts;
use crate::ui::wording;
use crate::ui::words::words;

/// What this tab may do with a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    play: bool,
    queue: bool,
}

/// The list of tracks.
#[component]
pub(super) fn Tracks(shelf: Shelf) -> impl IntoView {
    let live = Live::get();
    let (play, queue) = (live.may(Action::Control), live.may(Action::Queue));
    let rights = Memo::new(move |_| Rights { play: play.get(), queue: queue.get() });
    let some = Memo::new(move |_| shelf.tracks().with(|tracks| !tracks.is_empty()));
    move || {
        some.get().then(|| {
            let rights = rights.get();
            view! {
                <ul class="rows tracks" aria-label=words().library.track_list>
                    <For
                        each=move || shelf.tracks().get()
                        // The address has the track's id and changes when its file does.
                        key=|track| (track.track_url.clone(), track.needs_encoder)
                        let:track
                    >
                        {row(track, rights)}
                    </For>
                </ul>
            }
            .into_any()
        })
    }
}

fn row(track: Arc<TrackInfo>, rights: Rights) -> AnyView {
    let rights = if track.needs_encoder { Rights { play: false, queue: false } } else { rights };
    let by =
        if track.needs_encoder { words().library.needs_encoder.to_owned() } else { wording::byline(&track) };
    view! {
        <li
            class="row track"
            class:is-mute=track.needs_encoder
            data-testid="track"
            data-track-id=track.track_id.to_string()
        >
            {art(&track, rights.play)}
            <span class="row-title">{track.title.clone()}</span>
            <span class="row-by">{by}</span>
            <span class="row-time">{wording::clock_time(track.duration.as_secs())}</span>
            {rights.queue.then(|| tools(&track))}
        </li>
    }
    .into_any()
}

fn art(track: &Arc<TrackInfo>, may_play: bool) -> AnyView {
    let live = Live::get();
    let track_id = track.track_id.clone();
    let cover = view! { <Cover track_id=Some(track_id.clone()) artwork_url=track.artwork_url.clone() /> };
    if !may_play {
        return view! { <span class="row-art">{cover}</span> }.into_any();
    }
    view! {
        <button
            type="button"
            class="row-art row-play"
            data-testid="track-play"
            aria-label=words().library.play.fill([&track.title])
            on:click=move |_| live.play(track_id.clone())
        >
            {cover}
            {Icon::Play.draw()}
        </button>
    }
    .into_any()
}

fn tools(track: &Arc<TrackInfo>) -> AnyView {
    let live = Live::get();
    let toasts = Toasts::get();
    let says = &words().library;
    let (next, last) = (track.clone(), track.clone());
    let play_next = move |_| {
        live.add(vec![next.track_id.clone()], QueuePlace::Next);
        toasts.say(says.comes_next.fill([&next.title]));
    };
    let add = move |_| {
        live.add(vec![last.track_id.clone()], QueuePlace::End);
        toasts.say(says.added.fill([&last.title]));
    };
    view! {
        <span class="track-tools">
            <button
                type="button"
                class="round round-quiet"
                data-testid="track-next"
                aria-label=says.play_next_of.fill([&track.title])
                title=says.play_next
                on:click=play_next
            >
                {Icon::PlayNext.draw()}
            </button>
            <button
                type="button"
                class="round round-quiet"
                data-testid="track-add"
                aria-label=says.add_of.fill([&track.title])
                title=says.add
                on:click=add
            >
                {Icon::Add.draw()}
            </button>
        </span>
    }
    .into_any()
}

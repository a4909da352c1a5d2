//! The room's controls: only in the page of who may use them.

use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::slider::Slider;
use super::wish::Wish;
use super::wording::percent;
use super::words::words;
use crate::protocol::{Repeat, Status, Volume};

/// Pauses the room, or lets it go on; from silence, with the first of the queue.
pub fn play_or_pause(live: Live) {
    match live.playback().with_untracked(|playback| playback.status) {
        Status::Playing | Status::Preparing => live.pause(),
        Status::Paused | Status::Stopped => live.resume(),
        Status::Idle => {
            let first = live.queue().with_untracked(|queue| queue.first().map(|entry| entry.entry_id));
            if let Some(entry) = first {
                live.play_entry(entry);
            }
        }
    }
}

/// Previous, play or pause, next; stop and repeat.
#[component]
pub fn Transport() -> impl IntoView {
    let live = Live::get();
    let (playback, queue) = (live.playback(), live.queue());
    let status = Memo::new(move |_| playback.with(|playback| playback.status));
    let repeat = Memo::new(move |_| playback.with(|playback| playback.repeat));
    let loaded = Memo::new(move |_| playback.with(|playback| playback.track.is_some()));
    let waiting = Memo::new(move |_| queue.with(|queue| queue.first().map(|entry| entry.entry_id)));
    let nothing = Memo::new(move |_| !loaded.get() && waiting.get().is_none());
    let why_not = move || nothing.get().then_some(words().player.nothing_to_play);

    let turn = move |_| {
        live.set_repeat(match repeat.get_untracked() {
            Repeat::Off => Repeat::All,
            Repeat::All => Repeat::One,
            Repeat::One => Repeat::Off,
        });
    };
    view! {
        <div class="transport" role="group" aria-label=words().player.transport>
            <button
                type="button"
                class="round round-quiet"
                class:is-on=move || repeat.get() != Repeat::Off
                data-testid="repeat"
                data-mode=move || repeat.get().as_str()
                aria-label=move || match repeat.get() {
                    Repeat::Off => words().player.repeat_off,
                    Repeat::All => words().player.repeat_all,
                    Repeat::One => words().player.repeat_one,
                }
                on:click=turn
            >
                {move || if repeat.get() == Repeat::One { Icon::RepeatOne } else { Icon::Repeat }.draw()}
            </button>
            <button
                type="button"
                class="round"
                data-testid="previous"
                aria-label=words().player.previous
                disabled=move || nothing.get()
                title=why_not
                on:click=move |_| live.previous()
            >
                {Icon::Previous.draw()}
            </button>
            <button
                type="button"
                class="round round-large"
                data-testid="play-pause"
                aria-label=move || play_or_pause_word(status.get().is_running())
                disabled=move || nothing.get()
                title=why_not
                on:click=move |_| play_or_pause(live)
            >
                {move || if status.get().is_running() { Icon::Pause } else { Icon::Play }.draw()}
            </button>
            <button
                type="button"
                class="round"
                data-testid="next"
                aria-label=words().player.next
                disabled=move || nothing.get()
                title=why_not
                on:click=move |_| live.next()
            >
                {Icon::Next.draw()}
            </button>
            <button
                type="button"
                class="round round-quiet"
                data-testid="stop"
                aria-label=words().player.stop
                disabled=move || !loaded.get()
                title=move || (!loaded.get()).then_some(words().player.nothing_loaded)
                on:click=move |_| live.stop()
            >
                {Icon::Stop.draw()}
            </button>
        </div>
    }
    .into_any()
}

/// What the button does.
pub fn play_or_pause_word(running: bool) -> &'static str {
    if running { words().player.pause } else { words().player.play }
}

/// How loud the room is, for everyone.
#[component]
pub fn RoomVolume() -> impl IntoView {
    let live = Live::get();
    let playback = live.playback();
    let told = Memo::new(move |_| playback.with(|playback| playback.volume.get()));
    let wish = Wish::until(told);
    let shown = Signal::derive(move || wish.get().unwrap_or_else(|| told.get()));
    let ask = move |to: f64| {
        wish.asked(to);
        if let Ok(volume) = Volume::new(to) {
            live.set_room_volume(volume);
        }
    };
    view! {
        <div class="level">
            <span class="level-mark">{Icon::People.draw()}</span>
            <span class="level-name" aria-hidden="true">
                {words().player.room_volume}
            </span>
            <Slider
                label=words().player.room_volume_label
                testid="room-volume"
                max=1.0
                step=0.01
                value=shown
                said=percent
                on_input=move |to| wish.hold(to)
                on_change=ask
            />
        </div>
    }
    .into_any()
}

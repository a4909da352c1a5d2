//! Where the music is. It moves only while the room plays, twice a second, by a timer that otherwise does not exist.

use std::time::Duration;

use leptos::prelude::*;

use super::live::Live;
use super::slider::Slider;
use super::wish::Wish;
use super::wording::clock_time;
use super::words::words;
use crate::protocol::Action;
use crate::sync::time::MediaTime;

/// How often the position is drawn while playing. A second is the smallest thing that is shown.
const REDRAW: Duration = Duration::from_millis(500);

/// The position in the track: a slider for who may control, a bar for the others.
#[component]
pub fn Progress() -> impl IntoView {
    let live = Live::get();
    let playback = live.playback();
    let control = live.may(Action::Control);
    let running = Memo::new(move |_| playback.with(|playback| playback.status.is_running()));
    let duration = Memo::new(move |_| {
        playback.with(|playback| playback.track.as_ref().map(|track| track.duration.as_secs()))
    });
    let drawn = RwSignal::new(playback.with_untracked(|playback| playback.position.as_secs()));
    let revision = Memo::new(move |_| playback.with(|playback| (playback.stream_id, playback.revision)));
    let wish = Wish::until(revision);

    Effect::new(move |_| {
        playback.track();
        let draw = move || drawn.set(live.position().as_secs());
        draw();
        if running.get()
            && let Ok(timer) = set_interval_with_handle(draw, REDRAW)
        {
            on_cleanup(move || timer.clear());
        }
    });

    let end = Signal::derive(move || duration.get().unwrap_or(1.0));
    let position = Signal::derive(move || {
        if duration.get().is_none() {
            return 0.0;
        }
        wish.get().unwrap_or_else(|| drawn.get()).clamp(0.0, end.get())
    });
    // A whole second is all that the words show; they change no more often.
    let second = Memo::new(move |_| position.get().floor());
    let seek = move |to: f64| {
        wish.asked(to);
        live.seek(MediaTime::from_secs_f64(to));
    };
    let bar = move || {
        if control.get() {
            view! {
                <Slider
                    label=words().player.position
                    testid="seek"
                    max=end
                    step=0.1
                    value=position
                    said=clock_time
                    disabled=Signal::derive(move || duration.get().is_none())
                    on_input=move |to| wish.hold(to)
                    on_change=seek
                />
            }
            .into_any()
        } else {
            view! {
                <progress
                    class="position"
                    data-testid="position"
                    aria-label=words().player.position
                    aria-valuetext=move || clock_time(second.get())
                    max=move || end.get().to_string()
                    value=move || second.get().to_string()
                ></progress>
            }
            .into_any()
        }
    };
    view! {
        <div class="progress">
            {bar} <div class="progress-times" aria-hidden="true">
                <span>{move || clock_time(second.get())}</span>
                <span>{move || clock_time(duration.get().unwrap_or(0.0))}</span>
            </div>
        </div>
    }
    .into_any()
}

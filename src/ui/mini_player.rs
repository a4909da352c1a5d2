//! What sounds, small, above the tabs of a phone, while the large one is out of sight.

use leptos::prelude::*;

use super::cover::Cover;
use super::here::Part;
use super::icons::Icon;
use super::live::Live;
use super::transport::play_or_pause_word;
use crate::protocol::Action;

/// Title and the one button.
#[component]
pub fn MiniPlayer(
    /// Where the reader is.
    here: RwSignal<Part>,
) -> impl IntoView {
    let live = Live::get();
    let (playback, control) = (live.playback(), live.may(Action::Control));
    let track = Memo::new(move |_| playback.with(|playback| playback.track.clone()));
    let running = Memo::new(move |_| playback.with(|playback| playback.status.is_running()));
    let shown = Memo::new(move |_| here.get() != Part::Now && track.with(Option::is_some));
    let what = move || {
        track.get().map(|track| {
            view! {
                <a class="mini-what" rel="external" href="#now">
                    <span class="row-art">
                        <Cover track_id=Some(track.track_id.clone()) artwork_url=track.artwork_url.clone() />
                    </span>
                    <span class="mini-title">{track.title.clone()}</span>
                </a>
            }
            .into_any()
        })
    };
    let toggle = move |_| if running.get_untracked() { live.pause() } else { live.resume() };
    let button = move || {
        control.get().then(|| {
            view! {
                <button
                    type="button"
                    class="round"
                    data-testid="mini-play-pause"
                    aria-label=move || play_or_pause_word(running.get())
                    on:click=toggle
                >
                    {move || if running.get() { Icon::Pause } else { Icon::Play }.draw()}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <div class="mini" class:is-shown=move || shown.get() inert=move || !shown.get()>
            {what}
            {button}
        </div>
    }
    .into_any()
}

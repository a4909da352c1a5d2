//! What sounds: artwork, title, progress, the controls, and this device's part in it.

use std::sync::Arc;

use leptos::prelude::*;

use super::cover::Cover;
use super::device::Device;
use super::live::Live;
use super::progress::Progress;
use super::reactions::ReactionsLayer;
use super::sync_status::SyncStatus;
use super::transport::{RoomVolume, Transport};
use super::wording;
use super::words::words;
use crate::protocol::{Action, TrackInfo};

/// The part of the page that is about what sounds.
#[component]
pub fn NowPlaying() -> impl IntoView {
    let live = Live::get();
    let playback = live.playback();
    let track: Memo<Option<Arc<TrackInfo>>> =
        Memo::new(move |_| playback.with(|playback| playback.track.clone()));
    let control = live.may(Action::Control);
    let art = move || {
        let (track_id, artwork_url) = track.with(|track| {
            track.as_ref().map(|track| (track.track_id.clone(), track.artwork_url.clone())).unzip()
        });
        view! { <Cover track_id artwork_url=artwork_url.flatten() large=true /> }
    };
    let title = move || {
        track.with(|track| {
            track.as_ref().map_or_else(|| words().player.nothing.to_owned(), |track| track.title.clone())
        })
    };
    let by = move || {
        track.with(|track| match track {
            Some(track) => wording::byline(track),
            None if control.get() => words().player.choose.to_owned(),
            None => words().player.will_start.to_owned(),
        })
    };
    view! {
        <section id="now" class="now" aria-label=words().player.label>
            <div class="now-art">
                {art}
                <ReactionsLayer />
            </div>
            <div class="now-rest">
            <div class="now-words">
                <h2 class="now-title" data-testid="track-title">
                    {title}
                </h2>
                <p class="now-by" data-testid="track-artist">
                    {by}
                </p>
            </div>
            <Progress />
            {move || control.get().then(|| view! { <Transport /> })}
            <SyncStatus />
            <Device />
            {move || control.get().then(|| view! { <RoomVolume /> })}
            </div>
        </section>
    }
    .into_any()
}

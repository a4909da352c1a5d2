//! Tuning by ear: instead of the room's music a device plays clicks at the whole seconds of room time, through the same
//! decks, the same clock and the same controller, so that what brings the clicks of two devices together brings their
//! music together. The room does not know of it; its state goes on being followed, and the music joins where it is then.

use std::sync::Arc;

use super::deck::Cue;
use super::made_sound::{CLICKS, CLICKS_LENGTH};
use super::player::Wanted;
use super::room_clock::RoomClock;
use crate::protocol::StreamId;
use crate::protocol::snapshot::{Rendition, TrackInfo};
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};
use crate::sync::timeline::Timeline;

/// A run of clicks is over by so much early, so that a timer that fires on time finds it over.
const EARLY: Span = Span::from_millis(1);

/// The clicks of a device that is being tuned: one run of the file after the other, the same on every device.
#[derive(Clone, Debug, Default)]
pub(super) struct Tuning {
    /// The run that is heard now, counted from the beginning of room time.
    run: Option<i64>,
    track: Option<Arc<TrackInfo>>,
}

impl Tuning {
    /// What is to be heard now; `None` while nobody tunes. Nothing, while the clock is not known.
    pub(super) fn poll_clicks(&mut self, now: LocalTime, tuning: bool, clock: &RoomClock) -> Option<Wanted> {
        if !tuning {
            *self = Self::default();
            return None;
        }
        self.run = clock.room_at(now).map(|room| (room + EARLY).micros().div_euclid(CLICKS_LENGTH.micros()));
        let Some(run) = self.run else {
            return Some(Wanted::default());
        };
        let track = self.track.get_or_insert_with(clicks);
        let cue = |run| Cue {
            // From the other end than those of the room.
            stream: StreamId(u64::MAX - run as u64),
            track: track.clone(),
            line: Timeline {
                start_at: start_of(run),
                start_position: MediaTime::ZERO,
                duration: track.duration,
                running: true,
            },
            awaited: false,
        };
        Some(Wanted { current: Some(cue(run)), upcoming: Some(cue(run + 1)) })
    }

    /// When the next run begins.
    pub(super) fn poll_timeout(&self, clock: &RoomClock) -> Option<LocalTime> {
        clock.local_at(start_of(self.run? + 1))
    }
}

fn start_of(run: i64) -> RoomTime {
    RoomTime::ZERO + CLICKS_LENGTH * run
}

fn clicks() -> Arc<TrackInfo> {
    let nothing = String::new();
    Arc::new(TrackInfo {
        track_id: "clicks".parse().expect("a plain word is an id"),
        track_url: CLICKS.to_owned(),
        renditions: vec![Rendition { url: CLICKS.to_owned(), mime: "audio/wav".to_owned() }],
        title: nothing.clone(),
        artist: None,
        album: None,
        filename: nothing,
        duration: MediaTime::ZERO + CLICKS_LENGTH,
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

//! Making a room: new, or from what was kept of it. While the server was down the queue went on in room time, for
//! a while (manual/operations.md).

use std::collections::VecDeque;

use super::members::Members;
use super::pace::Pace;
use super::queue::Queue;
use super::talk::Talk;
use super::{Room, RoomConfig};
use crate::protocol::snapshot::{RoomSettings, Status};
use crate::protocol::{EntryId, PlaybackRecord, Revision, RoomCode, RoomRecord, limits};
use crate::sync::time::{RoomTime, Span};

/// Tracks that can have ended while the server was down; more means that they are absurdly short.
const MOST_TRACKS_CAUGHT_UP: usize = 1_000;

/// No start is announced so far ahead: a timeline that lies further in the future was written by a clock that was set
/// back since, as on a machine that starts without a network.
const CLOCK_WENT_BACK: Span = Span::from_secs(10);

impl RoomRecord {
    /// What is kept of a room that was just created.
    pub fn new(code: RoomCode, settings: RoomSettings) -> Self {
        Self {
            code,
            revision: Revision(1),
            settings,
            playback: PlaybackRecord { revision: Revision(1), ..PlaybackRecord::default() },
            queue: Vec::new(),
            history: Vec::new(),
            last_entry_id: EntryId::default(),
        }
    }
}

impl Room {
    /// Makes the room of a record. `last_alive` is the last moment at which the room was certainly looked after;
    /// when that is longer ago than [`limits::UNATTENDED`], a running playback is paused where it was then.
    /// Whatever had to be changed waits as effects.
    pub fn restore(
        record: RoomRecord,
        config: RoomConfig,
        now: RoomTime,
        last_alive: Option<RoomTime>,
    ) -> Self {
        let mut room = Self {
            code: record.code,
            pace: Pace::new(config.pacing),
            config,
            revision: record.revision,
            settings: record.settings,
            playback: record.playback,
            queue: Queue::restore(record.queue, record.history, record.last_entry_id),
            members: Members::default(),
            talk: Talk::default(),
            confirm_at: None,
            tick_at: None,
            effects: VecDeque::new(),
        };
        room.members.set_empty_since(Some(now));
        if room.playback.track.is_none() {
            room.playback.status = Status::Idle;
        }
        room.catch_up(now, last_alive.unwrap_or(now));
        room
    }

    fn catch_up(&mut self, now: RoomTime, last_alive: RoomTime) {
        if !self.playback.status.is_running() {
            return;
        }
        if self.playback.start_at - now > CLOCK_WENT_BACK {
            self.pause_unattended(now);
            return;
        }
        let until = if now - last_alive > limits::UNATTENDED { last_alive } else { now };
        for _ in 0..MOST_TRACKS_CAUGHT_UP {
            match self.track_end() {
                Some(end) if end <= until => self.end_track(end),
                _ => break,
            }
        }
        if until < now {
            self.pause_unattended(until);
        } else if self.playback.status == Status::Preparing {
            if self.playback.start_at <= now {
                self.playback.status = Status::Playing;
            } else {
                self.confirm_at = Some(self.playback.start_at);
            }
        }
    }
}

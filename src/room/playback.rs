//! What plays, and when: every start is announced one lead ahead, every other action one sync buffer ahead, and the
//! follower of a track well before the track ends.

use std::sync::Arc;

use super::{Actor, Room};
use crate::protocol::snapshot::{Repeat, Status, TrackInfo};
use crate::protocol::{
    EntryId, ErrorCode, PlaybackRecord, QueueEntry, ServerMessage, StreamId, UpcomingRecord, Volume, limits,
};
use crate::sync::time::{MediaTime, RoomTime, Span};
use crate::sync::timeline::END_GUARD;

/// *Previous* starts the track again when it is further than this, as players do.
const PREVIOUS_RESTARTS_AFTER: Span = Span::from_secs(3);

/// Keeps a room that repeats an absurdly short file from spinning.
const SHORTEST_TRACK: Span = Span::from_millis(500);

// What people ask for.
impl Room {
    pub(super) fn play_track(
        &mut self,
        now: RoomTime,
        actor: &Actor,
        track: Arc<TrackInfo>,
        position: Option<MediaTime>,
    ) {
        let entry = QueueEntry { entry_id: self.queue.new_id(), track, added_by: self.asker(actor) };
        self.retire_current();
        self.start(now, entry, position);
    }

    pub(super) fn play_entry(
        &mut self,
        now: RoomTime,
        id: EntryId,
        position: Option<MediaTime>,
    ) -> Result<(), ErrorCode> {
        let entry = self.queue.remove(id)?;
        self.retire_current();
        self.start(now, entry, position);
        Ok(())
    }

    pub(super) fn next(&mut self, now: RoomTime) -> Result<(), ErrorCode> {
        let entry = match self.queue.first().map(|entry| entry.entry_id) {
            Some(id) => {
                let entry = self.queue.remove(id)?;
                self.retire_current();
                entry
            }
            None if self.playback.repeat != Repeat::Off => self.current().ok_or(ErrorCode::NothingNext)?,
            None => return Err(ErrorCode::NothingNext),
        };
        self.start(now, entry, None);
        Ok(())
    }

    pub(super) fn previous(&mut self, now: RoomTime) -> Result<(), ErrorCode> {
        let current = self.current();
        let far =
            self.timeline().is_some_and(|t| t.position_at(now) - MediaTime::ZERO > PREVIOUS_RESTARTS_AFTER);
        let goes_back = !far && !self.queue.history().is_empty();
        // The current track would go before all others, and none of them may fall out for it.
        if goes_back && current.is_some() && self.queue_is_full() {
            return Err(ErrorCode::QueueFull);
        }
        let entry = match (current, if goes_back { self.queue.pop_history() } else { None }) {
            (current, Some(earlier)) => {
                if let Some(current) = current {
                    self.queue.push_front(current);
                }
                earlier
            }
            (Some(current), None) => current,
            (None, None) => return Err(ErrorCode::NothingNext),
        };
        self.start(now, entry, None);
        Ok(())
    }

    /// Pausing what already stands is no error and no change, so that a retry does not hurt.
    pub(super) fn pause(&mut self, now: RoomTime) -> Result<(), ErrorCode> {
        let timeline = self.timeline().ok_or(ErrorCode::NothingLoaded)?;
        if !timeline.running {
            return Ok(());
        }
        let sync_buffer = self.sync_buffer(now);
        let pause_at = now + sync_buffer;
        self.stand(Status::Paused, timeline.position_at(pause_at), pause_at);
        self.tell_pause(now, pause_at, sync_buffer);
        Ok(())
    }

    pub(super) fn resume(&mut self, now: RoomTime) -> Result<(), ErrorCode> {
        let timeline = self.timeline().ok_or(ErrorCode::NothingLoaded)?;
        if timeline.running {
            return Ok(());
        }
        self.run_from(now, timeline.start_position);
        Ok(())
    }

    pub(super) fn seek(&mut self, now: RoomTime, position: MediaTime) -> Result<(), ErrorCode> {
        let timeline = self.timeline().ok_or(ErrorCode::NothingLoaded)?;
        let position = position.clamp(MediaTime::ZERO, (timeline.duration - END_GUARD).max(MediaTime::ZERO));
        if timeline.running {
            self.run_from(now, position);
        } else {
            let sync_buffer = self.sync_buffer(now);
            self.stand(Status::Paused, position, now);
            self.tell_pause(now, now, sync_buffer);
        }
        Ok(())
    }

    pub(super) fn stop(&mut self, now: RoomTime) -> Result<(), ErrorCode> {
        if self.playback.track.is_none() {
            return Err(ErrorCode::NothingLoaded);
        }
        if self.playback.status != Status::Stopped {
            let stop_at = now + self.sync_buffer(now);
            self.come_to_rest(now, stop_at);
        }
        Ok(())
    }

    pub(super) fn set_volume(&mut self, volume: Volume) {
        self.playback.volume = volume;
        self.commit_playback(false);
        self.broadcast(ServerMessage::Volume { revision: self.revision, volume });
    }

    pub(super) fn set_repeat(&mut self, now: RoomTime, mode: Repeat) {
        self.playback.repeat = mode;
        self.commit_playback(false);
        self.broadcast(ServerMessage::Repeat { revision: self.revision, mode });
        self.reconsider_upcoming(now);
    }
}

// Starting.
impl Room {
    /// Announces a start one lead ahead.
    fn start(&mut self, now: RoomTime, entry: QueueEntry, position: Option<MediaTime>) {
        let stream_id = self.new_stream_id();
        let lead = self.lead(now);
        let start_at = now + lead;
        let last = (entry.track.duration - END_GUARD).max(MediaTime::ZERO);
        self.playback = PlaybackRecord {
            status: Status::Preparing,
            stream_id,
            last_stream_id: stream_id,
            revision: self.playback.revision,
            track: Some(entry.track),
            queue_entry_id: Some(entry.entry_id),
            added_by: entry.added_by,
            start_at,
            start_position: position.unwrap_or(MediaTime::ZERO).clamp(MediaTime::ZERO, last),
            volume: self.playback.volume,
            repeat: self.playback.repeat,
            upcoming: None,
        };
        self.commit_playback(true);
        self.confirm_at = Some((start_at - self.sync_buffer(now)).max(now));
        self.tick_at = Some(start_at + self.pace.tick());
        self.broadcast(ServerMessage::PreparePlay {
            stream_id: self.playback.stream_id,
            revision: self.revision,
            track: self.playback.track.clone().expect("a start has a track"),
            queue_entry_id: self.playback.queue_entry_id,
            start_at,
            start_position: self.playback.start_position,
            lead,
            follows: false,
            server_timestamp: now,
        });
        self.tell_queue();
    }

    pub(super) fn confirm_if_all_ready(&mut self, now: RoomTime) {
        if self.confirm_at.is_some() && self.members.all_ready(self.playback.stream_id) {
            self.confirm_start(now);
        }
    }

    /// The announced instant stands: nothing is written, nothing moves.
    pub(super) fn confirm_start(&mut self, now: RoomTime) {
        self.confirm_at = None;
        if self.playback.status == Status::Preparing {
            self.playback.status = Status::Playing;
            self.tell_play(now);
        }
    }

    /// Lets the loaded track run from a position, one sync buffer from now.
    fn run_from(&mut self, now: RoomTime, position: MediaTime) {
        // A start that is only announced is moved, not brought forward: members may still be loading.
        let start_at = (now + self.sync_buffer(now)).max(match self.playback.status {
            Status::Preparing => self.playback.start_at,
            _ => now,
        });
        if self.playback.status != Status::Preparing {
            self.playback.status = Status::Playing;
        }
        self.playback.start_at = start_at;
        self.playback.start_position = position;
        self.playback.upcoming = None;
        self.tick_at = Some(start_at + self.pace.tick());
        self.commit_playback(false);
        self.tell_play(now);
    }

    /// Lets the loaded track stand at a position.
    fn stand(&mut self, status: Status, position: MediaTime, at: RoomTime) {
        self.playback.status = status;
        self.playback.start_at = at;
        self.playback.start_position = position;
        self.playback.upcoming = None;
        self.confirm_at = None;
        self.tick_at = None;
        self.commit_playback(false);
    }

    fn come_to_rest(&mut self, now: RoomTime, stop_at: RoomTime) {
        self.stand(Status::Stopped, MediaTime::ZERO, stop_at);
        let message = ServerMessage::Stop {
            stream_id: self.playback.stream_id,
            revision: self.revision,
            stop_at,
            server_timestamp: now,
        };
        self.broadcast(message);
    }

    fn tell_play(&mut self, now: RoomTime) {
        let message = ServerMessage::PlayAt {
            stream_id: self.playback.stream_id,
            revision: self.playback.revision,
            start_at: self.playback.start_at,
            start_position: self.playback.start_position,
            sync_buffer: self.sync_buffer(now),
            server_timestamp: now,
        };
        self.broadcast(message);
    }

    fn tell_pause(&mut self, now: RoomTime, pause_at: RoomTime, sync_buffer: Span) {
        let message = ServerMessage::PauseAt {
            stream_id: self.playback.stream_id,
            revision: self.revision,
            pause_at,
            position: self.playback.start_position,
            sync_buffer,
            server_timestamp: now,
        };
        self.broadcast(message);
    }
}

// While it plays.
impl Room {
    pub(super) fn sync_buffer(&self, now: RoomTime) -> Span {
        self.pace.sync_buffer(now)
    }

    pub(super) fn lead(&self, now: RoomTime) -> Span {
        self.pace.lead(now, self.settings.profile)
    }

    /// A stream id that was never announced before, and never will be again.
    fn new_stream_id(&mut self) -> StreamId {
        self.playback.last_stream_id = self.playback.last_stream_id.next();
        self.playback.last_stream_id
    }

    /// When the current track is over; no track is taken to be shorter than [`SHORTEST_TRACK`].
    pub(super) fn track_end(&self) -> Option<RoomTime> {
        Some(self.timeline()?.ends_at()?.max(self.playback.start_at + SHORTEST_TRACK))
    }

    /// When the follower is announced; `None` when it is, or when there is none.
    pub(super) fn upcoming_due(&self) -> Option<RoomTime> {
        if self.playback.upcoming.is_some() || self.following().is_none() {
            return None;
        }
        Some((self.track_end()? - limits::UPCOMING_AHEAD).max(self.playback.start_at))
    }

    pub(super) fn tick(&mut self, now: RoomTime) {
        self.tick_at = (self.playback.status.is_running() && self.members.connected_count() > 0)
            .then(|| now + self.pace.tick());
        let (Some(timeline), Some(track)) = (self.timeline(), self.playback.track.clone()) else {
            return;
        };
        self.broadcast(ServerMessage::MusicStreamTick {
            stream_id: self.playback.stream_id,
            revision: self.playback.revision,
            status: self.playback.status,
            start_at: self.playback.start_at,
            start_position: self.playback.start_position,
            position: timeline.position_at(now),
            server_timestamp: now,
            track_url: track.track_url.clone(),
        });
    }

    /// What plays when the current track ends.
    fn following(&self) -> Option<QueueEntry> {
        match self.playback.repeat {
            Repeat::One => self.current(),
            Repeat::Off => self.queue.first().cloned(),
            Repeat::All => self.queue.first().cloned().or_else(|| self.current()),
        }
    }

    fn current(&self) -> Option<QueueEntry> {
        let record = &self.playback;
        Some(QueueEntry {
            entry_id: record.queue_entry_id?,
            track: record.track.clone()?,
            added_by: record.added_by.clone(),
        })
    }

    /// The current track makes way: to the history, or round again where the queue has place for it. What takes its
    /// place has been taken out of the queue before.
    fn retire_current(&mut self) {
        if let Some(current) = self.current() {
            if self.playback.repeat == Repeat::All && !self.queue_is_full() {
                self.queue.push_back(current);
            } else {
                self.queue.remember(current);
            }
        }
    }

    /// Announces what follows without a gap: written down first, so that it is the same after a crash.
    pub(super) fn announce_upcoming(&mut self, now: RoomTime) {
        let (Some(entry), Some(end)) = (self.following(), self.track_end()) else {
            return;
        };
        let stream_id = self.new_stream_id();
        self.playback.upcoming = Some(UpcomingRecord {
            stream_id,
            track: entry.track.clone(),
            queue_entry_id: Some(entry.entry_id),
        });
        self.commit_playback(false);
        self.broadcast(ServerMessage::PreparePlay {
            stream_id,
            revision: self.revision,
            track: entry.track,
            queue_entry_id: Some(entry.entry_id),
            start_at: end,
            start_position: MediaTime::ZERO,
            lead: end - now,
            follows: true,
            server_timestamp: now,
        });
    }

    /// The queue or the repeat mode changed after a follower was announced: it may be another one now, or none.
    pub(super) fn reconsider_upcoming(&mut self, now: RoomTime) {
        let Some(announced) = &self.playback.upcoming else {
            return;
        };
        let following = self.following();
        if following.as_ref().map(|entry| entry.entry_id) == announced.queue_entry_id {
            return;
        }
        if following.is_some() {
            self.announce_upcoming(now);
        } else {
            self.playback.upcoming = None;
            self.commit_playback(false);
            self.tell_by_sight(|room, members| room.state_with(now, members));
        }
    }

    /// The current track is over: the announced follower is the current one now, or the music rests.
    pub(super) fn end_track(&mut self, now: RoomTime) {
        let Some(end) = self.track_end() else { return };
        if self.playback.upcoming.is_none() && self.following().is_some() {
            self.announce_upcoming(now);
        }
        let Some(upcoming) = self.playback.upcoming.take() else {
            self.come_to_rest(now, end);
            return;
        };
        if self.playback.queue_entry_id != upcoming.queue_entry_id {
            // It may have been taken out in the same moment; it was announced, so it plays.
            let entry = upcoming.queue_entry_id.and_then(|id| self.queue.remove(id).ok());
            self.retire_current();
            self.playback.added_by = entry.and_then(|entry| entry.added_by);
        }
        self.playback.status = Status::Playing;
        self.playback.stream_id = upcoming.stream_id;
        self.playback.track = Some(upcoming.track);
        self.playback.queue_entry_id = upcoming.queue_entry_id;
        self.playback.start_at = end;
        self.playback.start_position = MediaTime::ZERO;
        self.commit_playback(true);
        self.tell_play(now);
        self.tell_queue();
        self.tick_at = (self.members.connected_count() > 0).then(|| now + self.pace.tick());
    }

    /// When a room without people stops playing to itself.
    pub(super) fn unattended_due(&self) -> Option<RoomTime> {
        let empty_since = self.members.empty_since()?;
        self.playback.status.is_running().then(|| empty_since + limits::UNATTENDED)
    }

    pub(super) fn pause_unattended(&mut self, now: RoomTime) {
        if let Some(timeline) = self.timeline() {
            self.stand(Status::Paused, timeline.position_at(now), now);
        }
    }
}

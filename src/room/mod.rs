//! One room as a state machine: playback, queue, members, chat. It decides everything about a room and does nothing:
//! no clock, no socket, no database.
//!
//! **The contract: time comes in as an argument; after every `handle_*` drain [`Room::poll_effect`], carry the
//! effects out in order, and call [`Room::handle_timeout`] at [`Room::poll_timeout`].** A `Persist` must be
//! durable before the effects behind it are delivered, so that nobody hears of a change that a crash could take
//! back.
//!
//! - getters: [`Room::snapshot`], [`Room::playback`], [`Room::clients`], …
//! - `handle_*`: [`Room::handle_join`], [`Room::handle_command`], [`Room::handle_ready`], …
//! - `poll_*`: [`Room::poll_effect`], [`Room::poll_timeout`]
//!
//! Called by `server::rooms` for real and by `sim` in simulated time.

mod command;
mod members;
mod pace;
mod people;
mod playback;
mod queue;
mod reports;
mod restore;
mod talk;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeSet, VecDeque};

pub use command::{Accepted, Actor, Command};
pub use members::{ConnectionId, Identity, JoinRequest, Joined};

use crate::protocol::snapshot::{MemberInfo, Playback, RoomSettings, RoomSnapshot, Upcoming};
use crate::protocol::{
    CloseReason, ErrorCode, MemberId, PlaybackRecord, QueueChange, Revision, Role, RoomChange, RoomCode,
    RoomRecord, ServerMessage, limits,
};
use crate::sync::time::{MediaTime, RoomTime};
use crate::sync::timeline::Timeline;
use members::Members;
use pace::Pace;
pub use pace::Pacing;
use queue::Queue;
use talk::Talk;

/// What the server has to do for a room, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Write this down before going on.
    Persist(RoomChange),
    /// Tell one member.
    Send(MemberId, ServerMessage),
    /// Tell everybody.
    Broadcast(ServerMessage),
    /// Tell these, who see more than others.
    Tell(BTreeSet<MemberId>, ServerMessage),
    /// Tell everybody but these.
    TellOthers(BTreeSet<MemberId>, ServerMessage),
    /// End a member's connection.
    Close(MemberId, CloseReason),
}

/// What a room knows of the server that it runs on.
#[derive(Clone, Debug)]
pub struct RoomConfig {
    /// Changes when the server restarts.
    pub clock_epoch: String,
    /// The server's version.
    pub version: String,
    /// Members that it takes.
    pub max_members: usize,
    /// Entries that its queue takes.
    pub max_queue: usize,
    /// How far ahead it schedules.
    pub pacing: Pacing,
}

impl Default for RoomConfig {
    fn default() -> Self {
        Self {
            clock_epoch: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            max_members: limits::ROOM_MEMBERS,
            max_queue: limits::QUEUE_ENTRIES,
            pacing: Pacing::default(),
        }
    }
}

/// A room. See the module's contract.
#[derive(Debug)]
pub struct Room {
    code: RoomCode,
    config: RoomConfig,
    revision: Revision,
    settings: RoomSettings,
    /// The state of the playback is what is kept of it.
    playback: PlaybackRecord,
    queue: Queue,
    members: Members,
    talk: Talk,
    pace: Pace,
    /// When an announced start is confirmed at the latest.
    confirm_at: Option<RoomTime>,
    /// When the timeline is told next; `None` while nothing runs.
    tick_at: Option<RoomTime>,
    effects: VecDeque<Effect>,
}

// Getters.
impl Room {
    /// The room's code.
    pub const fn code(&self) -> RoomCode {
        self.code
    }

    /// What the room is set to.
    pub const fn settings(&self) -> &RoomSettings {
        &self.settings
    }

    /// Counts every change.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether any member is connected.
    pub fn is_attended(&self) -> bool {
        self.members.connected_count() > 0
    }

    /// The room's name, or its code when it has none.
    pub fn display_name(&self) -> String {
        self.settings.name.as_ref().map_or_else(|| self.code.to_string(), ToString::to_string)
    }

    /// The whole playback state.
    pub fn playback(&self, now: RoomTime) -> Playback {
        let record = &self.playback;
        Playback {
            status: record.status,
            stream_id: record.stream_id,
            revision: record.revision,
            track: record.track.clone(),
            queue_entry_id: record.queue_entry_id,
            start_at: record.start_at,
            start_position: record.start_position,
            position: self.timeline().map_or(MediaTime::ZERO, |timeline| timeline.position_at(now)),
            server_timestamp: now,
            volume: record.volume,
            repeat: record.repeat,
            lead: self.lead(now),
            sync_buffer: self.sync_buffer(now),
            upcoming: self.track_end().and_then(|end| {
                record.upcoming.as_ref().map(|upcoming| Upcoming {
                    stream_id: upcoming.stream_id,
                    track: upcoming.track.clone(),
                    queue_entry_id: upcoming.queue_entry_id,
                    start_at: end,
                })
            }),
        }
    }

    /// Everything that a joiner needs; without anybody's sync health.
    pub fn snapshot(&self, now: RoomTime) -> RoomSnapshot {
        RoomSnapshot {
            code: self.code,
            name: self.display_name(),
            revision: self.revision,
            settings: self.settings.clone(),
            members: self.members.listed(false),
            member_count: self.members.connected_count(),
            playback: self.playback(now),
            queue: self.queue.entries().to_vec(),
            history: self.queue.latest_history(),
            chat: self.talk.lines(),
        }
    }

    /// All members with their sync health, for those who may see it.
    pub fn clients(&self) -> Vec<MemberInfo> {
        self.members.with_health()
    }

    /// A member's role, while it is here.
    pub fn role_of(&self, member: &MemberId) -> Option<Role> {
        self.members.get(member).map(|member| member.role)
    }

    /// What would have to be written down to make this room again.
    pub fn record(&self) -> RoomRecord {
        RoomRecord {
            code: self.code,
            revision: self.revision,
            settings: self.settings.clone(),
            playback: self.playback.clone(),
            queue: self.queue.entries().to_vec(),
            history: self.queue.history().to_vec(),
            last_entry_id: self.queue.last_entry_id(),
        }
    }

    fn timeline(&self) -> Option<Timeline> {
        let record = &self.playback;
        record.track.as_ref().map(|track| Timeline {
            start_at: record.start_at,
            start_position: record.start_position,
            duration: track.duration,
            running: record.status.is_running(),
        })
    }
}

// What to do now.
impl Room {
    /// The next thing to do, until `None`.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Room::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<RoomTime> {
        [self.confirm_at, self.tick_at, self.upcoming_due(), self.track_end(), self.members.poll_timeout()]
            .into_iter()
            .chain([self.unattended_due()])
            .flatten()
            .min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: RoomTime) {
        if self.confirm_at.is_some_and(|due| due <= now) {
            self.confirm_start(now);
        }
        // Several short tracks may have ended since the last call.
        while self.track_end().is_some_and(|end| end <= now) {
            self.end_track(now);
        }
        if self.upcoming_due().is_some_and(|due| due <= now) {
            self.announce_upcoming(now);
        }
        if self.tick_at.is_some_and(|due| due <= now) {
            self.tick(now);
        }
        if self.unattended_due().is_some_and(|due| due <= now) {
            self.pause_unattended(now);
        }
        if self.members.handle_timeout(now) {
            self.tell_members(now);
        } else if self.members.is_health_due(now) {
            self.tell_health(now);
        }
    }
}

// Shared by the files of this folder.
impl Room {
    fn send(&mut self, to: &MemberId, message: ServerMessage) {
        self.effects.push_back(Effect::Send(to.clone(), message));
    }

    fn broadcast(&mut self, message: ServerMessage) {
        if self.members.connected_count() > 0 {
            self.effects.push_back(Effect::Broadcast(message));
        }
    }

    fn next_revision(&mut self) -> Revision {
        self.revision = self.revision.next();
        self.revision
    }

    /// A change of the playback: counts it and writes it down, with the queue when that changed too.
    fn commit_playback(&mut self, queue_too: bool) {
        self.playback.revision = self.next_revision();
        let queue = queue_too.then(|| self.queue_change());
        self.effects.push_back(Effect::Persist(RoomChange {
            revision: self.revision,
            settings: None,
            playback: Some(self.playback.clone()),
            queue,
        }));
    }

    fn queue_change(&self) -> QueueChange {
        QueueChange {
            queue: self.queue.entries().to_vec(),
            history: self.queue.history().to_vec(),
            last_entry_id: self.queue.last_entry_id(),
        }
    }

    fn tell_queue(&mut self) {
        let message =
            ServerMessage::Queue { revision: self.revision, entries: self.queue.entries().to_vec() };
        self.broadcast(message);
        if let Some((entries, whole)) = self.queue.take_history_news() {
            self.broadcast(ServerMessage::History { revision: self.revision, entries, whole });
        }
    }

    /// Refuses politely: one `ERROR`, nothing else.
    pub fn handle_refusal(&mut self, member: &MemberId, code: ErrorCode, message: impl Into<String>) {
        self.send(member, ServerMessage::Error { code, message: message.into() });
    }
}

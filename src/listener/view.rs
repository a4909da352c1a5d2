//! What a page shows of its listener: one value that is complete at any moment. Pages are drawn from it and from
//! nothing else.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::trends::Trends;
use crate::protocol::snapshot::{ChatLine, MemberInfo, Playback, QueueEntry, RoomSettings, RoomSnapshot};
use crate::protocol::{
    CloseReason, ErrorCode, MemberId, MemberName, Reaction, ReportedState, Role, RoomCode, ScanStatus, Volume,
};
use crate::sync::time::Span;

/// How the socket is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// For the first time.
    #[default]
    Connecting,
    /// The room talks to us.
    Online,
    /// It was there, and is being tried again.
    Reconnecting,
    /// The server said why it is over; only a person can change that.
    Closed(CloseReason),
}

/// How well this device keeps in step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SyncView {
    /// For `sync-status`.
    pub state: ReportedState,
    /// Where the element is minus where it should be.
    pub drift: Option<Span>,
    /// Room time minus this browser's clock.
    pub offset: Option<Span>,
    /// The bound of the offset's error.
    pub offset_error: Option<Span>,
    /// The lowest recent round trip.
    pub rtt: Option<Span>,
    /// Of this browser's engine nothing was measured, so it is treated with care.
    pub unknown_engine: bool,
    /// |drift| was ≥ 1.5 s twice and is not yet below 0.8 s: the Resync button calls for attention.
    pub resync_advised: bool,
}

/// A refusal or a failure that a person should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Counts up, so that the same refusal twice is seen twice.
    pub number: u64,
    /// What it is.
    pub code: ErrorCode,
    /// In words.
    pub message: String,
}

/// A reaction that somebody just showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reacted {
    /// Counts up, so that the same one twice is seen twice.
    pub number: u64,
    /// Who.
    pub member_id: MemberId,
    /// What they are called.
    pub name: MemberName,
    /// What.
    pub emoji: Reaction,
}

/// That the library has changed, or is being scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryNews {
    /// Counts changes of what can be found.
    pub version: u64,
    /// Tracks in the library.
    pub tracks: u64,
    /// How far the scan is, while one runs.
    pub scan: Option<ScanStatus>,
}

/// Everything that a page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The room.
    pub code: RoomCode,
    /// What it is called; its code when it has no name.
    pub name: Arc<str>,
    /// What it is set to.
    pub settings: Arc<RoomSettings>,
    /// The playback, as last told.
    pub playback: Arc<Playback>,
    /// The library, as last told; `None` until it changes.
    pub library: Option<LibraryNews>,
    /// What is still to come.
    pub queue: Arc<Vec<QueueEntry>>,
    /// What was played, the latest last.
    pub history: Arc<Vec<QueueEntry>>,
    /// What was said, the latest last.
    pub chat: Arc<Vec<ChatLine>>,
    /// The latest reaction; `None` until there is one.
    pub reaction: Option<Reacted>,
    /// The members, as far as they are listed.
    pub members: Arc<Vec<MemberInfo>>,
    /// How they kept in step lately, for those who may see it.
    pub trends: Arc<Trends>,
    /// How many members there are.
    pub member_count: usize,
    /// Who this tab is; `None` until the room said so.
    pub member_id: Option<MemberId>,
    /// What this tab may.
    pub role: Role,
    /// How the socket is.
    pub connection: Connection,
    /// How well the sound keeps in step.
    pub sync: SyncView,
    /// The browser refuses to play without a tap.
    pub blocked: bool,
    /// The listener paused this device only.
    pub silenced: bool,
    /// This device plays clicks to tune it by, instead of the room's music.
    pub tuning: bool,
    /// This device's own volume.
    pub own_volume: Volume,
    /// How much earlier this device plays, for late speakers.
    pub output_offset: Span,
    /// The latest refusal or failure.
    pub notice: Option<Notice>,
}

/// Where a page begins, before its socket is open: rendered on the server, taken over by the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// The room as it was when the page was made.
    pub snapshot: RoomSnapshot,
    /// What this browser's grants say that it may.
    pub role: Role,
    /// What this browser is called in the room, where it is known there from another tab or from just before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<MemberName>,
}

impl View {
    /// Whether this device plays the music, or is about to: the room does, and nobody silenced it here.
    pub fn is_heard(&self) -> bool {
        let here = !matches!(self.connection, Connection::Closed(_));
        here && self.playback.status.is_running() && !self.silenced && !self.blocked
    }

    /// What a page shows before its socket is open.
    pub fn new(beginning: Beginning) -> Self {
        let Beginning { snapshot, role, name: _ } = beginning;
        Self {
            code: snapshot.code,
            name: snapshot.name.into(),
            settings: Arc::new(snapshot.settings),
            playback: Arc::new(snapshot.playback),
            library: None,
            queue: Arc::new(snapshot.queue),
            history: Arc::new(snapshot.history),
            chat: Arc::new(snapshot.chat),
            reaction: None,
            members: Arc::new(snapshot.members),
            trends: Arc::default(),
            member_count: snapshot.member_count,
            member_id: None,
            role,
            connection: Connection::Connecting,
            sync: SyncView { state: ReportedState::Syncing, ..SyncView::default() },
            blocked: false,
            silenced: false,
            tuning: false,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            notice: None,
        }
    }
}

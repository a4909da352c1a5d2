//! What the server says to a browser.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::ErrorCode;
use super::ids::{EntryId, MemberId, Revision, StreamId};
use super::permissions::Role;
use super::snapshot::{
    ChatLine, HealthNews, MemberInfo, QueueEntry, Repeat, RoomSettings, RoomSnapshot, Status, TrackInfo,
};
use super::text::{MemberName, Reaction, Volume};
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};

/// A message of the server. An unknown `t` is [`ServerMessage::Unknown`] and is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the table in manual/protocol.md")]
pub enum ServerMessage {
    /// You are in.
    Welcome {
        member_id: MemberId,
        role: Role,
        /// Changes when the server restarts: offsets of another epoch mean nothing.
        clock_epoch: String,
        #[serde(rename = "serverNowMs")]
        server_now: RoomTime,
        version: String,
    },
    /// Everything, as it is now.
    RoomState(Box<RoomSnapshot>),
    /// The answer to a ping, with four timestamps in all.
    TimePong {
        #[serde(rename = "clientNowMs")]
        client_now: LocalTime,
        ping_id: u64,
        #[serde(rename = "serverReceivedMs")]
        server_received: RoomTime,
        #[serde(rename = "serverNowMs")]
        server_now: RoomTime,
    },
    /// Load this, and be ready at the instant.
    PreparePlay {
        stream_id: StreamId,
        revision: Revision,
        #[serde(flatten)]
        track: Arc<TrackInfo>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue_entry_id: Option<EntryId>,
        #[serde(rename = "startAtServerMs")]
        start_at: RoomTime,
        #[serde(rename = "startPositionSec")]
        start_position: MediaTime,
        #[serde(rename = "leadMs")]
        lead: Span,
        /// True: it follows the current track without a gap, which goes on until the instant.
        #[serde(default)]
        follows: bool,
        #[serde(rename = "serverTimestampMs")]
        server_timestamp: RoomTime,
    },
    /// Be at the position at the instant: confirms a start, or resumes or moves a stream.
    PlayAt {
        stream_id: StreamId,
        revision: Revision,
        #[serde(rename = "startAtServerMs")]
        start_at: RoomTime,
        #[serde(rename = "startPositionSec")]
        start_position: MediaTime,
        #[serde(rename = "syncBufferMs")]
        sync_buffer: Span,
        #[serde(rename = "serverTimestampMs")]
        server_timestamp: RoomTime,
    },
    /// Fall silent at the instant, and stand at the position.
    PauseAt {
        stream_id: StreamId,
        revision: Revision,
        #[serde(rename = "pauseAtServerMs")]
        pause_at: RoomTime,
        #[serde(rename = "positionSec")]
        position: MediaTime,
        #[serde(rename = "syncBufferMs")]
        sync_buffer: Span,
        #[serde(rename = "serverTimestampMs")]
        server_timestamp: RoomTime,
    },
    /// Fall silent at the instant, and stand at 0.
    Stop {
        stream_id: StreamId,
        revision: Revision,
        #[serde(rename = "stopAtServerMs")]
        stop_at: RoomTime,
        #[serde(rename = "serverTimestampMs")]
        server_timestamp: RoomTime,
    },
    /// The room's volume.
    Volume { revision: Revision, volume: Volume },
    /// What comes when a track ends.
    Repeat { revision: Revision, mode: Repeat },
    /// The timeline, again, so that whoever missed something finds out.
    MusicStreamTick {
        stream_id: StreamId,
        revision: Revision,
        status: Status,
        #[serde(rename = "startAtServerMs")]
        start_at: RoomTime,
        #[serde(rename = "startPositionSec")]
        start_position: MediaTime,
        #[serde(rename = "positionSec")]
        position: MediaTime,
        #[serde(rename = "serverTimestampMs")]
        server_timestamp: RoomTime,
        track_url: String,
    },
    /// Measure the clock anew and go straight to the position.
    Resync,
    /// The queue, whole.
    Queue { revision: Revision, entries: Vec<QueueEntry> },
    /// The members, as far as they are listed.
    Members { members: Vec<MemberInfo>, member_count: usize },
    /// How well some of the members keep in step by now; the others do as was told.
    Health { members: Vec<HealthNews> },
    /// The room's settings.
    Room { revision: Revision, name: String, settings: RoomSettings },
    /// The library has changed, or is being scanned. Told at most once a second; what is shown of the library is
    /// asked for again.
    Library {
        /// Counts changes of what can be found; equal: only the scan has gone on.
        version: u64,
        tracks: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scan: Option<ScanStatus>,
    },
    /// What was played, the latest last; told when a track has been.
    History {
        revision: Revision,
        entries: Vec<QueueEntry>,
        /// False: these came to what was told before, so that a change of the track is a short message.
        whole: bool,
    },
    /// Somebody said something.
    Chat(ChatLine),
    /// Somebody showed something. Nothing of it is kept.
    React { member_id: MemberId, name: MemberName, emoji: Reaction },
    /// Your last message was not taken.
    Error { code: ErrorCode, message: String },
    /// A message of a newer server.
    #[serde(other)]
    Unknown,
}

/// How far a scan is, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanStatus {
    /// Audio files found so far.
    pub files_seen: u64,
    /// Of these, how many were new or changed and have been read.
    pub files_read: u64,
}

/// Reads a frame of the server.
///
/// # Errors
/// When it is no message of this protocol.
pub fn parse_server_frame(text: &str) -> Result<ServerMessage, serde_json::Error> {
    serde_json::from_str(text)
}

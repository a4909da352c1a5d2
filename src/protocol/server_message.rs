//! What the server says to a browser.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::error::ErrorCode;
use super::ids::{EntryId, MemberId, Revision, StreamId};
use super::permissions::Role;
use super::reading::{Malformed, Read, field, field_or, read_object, serde_reads};
use super::snapshot::{
    ChatLine, MemberInfo, QueueEntry, Repeat, RoomSettings, RoomSnapshot, Status, TrackInfo,
};
use super::text::{MemberName, Reaction, Volume};
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};

/// A message of the server. An unknown `t` is [`ServerMessage::Unknown`] and is ignored.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_entry_id: Option<EntryId>,
        #[serde(rename = "startAtServerMs")]
        start_at: RoomTime,
        #[serde(rename = "startPositionSec")]
        start_position: MediaTime,
        #[serde(rename = "leadMs")]
        lead: Span,
        /// True: it follows the current track without a gap, which goes on until the instant.
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
    /// The room's settings.
    Room { revision: Revision, name: String, settings: RoomSettings },
    /// The library has changed, or is being scanned. Told at most once a second; what is shown of the library is
    /// asked for again.
    Library {
        /// Counts changes of what can be found; equal: only the scan has gone on.
        version: u64,
        tracks: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        scan: Option<ScanStatus>,
    },
    /// What was played, the latest last; told when a track has been.
    History { revision: Revision, entries: Vec<QueueEntry> },
    /// Somebody said something.
    Chat(ChatLine),
    /// Somebody showed something. Nothing of it is kept.
    React { member_id: MemberId, name: MemberName, emoji: Reaction },
    /// Your last message was not taken.
    Error { code: ErrorCode, message: String },
    /// A message of a newer server.
    Unknown,
}

impl Read for ServerMessage {
    fn read(json: &Value) -> Result<Self, Malformed> {
        let tag: String = field(json, "t")?;
        Ok(match tag.as_str() {
            "WELCOME" => Self::Welcome {
                member_id: field(json, "memberId")?,
                role: field(json, "role")?,
                clock_epoch: field(json, "clockEpoch")?,
                server_now: field(json, "serverNowMs")?,
                version: field(json, "version")?,
            },
            "ROOM_STATE" => Self::RoomState(Read::read(json)?),
            "TIME_PONG" => Self::TimePong {
                client_now: field(json, "clientNowMs")?,
                ping_id: field(json, "pingId")?,
                server_received: field(json, "serverReceivedMs")?,
                server_now: field(json, "serverNowMs")?,
            },
            "PREPARE_PLAY" => Self::PreparePlay {
                stream_id: field(json, "streamId")?,
                revision: field(json, "revision")?,
                track: Read::read_among(json)?,
                queue_entry_id: field(json, "queueEntryId")?,
                start_at: field(json, "startAtServerMs")?,
                start_position: field(json, "startPositionSec")?,
                lead: field(json, "leadMs")?,
                follows: field_or(json, "follows", Some(false))?,
                server_timestamp: field(json, "serverTimestampMs")?,
            },
            "PLAY_AT" => Self::PlayAt {
                stream_id: field(json, "streamId")?,
                revision: field(json, "revision")?,
                start_at: field(json, "startAtServerMs")?,
                start_position: field(json, "startPositionSec")?,
                sync_buffer: field(json, "syncBufferMs")?,
                server_timestamp: field(json, "serverTimestampMs")?,
            },
            "PAUSE_AT" => Self::PauseAt {
                stream_id: field(json, "streamId")?,
                revision: field(json, "revision")?,
                pause_at: field(json, "pauseAtServerMs")?,
                position: field(json, "positionSec")?,
                sync_buffer: field(json, "syncBufferMs")?,
                server_timestamp: field(json, "serverTimestampMs")?,
            },
            "STOP" => Self::Stop {
                stream_id: field(json, "streamId")?,
                revision: field(json, "revision")?,
                stop_at: field(json, "stopAtServerMs")?,
                server_timestamp: field(json, "serverTimestampMs")?,
            },
            "VOLUME" => Self::Volume { revision: field(json, "revision")?, volume: field(json, "volume")? },
            "REPEAT" => Self::Repeat { revision: field(json, "revision")?, mode: field(json, "mode")? },
            "MUSIC_STREAM_TICK" => Self::MusicStreamTick {
                stream_id: field(json, "streamId")?,
                revision: field(json, "revision")?,
                status: field(json, "status")?,
                start_at: field(json, "startAtServerMs")?,
                start_position: field(json, "startPositionSec")?,
                position: field(json, "positionSec")?,
                server_timestamp: field(json, "serverTimestampMs")?,
                track_url: field(json, "trackUrl")?,
            },
            "RESYNC" => Self::Resync,
            "QUEUE" => Self::Queue { revision: field(json, "revision")?, entries: field(json, "entries")? },
            "MEMBERS" => {
                Self::Members { members: field(json, "members")?, member_count: field(json, "memberCount")? }
            }
            "ROOM" => Self::Room {
                revision: field(json, "revision")?,
                name: field(json, "name")?,
                settings: field(json, "settings")?,
            },
            "LIBRARY" => Self::Library {
                version: field(json, "version")?,
                tracks: field(json, "tracks")?,
                scan: field(json, "scan")?,
            },
            "HISTORY" => {
                Self::History { revision: field(json, "revision")?, entries: field(json, "entries")? }
            }
            "CHAT" => Self::Chat(Read::read(json)?),
            "REACT" => Self::React {
                member_id: field(json, "memberId")?,
                name: field(json, "name")?,
                emoji: field(json, "emoji")?,
            },
            "ERROR" => Self::Error { code: field(json, "code")?, message: field(json, "message")? },
            _ => Self::Unknown,
        })
    }
}

serde_reads!(ServerMessage);

/// How far a scan is, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanStatus {
    /// Audio files found so far.
    pub files_seen: u64,
    /// Of these, how many were new or changed and have been read.
    pub files_read: u64,
}

read_object!(ScanStatus { files_seen: "filesSeen", files_read: "filesRead" });

/// Reads a frame of the server.
///
/// # Errors
/// When it is no message of this protocol.
pub fn parse_server_frame(text: &str) -> Result<ServerMessage, serde_json::Error> {
    serde_json::from_str(text)
}

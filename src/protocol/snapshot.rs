//! The state of a room as it goes over the wire: in `ROOM_STATE`, in the REST API and in the first page.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{EntryId, MemberId, Revision, RoomCode, StreamId, TrackId};
use super::loudness::{Gain, Loudness};
use super::permissions::{Role, WhoMay};
use super::text::{ChatText, MemberName, RoomName, Volume};
use crate::sync::profile::Profile;
use crate::sync::time::{MediaTime, RoomTime, Span};
use crate::sync::timeline::Timeline;

/// One playable file of a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// Where it is served, from the site's root.
    pub url: String,
    /// For `canPlayType`.
    pub mime: String,
}

/// What a player and a page need to know of a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackInfo {
    /// Its name in the library.
    #[serde(rename = "id")]
    pub track_id: TrackId,
    /// The first rendition's address.
    pub track_url: String,
    /// All renditions, the best first.
    pub renditions: Vec<Rendition>,
    /// From the tags, or the file name without its ending.
    pub title: String,
    /// From the tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// From the tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// The file's own name, without folders.
    pub filename: String,
    /// Length of the track.
    #[serde(rename = "durationSec")]
    pub duration: MediaTime,
    /// Where the artwork is served, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artwork_url: Option<String>,
    /// How loud it is against the others, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<Gain>,
    /// No browser plays its file, and the server has no encoder: it is listed, but cannot be played.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_encoder: bool,
}

/// The address of a picture that fits into a square of so many pixels; the server makes a few sizes, and takes the next
/// larger one. An address of this server's may have a query already.
pub fn sized_artwork(url: &str, pixels: u32) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}size={pixels}")
}

/// What a room's playback does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing is loaded.
    #[default]
    Idle,
    /// A start is announced.
    Preparing,
    /// Sounding.
    Playing,
    /// Loaded, standing at a position.
    Paused,
    /// Loaded, at 0.
    Stopped,
}

impl Status {
    /// The word in messages and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Preparing => "preparing",
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }

    /// Whether the position moves, now or at an announced instant.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Preparing | Self::Playing)
    }
}

/// What comes when a track ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Repeat {
    /// The rest of the queue, then nothing.
    #[default]
    Off,
    /// The same track again, in step (ambient mode).
    One,
    /// The queue from its start.
    All,
}

impl Repeat {
    /// The word in messages and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::One => "one",
            Self::All => "all",
        }
    }
}

/// The track that follows without a gap, as announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upcoming {
    /// The stream that it will be.
    pub stream_id: StreamId,
    /// The track.
    #[serde(flatten)]
    pub track: Arc<TrackInfo>,
    /// The queue entry that it comes from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_entry_id: Option<EntryId>,
    /// When it starts.
    #[serde(rename = "startAtServerMs")]
    pub start_at: RoomTime,
}

/// The whole playback state (manual/protocol.md).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Playback {
    /// What it does.
    pub status: Status,
    /// The start of a track that this is about.
    pub stream_id: StreamId,
    /// The room's revision at the last change of the playback.
    pub revision: Revision,
    /// What is loaded.
    #[serde(default)]
    pub track: Option<Arc<TrackInfo>>,
    /// The queue entry that it comes from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_entry_id: Option<EntryId>,
    /// When the position is or was `start_position`; meaningful while running.
    #[serde(rename = "startAtServerMs")]
    pub start_at: RoomTime,
    /// The position at `start_at`; where it stands when it does not run.
    #[serde(rename = "startPositionSec")]
    pub start_position: MediaTime,
    /// The theoretical position when this was written.
    #[serde(rename = "positionSec")]
    pub position: MediaTime,
    /// When this was written.
    #[serde(rename = "serverTimestampMs")]
    pub server_timestamp: RoomTime,
    /// The room's volume.
    pub volume: Volume,
    /// What comes when the track ends.
    pub repeat: Repeat,
    /// How far ahead the next start would be announced.
    #[serde(rename = "leadMs")]
    pub lead: Span,
    /// How far ahead the next action would be scheduled.
    #[serde(rename = "syncBufferMs")]
    pub sync_buffer: Span,
    /// What follows without a gap, once it is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upcoming: Option<Upcoming>,
}

impl Playback {
    /// The timeline of what is loaded; `None` when nothing is.
    pub fn timeline(&self) -> Option<Timeline> {
        let track = self.track.as_ref()?;
        Some(Timeline {
            start_at: self.start_at,
            start_position: self.start_position,
            duration: track.duration,
            running: self.status.is_running(),
        })
    }
}

/// One entry of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueEntry {
    /// Its name in the room.
    pub entry_id: EntryId,
    /// The track.
    pub track: Arc<TrackInfo>,
    /// The name of who added it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<String>,
}

/// What a room is set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomSettings {
    /// What the room is called.
    #[serde(default)]
    pub name: Option<RoomName>,
    /// Whether the home page lists it.
    pub listed: bool,
    /// Whether a PIN is wanted.
    pub has_pin: bool,
    /// Who may control the playback.
    pub who_controls: WhoMay,
    /// Who may add music.
    pub who_adds: WhoMay,
    /// The network profile; `None` follows the room's RTT.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// Whether tracks, or albums, are made equally loud.
    #[serde(default)]
    pub loudness: Loudness,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            name: None,
            listed: false,
            has_pin: false,
            who_controls: WhoMay::Djs,
            who_adds: WhoMay::Djs,
            profile: None,
            loudness: Loudness::default(),
        }
    }
}

/// A member as others see it, with its health for those who may see that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberInfo {
    /// The member.
    pub member_id: MemberId,
    /// What it is called.
    pub name: MemberName,
    /// What it may.
    pub role: Role,
    /// Whether its socket is open just now.
    pub connected: bool,
    /// How it keeps in step, for those who may see it.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub health: Option<MemberHealth>,
}

/// What a member last reported of itself, and the RTT as the server measured it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberHealth {
    /// Room time minus the member's clock.
    #[serde(rename = "offsetMs")]
    pub offset: Option<Span>,
    /// The bound of the offset's error.
    #[serde(rename = "offsetErrorMs")]
    pub offset_error: Option<Span>,
    /// Measured by the server's socket pings.
    #[serde(rename = "rttMs")]
    pub rtt: Option<Span>,
    /// Where the element is minus where it should be.
    #[serde(rename = "driftMs")]
    pub drift: Option<Span>,
    /// The element's playback rate.
    pub rate: Option<f64>,
    /// Whether it waits for sound.
    pub buffering: bool,
    /// What its `sync-status` shows.
    pub state: Option<String>,
    /// When it reported.
    #[serde(rename = "reportedAtServerMs")]
    pub reported_at: Option<RoomTime>,
    /// Its browser is none that was measured, so it is kept in step with care, and less well. Told by REST; no page reads it.
    #[serde(skip_deserializing, skip_serializing_if = "std::ops::Not::not")]
    pub unknown_engine: bool,
}

/// What changed about a member's health, as short as it can be: a host hears it of everybody. What is absent is null in
/// [`MemberHealth`]; what is not here is told with the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthNews {
    /// The member.
    pub member_id: MemberId,
    /// Measured by the server's socket pings.
    #[serde(rename = "rttMs", default, skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Span>,
    /// Where the element is minus where it should be.
    #[serde(rename = "driftMs", default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Span>,
    /// What its `sync-status` shows; absent while its page is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Whether it waits for sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub buffering: bool,
    /// When it reported.
    #[serde(rename = "reportedAtServerMs", default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<RoomTime>,
}

impl HealthNews {
    /// Takes it into what is known of the member.
    pub fn update(self, known: &mut MemberHealth) {
        known.rtt = self.rtt;
        known.drift = self.drift;
        known.state = self.state;
        known.buffering = self.buffering;
        known.reported_at = self.reported_at;
    }
}

/// Everything that a joiner needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomSnapshot {
    /// The room.
    pub code: RoomCode,
    /// What it is called; its code when it has no name.
    pub name: String,
    /// Counts every change.
    pub revision: Revision,
    /// What it is set to.
    pub settings: RoomSettings,
    /// The members, at most [`MEMBERS_LISTED`](super::limits::MEMBERS_LISTED).
    pub members: Vec<MemberInfo>,
    /// How many members there are.
    pub member_count: usize,
    /// The playback.
    pub playback: Playback,
    /// What is still to come, in order.
    pub queue: Vec<QueueEntry>,
    /// What was played, the latest last, at most [`HISTORY_TOLD`](super::limits::HISTORY_TOLD).
    #[serde(default)]
    pub history: Vec<QueueEntry>,
    /// What was said, the latest last, at most [`CHAT_KEPT`](super::limits::CHAT_KEPT).
    #[serde(default)]
    pub chat: Vec<ChatLine>,
}

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatLine {
    /// Counts the lines of a room while its server runs.
    pub line_id: u64,
    /// Who.
    pub member_id: MemberId,
    /// What they were called then.
    pub name: MemberName,
    /// What.
    pub text: ChatText,
    /// When.
    #[serde(rename = "saidAtServerMs")]
    pub said_at: RoomTime,
}

//! What a browser says to the server.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ids::{EntryId, MemberId, StreamId, TrackId};
use super::limits;
use super::loudness::Loudness;
use super::permissions::{Role, WhoMay};
use super::snapshot::Repeat;
use super::text::{ChatText, MemberName, Reaction, Volume};
use crate::sync::time::{LocalTime, MediaTime, Span};

/// Where new entries of the queue go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueuePlace {
    /// Behind all.
    #[default]
    End,
    /// Before all.
    Next,
}

/// What a member says of itself; the same words as its page's `sync-status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedState {
    /// Nothing is loaded or playing.
    #[default]
    Idle,
    /// The clock is not known well enough yet, or the player is not started.
    Syncing,
    /// |drift| ≤ 5 ms and offset error ≤ 10 ms.
    InSync,
    /// A correction is under way.
    Correcting,
    /// Off, and correcting has not helped yet.
    OutOfSync,
    /// The element waits for sound.
    Buffering,
    /// The room is paused, or this device is silenced by its listener.
    Paused,
    /// The socket is gone.
    Reconnecting,
    /// The browser refuses to play without a tap.
    Blocked,
}

impl ReportedState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Idle,
        Self::Syncing,
        Self::InSync,
        Self::Correcting,
        Self::OutOfSync,
        Self::Buffering,
        Self::Paused,
        Self::Reconnecting,
        Self::Blocked,
    ];

    /// The word in messages and in `data-state`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Syncing => "syncing",
            Self::InSync => "in-sync",
            Self::Correcting => "correcting",
            Self::OutOfSync => "out-of-sync",
            Self::Buffering => "buffering",
            Self::Paused => "paused",
            Self::Reconnecting => "reconnecting",
            Self::Blocked => "blocked",
        }
    }
}

/// A member's view of its own sync health.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// Room time minus the member's clock.
    #[serde(rename = "offsetMs")]
    pub offset: Span,
    /// The bound of the offset's error.
    #[serde(rename = "offsetErrorMs")]
    pub offset_error: Span,
    /// The lowest recent round trip of its pings.
    #[serde(rename = "rttMs")]
    pub rtt: Span,
    /// Where the element is minus where it should be; absent while nothing sounds.
    #[serde(rename = "driftMs", default)]
    pub drift: Option<Span>,
    /// The element's playback rate.
    pub rate: f64,
    /// The element's position.
    #[serde(rename = "positionSec", default)]
    pub position: Option<MediaTime>,
    /// Whether it waits for sound.
    pub buffering: bool,
    /// What it shows.
    pub state: ReportedState,
    /// Its browser is none that was measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown_engine: bool,
}

/// What is to change in a room's settings; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomPatch {
    /// A new name; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new PIN; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Whether the home page lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
    /// Who may control the playback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_controls: Option<WhoMay>,
    /// Who may add music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_adds: Option<WhoMay>,
    /// Whether tracks, or albums, are made equally loud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness: Option<Loudness>,
}

/// A message of a browser. An unknown `t` is [`ClientMessage::Unknown`] and is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the table in manual/protocol.md")]
pub enum ClientMessage {
    /// Who I am; the first message.
    Hello {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<MemberName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host_token: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<MemberId>,
        /// Drawn anew by each load of a page: tells a page that comes back from a copy of its tab.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<u64>,
    },
    /// What time is it?
    TimePing {
        #[serde(rename = "clientNowMs")]
        client_now: LocalTime,
        ping_id: u64,
    },
    /// Loaded, sought and primed.
    Ready {
        stream_id: StreamId,
        #[serde(rename = "tookMs")]
        took: Span,
    },
    /// How I keep in step.
    SyncReport(SyncReport),
    /// Tell me everything again.
    RequestState,
    /// Something went wrong here.
    ClientError { code: String, message: String },
    /// Play a track of the library or an entry of the queue.
    HostPlay {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        track_id: Option<TrackId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue_entry_id: Option<EntryId>,
        #[serde(rename = "positionSec", default, skip_serializing_if = "Option::is_none")]
        position: Option<MediaTime>,
    },
    /// Pause.
    HostPause,
    /// Go on.
    HostResume,
    /// Go to a position.
    HostSeek {
        #[serde(rename = "positionSec")]
        position: MediaTime,
    },
    /// Stop, and stand at 0.
    HostStop,
    /// The next of the queue.
    HostNext,
    /// The one before, or the start of this one.
    HostPrevious,
    /// The room's volume.
    HostVolume { volume: Volume },
    /// What comes when a track ends.
    HostRepeat { mode: Repeat },
    /// Everybody measures anew.
    HostSyncAll,
    /// Add to the queue.
    QueueAdd {
        track_ids: Vec<TrackId>,
        #[serde(default)]
        at: QueuePlace,
    },
    /// Take out of the queue.
    QueueRemove { entry_id: EntryId },
    /// Move before another entry, or to the end.
    QueueMove {
        entry_id: EntryId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<EntryId>,
    },
    /// Empty the queue.
    QueueClear,
    /// Shuffle the queue.
    QueueShuffle,
    /// Promote or demote.
    SetRole { member_id: MemberId, role: Role },
    /// Remove a member.
    Kick { member_id: MemberId },
    /// Change the room.
    SetRoom(RoomPatch),
    /// I am called otherwise now.
    Rename { name: MemberName },
    /// Say something.
    Chat { text: ChatText },
    /// Show something.
    React { emoji: Reaction },
    /// A message of a newer page.
    #[serde(other)]
    Unknown,
}

/// A frame that cannot be taken.
#[derive(Debug, Error)]
pub enum FrameError {
    /// Over [`limits::FRAME_BYTES`].
    #[error("a frame has at most {} bytes", limits::FRAME_BYTES)]
    TooLarge,
    /// No JSON, a missing field, or one out of range.
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    /// Finite and bounded, yet out of range for its field.
    #[error("{0}")]
    OutOfRange(&'static str),
}

/// Reads a frame of a browser and checks what its types do not.
///
/// # Errors
/// When it is too large, no JSON, or a field is out of range.
pub fn parse_client_frame(text: &str) -> Result<ClientMessage, FrameError> {
    if text.len() > limits::FRAME_BYTES {
        return Err(FrameError::TooLarge);
    }
    // Serde would take `["HOST_PAUSE"]` for a message too.
    if !text.trim_start().starts_with('{') {
        return Err(FrameError::OutOfRange("a frame is a JSON object"));
    }
    let message: ClientMessage = serde_json::from_str(text)?;
    let out_of_range = match &message {
        ClientMessage::HostPlay { position: Some(position), .. } | ClientMessage::HostSeek { position }
            if *position < MediaTime::ZERO =>
        {
            Some("positionSec is negative")
        }
        ClientMessage::HostPlay { track_id, queue_entry_id, .. }
            if track_id.is_some() == queue_entry_id.is_some() =>
        {
            Some("HOST_PLAY names a trackId or a queueEntryId")
        }
        ClientMessage::Ready { took, .. } if *took < Span::ZERO => Some("tookMs is negative"),
        ClientMessage::SyncReport(report) if !(report.rate.is_finite() && report.rate >= 0.0) => {
            Some("rate is out of range")
        }
        ClientMessage::QueueAdd { track_ids, .. }
            if track_ids.is_empty() || track_ids.len() > limits::TRACKS_PER_ADD =>
        {
            Some("QUEUE_ADD names 1 to 1,000 tracks")
        }
        _ => None,
    };
    match out_of_range {
        Some(what) => Err(FrameError::OutOfRange(what)),
        None => Ok(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_of_a_newer_page_is_ignored() {
        assert_eq!(parse_client_frame(r#"{"t":"TELEPORT","to":"mars"}"#).unwrap(), ClientMessage::Unknown);
        assert_eq!(parse_client_frame(r#"{"t":"HOST_PAUSE","fade":3}"#).unwrap(), ClientMessage::HostPause);
    }

    #[test]
    fn messages_have_the_names_of_the_protocol() {
        let seek = ClientMessage::HostSeek { position: MediaTime::from_micros(1_500_000) };
        assert_eq!(serde_json::to_string(&seek).unwrap(), r#"{"t":"HOST_SEEK","positionSec":1.5}"#);
        let ping = ClientMessage::TimePing { client_now: LocalTime::from_micros(12_345), ping_id: 7 };
        assert_eq!(
            serde_json::to_string(&ping).unwrap(),
            r#"{"t":"TIME_PING","clientNowMs":12.345,"pingId":7}"#
        );
    }

    #[test]
    fn a_field_out_of_range_is_refused() {
        for bad in [
            r#"{"t":"HOST_SEEK","positionSec":-1}"#,
            r#"{"t":"HOST_SEEK","positionSec":1e300}"#,
            r#"{"t":"HOST_SEEK"}"#,
            r#"{"t":"HOST_VOLUME","volume":2}"#,
            r#"{"t":"HOST_PLAY"}"#,
            r#"{"t":"HOST_PLAY","trackId":"../../etc"}"#,
            r#"{"t":"HOST_PLAY","trackId":"a","queueEntryId":1}"#,
            r#"{"t":"QUEUE_ADD","trackIds":[]}"#,
            r#"{"t":"READY","streamId":-1,"tookMs":3}"#,
            r#"["t"]"#,
            "hello",
            "",
        ] {
            assert!(parse_client_frame(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_oversized_frame_is_refused() {
        let frame = format!(r#"{{"t":"CHAT","text":"{}"}}"#, "x".repeat(limits::FRAME_BYTES));
        assert!(matches!(parse_client_frame(&frame), Err(FrameError::TooLarge)));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = parse_client_frame(&text);
        }

        #[test]
        fn no_json_of_a_known_name_makes_the_parser_panic(
            name in prop::sample::select(vec!["HELLO", "TIME_PING", "READY", "HOST_PLAY", "SYNC_REPORT", "SET_ROOM"]),
            value in "[-0-9eE.\"a-z\\[\\]{}]{0,20}",
        ) {
            let _ = parse_client_frame(&format!(r#"{{"t":"{name}","positionSec":{value},"tookMs":{value}}}"#));
        }
    }
}

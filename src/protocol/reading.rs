//! How the larger forms of the protocol are read from JSON: first into a [`Value`], then field by field, each with its
//! key. [`read_object!`](crate::protocol::reading::read_object) says it for a struct, below the struct.
//!
//! Serde's derived readers are written out once more for every kind of source (text, bytes, a tagged enum's
//! content, what is left of a flattened object), and a browser fetches all of them: 36 KB of its first visit. Here
//! there is one. What is small, a word or a number, keeps serde's own.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What was read is not of the form that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is missing, or is not what it should be")]
pub struct Malformed(
    /// The key, or the kind of value, that was looked for.
    pub &'static str,
);

/// What can be read from JSON.
pub trait Read: Sized {
    /// What a value says.
    ///
    /// # Errors
    /// When it says nothing of this kind.
    fn read(json: &Value) -> Result<Self, Malformed>;

    /// What it is where nothing is said; `None` where something must be.
    fn unsaid() -> Option<Self> {
        None
    }

    /// What an object says whose fields stand among those of another.
    ///
    /// # Errors
    /// When it says nothing of this kind.
    fn read_among(others: &Value) -> Result<Self, Malformed> {
        Self::read(others)
    }
}

/// What an object has at a key; `null` is nothing.
///
/// # Errors
/// When there is nothing and must be something, or when it is of another kind.
pub fn field<T: Read>(object: &Value, key: &'static str) -> Result<T, Malformed> {
    field_or(object, key, T::unsaid())
}

/// What an object has at a key, or something else when it has nothing there.
///
/// # Errors
/// When it is of another kind, or there is nothing and nothing else.
pub fn field_or<T: Read>(object: &Value, key: &'static str, or: Option<T>) -> Result<T, Malformed> {
    match object.get(key) {
        None | Some(Value::Null) => or.ok_or(Malformed(key)),
        Some(value) => T::read(value).map_err(|_| Malformed(key)),
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Some)
    }

    fn unsaid() -> Option<Self> {
        Some(None)
    }

    fn read_among(others: &Value) -> Result<Self, Malformed> {
        Ok(T::read(others).ok())
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_array().ok_or(Malformed("a list"))?.iter().map(T::read).collect()
    }
}

impl<T: Read> Read for Arc<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }
}

/// As serde writes it: `{"Ok": …}` or `{"Err": …}`.
impl<T: Read, E: Read> Read for Result<T, E> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        match json.get("Ok") {
            Some(good) => T::read(good).map(Ok),
            None => field(json, "Err").map(Err),
        }
    }
}

impl Read for bool {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_bool().ok_or(Malformed("yes or no"))
    }
}

impl Read for String {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_str().map(Self::from).ok_or(Malformed("a text"))
    }
}

impl Read for f64 {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_f64().ok_or(Malformed("a number"))
    }
}

impl Read for u64 {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_u64().ok_or(Malformed("a whole number"))
    }
}

macro_rules! read_smaller {
    ($($whole:ty),*) => {$(
        impl Read for $whole {
            fn read(json: &Value) -> Result<Self, Malformed> {
                u64::read(json)?.try_into().map_err(|_| Malformed("a smaller number"))
            }
        }
    )*};
}
read_smaller!(u32, usize);

/// Words and numbers that serde reads.
macro_rules! read_with_serde {
    ($($small:ty),* $(,)?) => {$(
        impl Read for $small {
            fn read(json: &Value) -> Result<Self, Malformed> {
                Self::deserialize(json).map_err(|_| Malformed(stringify!($small)))
            }
        }
    )*};
}
read_with_serde!(
    super::ErrorCode,
    super::RoomCode,
    super::MemberId,
    super::TrackId,
    super::StreamId,
    super::Revision,
    super::EntryId,
    super::Decibels,
    super::Role,
    super::WhoMay,
    super::ChatText,
    super::MemberName,
    super::Reaction,
    super::RoomName,
    super::Volume,
    super::Status,
    super::Repeat,
    crate::sync::time::LocalTime,
    crate::sync::time::RoomTime,
    crate::sync::time::MediaTime,
    crate::sync::time::Span,
    crate::sync::profile::Profile,
    super::Loudness,
);

/// Says how a struct is read: each field with its key, `or` what it is where nothing is said, and after `flat` those
/// whose own fields stand in the same object. Serde reads it then, too.
macro_rules! read_object {
    ($name:ident { $($field:ident: $key:literal $(or $default:expr)?),* $(,)? } $(flat { $($flat:ident),* })?) => {
        impl $crate::protocol::reading::Read for $name {
            fn read(json: &serde_json::Value) -> Result<Self, $crate::protocol::reading::Malformed> {
                Ok(Self {
                    $($field: $crate::protocol::reading::read_object!(@field json $key $($default)?),)*
                    $($($flat: $crate::protocol::reading::Read::read_among(json)?,)*)?
                })
            }
        }
        $crate::protocol::reading::serde_reads!($name);
    };
    (@field $json:ident $key:literal) => { $crate::protocol::reading::field($json, $key)? };
    (@field $json:ident $key:literal $default:expr) => {
        $crate::protocol::reading::field_or($json, $key, Some($default))?
    };
}

/// Lets serde read what is [`Read`].
macro_rules! serde_reads {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let json = <serde_json::Value as serde::Deserialize>::deserialize(source)?;
                $crate::protocol::reading::Read::read(&json).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {read_object, serde_reads};

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use serde_json::json;

    use super::*;
    use crate::protocol::snapshot::{MemberHealth, MemberInfo};
    use crate::protocol::*;
    use crate::sync::profile::Profile;
    use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};

    fn room_time() -> RoomTime {
        RoomTime::from_micros(1_700_000_000_123_456)
    }

    fn track() -> TrackInfo {
        TrackInfo {
            track_id: "t1".parse().unwrap(),
            track_url: "/media/t1".into(),
            renditions: vec![Rendition { url: "/media/t1".into(), mime: "audio/flac".into() }],
            title: "Nocturne".into(),
            artist: Some("Field".into()),
            album: Some("Night".into()),
            filename: "01 Nocturne.flac".into(),
            duration: MediaTime::from_micros(181_250_000),
            artwork_url: Some("/art/1".into()),
            gain: Some(Gain { track: Decibels::new(-7.25), album: Some(Decibels::new(-6.5)) }),
            needs_encoder: true,
        }
    }

    fn entry() -> QueueEntry {
        QueueEntry { entry_id: EntryId(7), track: Arc::new(track()), added_by: Some("Ada".into()) }
    }

    fn member(health: Option<MemberHealth>) -> MemberInfo {
        MemberInfo {
            member_id: "m1".parse().unwrap(),
            name: MemberName::parse("Ada").unwrap(),
            role: Role::Host,
            connected: true,
            health,
        }
    }

    fn health() -> MemberHealth {
        let span = Some(Span::from_micros(1_500));
        MemberHealth {
            offset: span,
            offset_error: span,
            rtt: span,
            drift: span,
            rate: Some(1.02),
            buffering: true,
            state: Some("insync".into()),
            reported_at: Some(room_time()),
        }
    }

    fn settings() -> RoomSettings {
        RoomSettings {
            name: Some(RoomName::parse("Kitchen").unwrap()),
            listed: true,
            has_pin: true,
            who_controls: WhoMay::Everyone,
            who_adds: WhoMay::Host,
            profile: Some(Profile::default()),
            loudness: Loudness::Album,
        }
    }

    fn line() -> ChatLine {
        ChatLine {
            line_id: 3,
            member_id: "m1".parse().unwrap(),
            name: MemberName::parse("Ada").unwrap(),
            text: ChatText::parse("Hello").unwrap(),
            said_at: room_time(),
        }
    }

    fn snapshot() -> RoomSnapshot {
        RoomSnapshot {
            code: "ABC234".parse().unwrap(),
            name: "Kitchen".into(),
            revision: Revision(9),
            settings: settings(),
            members: vec![member(None), member(Some(health()))],
            member_count: 2,
            playback: Playback {
                status: Status::Playing,
                stream_id: StreamId(4),
                revision: Revision(8),
                track: Some(Arc::new(track())),
                queue_entry_id: Some(EntryId(6)),
                start_at: room_time(),
                start_position: MediaTime::from_micros(1_000_001),
                position: MediaTime::from_micros(2_000_002),
                server_timestamp: room_time(),
                volume: Volume::new(0.8).unwrap(),
                repeat: Repeat::All,
                lead: Span::from_millis(900),
                sync_buffer: Span::from_millis(300),
                upcoming: Some(Upcoming {
                    stream_id: StreamId(5),
                    track: Arc::new(track()),
                    queue_entry_id: Some(EntryId(7)),
                    start_at: room_time(),
                }),
            },
            queue: vec![entry()],
            history: vec![entry(), entry()],
            chat: vec![line()],
        }
    }

    /// One message of each kind, one after the other; a new kind does not compile until it stands here.
    fn after(message: &ServerMessage) -> Option<ServerMessage> {
        use ServerMessage as M;
        let (stream_id, revision) = (StreamId(4), Revision(9));
        let (position, time, span) =
            (MediaTime::from_micros(12_345_678), room_time(), Span::from_micros(250_500));
        Some(match message {
            M::Welcome { .. } => M::RoomState(Box::new(snapshot())),
            M::RoomState(_) => M::TimePong {
                client_now: LocalTime::from_micros(123_456_789),
                ping_id: 17,
                server_received: time,
                server_now: time,
            },
            M::TimePong { .. } => M::PreparePlay {
                stream_id,
                revision,
                track: Arc::new(track()),
                queue_entry_id: Some(EntryId(6)),
                start_at: time,
                start_position: position,
                lead: span,
                follows: true,
                server_timestamp: time,
            },
            M::PreparePlay { .. } => M::PlayAt {
                stream_id,
                revision,
                start_at: time,
                start_position: position,
                sync_buffer: span,
                server_timestamp: time,
            },
            M::PlayAt { .. } => M::PauseAt {
                stream_id,
                revision,
                pause_at: time,
                position,
                sync_buffer: span,
                server_timestamp: time,
            },
            M::PauseAt { .. } => M::Stop { stream_id, revision, stop_at: time, server_timestamp: time },
            M::Stop { .. } => M::Volume { revision, volume: Volume::new(0.3).unwrap() },
            M::Volume { .. } => M::Repeat { revision, mode: Repeat::One },
            M::Repeat { .. } => M::MusicStreamTick {
                stream_id,
                revision,
                status: Status::Paused,
                start_at: time,
                start_position: position,
                position,
                server_timestamp: time,
                track_url: "/media/t1".into(),
            },
            M::MusicStreamTick { .. } => M::Resync,
            M::Resync => M::Queue { revision, entries: vec![entry()] },
            M::Queue { .. } => M::Members { members: vec![member(Some(health()))], member_count: 1 },
            M::Members { .. } => M::Room { revision, name: "Kitchen".into(), settings: settings() },
            M::Room { .. } => {
                M::Library { version: 3, tracks: 9, scan: Some(ScanStatus { files_seen: 5, files_read: 4 }) }
            }
            M::Library { .. } => M::History { revision, entries: vec![entry()] },
            M::History { .. } => M::Chat(line()),
            M::Chat(_) => M::React {
                member_id: "m1".parse().unwrap(),
                name: MemberName::parse("Ada").unwrap(),
                emoji: Reaction::parse("🎉").unwrap(),
            },
            M::React { .. } => M::Error { code: ErrorCode::QueueFull, message: "Full.".into() },
            M::Error { .. } | M::Unknown => return None,
        })
    }

    fn reads_as_written<T: Serialize + Read + PartialEq + Debug>(said: &T) {
        let json = serde_json::to_value(said).unwrap();
        assert_eq!(&T::read(&json).unwrap(), said, "{json}");
    }

    #[test]
    fn every_message_of_the_server_reads_as_it_was_written() {
        let mut message = ServerMessage::Welcome {
            member_id: "m1".parse().unwrap(),
            role: Role::Listener,
            clock_epoch: "e".into(),
            server_now: room_time(),
            version: "1".into(),
        };
        let mut kinds = 1;
        reads_as_written(&message);
        while let Some(next) = after(&message) {
            message = next;
            kinds += 1;
            reads_as_written(&message);
        }
        assert_eq!(kinds, 19);
    }

    #[test]
    fn what_may_be_left_out_reads_as_left_out() {
        let bare = TrackInfo {
            artist: None,
            album: None,
            artwork_url: None,
            gain: None,
            needs_encoder: false,
            ..track()
        };
        reads_as_written(&QueueEntry { track: Arc::new(bare), added_by: None, ..entry() });
        reads_as_written(&member(None));
        reads_as_written(&RoomSettings::default());
    }

    #[test]
    fn a_message_of_a_newer_server_is_unknown_and_one_that_lacks_a_field_is_refused() {
        assert_eq!(ServerMessage::read(&json!({ "t": "LIGHTS", "on": true })), Ok(ServerMessage::Unknown));
        let lacking = ServerMessage::read(&json!({ "t": "VOLUME", "revision": 1 }));
        assert_eq!(lacking, Err(Malformed("volume")));
        let wrong = ServerMessage::read(&json!({ "t": "VOLUME", "revision": 1, "volume": 1.5 }));
        assert_eq!(wrong, Err(Malformed("volume")));
        assert_eq!(ServerMessage::read(&json!([])), Err(Malformed("t")));
    }
}

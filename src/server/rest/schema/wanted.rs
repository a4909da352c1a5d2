//! What is sent: the bodies of requests. They are read by the parser of the socket
//! ([`parse_client_frame`](crate::protocol::client_message::parse_client_frame)), which has the last word.
#![expect(dead_code, reason = "a form is described by its fields, and nobody makes one")]

use serde::Serialize;
use utoipa::ToSchema;

use crate::protocol::{EntryId, Loudness, QueuePlace, Repeat, Role, TrackId, Volume, WhoMay};
use crate::sync::time::MediaTime;

/// What a new room is to be.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewRoom {
    /// Blank: none.
    #[schema(max_length = 60, example = "Kitchen")]
    name: Option<String>,
    /// 4 to 12 characters; blank: none.
    #[schema(pattern = r"^(|\S.{2,10}\S)$", example = json!(null))]
    pin: Option<String>,
    /// Whether the home page lists it.
    #[schema(nullable = false, default = false)]
    listed: Option<bool>,
}

/// What is to change in a room's settings; what is absent stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewSettings {
    /// Blank or null: none.
    #[schema(max_length = 60, example = "Kitchen")]
    name: Option<String>,
    /// 4 to 12 characters; blank or null: none. Asked of every listener who comes in from then on.
    #[schema(pattern = r"^(|\S.{2,10}\S)$", example = "4711")]
    pin: Option<String>,
    listed: Option<bool>,
    who_controls: Option<WhoMay>,
    who_adds: Option<WhoMay>,
    loudness: Option<Loudness>,
}

/// A track, or an entry of the queue.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Play {
    /// A track of the library.
    #[serde(rename_all = "camelCase")]
    Track { track_id: TrackId, position_sec: Option<MediaTime> },
    /// An entry of the queue.
    #[serde(rename_all = "camelCase")]
    Entry { queue_entry_id: EntryId, position_sec: Option<MediaTime> },
}

/// Where to go.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Seek {
    position_sec: MediaTime,
}

/// How loud the room is to be.
#[derive(ToSchema)]
pub struct NewVolume {
    volume: Volume,
}

/// What is to come when a track ends.
#[derive(ToSchema)]
pub struct NewRepeat {
    mode: Repeat,
}

/// Tracks for the queue.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum AddToQueue {
    /// Several, all or none.
    #[serde(rename_all = "camelCase")]
    Tracks {
        #[schema(min_items = 1, max_items = 1000)]
        track_ids: Vec<TrackId>,
        #[schema(nullable = false)]
        at: Option<QueuePlace>,
    },
    /// One.
    #[serde(rename_all = "camelCase")]
    Track {
        track_id: TrackId,
        #[schema(nullable = false)]
        at: Option<QueuePlace>,
    },
}

/// Where an entry of the queue is to go.
#[derive(ToSchema)]
pub struct NewPlace {
    /// Before this entry; absent: to the end.
    before: Option<u64>,
}

/// What a member is to be.
#[derive(ToSchema)]
pub struct NewRole {
    role: Role,
}

/// A link to audio.
#[derive(ToSchema)]
pub struct NewLink {
    #[schema(example = "https://example.org/music.mp3")]
    url: String,
    /// The room in which the caller may add.
    room: Option<String>,
}

/// Files.
#[derive(ToSchema)]
pub struct Upload {
    /// The room in which the caller may add, before the first file.
    #[schema(nullable = false)]
    room: Option<String>,
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1)]
    file: Vec<Vec<u8>>,
}

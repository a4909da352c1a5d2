//! What is answered: the forms of [`snapshot`](crate::protocol::snapshot), field by field.
#![expect(dead_code, reason = "a form is described by its fields, and nobody makes one")]

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::protocol::snapshot::{MemberInfo, Upcoming};
use crate::protocol::{
    ChatLine, ChatText, Decibels, EntryId, Gain, Loudness, MemberId, MemberName, Playback, QueueEntry,
    Rendition, Repeat, Revision, Role, RoomCode, RoomName, RoomSettings, RoomSnapshot, Status, StreamId,
    TrackId, TrackInfo, Volume, WhoMay,
};
use crate::sync::profile::Profile;
use crate::sync::time::{MediaTime, RoomTime, Span};
use crate::ui::actions::ListedRoom;

/// What serde writes of a type has the form of another.
macro_rules! written_as {
    ($($type:ty => $form:ty;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                <$form as PartialSchema>::schema()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                <$form as ToSchema>::name()
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                <$form as ToSchema>::schemas(schemas);
            }
        }
    )*};
}

written_as! {
    Rendition => PlayableFile;
    Gain => TrackGain;
    TrackInfo => Track;
    Upcoming => UpcomingTrack;
    Playback => PlaybackState;
    QueueEntry => Entry;
    RoomSettings => Settings;
    MemberInfo => Member;
    RoomSnapshot => Room;
    ChatLine => Line;
    ListedRoom => RoomLine;
}

/// A form with the fields of a track, and others.
macro_rules! track {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(ToSchema)]
        #[schema(rename_all = "camelCase")]
        pub struct $name {
            id: TrackId,
            /// Where the first of the renditions is served.
            track_url: String,
            /// The files that can be played, the best first.
            renditions: Vec<Rendition>,
            title: String,
            #[schema(nullable = false)]
            artist: Option<String>,
            #[schema(nullable = false)]
            album: Option<String>,
            /// The file's own name, without folders.
            filename: String,
            #[schema(minimum = 0)]
            duration_sec: f64,
            /// Where the artwork is served, if there is any.
            #[schema(nullable = false)]
            artwork_url: Option<String>,
            #[schema(nullable = false)]
            gain: Option<Gain>,
            /// No browser plays the file, and the server has no encoder.
            #[schema(nullable = false)]
            needs_encoder: Option<bool>,
            $($more)*
        }
    };
}

/// A form with the fields of a track of the library, and others.
macro_rules! library_track {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        track! {
            $(#[$doc])*
            $name {
                /// The folder in the library, without a slash at its ends.
                folder: String,
                mime: String,
                size_bytes: u64,
                #[schema(nullable = false)]
                album_artist: Option<String>,
                #[schema(nullable = false)]
                disc: Option<u32>,
                #[schema(nullable = false)]
                number: Option<u32>,
                #[schema(nullable = false)]
                year: Option<u32>,
                #[schema(nullable = false)]
                genre: Option<String>,
                $($more)*
            }
        }
    };
}

track! {
    /// A track, as far as a player needs to know it.
    Track {}
}

library_track! {
    /// A track of the library.
    LibraryTrack {}
}

library_track! {
    /// A track that was added.
    AddedTrack {
        /// Its content was there already, and this copy was not kept.
        #[schema(nullable = false)]
        duplicate: Option<bool>,
    }
}

track! {
    /// The track that follows without a gap, as announced.
    UpcomingTrack {
        stream_id: StreamId,
        #[schema(nullable = false, value_type = Option<u64>)]
        queue_entry_id: Option<EntryId>,
        #[schema(value_type = f64)]
        start_at_server_ms: RoomTime,
    }
}

/// A file that can be played.
#[derive(ToSchema)]
#[schema(as = Rendition)]
pub struct PlayableFile {
    /// From the site's root.
    url: String,
    mime: String,
}

/// What brings a track to −18 LUFS.
#[derive(ToSchema)]
#[schema(as = Gain, rename_all = "camelCase")]
pub struct TrackGain {
    track_db: Decibels,
    #[schema(nullable = false)]
    album_db: Option<Decibels>,
}

/// What plays, and when it began.
#[derive(ToSchema)]
#[schema(as = Playback, rename_all = "camelCase")]
pub struct PlaybackState {
    status: Status,
    stream_id: StreamId,
    /// Of the last change of the playback.
    revision: Revision,
    #[schema(required)]
    track: Option<TrackInfo>,
    /// The entry of the queue that the track comes from.
    #[schema(nullable = false, value_type = Option<u64>)]
    queue_entry_id: Option<EntryId>,
    /// When the position is or was `startPositionSec`.
    start_at_server_ms: RoomTime,
    start_position_sec: MediaTime,
    /// The theoretical position at `serverTimestampMs`.
    position_sec: MediaTime,
    server_timestamp_ms: RoomTime,
    volume: Volume,
    repeat: Repeat,
    /// How far ahead a start would be announced now.
    lead_ms: Span,
    /// How far ahead another action would be scheduled now.
    sync_buffer_ms: Span,
    #[schema(nullable = false)]
    upcoming: Option<Upcoming>,
}

/// An entry of the queue or of the history.
#[derive(ToSchema)]
#[schema(as = QueueEntry, rename_all = "camelCase")]
pub struct Entry {
    entry_id: EntryId,
    track: TrackInfo,
    /// The name of who added it.
    #[schema(nullable = false)]
    added_by: Option<String>,
}

/// What a room is set to.
#[derive(ToSchema)]
#[schema(as = Settings, rename_all = "camelCase")]
pub struct Settings {
    #[schema(required)]
    name: Option<RoomName>,
    /// Whether the home page lists it.
    listed: bool,
    has_pin: bool,
    who_controls: WhoMay,
    who_adds: WhoMay,
    /// Null: by the room's RTT.
    #[schema(required)]
    profile: Option<Profile>,
    loudness: Loudness,
}

/// A member. How it keeps in step is told to DJs and hosts alone: for others the fields behind `connected` are absent.
#[derive(ToSchema)]
#[schema(as = Member, rename_all = "camelCase")]
pub struct Member {
    member_id: MemberId,
    name: MemberName,
    role: Role,
    /// False: it lost its connection, and may still come back.
    connected: bool,
    /// Room time minus the member's clock.
    offset_ms: Option<f64>,
    /// The bound of the offset's error.
    offset_error_ms: Option<f64>,
    /// Measured by the server.
    rtt_ms: Option<f64>,
    /// Where the music is, minus where it should be; positive: ahead.
    drift_ms: Option<f64>,
    /// The playback rate.
    rate: Option<f64>,
    #[schema(nullable = false)]
    buffering: Option<bool>,
    /// What its page shows.
    state: Option<String>,
    reported_at_server_ms: Option<f64>,
    /// True: its browser is none that was measured.
    #[schema(nullable = false)]
    unknown_engine: Option<bool>,
}

/// Everything that a joiner needs to know.
#[derive(ToSchema)]
#[schema(as = Room, rename_all = "camelCase")]
pub struct Room {
    code: RoomCode,
    /// As shown: the code when it has no name.
    name: String,
    revision: Revision,
    settings: RoomSettings,
    /// Hosts and DJs first, at most 100.
    #[schema(max_items = 100)]
    members: Vec<MemberInfo>,
    /// All who are connected.
    member_count: usize,
    playback: Playback,
    queue: Vec<QueueEntry>,
    /// The latest last.
    #[schema(max_items = 50)]
    history: Vec<QueueEntry>,
    /// The latest last.
    #[schema(max_items = 100)]
    chat: Vec<ChatLine>,
}

/// Something that somebody said.
#[derive(ToSchema)]
#[schema(as = ChatLine, rename_all = "camelCase")]
pub struct Line {
    line_id: u64,
    member_id: MemberId,
    /// As it was then.
    name: MemberName,
    text: ChatText,
    said_at_server_ms: RoomTime,
}

/// A room in a list.
#[derive(ToSchema)]
#[schema(as = ListedRoom, rename_all = "camelCase")]
pub struct RoomLine {
    code: RoomCode,
    /// As shown: the code when it has no name.
    name: String,
    member_count: usize,
    /// The title of what plays; of a room with a PIN for the operator alone.
    #[schema(required)]
    playing: Option<String>,
}

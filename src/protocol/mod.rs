//! What server and browser say to each other: ids, messages, snapshots, limits, close codes, and the one
//! table of who may do what. Pure; used by every floor above. It holds forms and rules, never behaviour.

pub mod client_message;
pub mod close;
pub mod error;
pub mod ids;
pub mod limits;
pub mod loudness;
pub mod permissions;
pub mod record;
pub mod server_message;
pub mod snapshot;
pub mod text;

pub use client_message::{
    ClientMessage, FrameError, QueuePlace, ReportedState, RoomPatch, SyncReport, parse_client_frame,
};
pub use close::CloseReason;
pub use error::ErrorCode;
pub use ids::{EntryId, MemberId, Revision, RoomCode, StreamId, TrackId};
pub use loudness::{Decibels, Gain, Loudness};
pub use permissions::{Action, Role, WhoMay};
pub use record::{PlaybackRecord, QueueChange, RoomChange, RoomRecord, UpcomingRecord};
pub use server_message::{ScanStatus, ServerMessage, parse_server_frame};
pub use snapshot::{
    ChatLine, MemberInfo, Playback, QueueEntry, Rendition, Repeat, RoomSettings, RoomSnapshot, Status,
    TrackInfo, Upcoming,
};
pub use text::{ChatText, MemberName, PresetName, Reaction, RoomName, Volume};

/// The WebSocket subprotocol that both sides ask for.
pub const SUBPROTOCOL: &str = "tutti.v1";

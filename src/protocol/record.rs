//! What is kept of a room: `room` says what to write, `storage` writes it, and after a restart the room is made
//! of it again. Times are room time, which is anchored to UTC, so they still mean the same then.

use std::sync::Arc;

use super::ids::{EntryId, Revision, RoomCode, StreamId};
use super::snapshot::{QueueEntry, Repeat, RoomSettings, Status, TrackInfo};
use super::text::Volume;
use crate::sync::time::{MediaTime, RoomTime};

/// A room, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomRecord {
    /// The room.
    pub code: RoomCode,
    /// Counts every change.
    pub revision: Revision,
    /// What it is set to.
    pub settings: RoomSettings,
    /// The playback and its timeline.
    pub playback: PlaybackRecord,
    /// What is still to come, in order.
    pub queue: Vec<QueueEntry>,
    /// What was played, the latest last.
    pub history: Vec<QueueEntry>,
    /// The highest entry id ever given.
    pub last_entry_id: EntryId,
}

/// The playback of a room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaybackRecord {
    /// What it does; `Preparing` is kept as such and is playing once `start_at` has come.
    pub status: Status,
    /// The start of a track that this is about.
    pub stream_id: StreamId,
    /// The highest stream id ever announced: that of the upcoming one, or of one that was called off.
    pub last_stream_id: StreamId,
    /// The room's revision at the last change of the playback.
    pub revision: Revision,
    /// What is loaded.
    pub track: Option<Arc<TrackInfo>>,
    /// The queue entry that it came from.
    pub queue_entry_id: Option<EntryId>,
    /// The name of who added it.
    pub added_by: Option<String>,
    /// When the position is or was `start_position`.
    pub start_at: RoomTime,
    /// The position at `start_at`.
    pub start_position: MediaTime,
    /// The room's volume.
    pub volume: Volume,
    /// What comes when the track ends.
    pub repeat: Repeat,
    /// What was announced to follow when the track ends.
    pub upcoming: Option<UpcomingRecord>,
}

/// An announced follower; it starts when the current track ends.
#[derive(Clone, Debug, PartialEq)]
pub struct UpcomingRecord {
    /// The stream that it will be.
    pub stream_id: StreamId,
    /// The track.
    pub track: Arc<TrackInfo>,
    /// The queue entry that it comes from.
    pub queue_entry_id: Option<EntryId>,
}

/// What changed, to be written in one transaction; `None` parts stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomChange {
    /// The revision after the change.
    pub revision: Revision,
    /// New settings.
    pub settings: Option<RoomSettings>,
    /// A new playback.
    pub playback: Option<PlaybackRecord>,
    /// A new queue and history.
    pub queue: Option<QueueChange>,
}

/// The queue after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueChange {
    /// What is still to come.
    pub queue: Vec<QueueEntry>,
    /// What was played, the latest last.
    pub history: Vec<QueueEntry>,
    /// The highest entry id ever given.
    pub last_entry_id: EntryId,
}

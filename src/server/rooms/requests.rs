//! What a message asks of a room, with everything looked up that a room cannot know: tracks and random numbers.

use std::sync::Arc;

use crate::protocol::{ClientMessage, ErrorCode, TrackId, TrackInfo};
use crate::room::Command;
use crate::server::random;
use crate::storage::Store;

/// The command of a message.
///
/// # Errors
/// [`ErrorCode::NoSuchTrack`], [`ErrorCode::NeedsEncoder`]; [`ErrorCode::NotSupported`] for what is not a command of a room.
pub(super) async fn command(store: &Store, message: ClientMessage) -> Result<Command, ErrorCode> {
    Ok(match message {
        ClientMessage::HostPlay { track_id: Some(id), position, .. } => Command::Play {
            track: tracks(store, vec![id]).await?.pop().ok_or(ErrorCode::NoSuchTrack)?,
            position,
        },
        ClientMessage::HostPlay { queue_entry_id: Some(entry_id), position, .. } => {
            Command::PlayEntry { entry_id, position }
        }
        ClientMessage::HostPause => Command::Pause,
        ClientMessage::HostResume => Command::Resume,
        ClientMessage::HostSeek { position } => Command::Seek { position },
        ClientMessage::HostStop => Command::Stop,
        ClientMessage::HostNext => Command::Next,
        ClientMessage::HostPrevious => Command::Previous,
        ClientMessage::HostVolume { volume } => Command::SetVolume { volume },
        ClientMessage::HostRepeat { mode } => Command::SetRepeat { mode },
        ClientMessage::HostSyncAll => Command::SyncAll,
        ClientMessage::QueueAdd { track_ids, at } => {
            Command::QueueAdd { tracks: tracks(store, track_ids).await?, at }
        }
        ClientMessage::QueueRemove { entry_id } => Command::QueueRemove { entry_id },
        ClientMessage::QueueMove { entry_id, before } => Command::QueueMove { entry_id, before },
        ClientMessage::QueueClear => Command::QueueClear,
        ClientMessage::QueueShuffle => Command::QueueShuffle { seed: random::seed() },
        ClientMessage::SetRole { member_id, role } => Command::SetRole { member_id, role },
        ClientMessage::Kick { member_id } => Command::Kick { member_id },
        ClientMessage::Rename { name } => Command::Rename { name },
        ClientMessage::Chat { text } => Command::Chat { text },
        ClientMessage::React { emoji } => Command::React { emoji },
        _ => return Err(ErrorCode::NotSupported),
    })
}

/// What players know of these tracks, in this order, all or none.
async fn tracks(store: &Store, ids: Vec<TrackId>) -> Result<Vec<Arc<TrackInfo>>, ErrorCode> {
    let found = store.playable(&ids).await.map_err(|error| {
        tracing::error!(%error, "tracks could not be looked up");
        ErrorCode::Unavailable
    })?;
    let mut tracks = Vec::with_capacity(ids.len());
    for id in &ids {
        match found.get(id) {
            Some(track) => tracks.push(track.clone()),
            None => return Err(why_not(store, id).await),
        }
    }
    Ok(tracks)
}

/// Why a track cannot be played.
async fn why_not(store: &Store, id: &TrackId) -> ErrorCode {
    match store.track(id).await {
        Ok(Some(track)) if !track.missing && track.info.needs_encoder => ErrorCode::NeedsEncoder,
        _ => ErrorCode::NoSuchTrack,
    }
}

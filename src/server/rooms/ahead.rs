//! What a room will need soon is made ready while nobody waits for it: the head of an MP4, or what an encoder makes.
//! The room's task only says what; it never waits.

use crate::library::Renditions;
use crate::protocol::{ServerMessage, TrackId};
use crate::storage::Store;

/// Entries of a queue that are made ready: the next, and the one that a skip leads to.
const ENTRIES_AHEAD: usize = 2;

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ahead {
    store: Store,
    renditions: Renditions,
}

impl Ahead {
    /// For rooms whose tracks are in this store.
    pub const fn new(store: Store, renditions: Renditions) -> Self {
        Self { store, renditions }
    }

    /// Has made ready what this message announces, if it announces anything.
    pub(super) fn heard(&self, message: &ServerMessage) {
        for track in announced(message) {
            let Self { store, renditions } = self.clone();
            tokio::spawn(async move {
                match store.track(&track).await {
                    Ok(Some(found)) => {
                        if let Err(why) = renditions.make_ahead(&found).await {
                            tracing::warn!(%track, %why, "a track could not be made ready");
                        }
                    }
                    Ok(None) => {}
                    Err(error) => tracing::warn!(%track, %error, "a track could not be looked up"),
                }
            });
        }
    }
}

fn announced(message: &ServerMessage) -> Vec<TrackId> {
    match message {
        ServerMessage::PreparePlay { track, .. } => vec![track.track_id.clone()],
        ServerMessage::Queue { entries, .. } => {
            entries.iter().take(ENTRIES_AHEAD).map(|entry| entry.track.track_id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

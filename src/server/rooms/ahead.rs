//! What a room will need soon is made ready while nobody waits for it: the head of an MP4, or what an encoder makes.
//! The room's task only says what; it never waits. Who plays a track that has to be encoded first waits, so that
//! nobody misses its beginning.

use std::time::Duration;

use tokio::sync::mpsc;

use super::ask::{Ask, Said};
use crate::library::Renditions;
use crate::protocol::{ClientMessage, ServerMessage, TrackId};
use crate::storage::Store;

/// How long a play waits for the encoder: four minutes of music take it some three seconds on one core. What takes
/// longer begins without its beginning.
const PATIENCE: Duration = Duration::from_secs(15);

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

    /// What was said, when what it needs is ready. Otherwise that is made, and then the room is asked again.
    pub(super) async fn ready(&self, said: Said, inbox: &mpsc::WeakSender<Ask>) -> Option<Said> {
        let ClientMessage::HostPlay { track_id: Some(track), .. } = &said.message else {
            return Some(said);
        };
        if said.waited {
            return Some(said);
        }
        let Ok(Some(found)) = self.store.track(track).await else {
            return Some(said);
        };
        if self.renditions.is_at_hand(&found) {
            return Some(said);
        }
        let (renditions, inbox) = (self.renditions.clone(), inbox.clone());
        tokio::spawn(async move {
            // What goes wrong is told by whoever plays it.
            let _ = tokio::time::timeout(PATIENCE, renditions.make_ahead(&found)).await;
            if let Some(inbox) = inbox.upgrade() {
                // A room that has ended wants nothing any more.
                let _ = inbox.send(Ask::Message(Said { waited: true, ..said })).await;
            }
        });
        None
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

//! What is done now and then, and what is done beside: the mark of life, letting go of idle rooms, forgetting quiet
//! addresses, removing rooms that nobody has used for 90 days, looking after the library.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::library_news::library_news;
use super::rooms::Heartbeat;
use super::state::AppState;
use crate::library::Watch;
use crate::sync::time::{RoomTime, Span};

/// How often the mark of life is written and idle rooms are let go.
const EVERY: Duration = Duration::from_mins(1);

/// Rooms nobody used for so long are removed (manual/operations.md).
const UNUSED: Span = Span::from_secs(90 * 24 * 3600);

/// How often unused rooms are looked for, in rounds of [`EVERY`].
const LOOK_FOR_UNUSED: u64 = 60;

/// Goes on until it is dropped.
pub async fn housekeeping(state: AppState, heartbeat: Heartbeat) {
    tokio::join!(rounds(&state, &heartbeat), state.metrics.look_after());
}

async fn rounds(state: &AppState, heartbeat: &Heartbeat) {
    let mut rounds = tokio::time::interval(EVERY);
    for round in 0_u64.. {
        rounds.tick().await;
        let now = state.clock.now();
        if let Err(error) = heartbeat.write(&state.clock.mark()).await {
            tracing::warn!(%error, "the mark of life could not be written");
        }
        state.rooms.let_go_of_idle();
        state.rates.forget_the_quiet();
        state.retries.forget_old(now);
        if round % LOOK_FOR_UNUSED == 0 {
            remove_unused(state, now).await;
        }
    }
}

async fn remove_unused(state: &AppState, now: RoomTime) {
    // Somebody may have been in a room all the time, without anybody coming in.
    for room in state.rooms.all_in_use() {
        if let Err(error) = state.store.touch_room(room.code(), now).await {
            tracing::debug!(room = %room.code(), %error, "a use could not be noted");
        }
    }
    match state.store.remove_rooms_unused_since(now - UNUSED).await {
        Ok(removed) if removed.is_empty() => {}
        Ok(removed) => tracing::info!(rooms = removed.len(), "unused rooms removed"),
        Err(error) => tracing::warn!(%error, "unused rooms could not be removed"),
    }
}

impl AppState {
    /// Keeps the library in step with the disk, measures its loudness, and tells pages what is new; until the tasks
    /// are aborted.
    pub fn look_after_library(&self, watch: Watch) -> [JoinHandle<()>; 3] {
        let (scans, measures) = (self.clone(), self.clone());
        [
            tokio::spawn(async move {
                scans.library.keep_in_step(&scans.store, &scans.music_roots, watch).await;
            }),
            tokio::spawn(async move { measures.library.measure_loudness(&measures.store).await }),
            tokio::spawn(library_news(self.clone())),
        ]
    }

    /// Scans the library, once whatever scan runs now is done. How it goes is in the log and in the progress.
    pub fn scan_in_background(&self) {
        let state = self.clone();
        tokio::spawn(async move {
            // The library logs its failures itself.
            let _ = state.library.scan(&state.store, &state.music_roots).await;
        });
    }
}

//! Tells pages that the library has changed, or is being scanned: `LIBRARY` to every socket of every room, at most
//! once a second, and only when there is something new to say.

use std::time::Duration;

use super::state::AppState;
use crate::library::ScanProgress;
use crate::protocol::{ScanStatus, ServerMessage};

/// Time between two messages at least.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// Goes on until it is dropped.
pub async fn library_news(state: AppState) {
    let mut changes = state.library.changes();
    let mut progress = state.library.progress();
    let mut told = news(*changes.borrow_and_update(), &progress.borrow_and_update());
    loop {
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            changed = progress.changed() => if changed.is_err() { return },
        }
        let now = news(*changes.borrow_and_update(), &progress.borrow_and_update());
        if now != told {
            state.rooms.tell_all(&now);
            told = now;
            tokio::time::sleep(AT_MOST_EVERY).await;
        }
    }
}

fn news(version: u64, progress: &ScanProgress) -> ServerMessage {
    let scan = progress
        .running
        .then_some(ScanStatus { files_seen: progress.files_seen, files_read: progress.files_read });
    ServerMessage::Library { version, tracks: progress.tracks, scan }
}

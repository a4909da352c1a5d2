//! Until when this process certainly lived, in a file of the data folder: after a restart, playback that ran goes
//! on if the gap was short, and stands where it was if it was long (manual/operations.md).
//!
//! One small file for the whole server, written every minute and at the end, and not a time in every room: rooms
//! are written when they change, never as time passes. After a crash the mark is up to a minute too old, so the
//! ten minutes of [`limits::UNATTENDED`](crate::protocol::limits::UNATTENDED) may come out as nine. What it holds,
//! and how room time goes on from it, says [`mark`](crate::sync::mark).

use std::io;
use std::path::{Path, PathBuf};

use crate::sync::mark::Mark;

/// The file in the data folder.
const FILE: &str = "last-alive";

/// The mark of life.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    file: PathBuf,
}

impl Heartbeat {
    /// The mark in this data folder.
    pub fn new(data_dir: &Path) -> Self {
        Self { file: data_dir.join(FILE) }
    }

    /// The last mark of the process before this one, as far as there is one.
    pub async fn read(&self) -> Option<Mark> {
        tokio::fs::read_to_string(&self.file).await.ok()?.parse().ok()
    }

    /// Marks that the process lives.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write(&self, now: &Mark) -> io::Result<()> {
        // Written beside and renamed, so that it is never half a number.
        let fresh = self.file.with_extension("new");
        tokio::fs::write(&fresh, now.to_string()).await?;
        tokio::fs::rename(&fresh, &self.file).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::Clock;

    #[tokio::test]
    async fn the_mark_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let heartbeat = Heartbeat::new(dir.path());
        assert_eq!(heartbeat.read().await, None);
        let now = Clock::start(None).mark();
        heartbeat.write(&now).await.unwrap();
        assert_eq!(Heartbeat::new(dir.path()).read().await, Some(now));
    }

    #[tokio::test]
    async fn a_damaged_mark_is_no_mark() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "yesterday").unwrap();
        assert_eq!(Heartbeat::new(dir.path()).read().await, None);
    }
}

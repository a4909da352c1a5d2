//! One server a data folder: two would write the same rooms. Taken by [`run`](super::run) for as long as the server
//! lives, and by `tutti restore`; a crash lets it go, because it is the system that holds it (flock).
//!
//! A protection and not a promise: where the system cannot lock, as on some network shares, it warns and goes on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

/// The file in the data folder. It is empty, and stays when nobody has it.
pub const FILE: &str = "lock";

/// A server that was told to stop may still be at it, and who only looks has it for a moment: tries, and the time
/// between two of them.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(100);

/// Why the folder is not ours.
#[derive(Debug, Error)]
pub enum DataLockError {
    /// Another process has it.
    #[error("another Tutti server runs on this data folder")]
    Held,
    /// The file cannot be made.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The right to write in a data folder, until it is dropped.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes it; waits up to 2 s for who has it to let go.
    ///
    /// # Errors
    /// See [`DataLockError`].
    pub async fn take(data_dir: &Path) -> Result<Self, DataLockError> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(data_dir.join(FILE))?;
        for _ in 1..TRIES {
            if is_free(&file) {
                return Ok(Self { _file: file });
            }
            tokio::time::sleep(BETWEEN).await;
        }
        if is_free(&file) { Ok(Self { _file: file }) } else { Err(DataLockError::Held) }
    }

    /// Whether somebody has it.
    pub fn is_held(data_dir: &Path) -> bool {
        OpenOptions::new().write(true).open(data_dir.join(FILE)).is_ok_and(|file| !is_free(&file))
    }
}

/// Whether nobody else has it; then it is ours.
fn is_free(file: &File) -> bool {
    match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "the data folder cannot be locked: see to it that only one server runs on it");
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_has_it_and_whoever_comes_next_gets_it_when_it_is_let_go() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!DataLock::is_held(dir.path()), "nobody was there yet");
        let first = DataLock::take(dir.path()).await.unwrap();
        assert!(DataLock::is_held(dir.path()));
        let second = tokio::spawn({
            let dir = dir.path().to_path_buf();
            async move { DataLock::take(&dir).await }
        });
        tokio::task::yield_now().await;
        drop(first);
        let second = second.await.unwrap().unwrap();
        assert!(DataLock::is_held(dir.path()));
        drop(second);
        assert!(!DataLock::is_held(dir.path()));
    }

    #[tokio::test]
    async fn who_does_not_let_go_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let _first = DataLock::take(dir.path()).await.unwrap();
        assert!(matches!(DataLock::take(dir.path()).await, Err(DataLockError::Held)));
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_an_error() {
        assert!(matches!(DataLock::take(Path::new("/no/such/folder")).await, Err(DataLockError::Io(_))));
    }
}

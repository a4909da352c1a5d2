//! What an addition asks before it is taken in: whether its content, or its place, is known already.

use std::path::{Path, PathBuf};

use sqlx::Row;

use super::error::{StoreError, to_integer};
use super::tracks::track_id;
use super::{Store, path_bytes};
use crate::protocol::TrackId;

/// A track that could be a copy of a file, because it is as large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameSize {
    /// The track.
    pub id: TrackId,
    /// Where its file is, or was.
    pub path: PathBuf,
    /// Whether the file was gone at the last scan.
    pub missing: bool,
}

impl Store {
    /// The tracks whose files have so many bytes; those that are there first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tracks_of_size(&self, size: u64) -> Result<Vec<SameSize>, StoreError> {
        let _timed = self.timed("tracks_of_size");
        sqlx::query("SELECT id, path, missing FROM tracks WHERE size = ? ORDER BY missing, added_at_us, id")
            .bind(to_integer(size)?)
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|row| {
                Ok(SameSize {
                    id: track_id(row)?,
                    path: path_bytes::from_bytes(row.try_get("path")?),
                    missing: row.try_get("missing")?,
                })
            })
            .collect()
    }

    /// Whether a track has this path, missing or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_track_at(&self, path: &Path) -> Result<bool, StoreError> {
        let _timed = self.timed("has_track_at");
        Ok(sqlx::query("SELECT 1 FROM tracks WHERE path = ?")
            .bind(path_bytes::to_bytes(path))
            .fetch_optional(&self.readers)
            .await?
            .is_some())
    }
}

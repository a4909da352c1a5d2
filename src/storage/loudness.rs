//! What was measured of tracks, and what has not been yet; for the one measurer of `library`.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::error::{StoreError, from_integer};
use super::tracks::{json, track_id};
use super::{Store, path_bytes};
use crate::protocol::{Decibels, TrackId};
use crate::sync::time::MediaTime;
use std::path::PathBuf;

/// Tracks of queues that are looked at before all others: what plays next is among them.
const OF_QUEUES: u32 = 100;

/// A track of which neither its tags nor a measurement say how loud it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmeasured {
    /// The track.
    pub id: TrackId,
    /// Where its file is.
    pub path: PathBuf,
    /// Which content of it is to be measured.
    pub version: String,
}

/// A track of an album, as far as its loudness goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumTrack {
    /// The track.
    pub id: TrackId,
    /// Its length.
    pub duration: MediaTime,
    /// Its gain, from tags or measured; `None` where it has none.
    pub gain: Option<Decibels>,
    /// It was measured, so that its album's gain is ours to say.
    pub measured: bool,
    /// It waits to be measured.
    pub waits: bool,
}

impl Store {
    /// Tracks that stand in queues and wait to be measured, some of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unmeasured_in_queues(&self) -> Result<Vec<Unmeasured>, StoreError> {
        let _timed = self.timed("unmeasured_in_queues");
        let rows = sqlx::query(
            "SELECT DISTINCT id, path, version FROM queue_entries JOIN tracks ON tracks.id = track_id
             WHERE list = 'queue' AND gain_source IS NULL AND NOT missing LIMIT ?",
        )
        .bind(OF_QUEUES)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(unmeasured).collect()
    }

    /// The first track that waits to be measured behind this one, in the order of ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_unmeasured(&self, behind: Option<&TrackId>) -> Result<Option<Unmeasured>, StoreError> {
        let _timed = self.timed("next_unmeasured");
        sqlx::query(
            "SELECT id, path, version FROM tracks
             WHERE gain_source IS NULL AND NOT missing AND id > ? ORDER BY id LIMIT 1",
        )
        .bind(behind.map_or("", TrackId::as_str))
        .fetch_optional(&self.readers)
        .await?
        .as_ref()
        .map(unmeasured)
        .transpose()
    }

    /// How many tracks wait to be measured.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_unmeasured(&self) -> Result<u64, StoreError> {
        let _timed = self.timed("count_unmeasured");
        let row = sqlx::query("SELECT count(*) FROM tracks WHERE gain_source IS NULL AND NOT missing")
            .fetch_one(&self.readers)
            .await?;
        from_integer(row.try_get(0)?)
    }

    /// Writes what was measured; `None`: nothing can be, and it is not tried again. Whether it was taken: it is
    /// not when the file has changed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_measured(&self, track: &Unmeasured, gain: Option<Decibels>) -> Result<bool, StoreError> {
        let _timed = self.timed("set_measured");
        let written = sqlx::query(
            "UPDATE tracks SET track_gain = ?, album_gain = NULL, gain_source = ?
             WHERE id = ? AND version = ? AND gain_source IS NULL",
        )
        .bind(gain.map(Decibels::hundredths))
        .bind(if gain.is_some() { "measured" } else { "none" })
        .bind(track.id.as_str())
        .bind(&track.version)
        .execute(&self.writer)
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// One measured track of each album that has no gain yet, although one of its tracks was measured.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn albums_without_gain(&self) -> Result<Vec<TrackId>, StoreError> {
        let _timed = self.timed("albums_without_gain");
        sqlx::query(
            "SELECT min(id) AS id FROM tracks
             WHERE gain_source = 'measured' AND album_gain IS NULL AND album_key IS NOT NULL AND NOT missing
             GROUP BY album_key, coalesce(album_artist_key, artist_key)",
        )
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(track_id)
        .collect()
    }

    /// The tracks of a track's album, itself among them: of the same album and album artist (or artist). Nothing
    /// when it has no album.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn album_of(&self, id: &TrackId) -> Result<Vec<AlbumTrack>, StoreError> {
        let _timed = self.timed("album_of");
        let rows = sqlx::query(
            "SELECT other.id, other.duration_us, other.track_gain, other.gain_source
             FROM tracks AS one JOIN tracks AS other ON other.album_key = one.album_key
             WHERE one.id = ? AND NOT other.missing
             AND coalesce(other.album_artist_key, other.artist_key)
                 IS coalesce(one.album_artist_key, one.artist_key)",
        )
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let source: Option<&str> = row.try_get("gain_source")?;
                Ok(AlbumTrack {
                    id: track_id(row)?,
                    duration: MediaTime::from_micros(row.try_get("duration_us")?),
                    gain: row.try_get::<Option<i16>, _>("track_gain")?.map(Decibels::from_hundredths),
                    measured: source == Some("measured"),
                    waits: source.is_none(),
                })
            })
            .collect()
    }

    /// Writes the gain of an album to its tracks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_album_gain(&self, tracks: &[TrackId], gain: Decibels) -> Result<(), StoreError> {
        let _timed = self.timed("set_album_gain");
        sqlx::query(
            "UPDATE tracks SET album_gain = ?
             WHERE id IN (SELECT value FROM json_each(?)) AND gain_source = 'measured'",
        )
        .bind(gain.hundredths())
        .bind(json(tracks)?)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

fn unmeasured(row: &SqliteRow) -> Result<Unmeasured, StoreError> {
    Ok(Unmeasured {
        id: track_id(row)?,
        path: path_bytes::from_bytes(row.try_get("path")?),
        version: row.try_get("version")?,
    })
}

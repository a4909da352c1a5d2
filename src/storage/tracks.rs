//! Tracks: what a scan writes, and what rooms need of each. Lists of them are in `listing`.
//!
//! A track is known by its path and keeps its id as long as it has that path, or is moved to another. It is not
//! deleted when its file goes, but flagged as missing: rooms name it, and files come back.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::error::{StoreError, from_integer, to_integer, unreadable};
use super::track_row::{self, ArtworkPlace, TrackFile, TrackRecord};
use super::{Store, path_bytes};
use crate::protocol::{Decibels, TrackId, TrackInfo};
use crate::sync::time::RoomTime;

/// What a scan compares a file with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// The track.
    pub id: TrackId,
    /// Where its file is, or was.
    pub path: PathBuf,
    /// Its folder below the music folder.
    pub folder: String,
    /// In bytes.
    pub size: u64,
    /// When its content last changed, in ns since 1970.
    pub mtime_ns: i64,
    /// Which content it was read of; empty: by an older version, that is to be read again.
    pub version: String,
    /// Where its artwork was found.
    pub artwork: Option<ArtworkPlace>,
    /// Whether the file was gone at the last scan.
    pub missing: bool,
}

impl Store {
    /// Every file that was ever put, for a scan to compare with; also those that are missing now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_files(&self) -> Result<Vec<KnownFile>, StoreError> {
        let _timed = self.timed("known_files");
        sqlx::query("SELECT id, path, folder, size, mtime_ns, version, artwork, missing FROM tracks")
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|row| {
                Ok(KnownFile {
                    id: track_id(row)?,
                    path: path_bytes::from_bytes(row.try_get("path")?),
                    folder: row.try_get("folder")?,
                    size: from_integer(row.try_get("size")?)?,
                    mtime_ns: row.try_get("mtime_ns")?,
                    version: row.try_get("version")?,
                    artwork: track_row::artwork(row)?,
                    missing: row.try_get("missing")?,
                })
            })
            .collect()
    }

    /// Writes files that were read, all or none, and returns their tracks' ids in the same order: those that
    /// they have already, where the path is known. They are not missing any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_tracks(&self, files: &[TrackFile], now: RoomTime) -> Result<Vec<TrackId>, StoreError> {
        let _timed = self.timed("put_tracks");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut ids = Vec::with_capacity(files.len());
        for file in files {
            ids.push(put(&mut tx, file, now).await?);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Says that the files of these tracks are elsewhere now; all or none.
    ///
    /// # Errors
    /// When a path belongs to another track already, or the database fails.
    pub async fn move_tracks(&self, moves: &[(TrackId, PathBuf)]) -> Result<(), StoreError> {
        let _timed = self.timed("move_tracks");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (id, path) in moves {
            sqlx::query("UPDATE tracks SET path = ? WHERE id = ?")
                .bind(path_bytes::to_bytes(path))
                .bind(id.as_str())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Flags tracks whose files are gone. They are in no list any more, but rooms may still name them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_missing(&self, ids: &[TrackId]) -> Result<(), StoreError> {
        let _timed = self.timed("mark_missing");
        sqlx::query(
            "UPDATE tracks SET missing = 1 WHERE id IN (SELECT value FROM json_each(?)) AND NOT missing",
        )
        .bind(json(ids)?)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Unflags tracks whose files came back unchanged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_present(&self, ids: &[TrackId]) -> Result<(), StoreError> {
        let _timed = self.timed("mark_present");
        sqlx::query("UPDATE tracks SET missing = 0 WHERE id IN (SELECT value FROM json_each(?)) AND missing")
            .bind(json(ids)?)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Says whether an encoder is there: what it makes is offered then, and tracks that need it can be played. Returns
    /// how many wait for one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_encoder(&self, is_there: bool) -> Result<u64, StoreError> {
        let _timed = self.timed("set_encoder");
        sqlx::query("UPDATE tracks SET encoder = ?1 WHERE encoder <> ?1")
            .bind(is_there)
            .execute(&self.writer)
            .await?;
        let row = sqlx::query("SELECT count(*) FROM tracks WHERE NOT missing AND NOT playable")
            .fetch_one(&self.readers)
            .await?;
        from_integer(row.try_get(0)?)
    }

    /// Takes a track out of the library: deletes it when no room names it, flags it as missing otherwise. The
    /// file is the caller's to delete.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such track.
    pub async fn remove_track(&self, id: &TrackId) -> Result<(), StoreError> {
        let _timed = self.timed("remove_track");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let flagged = sqlx::query("UPDATE tracks SET missing = 1 WHERE id = ?")
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
        super::rooms::must_exist(&flagged)?;
        sqlx::query(
            "DELETE FROM tracks WHERE id = ?1
             AND NOT EXISTS (SELECT 1 FROM queue_entries WHERE track_id = ?1)
             AND NOT EXISTS (SELECT 1 FROM rooms WHERE track_id = ?1)
             AND NOT EXISTS (SELECT 1 FROM rooms WHERE upcoming_track_id = ?1)",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// One track, missing or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn track(&self, id: &TrackId) -> Result<Option<TrackRecord>, StoreError> {
        let _timed = self.timed("track");
        sqlx::query("SELECT * FROM tracks WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?
            .map(|row| track_row::record(&row))
            .transpose()
    }

    /// What players know of these tracks; those that do not exist or are missing are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn playable(&self, ids: &[TrackId]) -> Result<HashMap<TrackId, Arc<TrackInfo>>, StoreError> {
        let _timed = self.timed("playable");
        let rows = sqlx::query(
            "SELECT * FROM tracks
             WHERE id IN (SELECT value FROM json_each(?)) AND NOT missing AND playable",
        )
        .bind(json(ids)?)
        .fetch_all(&self.readers)
        .await?;
        infos(&rows)
    }

    /// How many tracks can be played.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_tracks(&self) -> Result<u64, StoreError> {
        let _timed = self.timed("count_tracks");
        let row =
            sqlx::query("SELECT count(*) FROM tracks WHERE NOT missing").fetch_one(&self.readers).await?;
        from_integer(row.try_get(0)?)
    }
}

/// What players know of the tracks with these ids, missing or not.
pub(super) async fn infos_of(
    connection: &mut SqliteConnection,
    ids: &[TrackId],
) -> Result<HashMap<TrackId, Arc<TrackInfo>>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM tracks
         WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(json(ids)?)
    .fetch_all(connection)
    .await?;
    infos(&rows)
}

/// The id of a row that has it as `id`.
pub(super) fn track_id(row: &SqliteRow) -> Result<TrackId, StoreError> {
    row.try_get::<String, _>("id")?.try_into().map_err(unreadable)
}

async fn put(
    connection: &mut SqliteConnection,
    file: &TrackFile,
    now: RoomTime,
) -> Result<TrackId, StoreError> {
    let row = sqlx::query(
        "INSERT INTO tracks (id, path, folder, filename, mime, size, mtime_ns, duration_us, title, artist,
             album, album_artist, disc, number, year, genre, artwork, artist_key, album_artist_key,
             album_key, sort_key, added_at_us, version, renditions, needs_encoder, encoder, track_gain,
             album_gain, gain_source)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (path) DO UPDATE SET folder = excluded.folder, filename = excluded.filename,
             mime = excluded.mime, size = excluded.size, mtime_ns = excluded.mtime_ns,
             duration_us = excluded.duration_us, title = excluded.title, artist = excluded.artist,
             album = excluded.album, album_artist = excluded.album_artist, disc = excluded.disc,
             number = excluded.number, year = excluded.year, genre = excluded.genre,
             artwork = excluded.artwork, artist_key = excluded.artist_key,
             album_artist_key = excluded.album_artist_key, album_key = excluded.album_key,
             sort_key = excluded.sort_key, version = excluded.version, renditions = excluded.renditions,
             needs_encoder = excluded.needs_encoder, encoder = excluded.encoder, missing = 0,
             track_gain = iif(? AND gain_source IN ('measured', 'none'), track_gain, excluded.track_gain),
             album_gain = iif(? AND gain_source IN ('measured', 'none'), album_gain, excluded.album_gain),
             gain_source = iif(? AND gain_source IN ('measured', 'none'), gain_source, excluded.gain_source)
         RETURNING id",
    )
    .bind(file.id.as_str())
    .bind(path_bytes::to_bytes(&file.path))
    .bind(&file.folder)
    .bind(&file.filename)
    .bind(&file.mime)
    .bind(to_integer(file.size)?)
    .bind(file.mtime_ns)
    .bind(file.duration.micros())
    .bind(&file.title)
    .bind(&file.artist)
    .bind(&file.album)
    .bind(&file.album_artist)
    .bind(file.disc)
    .bind(file.number)
    .bind(file.year)
    .bind(&file.genre)
    .bind(file.artwork.map(ArtworkPlace::as_str))
    .bind(file.artist.as_deref().map(track_row::key))
    .bind(file.album_artist.as_deref().map(track_row::key))
    .bind(file.album.as_deref().map(track_row::key))
    .bind(track_row::sort_key(file))
    .bind(now.micros())
    .bind(&file.version)
    .bind(serde_json::to_string(&file.renditions).map_err(unreadable)?)
    .bind(file.needs_encoder)
    .bind(file.encoder)
    .bind(file.gain.map(|gain| gain.track.hundredths()))
    .bind(file.gain.and_then(|gain| gain.album).map(Decibels::hundredths))
    .bind(file.gain.map(|_| "tags"))
    // Tags go before what was measured.
    .bind(file.same_audio && file.gain.is_none())
    .bind(file.same_audio && file.gain.is_none())
    .bind(file.same_audio && file.gain.is_none())
    .fetch_one(connection)
    .await?;
    track_id(&row)
}

fn infos(rows: &[SqliteRow]) -> Result<HashMap<TrackId, Arc<TrackInfo>>, StoreError> {
    rows.iter()
        .map(|row| {
            let info = track_row::info(row)?;
            Ok((info.track_id.clone(), Arc::new(info)))
        })
        .collect()
}

/// Ids for `json_each`: one parameter, however many there are.
pub(super) fn json(ids: &[TrackId]) -> Result<String, StoreError> {
    serde_json::to_string(ids).map_err(|error| StoreError::Other(sqlx::Error::Encode(error.into())))
}

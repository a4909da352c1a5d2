//! Tracks: what a scan writes and what pages ask for.
//!
//! A track is known by its path and keeps its id as long as it has that path, or is moved to another. It is not
//! deleted when its file goes, but flagged as missing: rooms name it, and files come back.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::error::{StoreError, from_integer, to_integer, unreadable};
use super::search::{Place, match_expression};
use super::track_row::{self, ArtworkPlace, TrackFile, TrackRecord};
use super::{Store, path_bytes};
use crate::protocol::{Decibels, TrackId, TrackInfo};
use crate::sync::time::RoomTime;

/// Tracks of a page unless asked otherwise.
pub const DEFAULT_PAGE: u32 = 100;
/// Tracks of a page at most.
pub const LARGEST_PAGE: u32 = 500;

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

/// Which tracks somebody wants to see. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackQuery {
    /// Words that begin words of title, artist, album or file name, whatever their case and diacritics. Blank
    /// text asks for nothing.
    pub text: Option<String>,
    /// In this folder and below; as in [`TrackRecord::folder`].
    pub folder: Option<String>,
    /// With `folder`: in it alone, and not below.
    pub folder_only: bool,
    /// By this artist or album artist, whatever the case.
    pub artist: Option<String>,
    /// Of this album, whatever the case.
    pub album: Option<String>,
    /// At most this many, up to [`LARGEST_PAGE`]; `None` is [`DEFAULT_PAGE`].
    pub limit: Option<u32>,
    /// Behind the page that gave this cursor.
    pub cursor: Option<String>,
}

/// Some of the tracks that were asked for, in the library's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackPage {
    /// By album artist (or artist), album, disc, number, title.
    pub tracks: Vec<TrackRecord>,
    /// Leads to the page behind; `None` at the end.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Store {
    /// Every file that was ever put, for a scan to compare with; also those that are missing now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_files(&self) -> Result<Vec<KnownFile>, StoreError> {
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
        sqlx::query("UPDATE tracks SET missing = 0 WHERE id IN (SELECT value FROM json_each(?)) AND missing")
            .bind(json(ids)?)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Says whether an encoder is there: tracks that need one can be played then, and others always. Returns how
    /// many wait for one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_encoder(&self, is_there: bool) -> Result<u64, StoreError> {
        sqlx::query(
            "UPDATE tracks SET playable = NOT needs_encoder OR ?1 WHERE playable <> (NOT needs_encoder OR ?1)",
        )
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
        let row =
            sqlx::query("SELECT count(*) FROM tracks WHERE NOT missing").fetch_one(&self.readers).await?;
        from_integer(row.try_get(0)?)
    }

    /// A page of the tracks that can be played.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] when the cursor is none.
    pub async fn tracks(&self, query: &TrackQuery) -> Result<TrackPage, StoreError> {
        let behind = query.cursor.as_deref().map(Place::from_cursor).transpose()?;
        let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, LARGEST_PAGE);
        // One snapshot, so that the page and the total are of the same library.
        let mut tx = self.readers.begin().await?;

        let mut counting = QueryBuilder::new("SELECT count(*) FROM tracks");
        push_conditions(&mut counting, query);
        let total = counting.build().fetch_one(&mut *tx).await?.try_get(0)?;

        let mut selecting = QueryBuilder::new("SELECT * FROM tracks");
        push_conditions(&mut selecting, query);
        if let Some(place) = behind {
            selecting.push(" AND (sort_key, id) > (");
            selecting.push_bind(place.sort_key).push(", ");
            selecting.push_bind(place.id).push(")");
        }
        // One more than asked for tells whether there is a page behind.
        selecting.push(" ORDER BY sort_key, id LIMIT ");
        selecting.push_bind(limit + 1);
        let mut rows = selecting.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;

        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_cursor = match rows.last() {
            Some(row) if more => {
                Some(Place { sort_key: row.try_get("sort_key")?, id: row.try_get("id")? }.to_cursor())
            }
            _ => None,
        };
        Ok(TrackPage {
            tracks: rows.iter().map(track_row::record).collect::<Result<_, _>>()?,
            next_cursor,
            total: from_integer(total)?,
        })
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

/// The conditions of a query, beginning with `WHERE`; the cursor is not one of them.
fn push_conditions(sql: &mut QueryBuilder<Sqlite>, query: &TrackQuery) {
    sql.push(" WHERE NOT missing");
    if let Some(text) = query.text.as_deref().filter(|text| !text.trim().is_empty()) {
        match match_expression(text) {
            Some(expression) => {
                sql.push(" AND seq IN (SELECT rowid FROM tracks_search WHERE tracks_search MATCH ");
                sql.push_bind(expression).push(")");
            }
            None => {
                sql.push(" AND FALSE");
            }
        }
    }
    if let Some(folder) = &query.folder {
        push_folder(sql, folder, query.folder_only);
    }
    if let Some(artist) = &query.artist {
        let artist = track_row::key(artist);
        sql.push(" AND (artist_key = ").push_bind(artist.clone());
        sql.push(" OR album_artist_key = ").push_bind(artist).push(")");
    }
    if let Some(album) = &query.album {
        sql.push(" AND album_key = ").push_bind(track_row::key(album));
    }
}

/// In a folder, and below unless `only`. As a range, because `LIKE` would read signs in the name.
pub(super) fn push_folder(sql: &mut QueryBuilder<Sqlite>, folder: &str, only: bool) {
    let folder = folder.trim_matches('/').to_owned();
    if only {
        sql.push(" AND folder = ").push_bind(folder);
    } else if !folder.is_empty() {
        // '0' is the character behind '/'.
        let (from, to) = (format!("{folder}/"), format!("{folder}0"));
        sql.push(" AND (folder = ").push_bind(folder);
        sql.push(" OR (folder >= ").push_bind(from);
        sql.push(" AND folder < ").push_bind(to).push("))");
    }
}

async fn put(
    connection: &mut SqliteConnection,
    file: &TrackFile,
    now: RoomTime,
) -> Result<TrackId, StoreError> {
    let row = sqlx::query(
        "INSERT INTO tracks (id, path, folder, filename, mime, size, mtime_ns, duration_us, title, artist,
             album, album_artist, disc, number, year, genre, artwork, artist_key, album_artist_key,
             album_key, sort_key, added_at_us, version, renditions, needs_encoder, playable, track_gain,
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
             needs_encoder = excluded.needs_encoder, playable = excluded.playable, track_gain = excluded.track_gain,
             album_gain = excluded.album_gain, gain_source = excluded.gain_source, missing = 0
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
    .bind(file.playable)
    .bind(file.gain.map(|gain| gain.track.hundredths()))
    .bind(file.gain.and_then(|gain| gain.album).map(Decibels::hundredths))
    .bind(file.gain.map(|_| "tags"))
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
fn json(ids: &[TrackId]) -> Result<String, StoreError> {
    serde_json::to_string(ids).map_err(|error| StoreError::Other(sqlx::Error::Encode(error.into())))
}

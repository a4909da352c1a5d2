//! Rooms: made, loaded, and written piece by piece as they change, each change in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::sqlite::{SqliteQueryResult, SqliteRow};
use sqlx::{Row, SqliteConnection};

use super::access::SecretHash;
use super::error::{StoreError, from_integer, to_integer, unreadable};
use super::{Store, tracks, words};
use crate::protocol::{
    EntryId, PlaybackRecord, QueueChange, QueueEntry, Revision, RoomChange, RoomCode, RoomName, RoomRecord,
    RoomSettings, Status, StreamId, TrackId, TrackInfo, UpcomingRecord, Volume,
};
use crate::sync::time::{MediaTime, RoomTime};

/// A room that the home page lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRoom {
    /// The room.
    pub code: RoomCode,
    /// What it is called.
    pub name: Option<RoomName>,
    /// Whether a PIN is wanted.
    pub has_pin: bool,
}

type Tracks = HashMap<TrackId, Arc<TrackInfo>>;

impl Store {
    /// Writes a new room with the SHA-256 of its host token and the argon2 string of its PIN, and counts it as
    /// used now. Whether the room's settings say `has_pin` does not matter: it follows the PIN.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when a room has this code.
    pub async fn create_room(
        &self,
        room: &RoomRecord,
        host_token_hash: &SecretHash,
        pin_hash: Option<&str>,
        now: RoomTime,
    ) -> Result<(), StoreError> {
        let _timed = self.timed("create_room");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let inserted = sqlx::query(
            "INSERT INTO rooms (code, host_token_hash, pin_hash, last_used_us, revision, last_entry_id,
                 listed, who_controls, who_adds, status, stream_id, last_stream_id, playback_revision, start_at_us,
                 start_position_us, volume, repeat)
             VALUES (?, ?, ?, ?, 0, 0, 0, '', '', '', 0, 0, 0, 0, 0, 0, '')
             ON CONFLICT (code) DO NOTHING",
        )
        .bind(room.code.as_str())
        .bind(host_token_hash.as_slice())
        .bind(pin_hash)
        .bind(now.micros())
        .execute(&mut *tx)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Taken);
        }
        let whole = RoomChange {
            revision: room.revision,
            settings: Some(room.settings.clone()),
            playback: Some(room.playback.clone()),
            queue: Some(QueueChange {
                queue: room.queue.clone(),
                history: room.history.clone(),
                last_entry_id: room.last_entry_id,
            }),
        };
        write_change(&mut tx, room.code, &whole).await?;
        Ok(tx.commit().await?)
    }

    /// A room, whole. Tracks whose files are gone are in it as they were.
    ///
    /// # Errors
    /// When the database fails, or holds what this version cannot read.
    pub async fn load_room(&self, code: RoomCode) -> Result<Option<RoomRecord>, StoreError> {
        let _timed = self.timed("load_room");
        // One snapshot, so that playback and queue are of the same change.
        let mut tx = self.readers.begin().await?;
        let room = read_room(&mut tx, code).await?;
        tx.commit().await?;
        Ok(room)
    }

    /// All rooms. One that cannot be read costs a line in the log, and not the others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        let _timed = self.timed("load_rooms");
        self.load_all(self.room_codes().await?).await
    }

    /// The rooms whose music runs, or was about to: those that go on by themselves.
    ///
    /// # Errors
    /// As [`Store::load_rooms`].
    pub async fn load_running_rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        let _timed = self.timed("load_running_rooms");
        let codes = sqlx::query("SELECT code FROM rooms WHERE status IN (?, ?) ORDER BY code")
            .bind(Status::Preparing.as_str())
            .bind(Status::Playing.as_str())
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|row| parse_code(row.try_get("code")?))
            .collect::<Result<_, _>>()?;
        self.load_all(codes).await
    }

    async fn load_all(&self, codes: Vec<RoomCode>) -> Result<Vec<RoomRecord>, StoreError> {
        let mut rooms = Vec::new();
        for code in codes {
            match self.load_room(code).await {
                Ok(room) => rooms.extend(room),
                Err(StoreError::Other(error @ sqlx::Error::Decode(_))) => {
                    tracing::error!(room = %code, %error, "a room cannot be read and is left out");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(rooms)
    }

    /// Deletes a room with its queue and its members' roles.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn delete_room(&self, code: RoomCode) -> Result<(), StoreError> {
        let _timed = self.timed("delete_room");
        let done =
            sqlx::query("DELETE FROM rooms WHERE code = ?").bind(code.as_str()).execute(&self.writer).await?;
        must_exist(&done)
    }

    /// Says that somebody uses the room.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn touch_room(&self, code: RoomCode, now: RoomTime) -> Result<(), StoreError> {
        let _timed = self.timed("touch_room");
        let done = sqlx::query("UPDATE rooms SET last_used_us = ? WHERE code = ?")
            .bind(now.micros())
            .bind(code.as_str())
            .execute(&self.writer)
            .await?;
        must_exist(&done)
    }

    /// Deletes the rooms that nobody used since then, and returns their codes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_rooms_unused_since(&self, then: RoomTime) -> Result<Vec<RoomCode>, StoreError> {
        let _timed = self.timed("remove_rooms_unused_since");
        sqlx::query("DELETE FROM rooms WHERE last_used_us < ? RETURNING code")
            .bind(then.micros())
            .fetch_all(&self.writer)
            .await?
            .iter()
            .map(|row| parse_code(row.try_get("code")?))
            .collect()
    }

    /// How many rooms there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rooms(&self) -> Result<u64, StoreError> {
        let _timed = self.timed("count_rooms");
        let row = sqlx::query("SELECT count(*) FROM rooms").fetch_one(&self.readers).await?;
        from_integer(row.try_get(0)?)
    }

    /// The codes of all rooms.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn room_codes(&self) -> Result<Vec<RoomCode>, StoreError> {
        let _timed = self.timed("room_codes");
        sqlx::query("SELECT code FROM rooms ORDER BY code")
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|row| parse_code(row.try_get("code")?))
            .collect()
    }

    /// Some of all rooms, by their codes, behind this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_behind(
        &self,
        behind: Option<RoomCode>,
        limit: u32,
    ) -> Result<Vec<ListedRoom>, StoreError> {
        let _timed = self.timed("rooms_behind");
        sqlx::query(
            "SELECT code, name, pin_hash IS NOT NULL AS has_pin FROM rooms WHERE code > ?
             ORDER BY code LIMIT ?",
        )
        .bind(behind.as_ref().map_or("", RoomCode::as_str))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(listed_room)
        .collect()
    }

    /// The rooms that the home page lists, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listed_rooms(&self, limit: u32) -> Result<Vec<ListedRoom>, StoreError> {
        let _timed = self.timed("listed_rooms");
        sqlx::query(
            "SELECT code, name, pin_hash IS NOT NULL AS has_pin FROM rooms WHERE listed
             ORDER BY last_used_us DESC, code LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(listed_room)
        .collect()
    }
}

fn listed_room(row: &SqliteRow) -> Result<ListedRoom, StoreError> {
    Ok(ListedRoom {
        code: parse_code(row.try_get("code")?)?,
        name: parse_name(row)?,
        has_pin: row.try_get("has_pin")?,
    })
}

/// An update that met no row was for something that does not exist.
pub(super) fn must_exist(done: &SqliteQueryResult) -> Result<(), StoreError> {
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

pub(super) fn parse_code(text: &str) -> Result<RoomCode, StoreError> {
    text.parse().map_err(unreadable)
}

fn parse_name(row: &SqliteRow) -> Result<Option<RoomName>, StoreError> {
    row.try_get::<Option<&str>, _>("name")?.map(|name| RoomName::parse(name).map_err(unreadable)).transpose()
}

/// Whether a change is written by one statement, which is whole by itself: it needs no transaction around it.
pub(super) const fn is_one_statement(change: &RoomChange) -> bool {
    change.queue.is_none() && (change.settings.is_none() || change.playback.is_none())
}

pub(super) async fn write_change(
    connection: &mut SqliteConnection,
    code: RoomCode,
    change: &RoomChange,
) -> Result<(), StoreError> {
    let RoomChange { revision, settings, playback, queue } = change;
    let revision = to_integer(revision.0)?;
    if let Some(settings) = settings {
        must_exist(&write_settings(connection, code, revision, settings).await?)?;
    }
    if let Some(playback) = playback {
        must_exist(&write_playback(connection, code, revision, playback).await?)?;
    }
    if let Some(queue) = queue {
        let done = sqlx::query("UPDATE rooms SET revision = ?, last_entry_id = ? WHERE code = ?")
            .bind(revision)
            .bind(to_integer(queue.last_entry_id.0)?)
            .bind(code.as_str())
            .execute(&mut *connection)
            .await?;
        must_exist(&done)?;
        write_list(connection, code, "queue", &queue.queue).await?;
        write_list(connection, code, "history", &queue.history).await?;
    }
    if settings.is_none() && playback.is_none() && queue.is_none() {
        let done = sqlx::query("UPDATE rooms SET revision = ? WHERE code = ?")
            .bind(revision)
            .bind(code.as_str())
            .execute(connection)
            .await?;
        must_exist(&done)?;
    }
    Ok(())
}

/// Writes the settings but `has_pin`: that follows the PIN, which only [`Store::set_pin`] changes.
async fn write_settings(
    connection: &mut SqliteConnection,
    code: RoomCode,
    revision: i64,
    settings: &RoomSettings,
) -> Result<SqliteQueryResult, StoreError> {
    let done = sqlx::query(
        "UPDATE rooms SET revision = ?, name = ?, listed = ?, who_controls = ?, who_adds = ?, profile = ?,
             loudness = ?
         WHERE code = ?",
    )
    .bind(revision)
    .bind(settings.name.as_ref().map(RoomName::as_str))
    .bind(settings.listed)
    .bind(words::who_may(settings.who_controls))
    .bind(words::who_may(settings.who_adds))
    .bind(settings.profile.map(words::profile))
    .bind(settings.loudness.as_str())
    .bind(code.as_str())
    .execute(connection)
    .await?;
    Ok(done)
}

async fn write_playback(
    connection: &mut SqliteConnection,
    code: RoomCode,
    revision: i64,
    playback: &PlaybackRecord,
) -> Result<SqliteQueryResult, StoreError> {
    let entry_id = |id: Option<EntryId>| id.map(|id| to_integer(id.0)).transpose();
    let upcoming = playback.upcoming.as_ref();
    let done = sqlx::query(
        "UPDATE rooms SET revision = ?, status = ?, stream_id = ?, last_stream_id = ?, playback_revision = ?,
             track_id = ?, queue_entry_id = ?, added_by = ?, start_at_us = ?, start_position_us = ?, volume = ?, repeat = ?,
             upcoming_stream_id = ?, upcoming_track_id = ?, upcoming_queue_entry_id = ?
         WHERE code = ?",
    )
    .bind(revision)
    .bind(playback.status.as_str())
    .bind(to_integer(playback.stream_id.0)?)
    .bind(to_integer(playback.last_stream_id.0)?)
    .bind(to_integer(playback.revision.0)?)
    .bind(playback.track.as_ref().map(|track| track.track_id.as_str()))
    .bind(entry_id(playback.queue_entry_id)?)
    .bind(&playback.added_by)
    .bind(playback.start_at.micros())
    .bind(playback.start_position.micros())
    .bind(playback.volume.get())
    .bind(playback.repeat.as_str())
    .bind(upcoming.map(|next| to_integer(next.stream_id.0)).transpose()?)
    .bind(upcoming.map(|next| next.track.track_id.as_str()))
    .bind(entry_id(upcoming.and_then(|next| next.queue_entry_id))?)
    .bind(code.as_str())
    .execute(connection)
    .await?;
    Ok(done)
}

/// Writes a list of entries anew, in two statements however long it is.
async fn write_list(
    connection: &mut SqliteConnection,
    code: RoomCode,
    list: &'static str,
    entries: &[QueueEntry],
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        entries.iter().map(|entry| (entry.entry_id, &entry.track.track_id, &entry.added_by)).collect();
    let rows =
        serde_json::to_string(&rows).map_err(|error| StoreError::Other(sqlx::Error::Encode(error.into())))?;
    sqlx::query("DELETE FROM queue_entries WHERE room_code = ? AND list = ?")
        .bind(code.as_str())
        .bind(list)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO queue_entries (room_code, list, place, entry_id, track_id, added_by)
         SELECT ?, ?, key, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
    )
    .bind(code.as_str())
    .bind(list)
    .bind(rows)
    .execute(connection)
    .await?;
    Ok(())
}

async fn read_room(
    connection: &mut SqliteConnection,
    code: RoomCode,
) -> Result<Option<RoomRecord>, StoreError> {
    let room = sqlx::query("SELECT *, pin_hash IS NOT NULL AS has_pin FROM rooms WHERE code = ?")
        .bind(code.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(room) = room else {
        return Ok(None);
    };
    let entries = sqlx::query(
        "SELECT list, entry_id, track_id, added_by FROM queue_entries WHERE room_code = ? ORDER BY place",
    )
    .bind(code.as_str())
    .fetch_all(&mut *connection)
    .await?;

    let mut ids: Vec<TrackId> = Vec::new();
    ids.extend(parse_track_id(&room, "track_id")?);
    ids.extend(parse_track_id(&room, "upcoming_track_id")?);
    for entry in &entries {
        ids.extend(parse_track_id(entry, "track_id")?);
    }
    ids.sort_unstable();
    ids.dedup();
    let tracks = tracks::infos_of(connection, &ids).await?;

    let (mut queue, mut history) = (Vec::new(), Vec::new());
    for row in &entries {
        let entry = QueueEntry {
            entry_id: EntryId(from_integer(row.try_get("entry_id")?)?),
            track: track(&tracks, row, "track_id")?
                .ok_or_else(|| unreadable("a queue entry without a track"))?,
            added_by: row.try_get("added_by")?,
        };
        match row.try_get("list")? {
            "history" => history.push(entry),
            _ => queue.push(entry),
        }
    }
    Ok(Some(RoomRecord {
        code,
        revision: Revision(from_integer(room.try_get("revision")?)?),
        settings: read_settings(&room)?,
        playback: read_playback(&room, &tracks)?,
        queue,
        history,
        last_entry_id: EntryId(from_integer(room.try_get("last_entry_id")?)?),
    }))
}

fn read_settings(room: &SqliteRow) -> Result<RoomSettings, StoreError> {
    Ok(RoomSettings {
        name: parse_name(room)?,
        listed: room.try_get("listed")?,
        has_pin: room.try_get("has_pin")?,
        who_controls: words::parse(room.try_get("who_controls")?)?,
        who_adds: words::parse(room.try_get("who_adds")?)?,
        profile: room.try_get::<Option<&str>, _>("profile")?.map(words::parse).transpose()?,
        loudness: words::parse(room.try_get("loudness")?)?,
    })
}

fn read_playback(room: &SqliteRow, tracks: &Tracks) -> Result<PlaybackRecord, StoreError> {
    let entry_id = |column: &str| {
        room.try_get::<Option<i64>, _>(column)?.map(|id| from_integer(id).map(EntryId)).transpose()
    };
    let upcoming_stream: Option<i64> = room.try_get("upcoming_stream_id")?;
    let upcoming = match (upcoming_stream, track(tracks, room, "upcoming_track_id")?) {
        (Some(stream_id), Some(track)) => Some(UpcomingRecord {
            stream_id: StreamId(from_integer(stream_id)?),
            track,
            queue_entry_id: entry_id("upcoming_queue_entry_id")?,
        }),
        _ => None,
    };
    Ok(PlaybackRecord {
        status: words::parse(room.try_get("status")?)?,
        stream_id: StreamId(from_integer(room.try_get("stream_id")?)?),
        last_stream_id: StreamId(from_integer(room.try_get("last_stream_id")?)?),
        revision: Revision(from_integer(room.try_get("playback_revision")?)?),
        track: track(tracks, room, "track_id")?,
        queue_entry_id: entry_id("queue_entry_id")?,
        added_by: room.try_get("added_by")?,
        start_at: RoomTime::from_micros(room.try_get("start_at_us")?),
        start_position: MediaTime::from_micros(room.try_get("start_position_us")?),
        volume: Volume::new(room.try_get("volume")?).map_err(unreadable)?,
        repeat: words::parse(room.try_get("repeat")?)?,
        upcoming,
    })
}

fn parse_track_id(row: &SqliteRow, column: &str) -> Result<Option<TrackId>, StoreError> {
    row.try_get::<Option<String>, _>(column)?.map(|id| TrackId::try_from(id).map_err(unreadable)).transpose()
}

/// The track that a column names; the foreign key says that it exists.
fn track(tracks: &Tracks, row: &SqliteRow, column: &str) -> Result<Option<Arc<TrackInfo>>, StoreError> {
    Ok(parse_track_id(row, column)?.and_then(|id| tracks.get(&id).cloned()))
}

//! Who may what: host tokens, PINs and the roles of sessions (manual/protocol.md, "Rights").
//!
//! Tokens and session cookies are random and long, so their SHA-256 is kept and no salt or slow hash is needed;
//! a PIN is short, so what is kept of it is an argon2 string that `server` makes and checks.

use sqlx::sqlite::SqliteQueryResult;
use sqlx::{Row, SqliteConnection};

use super::error::StoreError;
use super::{Store, words};
use crate::protocol::{Role, RoomCode, limits};
use crate::sync::time::RoomTime;

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// What a session is to a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it may there; `None` when it is no member.
    pub role: Option<Role>,
    /// The room has another PIN since it came in; it shows that before it comes in again.
    pub pin_wanted: bool,
    /// It was put out, and stays out.
    pub kicked: bool,
}

impl Store {
    /// Makes a session a member of a room with at least this role, and returns the role that it has then: a
    /// higher one that it had already stays. It has shown what the room wants of it, and is not asked for a PIN again;
    /// a host is let in though it was kicked before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room; [`StoreError::Kicked`].
    pub async fn grant(
        &self,
        session_hash: &SecretHash,
        code: RoomCode,
        role: Role,
    ) -> Result<Role, StoreError> {
        let _timed = self.timed("grant");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let has = standing(&mut tx, session_hash, code).await?;
        if role == Role::Host {
            sqlx::query("DELETE FROM kicked WHERE room_code = ? AND session_hash = ?")
                .bind(code.as_str())
                .bind(session_hash.as_slice())
                .execute(&mut *tx)
                .await?;
        } else if has.kicked {
            return Err(StoreError::Kicked);
        }
        let highest = has.role.map_or(role, |has| has.max(role));
        if has.role != Some(highest) || has.pin_wanted {
            write_role(&mut tx, session_hash, code, highest).await?;
            tx.commit().await?;
        }
        Ok(highest)
    }

    /// Gives a session exactly this role in a room, higher or lower than it had.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn set_role(
        &self,
        session_hash: &SecretHash,
        code: RoomCode,
        role: Role,
    ) -> Result<(), StoreError> {
        let _timed = self.timed("set_role");
        let mut connection = self.writer.acquire().await?;
        write_role(&mut connection, session_hash, code, role).await
    }

    /// Puts a session out of a room, and keeps it out; only the latest [`limits::KICKED_KEPT`] of a room are
    /// remembered.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn kick(
        &self,
        session_hash: &SecretHash,
        code: RoomCode,
        now: RoomTime,
    ) -> Result<(), StoreError> {
        let _timed = self.timed("kick");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM memberships WHERE session_hash = ? AND room_code = ?")
            .bind(session_hash.as_slice())
            .bind(code.as_str())
            .execute(&mut *tx)
            .await?;
        let written = sqlx::query(
            "INSERT INTO kicked (room_code, session_hash, kicked_at_us) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET kicked_at_us = excluded.kicked_at_us",
        )
        .bind(code.as_str())
        .bind(session_hash.as_slice())
        .bind(now.micros())
        .execute(&mut *tx)
        .await;
        found(written)?;
        sqlx::query(
            "DELETE FROM kicked WHERE room_code = ?1 AND session_hash IN (SELECT session_hash FROM kicked
             WHERE room_code = ?1 ORDER BY kicked_at_us DESC, session_hash LIMIT -1 OFFSET ?2)",
        )
        .bind(code.as_str())
        .bind(limits::KICKED_KEPT)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Lets everybody come back who was put out of a room, and says how many that are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pardon(&self, code: RoomCode) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM kicked WHERE room_code = ?")
            .bind(code.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    /// What a session is to a room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, session_hash: &SecretHash, code: RoomCode) -> Result<Standing, StoreError> {
        let _timed = self.timed("standing");
        standing(&mut *self.readers.acquire().await?, session_hash, code).await
    }

    /// Whether a session is a member of any room; enough for the library and the media.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_anywhere(&self, session_hash: &SecretHash) -> Result<bool, StoreError> {
        let _timed = self.timed("is_anywhere");
        Ok(sqlx::query("SELECT 1 FROM memberships WHERE session_hash = ? LIMIT 1")
            .bind(session_hash.as_slice())
            .fetch_optional(&self.readers)
            .await?
            .is_some())
    }

    /// Whether this is the hash of the room's host token; `false` when there is no such room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn host_token_matches(
        &self,
        code: RoomCode,
        host_token_hash: &SecretHash,
    ) -> Result<bool, StoreError> {
        let _timed = self.timed("host_token_matches");
        Ok(sqlx::query("SELECT 1 FROM rooms WHERE code = ? AND host_token_hash = ?")
            .bind(code.as_str())
            .bind(host_token_hash.as_slice())
            .fetch_optional(&self.readers)
            .await?
            .is_some())
    }

    /// The room whose host token has this hash, for a bearer who names none (`/media`, tracks, folders).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn room_of_host_token(
        &self,
        host_token_hash: &SecretHash,
    ) -> Result<Option<RoomCode>, StoreError> {
        let _timed = self.timed("room_of_host_token");
        sqlx::query("SELECT code FROM rooms WHERE host_token_hash = ? LIMIT 1")
            .bind(host_token_hash.as_slice())
            .fetch_optional(&self.readers)
            .await?
            .map(|row| super::rooms::parse_code(row.try_get("code")?))
            .transpose()
    }

    /// Sets or removes a room's PIN, as an argon2 string. The setting `has_pin` of a loaded room follows it. A new one
    /// is wanted of every listener before it comes in again; hosts and DJs were let in by name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn set_pin(&self, code: RoomCode, pin_hash: Option<&str>) -> Result<(), StoreError> {
        let _timed = self.timed("set_pin");
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query("UPDATE rooms SET pin_hash = ? WHERE code = ?")
            .bind(pin_hash)
            .bind(code.as_str())
            .execute(&mut *tx)
            .await?;
        super::rooms::must_exist(&done)?;
        sqlx::query("UPDATE memberships SET pin_wanted = ? WHERE room_code = ? AND role = ?")
            .bind(pin_hash.is_some())
            .bind(code.as_str())
            .bind(Role::Listener.as_str())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The argon2 string of a room's PIN; `None` when it has none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room, so that this is never read as "no PIN".
    pub async fn pin_hash(&self, code: RoomCode) -> Result<Option<String>, StoreError> {
        let _timed = self.timed("pin_hash");
        let row = sqlx::query("SELECT pin_hash FROM rooms WHERE code = ?")
            .bind(code.as_str())
            .fetch_optional(&self.readers)
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok(row.try_get("pin_hash")?)
    }
}

async fn standing(
    connection: &mut SqliteConnection,
    session_hash: &SecretHash,
    code: RoomCode,
) -> Result<Standing, StoreError> {
    let member =
        sqlx::query("SELECT role, pin_wanted FROM memberships WHERE session_hash = ? AND room_code = ?")
            .bind(session_hash.as_slice())
            .bind(code.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if let Some(member) = member {
        return Ok(Standing {
            role: Some(words::parse(member.try_get("role")?)?),
            pin_wanted: member.try_get("pin_wanted")?,
            kicked: false,
        });
    }
    let kicked = sqlx::query("SELECT 1 FROM kicked WHERE room_code = ? AND session_hash = ?")
        .bind(code.as_str())
        .bind(session_hash.as_slice())
        .fetch_optional(connection)
        .await?
        .is_some();
    Ok(Standing { kicked, ..Standing::default() })
}

async fn write_role(
    connection: &mut SqliteConnection,
    session_hash: &SecretHash,
    code: RoomCode,
    role: Role,
) -> Result<(), StoreError> {
    let written = sqlx::query(
        "INSERT INTO memberships (session_hash, room_code, role) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET role = excluded.role, pin_wanted = 0",
    )
    .bind(session_hash.as_slice())
    .bind(code.as_str())
    .bind(role.as_str())
    .execute(connection)
    .await;
    found(written)
}

/// The only thing that such a row refers to is its room.
fn found(written: Result<SqliteQueryResult, sqlx::Error>) -> Result<(), StoreError> {
    match written {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::NotFound),
        other => Ok(other.map(drop)?),
    }
}

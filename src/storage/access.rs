//! Who may what: host tokens, PINs and the roles of sessions (manual/protocol.md, "Rights").
//!
//! Tokens and session cookies are random and long, so their SHA-256 is kept and no salt or slow hash is needed;
//! a PIN is short, so what is kept of it is an argon2 string that `server` makes and checks.

use sqlx::Row;

use super::error::StoreError;
use super::{Store, words};
use crate::protocol::{Role, RoomCode};

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

impl Store {
    /// Makes a session a member of a room with at least this role, and returns the role that it has then: a
    /// higher one that it had already stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn grant(
        &self,
        session_hash: &SecretHash,
        code: RoomCode,
        role: Role,
    ) -> Result<Role, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let has = sqlx::query("SELECT role FROM memberships WHERE session_hash = ? AND room_code = ?")
            .bind(session_hash.as_slice())
            .bind(code.as_str())
            .fetch_optional(&mut *tx)
            .await?
            .map(|row| words::parse::<Role>(row.try_get("role")?))
            .transpose()?;
        if let Some(has) = has
            && has >= role
        {
            return Ok(has);
        }
        write_role(&mut tx, session_hash, code, role).await?;
        tx.commit().await?;
        Ok(role)
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
        let mut connection = self.writer.acquire().await?;
        write_role(&mut connection, session_hash, code, role).await
    }

    /// Takes a session's membership of a room away; nothing happens when it has none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, session_hash: &SecretHash, code: RoomCode) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM memberships WHERE session_hash = ? AND room_code = ?")
            .bind(session_hash.as_slice())
            .bind(code.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The role of a session in a room; `None` when it is no member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_of(
        &self,
        session_hash: &SecretHash,
        code: RoomCode,
    ) -> Result<Option<Role>, StoreError> {
        sqlx::query("SELECT role FROM memberships WHERE session_hash = ? AND room_code = ?")
            .bind(session_hash.as_slice())
            .bind(code.as_str())
            .fetch_optional(&self.readers)
            .await?
            .map(|row| words::parse(row.try_get("role")?))
            .transpose()
    }

    /// Whether a session is a member of any room; enough for the library and the media.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_anywhere(&self, session_hash: &SecretHash) -> Result<bool, StoreError> {
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
        sqlx::query("SELECT code FROM rooms WHERE host_token_hash = ? LIMIT 1")
            .bind(host_token_hash.as_slice())
            .fetch_optional(&self.readers)
            .await?
            .map(|row| super::rooms::parse_code(row.try_get("code")?))
            .transpose()
    }

    /// Sets or removes a room's PIN, as an argon2 string. The setting `has_pin` of a loaded room follows it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn set_pin(&self, code: RoomCode, pin_hash: Option<&str>) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE rooms SET pin_hash = ? WHERE code = ?")
            .bind(pin_hash)
            .bind(code.as_str())
            .execute(&self.writer)
            .await?;
        super::rooms::must_exist(&done)
    }

    /// The argon2 string of a room's PIN; `None` when it has none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room, so that this is never read as "no PIN".
    pub async fn pin_hash(&self, code: RoomCode) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT pin_hash FROM rooms WHERE code = ?")
            .bind(code.as_str())
            .fetch_optional(&self.readers)
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok(row.try_get("pin_hash")?)
    }
}

async fn write_role(
    connection: &mut sqlx::SqliteConnection,
    session_hash: &SecretHash,
    code: RoomCode,
    role: Role,
) -> Result<(), StoreError> {
    let written = sqlx::query(
        "INSERT INTO memberships (session_hash, room_code, role) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET role = excluded.role",
    )
    .bind(session_hash.as_slice())
    .bind(code.as_str())
    .bind(role.as_str())
    .execute(connection)
    .await;
    match written {
        // The only thing that a membership refers to is its room.
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::NotFound),
        other => Ok(other.map(drop)?),
    }
}

//! What a caller of the store branches on.

use thiserror::Error;

/// Why the store did not do it. Nothing was changed then.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such room, track or membership.
    #[error("not found")]
    NotFound,
    /// A room of this code exists already: try another code.
    #[error("a room of this code exists already")]
    Taken,
    /// This session was put out of the room, and stays out.
    #[error("kicked")]
    Kicked,
    /// A cursor that no page of tracks has given.
    #[error("this cursor was not given by a page of tracks")]
    BadCursor,
    /// The database failed; the caller cannot help it.
    #[error("the database failed: {0}")]
    Other(#[from] sqlx::Error),
}

/// A number of the protocol as `SQLite` keeps it.
pub(super) fn to_integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|error| StoreError::Other(sqlx::Error::Encode(error.into())))
}

/// A number of the protocol out of `SQLite`.
pub(super) fn from_integer(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(unreadable)
}

/// A value in the database that this version cannot read.
pub(super) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Other(sqlx::Error::Decode(error.into()))
}

//! What outlives the process: rooms, who may what in them, and tracks. The only place with SQL.
//!
//! It decides nothing: `room` says what to write, `library` what was found, `server` calls. One connection
//! writes, so that no write ever meets a busy database, and a few read beside it; what rooms write at the same time is
//! one commit; a write has reached the disk when it returns (`synchronous = FULL`), because what was acknowledged must survive a crash (manual/operations.md).

mod access;
mod additions;
mod browse;
mod database_file;
mod error;
mod listing;
mod loudness;
mod path_bytes;
mod rooms;
mod saving;
mod search;
mod timing;
mod track_row;
mod tracks;
mod words;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::mpsc;

pub use access::{SecretHash, Standing};
pub use additions::SameSize;
pub use browse::{AlbumCount, ArtistCount, Folder, GroupPage, GroupQuery};
pub use database_file::{DatabaseFile, newest_schema};
pub use error::StoreError;
pub use listing::{DEFAULT_PAGE, LARGEST_PAGE, Order, TrackPage, TrackQuery};
pub use loudness::{AlbumTrack, Unmeasured};
pub use rooms::ListedRoom;
pub use timing::Timer;
pub use track_row::{ArtworkPlace, ENCODING, Offer, TrackFile, TrackRecord};
pub use tracks::KnownFile;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a statement waits for a lock of another process (a backup) before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that read beside the one that writes; a query takes below a millisecond, so few serve many.
const READERS: u32 = 4;

/// `SQLite`, reached through one writing and a few reading connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    saves: mpsc::Sender<saving::Save>,
    timing: timing::Timing,
}

impl Store {
    /// Opens a database named by a `sqlite:` URL or by a plain path, creates it if need be (with its folder),
    /// and migrates it.
    ///
    /// # Errors
    /// When the address is of another kind of database or in memory, the file cannot be opened, or it was
    /// written by a newer version.
    pub async fn open(location: &str) -> Result<Self, StoreError> {
        Self::open_with(options_of(location)?).await
    }

    /// Opens the database in this file; see [`Store::open`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_file(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(SqliteConnectOptions::new().filename(path)).await
    }

    async fn open_with(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        if let Some(folder) = options.get_filename().parent() {
            tokio::fs::create_dir_all(folder).await.map_err(sqlx::Error::from)?;
        }
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        // Connections to a local file do not go stale: they are neither tested nor replaced.
        let pool =
            || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
        let writer =
            pool().max_connections(1).connect_with(options.clone().optimize_on_close(true, None)).await?;
        MIGRATIONS.run(&writer).await.map_err(sqlx::Error::from)?;
        let readers =
            pool().max_connections(READERS).connect_with(options.pragma("query_only", "on")).await?;
        let saves = saving::start(writer.clone());
        Ok(Self { writer, readers, saves, timing: timing::Timing::default() })
    }

    /// Whether the database answers; for `/readyz`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        let _timed = self.timed("check");
        sqlx::query("SELECT 1 FROM rooms LIMIT 1").fetch_optional(&self.readers).await?;
        Ok(())
    }

    /// Finishes what is being written and closes the file. What is called afterwards fails.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The file that a `sqlite:` URL or a plain path names.
fn options_of(location: &str) -> Result<SqliteConnectOptions, StoreError> {
    let unsupported = |why: &str| sqlx::Error::Configuration(why.into());
    let is_sqlite = location.starts_with("sqlite:");
    if !is_sqlite && location.contains("://") {
        return Err(unsupported("only sqlite: addresses are supported").into());
    }
    if location.contains(":memory:") || location.contains("mode=memory") {
        return Err(unsupported("the database must be a file").into());
    }
    Ok(if is_sqlite {
        SqliteConnectOptions::from_str(location)?
    } else {
        SqliteConnectOptions::new().filename(location)
    })
}

//! A database as a file: looked at and copied, but never migrated, because a server of another version may have it
//! open; and, where it lies in a backup, fitted to the folder that it comes to. For `cli`: backup, restore, doctor.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};

use super::error::{StoreError, from_integer};
use super::{BUSY_TIMEOUT, MIGRATIONS, options_of, path_bytes};

/// The schema that this program writes: the number of its latest migration.
#[must_use]
pub fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A database that is open for reading only.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    connection: SqliteConnection,
}

impl DatabaseFile {
    /// Opens what a `sqlite:` URL or a plain path names; it is not made if it is not there.
    ///
    /// # Errors
    /// When it is no address of a file, or the file cannot be opened.
    pub async fn open(location: &str) -> Result<Self, StoreError> {
        let options =
            options_of(location)?.create_if_missing(false).read_only(true).busy_timeout(BUSY_TIMEOUT);
        let path = options.get_filename().to_path_buf();
        Ok(Self { path, connection: options.connect().await? })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the latest migration that it has gone through; `None`: it is no database of ours.
    ///
    /// # Errors
    /// When it cannot be read, or is no database at all.
    pub async fn schema(&mut self) -> Result<Option<i64>, StoreError> {
        let ours =
            sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
                .fetch_optional(&mut self.connection)
                .await?;
        if ours.is_none() {
            return Ok(None);
        }
        let row = sqlx::query("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// What it takes on the disk, in bytes, with what still waits in the log beside it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn bytes(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            .fetch_one(&mut self.connection)
            .await?;
        from_integer(row.try_get(0)?)
    }

    /// Rooms, and tracks whose files are there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn counts(&mut self) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM tracks WHERE NOT missing)",
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok((from_integer(row.try_get(0)?)?, from_integer(row.try_get(1)?)?))
    }

    /// What is broken in it, the first few things; nothing: it is whole. `thorough` compares the indexes with the
    /// tables and follows every reference, too, which takes longer.
    ///
    /// # Errors
    /// When it cannot be read so far that anything could be said.
    pub async fn faults(&mut self, thorough: bool) -> Result<Vec<String>, StoreError> {
        let check = if thorough { "PRAGMA integrity_check(5)" } else { "PRAGMA quick_check(5)" };
        let mut faults = Vec::new();
        for row in sqlx::query(check).fetch_all(&mut self.connection).await? {
            let said: String = row.try_get(0)?;
            if said != "ok" {
                faults.push(said);
            }
        }
        if thorough && faults.is_empty() {
            for row in
                sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut self.connection).await?.iter().take(5)
            {
                let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
                faults.push(format!("a row of {table} names what is not in {parent}"));
            }
        }
        Ok(faults)
    }

    /// The files of the tracks that lie below this folder, missing ones too.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn tracks_below(&mut self, folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
        let rows =
            sqlx::query("SELECT path FROM tracks WHERE substr(path, 1, length(?1)) = ?1 ORDER BY path")
                .bind(prefix(folder))
                .fetch_all(&mut self.connection)
                .await?;
        rows.iter().map(|row| Ok(path_bytes::from_bytes(row.try_get("path")?))).collect()
    }

    /// Writes a whole and consistent copy into a new file, while whoever has the database open goes on. It has not
    /// reached the disk when this returns.
    ///
    /// # Errors
    /// When the file exists already or cannot be written.
    pub async fn copy_to(&mut self, file: &Path) -> Result<(), StoreError> {
        let Some(file) = file.to_str() else {
            return Err(StoreError::Other(sqlx::Error::Configuration(
                "a backup's path must be UTF-8".into(),
            )));
        };
        sqlx::query("VACUUM INTO ?").bind(file).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Writes into a copy, which nobody else has open, that the files below one folder lie below another now.
    ///
    /// # Errors
    /// When it cannot be written; it is as it was then.
    pub async fn relocate(copy: &Path, from: &Path, to: &Path) -> Result<(), StoreError> {
        let mut file = Self::open_for_writing(copy).await?;
        let mut tx = file.begin().await?;
        let rows = sqlx::query("SELECT path FROM tracks WHERE substr(path, 1, length(?1)) = ?1")
            .bind(prefix(from))
            .fetch_all(&mut *tx)
            .await?;
        for row in rows {
            let old: Vec<u8> = row.try_get("path")?;
            let mut new = prefix(to);
            new.extend_from_slice(&old[prefix(from).len()..]);
            sqlx::query("UPDATE tracks SET path = ? WHERE path = ?")
                .bind(new)
                .bind(old)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        file.close().await?;
        Ok(())
    }

    async fn open_for_writing(path: &Path) -> Result<SqliteConnection, StoreError> {
        Ok(SqliteConnectOptions::new().filename(path).create_if_missing(false).connect().await?)
    }

    /// Lets go of the file.
    ///
    /// # Errors
    /// When it cannot be closed.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }
}

/// How the paths of what lies below a folder begin.
fn prefix(folder: &Path) -> Vec<u8> {
    let mut bytes = path_bytes::to_bytes(folder);
    bytes.push(b'/');
    bytes
}

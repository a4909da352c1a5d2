//! Whether the server can do its work: the database answers, the data folder can be written, and it is not about to
//! stop. Asked by `/readyz`; a balancer sends people where it is so.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use tokio::sync::Mutex;

use super::state::AppState;
use crate::sync::time::{RoomTime, Span};

/// A file that is written and deleted again.
const FILE: &str = ".writable";

/// An answer of the disk holds so long: everybody may ask, and none of them shall wear it out.
const HOLDS: Span = Span::from_secs(2);

/// What has to work. Each is `"ok"`, or says in a word or two what fails.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Whether all of it does.
    pub ready: bool,
    /// The database answers.
    pub database: &'static str,
    /// The data folder can be written: what is added, and the mark of life.
    pub data_folder: &'static str,
    /// New connections are welcome.
    pub accepting: &'static str,
}

const OK: &str = "ok";

impl AppState {
    /// How it is now. What fails is in the log when it begins to.
    pub async fn readiness(&self) -> Readiness {
        let database = match self.store.check().await {
            Ok(()) => {
                self.checks.database_fails.store(false, Ordering::Relaxed);
                OK
            }
            Err(error) => {
                if !self.checks.database_fails.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "the database does not answer");
                }
                "does not answer"
            }
        };
        let data_folder = self.checks.folder(self.clock.now()).await;
        let accepting = if self.stopping.load(Ordering::Relaxed) { "stopping" } else { OK };
        let ready = [database, data_folder, accepting].into_iter().all(|word| word == OK);
        Readiness { ready, database, data_folder, accepting }
    }
}

/// What was found when it was last looked.
#[derive(Debug)]
pub struct Checks {
    file: PathBuf,
    folder: Mutex<Option<(RoomTime, &'static str)>>,
    database_fails: AtomicBool,
}

impl Checks {
    /// Of this data folder; nothing was looked at yet.
    pub fn new(data_dir: &Path) -> Self {
        Self { file: data_dir.join(FILE), folder: Mutex::default(), database_fails: AtomicBool::new(false) }
    }

    async fn folder(&self, now: RoomTime) -> &'static str {
        let mut last = self.folder.lock().await;
        if let Some((at, word)) = *last
            && now - at < HOLDS
        {
            return word;
        }
        let word = match self.write().await {
            Ok(()) => OK,
            Err(error) => {
                let word = match error.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "full",
                    io::ErrorKind::NotFound => "missing",
                    _ => "cannot be written",
                };
                if last.is_none_or(|(_, before)| before != word) {
                    tracing::error!(%error, "the data folder cannot be written");
                }
                word
            }
        };
        *last = Some((now, word));
        word
    }

    async fn write(&self) -> io::Result<()> {
        tokio::fs::write(&self.file, b"ok").await?;
        tokio::fs::remove_file(&self.file).await
    }
}

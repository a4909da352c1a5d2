//! The library in step with the disk: scans, and single files that are added or removed. What a scan does is in
//! [`run`], what a file is read for in [`reading`].

mod reading;
mod run;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use thiserror::Error;
use tokio::sync::{Mutex, watch};

use self::reading::track_file;
use self::run::Scan;
use super::probe::{self, Unusable};
use super::progress::{Phase, ScanEnd, ScanProgress, ScanReport, ScanTimer, Timing};
use super::walk;
use crate::protocol::TrackId;
use crate::storage::{Store, StoreError};
use crate::sync::time::RoomTime;

/// Why a scan failed.
#[derive(Debug, Error)]
pub enum ScanError {
    /// A music folder is not there. The others were scanned, and nothing was flagged as missing.
    #[error("the music folder {} cannot be read: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The walk through the folders broke off.
    #[error("the scan broke off: {0}")]
    Broken(String),
}

/// Why a file was not added.
#[derive(Debug, Error)]
pub enum AddError {
    /// It is no audio that browsers play.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading it broke off.
    #[error(transparent)]
    Broken(#[from] ScanError),
}

/// The music folders, as far as the process knows them. Cheap to clone; scans of all clones follow one another.
#[derive(Clone, Debug)]
pub struct Library {
    progress: Arc<watch::Sender<ScanProgress>>,
    changes: Arc<watch::Sender<u64>>,
    one_at_a_time: Arc<Mutex<()>>,
    cancelled: Arc<AtomicBool>,
    warned: Arc<std::sync::Mutex<Warned>>,
    can_encode: bool,
    timing: Timing,
}

/// What the log has said already of files and folders that cannot be used, and of which state of them: size and time
/// of change; `None` of what cannot even be asked for these. One that stays as it is costs one warning of a process.
type Warned = HashMap<PathBuf, Option<(u64, i64)>>;

impl Default for Library {
    fn default() -> Self {
        Self {
            progress: Arc::new(watch::Sender::new(ScanProgress::default())),
            // Goes on counting where the process before this one cannot have come to.
            changes: Arc::new(watch::Sender::new(now().micros().unsigned_abs() / 1_000)),
            one_at_a_time: Arc::default(),
            cancelled: Arc::default(),
            warned: Arc::default(),
            can_encode: false,
            timing: Timing::default(),
        }
    }
}

impl Library {
    /// A library that has not been scanned.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, on a machine that has an encoder, or has none: then what needs one cannot be played.
    #[must_use]
    pub fn with_encoder(self, is_there: bool) -> Self {
        Self { can_encode: is_there, ..self }
    }

    /// The same, and tells this one what scans take.
    #[must_use]
    pub fn timed_by(self, timer: ScanTimer) -> Self {
        Self { timing: Timing(Some(timer)), ..self }
    }

    /// How far the scan is; changes while one runs.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<ScanProgress> {
        self.progress.subscribe()
    }

    /// Counts up whenever what can be found in the library has changed, also over restarts.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Says that tracks were added, changed or removed; for those who do it without a scan.
    pub fn note_change(&self) {
        self.changes.send_modify(|version| *version += 1);
    }

    /// Ends the scan that runs, if one does, at the next file. What it has read stays; nothing is taken for gone.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Scans the music folders, all that there are: a track outside of them is flagged as missing, so that a
    /// folder that the operator takes away is no longer served. The folder of uploads is one of them.
    ///
    /// A file that cannot be used costs one warning in the log and nothing else.
    ///
    /// # Errors
    /// When a folder is not there; the others are scanned then, and nothing is flagged as missing. When the
    /// database fails.
    pub async fn scan(&self, store: &Store, roots: &[PathBuf]) -> Result<ScanReport, ScanError> {
        let _turn = self.one_at_a_time.lock().await;
        self.cancelled.store(false, Ordering::Relaxed);
        let running = Running::begin(&self.progress);
        let began = moment();
        let result = self.scan_now(store, roots).await;
        let took = moment() - began;
        let took_ms = took.as_millis() as u64;
        if let Some(tell) = &self.timing.0 {
            let end = match &result {
                Ok(report) if report.cancelled => ScanEnd::Cancelled,
                Ok(_) => ScanEnd::Done,
                Err(_) => ScanEnd::Failed,
            };
            tell(end, took);
        }
        match &result {
            Ok(report) if report.cancelled => {
                tracing::info!(files_read = report.files_read, took_ms, "the scan is cancelled");
            }
            Ok(report) => tracing::info!(
                took_ms,
                files_seen = report.files_seen,
                files_read = report.files_read,
                tracks = report.tracks,
                added = report.added,
                changed = report.changed,
                moved = report.moved,
                returned = report.returned,
                gone = report.gone,
                warnings = report.warnings,
                unsettled = report.unsettled,
                "the library is scanned"
            ),
            Err(error) => {
                tracing::error!(%error, took_ms, "the library could not be scanned");
                self.progress.send_modify(|progress| progress.error = Some(error.to_string()));
            }
        }
        drop(running);
        result
    }

    /// Takes one file into the library at once, for an upload that has just arrived in the music folder `root`.
    ///
    /// # Errors
    /// When it is no audio that browsers play; what to do with the file then is the caller's affair.
    pub async fn add(&self, store: &Store, root: &Path, file: &Path) -> Result<TrackId, AddError> {
        let (root, file) = (root.to_path_buf(), file.to_path_buf());
        let can_encode = self.can_encode;
        let track = blocking(move || {
            let candidate = walk::candidate(&root, &file)?;
            let probed = probe::probe(&candidate.path)?;
            Ok::<_, Unusable>(track_file(candidate, probed, false, can_encode))
        })
        .await??;
        let ids = store.put_tracks(&[track], now()).await?;
        self.recount(store).await?;
        ids.into_iter().next().ok_or(AddError::Store(StoreError::NotFound))
    }

    /// Takes one track out of the library at once; rooms that name it keep it, as missing. Its file is the caller's
    /// affair.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such track.
    pub async fn remove(&self, store: &Store, id: &TrackId) -> Result<(), StoreError> {
        store.remove_track(id).await?;
        self.recount(store).await
    }

    async fn recount(&self, store: &Store) -> Result<(), StoreError> {
        let tracks = store.count_tracks().await?;
        self.progress.send_modify(|progress| progress.tracks = tracks);
        self.note_change();
        Ok(())
    }

    async fn scan_now(&self, store: &Store, roots: &[PathBuf]) -> Result<ScanReport, ScanError> {
        store.set_encoder(self.can_encode).await?;
        let (roots, absent) = canonical(roots).await;
        // Asked first: what is added during the walk is not known here, and cannot be taken for gone.
        let known = store.known_files().await?;
        let cancelled = self.cancelled.clone();
        let found = blocking(move || walk::walk(&roots, &cancelled)).await?;
        let mut scan = Scan { library: self, store, report: ScanReport::default(), is_news: false };
        scan.report.tracks = store.count_tracks().await?;
        if self.is_cancelled() {
            scan.report.cancelled = true;
            return Ok(scan.report);
        }
        tracing::info!(files = found.candidates.len(), "the music folders are listed");
        self.progress.send_modify(|progress| progress.phase = Phase::Reading);
        for (path, reason) in &found.unreadable {
            scan.warn(path, None, reason);
        }
        scan.run(&found, &known, absent.is_none()).await?;
        scan.report.tracks = store.count_tracks().await?;
        scan.tell();
        let waiting = store.set_encoder(self.can_encode).await?;
        if waiting > 0 {
            tracing::warn!(
                tracks = waiting,
                "no browser plays these tracks as they are: they wait for ffmpeg"
            );
        }
        match absent {
            Some(error) => Err(error),
            None => Ok(scan.report),
        }
    }
}

/// Says that a scan runs, and that it does not any more, even if it is dropped on the way.
struct Running<'a>(&'a watch::Sender<ScanProgress>);

impl<'a> Running<'a> {
    fn begin(progress: &'a watch::Sender<ScanProgress>) -> Self {
        progress.send_modify(|progress| {
            let tracks = progress.tracks;
            *progress =
                ScanProgress { running: true, phase: Phase::Listing, tracks, ..ScanProgress::default() };
        });
        Self(progress)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|progress| {
            progress.running = false;
            progress.phase = Phase::Idle;
        });
    }
}

/// The folders that are there, each once, and the first that is not.
async fn canonical(roots: &[PathBuf]) -> (Vec<PathBuf>, Option<ScanError>) {
    let mut there = Vec::new();
    let mut absent = None;
    for root in roots {
        match open_folder(root).await {
            Ok(path) => {
                if !there.contains(&path) {
                    there.push(path);
                }
            }
            Err(error) => {
                absent.get_or_insert_with(|| ScanError::Folder {
                    path: root.clone(),
                    reason: error.to_string(),
                });
            }
        }
    }
    (there, absent)
}

/// The canonical path of a folder that can be listed.
async fn open_folder(root: &Path) -> std::io::Result<PathBuf> {
    let path = tokio::fs::canonicalize(root).await?;
    drop(tokio::fs::read_dir(&path).await?);
    Ok(path)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ScanError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ScanError::Broken(error.to_string()))
}

/// For what a scan took.
#[expect(clippy::disallowed_methods, reason = "how long a scan took; no time of a room hangs on it")]
fn moment() -> Instant {
    Instant::now()
}

/// The wall clock: when a track was added is for people to read, and no timeline hangs on it.
#[expect(clippy::disallowed_methods, reason = "a date and not a time of the room")]
fn now() -> RoomTime {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    RoomTime::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

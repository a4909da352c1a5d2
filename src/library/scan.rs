//! Brings the database in step with the disk: reads what is new or changed, flags what is gone, leaves the rest.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use thiserror::Error;
use tokio::sync::{Mutex, watch};

use super::moved::moved;
use super::probe::{self, Probed, Unusable};
use super::progress::{ScanProgress, ScanReport};
use super::walk::{self, Candidate, Found};
use crate::protocol::TrackId;
use crate::storage::{ArtworkPlace, KnownFile, Store, StoreError, TrackFile};
use crate::sync::time::RoomTime;

/// Files that are read at once: a disk that is asked for a few is quicker than for one.
const READ_AT_ONCE: usize = 4;

/// Tracks of one transaction: a commit waits for the disk, and rooms wait meanwhile.
const BATCH: usize = 100;

/// Files between two lines of the log.
const LOG_EVERY: u64 = 1_000;

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
    one_at_a_time: Arc<Mutex<()>>,
    can_encode: bool,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            progress: Arc::new(watch::Sender::new(ScanProgress::default())),
            one_at_a_time: Arc::default(),
            can_encode: false,
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

    /// How far the scan is; changes while one runs.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<ScanProgress> {
        self.progress.subscribe()
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
        let running = Running::begin(&self.progress);
        let result = self.scan_now(store, roots).await;
        match &result {
            Ok(report) => tracing::info!(
                files_seen = report.files_seen,
                files_read = report.files_read,
                tracks = report.tracks,
                added = report.added,
                changed = report.changed,
                moved = report.moved,
                returned = report.returned,
                gone = report.gone,
                warnings = report.warnings,
                "the library is scanned"
            ),
            Err(error) => {
                tracing::error!(%error, "the library could not be scanned");
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
            Ok::<_, Unusable>(track_file(candidate, probed, can_encode))
        })
        .await??;
        let ids = store.put_tracks(&[track], now()).await?;
        let tracks = store.count_tracks().await?;
        self.progress.send_modify(|progress| progress.tracks = tracks);
        ids.into_iter().next().ok_or(AddError::Store(StoreError::NotFound))
    }

    async fn scan_now(&self, store: &Store, roots: &[PathBuf]) -> Result<ScanReport, ScanError> {
        store.set_encoder(self.can_encode).await?;
        let (roots, absent) = canonical(roots).await;
        let found = blocking(move || walk::walk(&roots)).await?;
        tracing::info!(files = found.candidates.len(), "the music folders are listed");
        let known = store.known_files().await?;
        let mut scan = Scan { library: self, store, report: ScanReport::default() };
        for (path, reason) in &found.unreadable {
            scan.warn(path, reason);
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
            *progress = ScanProgress { running: true, tracks: progress.tracks, ..ScanProgress::default() };
        });
        Self(progress)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|progress| progress.running = false);
    }
}

/// One scan on its way.
struct Scan<'a> {
    library: &'a Library,
    store: &'a Store,
    report: ScanReport,
}

impl Scan<'_> {
    async fn run(
        &mut self,
        found: &Found,
        known: &[KnownFile],
        all_folders_there: bool,
    ) -> Result<(), ScanError> {
        let known_at: HashMap<&Path, &KnownFile> =
            known.iter().map(|file| (file.path.as_path(), file)).collect();
        let on_disk: HashSet<&Path> = found.candidates.iter().map(|file| file.path.as_path()).collect();
        let unreadable = |path: &Path| found.unreadable.iter().any(|(place, _)| path.starts_with(place));
        let gone: Vec<&KnownFile> = known
            .iter()
            .filter(|file| !on_disk.contains(file.path.as_path()) && !unreadable(&file.path))
            .collect();
        let new: Vec<&Candidate> =
            found.candidates.iter().filter(|file| !known_at.contains_key(file.path.as_path())).collect();

        let moves = moved(&gone, &new);
        self.store.move_tracks(&moves).await?;
        self.report.moved = moves.len() as u64;
        let moved_ids: HashSet<&TrackId> = moves.iter().map(|(id, _)| id).collect();
        let moved_paths: HashSet<&Path> = moves.iter().map(|(_, path)| path.as_path()).collect();

        let mut to_read = Vec::new();
        let mut returned = Vec::new();
        for file in &found.candidates {
            match known_at.get(file.path.as_path()) {
                Some(known) if is_unchanged(known, file) => {
                    if known.missing {
                        returned.push(known.id.clone());
                    }
                    self.saw();
                }
                Some(known) => to_read.push((file, Reading::Changed(&known.id))),
                None if moved_paths.contains(file.path.as_path()) => {
                    to_read.push((file, Reading::Moved));
                }
                None => to_read.push((file, Reading::New)),
            }
        }
        self.store.mark_present(&returned).await?;
        self.report.returned = returned.len() as u64;

        let unusable = self.read(to_read).await?;

        let mut lost: Vec<TrackId> = unusable;
        if all_folders_there {
            lost.extend(
                gone.iter()
                    .filter(|file| !file.missing && !moved_ids.contains(&file.id))
                    .map(|file| file.id.clone()),
            );
        }
        self.store.mark_missing(&lost).await?;
        self.report.gone = lost.len() as u64;
        Ok(())
    }

    /// Reads files, several at once, and writes them in batches. Returns the tracks whose files were good once
    /// and are not any more.
    async fn read(&mut self, files: Vec<(&Candidate, Reading<'_>)>) -> Result<Vec<TrackId>, ScanError> {
        let mut unusable = Vec::new();
        let mut batch = Vec::new();
        let can_encode = self.library.can_encode;
        // Collected, because with the closure inside the stream the compiler does not see that a scan can be
        // spawned. Nothing is read before the stream asks.
        let reads: Vec<_> = files
            .into_iter()
            .map(|(file, why)| async move { (file, why, read_file(file.clone(), can_encode).await) })
            .collect();
        let mut reading = futures_util::stream::iter(reads).buffered(READ_AT_ONCE);
        while let Some((file, why, outcome)) = reading.next().await {
            match outcome {
                Outcome::Track(track) => {
                    self.saw();
                    self.report.files_read += 1;
                    match why {
                        Reading::New => self.report.added += 1,
                        Reading::Changed(_) => self.report.changed += 1,
                        Reading::Moved => {}
                    }
                    batch.push(*track);
                    if batch.len() == BATCH {
                        self.write(&mut batch).await?;
                    }
                }
                Outcome::NotAudio => {}
                Outcome::Unusable(reason) => {
                    self.saw();
                    self.warn(&file.path, &reason);
                    if let Reading::Changed(id) = why {
                        unusable.push(id.clone());
                    }
                }
            }
        }
        self.write(&mut batch).await?;
        Ok(unusable)
    }

    async fn write(&mut self, batch: &mut Vec<TrackFile>) -> Result<(), ScanError> {
        self.store.put_tracks(batch, now()).await?;
        batch.clear();
        self.report.tracks = self.store.count_tracks().await?;
        self.tell();
        Ok(())
    }

    fn saw(&mut self) {
        self.report.files_seen += 1;
        if self.report.files_seen.is_multiple_of(LOG_EVERY) {
            tracing::info!(
                files_seen = self.report.files_seen,
                files_read = self.report.files_read,
                "the library is being scanned"
            );
            self.tell();
        }
    }

    fn warn(&mut self, path: &Path, reason: &str) {
        self.report.warnings += 1;
        tracing::warn!(path = %path.display(), reason, "a file of the library cannot be used");
    }

    fn tell(&self) {
        let report = &self.report;
        self.library.progress.send_modify(|progress| {
            progress.files_seen = report.files_seen;
            progress.files_read = report.files_read;
            progress.warnings = report.warnings;
            progress.tracks = report.tracks;
        });
    }
}

/// Why a file is read.
enum Reading<'a> {
    New,
    Changed(&'a TrackId),
    Moved,
}

/// What came of reading a file.
enum Outcome {
    Track(Box<TrackFile>),
    /// Neither its name nor its beginning promises audio.
    NotAudio,
    Unusable(String),
}

/// Whether reading a file again would give the same: it did not change, and its artwork is where it was.
fn is_unchanged(known: &KnownFile, file: &Candidate) -> bool {
    let artwork_stands = match known.artwork {
        Some(ArtworkPlace::Embedded) => true,
        Some(ArtworkPlace::Folder) => file.folder_artwork,
        None => !file.folder_artwork,
    };
    artwork_stands
        && !known.version.is_empty()
        && known.size == file.size
        && known.mtime_ns == file.mtime_ns
        && known.folder == file.folder
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

/// Reads one file where blocking is fine. A parser that panics on a file costs that file.
async fn read_file(file: Candidate, can_encode: bool) -> Outcome {
    blocking(move || {
        if !file.promises_audio && !matches!(probe::looks_like_audio(&file.path), Ok(true)) {
            return Outcome::NotAudio;
        }
        match probe::probe(&file.path) {
            Ok(probed) => Outcome::Track(Box::new(track_file(file, probed, can_encode))),
            Err(_) if !file.promises_audio => Outcome::NotAudio,
            Err(reason) => Outcome::Unusable(reason.to_string()),
        }
    })
    .await
    .unwrap_or_else(|error| Outcome::Unusable(error.to_string()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ScanError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ScanError::Broken(error.to_string()))
}

fn track_file(file: Candidate, probed: Probed, can_encode: bool) -> TrackFile {
    let title = probed.title.or_else(|| title_of(&file.filename)).unwrap_or_else(|| "Untitled".to_owned());
    let artwork = match (probed.picture, file.folder_artwork) {
        (true, _) => Some(ArtworkPlace::Embedded),
        (false, true) => Some(ArtworkPlace::Folder),
        (false, false) => None,
    };
    TrackFile {
        id: super::new_track_id(),
        path: file.path,
        folder: file.folder,
        filename: file.filename,
        mime: probed.mime,
        version: probed.version,
        renditions: probed.renditions,
        needs_encoder: probed.needs_encoder,
        playable: can_encode || !probed.needs_encoder,
        gain: probed.gain,
        size: file.size,
        mtime_ns: file.mtime_ns,
        duration: probed.duration,
        title,
        artist: probed.artist,
        album: probed.album,
        album_artist: probed.album_artist,
        disc: probed.disc,
        number: probed.number,
        year: probed.year,
        genre: probed.genre,
        artwork,
    }
}

/// The file name without its ending.
fn title_of(filename: &str) -> Option<String> {
    let stem = Path::new(filename).file_stem()?.to_str()?;
    probe::clean(stem)
}

/// The wall clock: when a track was added is for people to read, and no timeline hangs on it.
#[expect(clippy::disallowed_methods, reason = "a date and not a time of the room")]
fn now() -> RoomTime {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    RoomTime::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

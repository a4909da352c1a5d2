//! Brings the database in step with the disk: reads what is new or changed, flags what is gone, leaves the rest.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use thiserror::Error;
use tokio::sync::{Mutex, watch};

use super::moved::moved;
use super::probe::{self, Probed, Unusable};
use super::progress::{Phase, ScanProgress, ScanReport};
use super::version::version;
use super::walk::{self, Candidate, Found};
use crate::protocol::TrackId;
use crate::storage::{ArtworkPlace, KnownFile, Store, StoreError, TrackFile};
use crate::sync::time::RoomTime;

/// Files that are read at once: a disk that is asked for a few is quicker than for one.
const READ_AT_ONCE: usize = 4;

/// Tracks of one transaction: a commit waits for the disk, and rooms wait meanwhile.
const BATCH: usize = 100;

/// A file that changed so lately may still be being written: when it makes no sense, it is left for the next look.
const SETTLED_AFTER_NS: i64 = 2_000_000_000;

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
    changes: Arc<watch::Sender<u64>>,
    one_at_a_time: Arc<Mutex<()>>,
    cancelled: Arc<AtomicBool>,
    warned: Arc<std::sync::Mutex<Warned>>,
    can_encode: bool,
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
        let result = self.scan_now(store, roots).await;
        match &result {
            Ok(report) if report.cancelled => {
                tracing::info!(files_read = report.files_read, "the scan is cancelled");
            }
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
                unsettled = report.unsettled,
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

/// One scan on its way.
struct Scan<'a> {
    library: &'a Library,
    store: &'a Store,
    report: ScanReport,
    /// What waits to be written is news for those who show the library.
    is_news: bool,
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
        let moved_from: HashMap<&TrackId, &KnownFile> = gone.iter().map(|file| (&file.id, *file)).collect();
        let moved_to: HashMap<&Path, &KnownFile> =
            moves.iter().filter_map(|(id, path)| Some((path.as_path(), *moved_from.get(id)?))).collect();

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
                Some(known) => to_read.push((file, Reading::Changed(known))),
                None => to_read.push((
                    file,
                    moved_to.get(file.path.as_path()).map_or(Reading::New, |known| Reading::Moved(known)),
                )),
            }
        }
        self.store.mark_present(&returned).await?;
        self.report.returned = returned.len() as u64;
        self.report.tracks += self.report.returned;
        if !moves.is_empty() || !returned.is_empty() {
            self.library.note_change();
        }

        let unusable = self.read(to_read).await?;

        let mut lost: Vec<TrackId> = unusable;
        if all_folders_there && !self.report.cancelled {
            lost.extend(
                gone.iter()
                    .filter(|file| !file.missing && !moved_ids.contains(&file.id))
                    .map(|file| file.id.clone()),
            );
        }
        self.store.mark_missing(&lost).await?;
        self.report.gone = lost.len() as u64;
        if !lost.is_empty() {
            self.library.note_change();
        }
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
            .map(|(file, why)| async move {
                let known = why.known().cloned();
                (file, why, read_file(file.clone(), known, can_encode).await)
            })
            .collect();
        let mut reading = futures_util::stream::iter(reads).buffered(READ_AT_ONCE);
        while let Some((file, why, outcome)) = reading.next().await {
            match outcome {
                Outcome::Track(track) => {
                    self.saw();
                    self.report.files_read += 1;
                    let is_news = why.known().is_none_or(|known| says_other(known, &track));
                    self.is_news |= is_news;
                    match why {
                        Reading::New => {
                            self.report.added += 1;
                            self.report.tracks += 1;
                        }
                        Reading::Changed(known) if known.missing => {
                            self.report.changed += 1;
                            self.report.tracks += 1;
                        }
                        Reading::Changed(_) => self.report.changed += u64::from(is_news),
                        Reading::Moved(_) => {}
                    }
                    batch.push(*track);
                    if batch.len() == BATCH {
                        self.write(&mut batch).await?;
                    }
                }
                Outcome::NotAudio => {}
                Outcome::Unsettled => {
                    self.saw();
                    self.report.unsettled += 1;
                    tracing::debug!(path = %file.path.display(), "a file is still being written");
                }
                Outcome::Unusable(reason) => {
                    self.saw();
                    self.warn(&file.path, Some((file.size, file.mtime_ns)), &reason);
                    if let Reading::Changed(known) = why {
                        unusable.push(known.id.clone());
                    }
                }
            }
            if self.library.is_cancelled() {
                self.report.cancelled = true;
                break;
            }
        }
        self.write(&mut batch).await?;
        Ok(unusable)
    }

    async fn write(&mut self, batch: &mut Vec<TrackFile>) -> Result<(), ScanError> {
        self.store.put_tracks(batch, now()).await?;
        batch.clear();
        if std::mem::take(&mut self.is_news) {
            self.library.note_change();
        }
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

    fn warn(&mut self, path: &Path, state: Option<(u64, i64)>, reason: &str) {
        self.report.warnings += 1;
        let mut warned = self.library.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert(path.to_path_buf(), state) == Some(state) {
            return;
        }
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
#[derive(Clone, Copy)]
enum Reading<'a> {
    New,
    Changed(&'a KnownFile),
    Moved(&'a KnownFile),
}

impl<'a> Reading<'a> {
    /// What was known of the file.
    const fn known(self) -> Option<&'a KnownFile> {
        match self {
            Self::New => None,
            Self::Changed(known) | Self::Moved(known) => Some(known),
        }
    }
}

/// What came of reading a file.
enum Outcome {
    Track(Box<TrackFile>),
    /// Neither its name nor its beginning promises audio.
    NotAudio,
    /// It changes under our hands.
    Unsettled,
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

/// Whether pages would see something else than before: another content, or another place. A file whose time of
/// change alone is another is written, but nobody is told.
fn says_other(known: &KnownFile, track: &TrackFile) -> bool {
    !track.same_audio
        || known.missing
        || known.path != track.path
        || known.folder != track.folder
        || known.artwork != track.artwork
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
async fn read_file(file: Candidate, known: Option<KnownFile>, can_encode: bool) -> Outcome {
    blocking(move || {
        if !file.promises_audio && !matches!(probe::looks_like_audio(&file.path), Ok(true)) {
            return Outcome::NotAudio;
        }
        match probe::probe(&file.path) {
            Ok(_) if !is_settled(&file) => Outcome::Unsettled,
            Ok(probed) => {
                let same = known.is_some_and(|known| is_same_content(&known, &file));
                Outcome::Track(Box::new(track_file(file, probed, same, can_encode)))
            }
            Err(_) if !file.promises_audio => Outcome::NotAudio,
            Err(_) if !is_settled(&file) || is_fresh(&file) => Outcome::Unsettled,
            Err(reason) => Outcome::Unusable(reason.to_string()),
        }
    })
    .await
    .unwrap_or_else(|error| Outcome::Unusable(error.to_string()))
}

/// Whether a file is as it was when it was listed.
fn is_settled(file: &Candidate) -> bool {
    let Ok(metadata) = file.path.metadata() else {
        return false;
    };
    metadata.len() == file.size && walk::mtime_ns(&metadata).is_ok_and(|mtime_ns| mtime_ns == file.mtime_ns)
}

/// Whether a file changed just now.
fn is_fresh(file: &Candidate) -> bool {
    let now_ns = now().micros().saturating_mul(1_000);
    (0..SETTLED_AFTER_NS).contains(&now_ns.saturating_sub(file.mtime_ns))
}

/// Whether a file of another time of change holds what it held: both its ends do, and its size is the same.
fn is_same_content(known: &KnownFile, file: &Candidate) -> bool {
    let version = || {
        let mut bytes = std::fs::File::open(&file.path).ok()?;
        version(&mut bytes, file.size, known.mtime_ns).ok()
    };
    known.size == file.size && version().is_some_and(|version| version == known.version)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ScanError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ScanError::Broken(error.to_string()))
}

fn track_file(file: Candidate, probed: Probed, same_audio: bool, can_encode: bool) -> TrackFile {
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
        encoder: can_encode,
        gain: probed.gain,
        same_audio,
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

//! One scan: reads what is new or changed, flags what is gone, leaves the rest.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::PoisonError;

use futures_util::StreamExt;

use super::reading::{Outcome, read_file};
use super::{Library, ScanError, now};
use crate::library::moved::moved;
use crate::library::progress::ScanReport;
use crate::library::walk::{Candidate, Found};
use crate::protocol::TrackId;
use crate::storage::{ArtworkPlace, KnownFile, Store, TrackFile};

/// Files that are read at once: a disk that is asked for a few is quicker than for one.
const READ_AT_ONCE: usize = 4;

/// Tracks of one transaction: a commit waits for the disk, and rooms wait meanwhile.
const BATCH: usize = 100;

/// Files between two lines of the log.
const LOG_EVERY: u64 = 1_000;

/// One scan on its way.
pub(super) struct Scan<'a> {
    pub(super) library: &'a Library,
    pub(super) store: &'a Store,
    pub(super) report: ScanReport,
    /// What waits to be written is news for those who show the library.
    pub(super) is_news: bool,
}

impl Scan<'_> {
    pub(super) async fn run(
        &mut self,
        found: &Found,
        known: &[KnownFile],
        all_folders_there: bool,
    ) -> Result<(), ScanError> {
        self.library
            .progress
            .send_modify(|progress| progress.files_found = Some(found.candidates.len() as u64));
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
                Outcome::NotAudio => self.library.progress.send_modify(|progress| {
                    progress.files_found = progress.files_found.map(|found| found.saturating_sub(1));
                }),
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

    pub(super) fn warn(&mut self, path: &Path, state: Option<(u64, i64)>, reason: &str) {
        self.report.warnings += 1;
        let mut warned = self.library.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert(path.to_path_buf(), state) == Some(state) {
            return;
        }
        tracing::warn!(path = %path.display(), reason, "a file of the library cannot be used");
    }

    pub(super) fn tell(&self) {
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

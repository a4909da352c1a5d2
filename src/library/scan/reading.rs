//! One file of a scan, or one that was added: read where blocking is fine, and what came of it.

use std::path::Path;

use super::{blocking, now};
use crate::library::new_track_id;
use crate::library::probe::{self, Probed};
use crate::library::version::version;
use crate::library::walk::{self, Candidate};
use crate::storage::{ArtworkPlace, KnownFile, TrackFile};

/// A file that changed so lately may still be being written: when it makes no sense, it is left for the next look.
const SETTLED_AFTER_NS: i64 = 2_000_000_000;

/// What came of reading a file.
pub(super) enum Outcome {
    Track(Box<TrackFile>),
    /// Neither its name nor its beginning promises audio.
    NotAudio,
    /// It changes under our hands.
    Unsettled,
    Unusable(String),
}

/// Reads one file where blocking is fine. A parser that panics on a file costs that file.
pub(super) async fn read_file(file: Candidate, known: Option<KnownFile>, can_encode: bool) -> Outcome {
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

/// What is written of a file.
pub(super) fn track_file(file: Candidate, probed: Probed, same_audio: bool, can_encode: bool) -> TrackFile {
    let title = probed.title.or_else(|| title_of(&file.filename)).unwrap_or_else(|| "Untitled".to_owned());
    let artwork = match (probed.picture, file.folder_artwork) {
        (true, _) => Some(ArtworkPlace::Embedded),
        (false, true) => Some(ArtworkPlace::Folder),
        (false, false) => None,
    };
    TrackFile {
        id: new_track_id(),
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

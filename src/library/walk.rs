//! Which files there are below the music folders, each once.
//!
//! Hidden files and folders are passed by. Links are followed; a file that is reached on two ways, because
//! folders overlap or a link leads to it, is known by its canonical path and taken the first time.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use super::artwork;

/// Endings of file names that promise audio. Whether it is any, the content says; but a file that promises it
/// and has none is worth a warning.
const AUDIO_ENDINGS: [&str; 20] = [
    "aac", "aif", "aiff", "ape", "flac", "m4a", "m4b", "m4r", "mka", "mp2", "mp3", "mp4", "mpc", "oga",
    "ogg", "opus", "spx", "wav", "wma", "wv",
];

/// A file that may be audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its canonical path.
    pub path: PathBuf,
    /// Its folder below the music folder, `/` between the parts; empty at the top.
    pub folder: String,
    /// The name under which it was found.
    pub filename: String,
    /// In bytes.
    pub size: u64,
    /// When its content last changed, in ns since 1970.
    pub mtime_ns: i64,
    /// Whether its name promises audio.
    pub promises_audio: bool,
    /// Whether an image beside it could be its artwork.
    pub folder_artwork: bool,
}

/// Everything below the music folders.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Files, in the order of their names.
    pub candidates: Vec<Candidate>,
    /// What could not be read, and why. What was known below it is neither there nor gone.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Walks the folders, which are canonical. Blocks. Once `cancelled` is true it ends with what it has found so far.
pub fn walk(roots: &[PathBuf], cancelled: &AtomicBool) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    let mut illustrated = HashSet::new();
    for root in roots {
        let entries = WalkDir::new(root)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
        for entry in entries {
            if cancelled.load(Ordering::Relaxed) {
                return found;
            }
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    if artwork::is_folder_image(entry.path()) {
                        illustrated.extend(entry.path().parent().map(Path::to_path_buf));
                    } else {
                        match candidate(root, entry.path()) {
                            Ok(file) if seen.insert(file.path.clone()) => {
                                found.candidates.push(file);
                            }
                            Ok(_) => {}
                            Err(error) => found.unreadable.push((entry.into_path(), error.to_string())),
                        }
                    }
                }
                Ok(_) => {}
                // A link that leads back to where it is: what is below it is found anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_path_buf();
                    // A link to nowhere is no file; it is worth a word only where it promises audio.
                    let gone = error.io_error().is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
                    if !gone || promises_audio(&path) {
                        let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                        found.unreadable.push((path, why));
                    }
                }
            }
        }
    }
    for file in &mut found.candidates {
        file.folder_artwork = file.path.parent().is_some_and(|folder| illustrated.contains(folder));
    }
    found
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a file's name promises audio.
pub(super) fn promises_audio(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| AUDIO_ENDINGS.iter().any(|audio| ending.eq_ignore_ascii_case(audio)))
}

/// A file below a canonical music folder, as it is now. The path is as it was found, not yet canonical.
pub(super) fn candidate(root: &Path, path: &Path) -> std::io::Result<Candidate> {
    let metadata = path.metadata()?;
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let folder: Vec<_> = below
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    Ok(Candidate {
        path: path.canonicalize()?,
        folder: folder.join("/"),
        filename: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: metadata.len(),
        mtime_ns: mtime_ns(&metadata)?,
        promises_audio: promises_audio(path),
        folder_artwork: false,
    })
}

/// When a file's content last changed, in ns since 1970; negative before.
pub(super) fn mtime_ns(metadata: &Metadata) -> std::io::Result<i64> {
    let modified = metadata.modified()?;
    Ok(match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    })
}

//! What the encoder has made: files in the data folder, each made once on first use, bounded in total size. The
//! least recently used go first; what is lost is made again.

use std::collections::HashMap;
use std::fs::FileTimes;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::{Semaphore, watch};

use super::NoRendition;
use super::audio::{Audio, FileState};
use super::encoder::Encoder;
use crate::storage::{ENCODING, TrackRecord};

/// Encodings at once: one takes a core, and the rooms need the others.
const AT_ONCE: usize = 1;

/// The ending of a file that is whole, and of one that is being written.
const WHOLE: &str = "m4a";
const PART: &str = "part";

/// See the module.
#[derive(Debug)]
pub(super) struct Encoded {
    folder: PathBuf,
    max_bytes: u64,
    encoder: Option<Encoder>,
    turns: Semaphore,
    shelf: Mutex<Shelf>,
}

/// The name of a track's file.
fn name_of(track: &TrackRecord) -> String {
    format!("{}-{}-{ENCODING}.{WHOLE}", track.info.track_id, track.version)
}

#[derive(Debug, Default)]
struct Shelf {
    files: HashMap<String, Made>,
    /// What is being made, by its name, and what came of it.
    making: HashMap<String, watch::Receiver<Option<Result<(), String>>>>,
    uses: u64,
}

/// A file that is there.
#[derive(Debug)]
struct Made {
    bytes: u64,
    /// Larger: used later.
    used: u64,
    /// Others hold it as long as it is served.
    in_use: Arc<()>,
    /// Whether its time of access says that it was used by this process.
    noted: bool,
}

impl Encoded {
    /// What is in the folder from earlier, which is made if need be. Blocks.
    pub(super) fn open(folder: PathBuf, max_bytes: u64, encoder: Option<Encoder>) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if ending == Some(PART) {
                // Of a process that was ended in the middle.
                std::fs::remove_file(&path)?;
            } else if let (Some(WHOLE), Some(name)) =
                (ending, path.file_name().and_then(|name| name.to_str()))
            {
                let metadata = path.metadata()?;
                found.push((metadata.accessed()?, name.to_owned(), metadata.len()));
            }
        }
        found.sort();
        let mut shelf = Shelf::default();
        for (_, name, bytes) in found {
            shelf.keep(name, bytes);
        }
        let encoded =
            Self { folder, max_bytes, encoder, turns: Semaphore::new(AT_ONCE), shelf: Mutex::new(shelf) };
        encoded.lock().bound(&encoded.folder, max_bytes, "");
        Ok(encoded)
    }

    /// Whether there is an encoder.
    pub(super) const fn can_encode(&self) -> bool {
        self.encoder.is_some()
    }

    /// Whether the encoded rendition of a track was made, as far as is known.
    pub(super) fn has(&self, track: &TrackRecord) -> bool {
        self.lock().files.contains_key(&name_of(track))
    }

    /// The encoded rendition of a track, made if need be.
    pub(super) async fn get(self: &Arc<Self>, track: &TrackRecord, mime: &str) -> Result<Audio, NoRendition> {
        let original = FileState { size: track.size, mtime_ns: track.mtime_ns };
        if FileState::of(&tokio::fs::metadata(&track.path).await?)? != original {
            return Err(NoRendition::Gone);
        }
        let name = name_of(track);
        if let Some(audio) = self.made(&name, mime, original).await? {
            return Ok(audio);
        }
        let mut outcome = self.begin(name.clone(), track)?;
        let outcome = outcome.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        match outcome {
            Ok(Some(Ok(()))) => {}
            Ok(Some(Err(why))) => return Err(NoRendition::Failed(why)),
            Ok(None) | Err(_) => return Err(NoRendition::Failed("the encoding was broken off".to_owned())),
        }
        let lost = || NoRendition::Failed("it was lost at once".to_owned());
        self.made(&name, mime, original).await?.ok_or_else(lost)
    }

    /// The file of this name, if it is there.
    async fn made(&self, name: &str, mime: &str, original: FileState) -> Result<Option<Audio>, NoRendition> {
        let Some((in_use, note)) = self.lock().take(name) else {
            return Ok(None);
        };
        let path = self.folder.join(name);
        match Audio::whole(path.clone(), mime, Some(in_use)).await {
            Ok(audio) => {
                if note {
                    // So that the next process knows too; whether it can be noted matters to nobody else.
                    let _ = tokio::task::spawn_blocking(move || note_use(&path)).await;
                }
                Ok(Some(audio.made_of(original)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::info!(file = name, "an encoded rendition is lost and is made again");
                self.lock().files.remove(name);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Has the file of this name made, unless it is being made already. It is made to the end, whoever still waits.
    fn begin(
        self: &Arc<Self>,
        name: String,
        track: &TrackRecord,
    ) -> Result<watch::Receiver<Option<Result<(), String>>>, NoRendition> {
        let encoder = self.encoder.clone().ok_or(NoRendition::NeedsEncoder)?;
        let mut shelf = self.lock();
        // One whose maker is gone without a word does not count.
        if let Some(making) = shelf.making.get(&name).filter(|making| making.has_changed().is_ok()) {
            return Ok(making.clone());
        }
        let (tell, outcome) = watch::channel(None);
        shelf.making.insert(name.clone(), outcome.clone());
        drop(shelf);
        let (encoded, track) = (self.clone(), track.clone());
        tokio::spawn(async move {
            let result = encoded.make(&encoder, &name, &track).await;
            encoded.lock().making.remove(&name);
            tell.send_replace(Some(result));
        });
        Ok(outcome)
    }

    async fn make(&self, encoder: &Encoder, name: &str, track: &TrackRecord) -> Result<(), String> {
        let _turn = self.turns.acquire().await.map_err(|closed| closed.to_string())?;
        let part = self.folder.join(name).with_extension(PART);
        let encoded = encoder.encode(&track.path, &part, track.info.duration).await;
        let put = match encoded {
            Ok(()) => self.put(name, &part).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        match &put {
            Ok(bytes) => tracing::info!(path = %track.path.display(), bytes, "a rendition was encoded"),
            Err(_) => {
                // It may not even have been begun.
                let _ = tokio::fs::remove_file(&part).await;
            }
        }
        put.map(|_| ())
    }

    /// Takes a file that was written into the shelf; returns its size.
    async fn put(&self, name: &str, part: &Path) -> io::Result<u64> {
        let file = tokio::fs::File::open(part).await?;
        let bytes = file.metadata().await?.len();
        if bytes == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the encoder wrote nothing"));
        }
        // On the disk before its name is: a file of that name is whole, also after a power cut.
        file.sync_all().await?;
        tokio::fs::rename(part, self.folder.join(name)).await?;
        let mut shelf = self.lock();
        shelf.keep(name.to_owned(), bytes);
        shelf.bound(&self.folder, self.max_bytes, name);
        Ok(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn keep(&mut self, name: String, bytes: u64) {
        self.uses += 1;
        self.files.insert(name, Made { bytes, used: self.uses, in_use: Arc::default(), noted: false });
    }

    /// A hold on a file, and whether its use has yet to be noted.
    fn take(&mut self, name: &str) -> Option<(Arc<()>, bool)> {
        self.uses += 1;
        let made = self.files.get_mut(name)?;
        made.used = self.uses;
        Some((made.in_use.clone(), !std::mem::replace(&mut made.noted, true)))
    }

    /// Deletes the least recently used files until all are within `max_bytes`; none that is being served, and not
    /// `newest`. Under the lock, so that none is deleted that was made again meanwhile; to delete is quick.
    fn bound(&mut self, folder: &Path, max_bytes: u64, newest: &str) {
        let mut bytes: u64 = self.files.values().map(|made| made.bytes).sum();
        while bytes > max_bytes {
            let idle = self
                .files
                .iter()
                .filter(|(name, made)| *name != newest && Arc::strong_count(&made.in_use) == 1);
            let Some(name) = idle.min_by_key(|(_, made)| made.used).map(|(name, _)| name.clone()) else {
                return;
            };
            if let Err(error) = std::fs::remove_file(folder.join(&name)) {
                tracing::warn!(file = name, %error, "an encoded rendition could not be deleted");
            }
            bytes -= self.files.remove(&name).map_or(0, |made| made.bytes);
        }
    }
}

/// Notes in the file itself that it was used. The time of change stays: validators are made of it.
#[expect(clippy::disallowed_methods, reason = "a date in a folder, and not a time of the room")]
fn note_use(path: &Path) -> io::Result<()> {
    std::fs::File::options()
        .append(true)
        .open(path)?
        .set_times(FileTimes::new().set_accessed(SystemTime::now()))
}

//! Takes in what people add: uploads and links arrive here as a name and a stream of bytes, whoever brings them.
//!
//! They are written to a hidden file, found out by their content, given a name and put into the library at once. What
//! is known already is not kept twice. Called by `server`; the folder of additions is one of the music folders, and
//! the only one that is ever written.

mod name;
mod part;
mod same;
mod space;

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use thiserror::Error;
use tokio::sync::Mutex;

use self::part::{Part, Written};
use self::same::same_content;
use self::space::Space;
pub use self::space::{Full, Hold};
use super::probe::{self, Unusable};
use super::source::{Source, SourceError};
use super::{AddError, Library};
use crate::protocol::TrackId;
use crate::storage::{Store, StoreError, TrackRecord};

/// The folder below the root of additions: as it is called where the library is browsed by folders.
const SHOWN_AS: &str = "Uploads";

/// Files of one name that are told apart by numbers.
const SAME_NAMES: u32 = 9_999;

/// How much may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files together.
    pub total_bytes: u64,
}

/// Why something was not taken in. Nothing is left of it.
#[derive(Debug, Error)]
pub enum Refusal {
    /// More bytes than one file may have.
    #[error("it is larger than {} MB", .0 >> 20)]
    TooLarge(u64),
    /// Together with what is there it would be too much, or the disk is full.
    #[error("there is no space left for additions")]
    Full,
    /// It is no audio that can be used.
    #[error(transparent)]
    NotAudio(#[from] Unusable),
    /// The source gives nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It did not arrive whole.
    #[error("it did not arrive whole: {0}")]
    Broken(String),
    /// The disk or the database failed.
    #[error("it could not be kept: {0}")]
    Failed(String),
}

impl From<Full> for Refusal {
    fn from(Full: Full) -> Self {
        Self::Full
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<AddError> for Refusal {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Unusable(unusable) => unusable.into(),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// What was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The track.
    pub id: TrackId,
    /// Its content was in the library already, and this copy was not kept.
    pub duplicate: bool,
}

/// Why a track was not removed.
#[derive(Debug, Error)]
pub enum RemoveError {
    /// Its file lies in a folder that is not ours to write in.
    #[error("the file lies in a music folder, where nothing is ever written")]
    NotOurs,
    /// The file could not be removed.
    #[error("the file could not be removed: {0}")]
    Io(#[from] io::Error),
    /// The database failed, or there is no such track any more.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The way into the library for what people add. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    library: Library,
    store: Store,
    /// The music folder of additions; canonical. Files on their way are in it.
    root: PathBuf,
    /// Where the files lie.
    folder: PathBuf,
    limits: IntakeLimits,
    space: Space,
    /// One at a time is compared, named and put into the library: otherwise two that are the same would both be new.
    placing: Mutex<()>,
}

impl Intake {
    /// Makes the folder of additions if need be, and removes what a crash left in it. One process at a time may have
    /// it open. Blocks, shortly.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(library: Library, store: Store, root: &Path, limits: IntakeLimits) -> io::Result<Self> {
        make_root(root)?;
        let root = root.canonicalize()?;
        part::remove_leftovers(&root)?;
        let folder = root.join(SHOWN_AS);
        make_private(&folder)?;
        let space = Space::new(limits.total_bytes);
        space.set_stored(bytes_in(&folder)?);
        Ok(Self(Arc::new(Inner { library, store, root, folder, limits, space, placing: Mutex::default() })))
    }

    /// How much may be added.
    pub fn limits(&self) -> IntakeLimits {
        self.0.limits
    }

    /// Holds space for what is about to come; more is held as it comes, if it is more.
    ///
    /// # Errors
    /// [`Refusal::Full`].
    pub async fn hold(&self, bytes: u64) -> Result<Hold, Refusal> {
        let _turn = self.0.placing.lock().await;
        // The operator may have made space by hand.
        let folder = self.0.folder.clone();
        let stored = blocking(move || bytes_in(&folder)).await??;
        self.0.space.set_stored(stored);
        Ok(self.0.space.hold(bytes)?)
    }

    /// Takes one file in: a name, which is not trusted, and its bytes. When this is dropped before the last byte has
    /// come, nothing is left.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn take<B, E>(
        &self,
        hold: &mut Hold,
        name: &str,
        mut bytes: impl Stream<Item = Result<B, E>> + Unpin,
    ) -> Result<Taken, Refusal>
    where
        B: AsRef<[u8]>,
        E: Display,
    {
        let mut part = Part::create(&self.0.root).await?;
        let mut size = 0;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|error| Refusal::Broken(error.to_string()))?;
            size += chunk.as_ref().len() as u64;
            if size > self.0.limits.file_bytes {
                return Err(Refusal::TooLarge(self.0.limits.file_bytes));
            }
            hold.reach(size)?;
            part.write(chunk.as_ref()).await?;
        }
        let written = part.finish().await?;
        // From here on it is finished even if whoever sent it goes away.
        let (intake, name) = (self.clone(), name.to_owned());
        let placing = tokio::spawn(async move { intake.place(written, size, &name).await });
        let taken = placing.await.map_err(|error| Refusal::Failed(error.to_string()))?;
        hold.release(size);
        taken
    }

    /// Takes in what a source gives.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn take_from(&self, source: &dyn Source) -> Result<Taken, Refusal> {
        let incoming = source.open().await?;
        let said = incoming.length.unwrap_or_default();
        if said > self.0.limits.file_bytes {
            return Err(Refusal::TooLarge(self.0.limits.file_bytes));
        }
        let mut hold = self.hold(said).await?;
        match self.take(&mut hold, &incoming.name, incoming.bytes).await {
            // It is not the caller whose sending broke off.
            Err(Refusal::Broken(why)) => Err(SourceError::Unreachable(why).into()),
            taken => taken,
        }
    }

    /// Takes a track out of the library, and its file off the disk. A track whose file is gone may be of any folder.
    ///
    /// # Errors
    /// See [`RemoveError`].
    pub async fn remove(&self, track: &TrackRecord) -> Result<(), RemoveError> {
        if track.path.starts_with(&self.0.folder) {
            match tokio::fs::remove_file(&track.path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        } else if !track.missing {
            return Err(RemoveError::NotOurs);
        }
        Ok(self.0.library.remove(&self.0.store, &track.info.track_id).await?)
    }

    async fn place(&self, mut written: Written, size: u64, name: &str) -> Result<Taken, Refusal> {
        let path = written.path().to_path_buf();
        let probed = blocking(move || probe::probe(&path)).await??;
        let _turn = self.0.placing.lock().await;
        if let Some(id) = self.known_as(&written, size).await? {
            return Ok(Taken { id, duplicate: true });
        }
        let ending = name::ending(&probed.mime, name);
        let path = self.free_path(&name::stem(name), ending.as_deref(), size).await?;
        let placed = path.clone();
        blocking(move || written.place(&placed)).await??;
        match self.0.library.add(&self.0.store, &self.0.root, &path).await {
            Ok(id) => {
                self.0.space.store(size);
                tracing::info!(track = %id, bytes = size, "a track is added");
                Ok(Taken { id, duplicate: false })
            }
            Err(error) => {
                tokio::fs::remove_file(&path).await?;
                Err(error.into())
            }
        }
    }

    /// The track that has this content already. One that is flagged as missing although its file is here comes back;
    /// but not from a folder that may have been taken away.
    async fn known_as(&self, written: &Written, size: u64) -> Result<Option<TrackId>, Refusal> {
        for known in self.0.store.tracks_of_size(size).await? {
            if known.missing && !known.path.starts_with(&self.0.folder) {
                continue;
            }
            let (new, old) = (written.path().to_path_buf(), known.path);
            // What cannot be read now is no reason to refuse another copy.
            if matches!(blocking(move || same_content(&new, &old)).await?, Ok(true)) {
                if known.missing {
                    self.0.store.mark_present(std::slice::from_ref(&known.id)).await?;
                    self.0.library.note_change();
                }
                return Ok(Some(known.id));
            }
        }
        Ok(None)
    }

    /// A path that no file has, and no track. A track that was removed keeps its path while rooms name it: a file of
    /// the same name and size is taken for its return, another one gets a number.
    async fn free_path(&self, stem: &str, ending: Option<&str>, size: u64) -> Result<PathBuf, Refusal> {
        let returning = self.0.store.tracks_of_size(size).await?;
        for n in 1..=SAME_NAMES {
            let path = self.0.folder.join(name::numbered(stem, ending, n));
            if tokio::fs::symlink_metadata(&path).await.is_ok() {
                continue;
            }
            let returns = returning.iter().any(|known| known.missing && known.path == path);
            if returns || !self.0.store.has_track_at(&path).await? {
                return Ok(path);
            }
        }
        Err(Refusal::Failed("too many files have this name".to_owned()))
    }
}

/// Makes the music folder of additions, so that a scan finds it.
///
/// # Errors
/// When it cannot be made.
pub fn make_root(root: &Path) -> io::Result<()> {
    make_private(root)
}

/// Makes a folder that only its owner can enter, with those above it, where it is not there yet.
///
/// # Errors
/// When it cannot be made.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn bytes_in(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata().map_or(0, |file| file.len());
    }
    Ok(bytes)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::Failed(error.to_string()))
}

//! What is sent to a browser as one file: a section of a file on the disk, with or without a head before it. It can
//! be opened as long as the file is what it was when the head was made.

use std::fs::Metadata;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::splice::Splice;
use crate::library::walk::mtime_ns;

/// Which state of a file something was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileState {
    /// In bytes.
    pub size: u64,
    /// When its content last changed, in ns since 1970.
    pub mtime_ns: i64,
}

impl FileState {
    pub(super) fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Self { size: metadata.len(), mtime_ns: mtime_ns(metadata)? })
    }
}

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Audio {
    mime: Arc<str>,
    head: Arc<[u8]>,
    path: Arc<Path>,
    section: Range<u64>,
    /// The state of the file that it was made of, or is.
    original: FileState,
    state: FileState,
    modified: SystemTime,
    /// As long as this lives, the file is in use.
    _in_use: Option<Arc<()>>,
}

impl Audio {
    /// A whole file as it is now. `in_use` is kept for as long as this lives.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn whole(path: PathBuf, mime: &str, in_use: Option<Arc<()>>) -> io::Result<Self> {
        let metadata = tokio::fs::metadata(&path).await?;
        let state = FileState::of(&metadata)?;
        Ok(Self {
            mime: mime.into(),
            head: Arc::default(),
            path: path.into(),
            section: 0..state.size,
            original: state,
            state,
            modified: metadata.modified()?,
            _in_use: in_use,
        })
    }

    /// The same file, of which only a section is sent, behind a head.
    #[must_use]
    pub fn behind(self, head: Arc<[u8]>, section: Range<u64>) -> Self {
        Self { head, section, ..self }
    }

    /// Says which state of the track's own file it was made of.
    pub(super) fn made_of(self, original: FileState) -> Self {
        Self { original, ..self }
    }

    /// For browsers.
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// Bytes that are sent.
    pub fn length(&self) -> u64 {
        self.head.len() as u64 + self.section.end - self.section.start
    }

    /// Which state of the track's own file it was made of.
    pub const fn original(&self) -> FileState {
        self.original
    }

    /// When the file last changed.
    pub const fn modified(&self) -> SystemTime {
        self.modified
    }

    /// Opens it.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what it was: [`io::ErrorKind::NotFound`].
    pub async fn open(&self) -> io::Result<Splice> {
        let file = tokio::fs::File::open(&self.path).await?;
        if FileState::of(&file.metadata().await?)? != self.state {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the file has changed"));
        }
        Ok(Splice::new(self.head.clone(), file, self.section.clone()))
    }
}

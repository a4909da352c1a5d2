//! A file on its way: hidden, so that no scan takes it for music, and gone when it is dropped before it has its name.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

/// How the names of files begin that are on their way.
const BEGINNING: &str = ".part-";

/// Bytes that are collected before they are written: chunks of the network are small, and each write crosses to
/// another thread.
const WRITE_BYTES: usize = 512 * 1024;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Part {
    file: BufWriter<File>,
    written: Written,
}

impl Part {
    /// A new one in this folder; only its owner can read it.
    pub(super) async fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("{BEGINNING}{}", super::super::new_track_id()));
        // Made together with its guard: whoever waits for it may be gone when the file appears.
        let made = tokio::task::spawn_blocking(move || {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path)?;
            Ok::<_, io::Error>((file, Written { path, placed: false }))
        });
        let (file, written) = made.await.map_err(io::Error::other)??;
        Ok(Self { file: BufWriter::with_capacity(WRITE_BYTES, File::from_std(file)), written })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Everything is on the disk.
    pub(super) async fn finish(mut self) -> io::Result<Written> {
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        Ok(self.written)
    }
}

/// A whole file that has no name yet.
#[derive(Debug)]
pub(super) struct Written {
    path: PathBuf,
    placed: bool,
}

impl Written {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, which nobody has. Blocks.
    pub(super) fn place(&mut self, path: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, path)?;
        self.placed = true;
        // So that the name survives a crash, too; not every system can do that.
        if let Some(folder) = path.parent().and_then(|folder| std::fs::File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.placed
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "a file that was given up could not be removed");
        }
    }
}

/// Removes what a crash left behind. Blocks.
pub(super) fn remove_leftovers(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(BEGINNING.as_bytes()) {
            std::fs::remove_file(entry.path())?;
            tracing::info!("an addition that was cut off by a crash is removed");
        }
    }
    Ok(())
}

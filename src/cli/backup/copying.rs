//! Copying files so that they are surely there, and surely the same: hashed on the way, written to the disk, never over
//! another. For backup and restore. Everything here blocks.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Its size.
    pub(crate) bytes: u64,
    /// The SHA-256 of its content, in hexadecimal digits.
    pub(crate) sha256: String,
    /// When the content of the original last changed, in ns since 1970.
    pub(crate) modified_ns: Option<u64>,
}

/// Copies a file to a place where none is; only its owner can read the copy, whose time of change is that of the
/// original.
///
/// # Errors
/// When one cannot be read, the other not written, or somebody has interrupted it.
pub(crate) fn copy(from: &Path, to: &Path, interrupted: &AtomicBool) -> io::Result<Copied> {
    let mut source = File::open(from)?;
    let modified = source.metadata()?.modified()?;
    let mut target = create_private(to)?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; PIECE];
    loop {
        if interrupted.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
        }
        let read = source.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        target.write_all(&piece[..read])?;
        bytes += read as u64;
    }
    target.set_modified(modified)?;
    target.sync_all()?;
    let since_1970 = modified.duration_since(UNIX_EPOCH).ok();
    Ok(Copied {
        bytes,
        sha256: hex(&hash.finalize()),
        modified_ns: since_1970.and_then(|since| u64::try_from(since.as_nanos()).ok()),
    })
}

/// Gives a file the time of change that it had.
///
/// # Errors
/// When it cannot be set.
pub(crate) fn set_modified(file: &Path, ns: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(file)?;
    file.set_modified(UNIX_EPOCH + Duration::from_nanos(ns))?;
    file.sync_all()
}

/// Writes a small file that is not there yet, and waits until the disk has it.
///
/// # Errors
/// When it cannot be written, or is there.
pub(crate) fn write(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_private(file)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Reads a file, for its size and its hash.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn measure(file: &Path) -> io::Result<Copied> {
    let mut source = File::open(file)?;
    source.sync_all()?;
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut source, &mut HashWriter(&mut hash))?;
    Ok(Copied { bytes, sha256: hex(&hash.finalize()), modified_ns: None })
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until the disk has the names in a folder, too; not every system can do that.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Bytes that may still be written where this folder is; `None` where the system does not tell.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let disk = rustix::fs::statvfs(folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

/// A number of bytes for people: `3.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    UNITS.iter().find(|(_, unit)| bytes >= *unit).map_or_else(
        || format!("{bytes} bytes"),
        |(name, unit)| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
    )
}

fn create_private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_same_to_the_byte_and_to_the_nanosecond() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, vec![7; PIECE + 3]).unwrap();
        set_modified(&from, 1_700_000_000_123_456_789).unwrap();
        let never = AtomicBool::new(false);
        let copied = copy(&from, &to, &never).unwrap();
        assert_eq!(copied.bytes, PIECE as u64 + 3);
        assert_eq!(copied.modified_ns, Some(1_700_000_000_123_456_789));
        assert_eq!(std::fs::read(&from).unwrap(), std::fs::read(&to).unwrap());
        let (old, new) = (from.metadata().unwrap(), to.metadata().unwrap());
        assert_eq!(old.modified().unwrap(), new.modified().unwrap());
        assert_eq!(measure(&to).unwrap().sha256, copied.sha256);
        let again = copy(&from, &to, &never).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn the_hash_is_the_one_that_sha256sum_prints() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc");
        write(&file, b"abc").unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(measure(&file).unwrap().sha256, hash);
    }

    #[test]
    fn a_copy_can_be_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        std::fs::write(&from, b"x").unwrap();
        let error = copy(&from, &folder.path().join("to"), &AtomicBool::new(true)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            [0, 999, 1_000, 3_249_999, 12_000_000_000].map(size),
            ["0 bytes", "999 bytes", "1.0 KB", "3.2 MB", "12.0 GB"]
        );
    }
}

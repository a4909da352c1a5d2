//! Which state of a file's content this is: what browsers may keep for ever is named by it.
//!
//! Of the content only both ends are read, where tags, headers and lengths are; what changes between them changes
//! the time of change or the size. A whole collection is not read through for a name.

use std::fmt::Write;
use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

/// Bytes of each end.
const END_BYTES: u64 = 64 * 1024;

/// Bytes of the hash that are kept: files of one track are told apart, not all files of the world.
const KEPT_BYTES: usize = 8;

/// 16 hexadecimal digits of SHA-256 over size, time of change (ns since 1970) and both ends. Blocks.
pub(super) fn version(file: &mut (impl Read + Seek), size: u64, mtime_ns: i64) -> io::Result<String> {
    let mut hash = Sha256::new();
    hash.update(size.to_be_bytes());
    hash.update(mtime_ns.to_be_bytes());
    let mut ends = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(END_BYTES).read_to_end(&mut ends)?;
    file.seek(SeekFrom::Start(size.saturating_sub(END_BYTES)))?;
    file.take(END_BYTES).read_to_end(&mut ends)?;
    hash.update(&ends);
    Ok(hash.finalize().iter().take(KEPT_BYTES).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a String takes what is written");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn of(bytes: &[u8], mtime_ns: i64) -> String {
        version(&mut Cursor::new(bytes), bytes.len() as u64, mtime_ns).unwrap()
    }

    #[test]
    fn another_content_time_or_length_is_another_version() {
        let bytes = vec![7; 300_000];
        let same = of(&bytes, 1);
        assert_eq!(same.len(), 16);
        assert_eq!(of(&bytes, 1), same);
        assert_ne!(of(&bytes, 2), same);
        assert_ne!(of(&bytes[1..], 1), same);
        for at in [0, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] = 8;
            assert_ne!(of(&other, 1), same);
        }
    }
}

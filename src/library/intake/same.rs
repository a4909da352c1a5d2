//! Whether two files have the same content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const BLOCK_BYTES: usize = 256 * 1024;

/// Compares byte by byte: it ends at the first difference, which files of the same size mostly have at once, where a
/// hash would have to read both to the end. Blocks.
pub(super) fn same_content(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        (&mut one).take(BLOCK_BYTES as u64).read_to_end(&mut left)?;
        (&mut other).take(BLOCK_BYTES as u64).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_the_same_to_the_last_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let mut bytes = vec![7; 2 * BLOCK_BYTES + 5];
        let one = file("one", &bytes);
        assert!(same_content(&one, &file("copy", &bytes)).unwrap());
        assert!(!same_content(&one, &file("shorter", &bytes[1..])).unwrap());
        *bytes.last_mut().unwrap() = 8;
        assert!(!same_content(&one, &file("other", &bytes)).unwrap());
        assert!(same_content(&file("none", b""), &file("nothing", b"")).unwrap());
        assert!(same_content(&one, &folder.path().join("gone")).is_err());
    }
}

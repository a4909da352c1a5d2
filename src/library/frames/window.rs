//! A file that is walked from its beginning to its end, of which a piece is in memory: frames are so short that a
//! seek over each would cost more than reading everything.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that are read at once.
const WINDOW_BYTES: u64 = 512 * 1024;

/// See the module.
pub(super) struct Window<R> {
    file: R,
    /// Where the piece begins.
    start: u64,
    piece: Vec<u8>,
}

impl<R: Read + Seek> Window<R> {
    pub(super) const fn new(file: R) -> Self {
        Self { file, start: 0, piece: Vec::new() }
    }

    /// The bytes from `at`, as many as are asked for; fewer only at the end of the file.
    pub(super) fn bytes(&mut self, at: u64, length: usize) -> io::Result<&[u8]> {
        let end = self.start + self.piece.len() as u64;
        if at < self.start || at + length as u64 > end {
            self.start = self.file.seek(SeekFrom::Start(at))?;
            self.piece.clear();
            self.file.by_ref().take(WINDOW_BYTES.max(length as u64)).read_to_end(&mut self.piece)?;
        }
        let from = usize::try_from(at - self.start).unwrap_or(usize::MAX).min(self.piece.len());
        let to = from.saturating_add(length).min(self.piece.len());
        Ok(&self.piece[from..to])
    }

    /// The bytes of the file.
    pub(super) fn size(&mut self) -> io::Result<u64> {
        self.file.seek(SeekFrom::End(0))
    }
}

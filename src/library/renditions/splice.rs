//! A file that is on no disk: a head from memory, followed by a section of a file. It is read and sought like one.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, ReadBuf, Take};

/// See the module.
#[derive(Debug)]
pub struct Splice {
    head: Arc<[u8]>,
    /// Never reads beyond the section.
    file: Take<File>,
    section: Range<u64>,
    /// Where the next byte is from.
    position: u64,
    /// Whether the file itself stands there.
    placed: Placed,
}

#[derive(Clone, Copy, Debug)]
enum Placed {
    No,
    Seeking,
    Yes,
}

impl Splice {
    /// Puts them together; the section is within the file.
    pub fn new(head: Arc<[u8]>, file: File, section: Range<u64>) -> Self {
        Self { head, file: file.take(0), section, position: 0, placed: Placed::No }
    }

    /// Bytes in all.
    pub fn length(&self) -> u64 {
        self.head.len() as u64 + self.section.end - self.section.start
    }

    /// Brings the file to where the next byte is.
    fn poll_place(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let behind_head = self.position - self.head.len() as u64;
        let at = self.section.start.saturating_add(behind_head);
        if matches!(self.placed, Placed::No) {
            // Something may still be under way in it, and then it does not seek.
            ready!(Pin::new(self.file.get_mut()).poll_complete(cx))?;
            Pin::new(self.file.get_mut()).start_seek(SeekFrom::Start(at))?;
            self.placed = Placed::Seeking;
        }
        if matches!(self.placed, Placed::Seeking) {
            ready!(Pin::new(self.file.get_mut()).poll_complete(cx))?;
            self.file.set_limit(self.section.end.saturating_sub(at));
            self.placed = Placed::Yes;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Splice {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        match usize::try_from(this.position).ok().and_then(|at| this.head.get(at..)) {
            Some(rest) if !rest.is_empty() => {
                let length = rest.len().min(buf.remaining());
                buf.put_slice(&rest[..length]);
            }
            _ => {
                ready!(this.poll_place(cx))?;
                ready!(Pin::new(&mut this.file).poll_read(cx, buf))?;
            }
        }
        this.position += (buf.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for Splice {
    fn start_seek(mut self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.placed = Placed::No;
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        // The file follows when it is read.
        Poll::Ready(Ok(self.position))
    }
}

//! One connection as the application reads and writes it, above TLS where there is any: it has to begin in time, it
//! counts in its address's number for as long as it lives, and it says how much of what was written has been taken.
//! Made by [`listen`](super::listen); a room's socket looks at its [`Outflow`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::turnstile::Pass;

/// Bytes after which hyper knows whether it speaks HTTP/1 or 2, and bounds the time of a head by itself: those of the
/// preface of HTTP/2 (RFC 9113 §3.4). Until then it would wait for ever.
const BEGINNING_BYTES: usize = 24;

/// How much of what was written to a connection has been taken by the system, or by TLS before it. Clones look at the
/// same connection.
#[derive(Clone, Debug, Default)]
pub struct Outflow(Arc<AtomicU64>);

impl Outflow {
    /// Bytes, from the beginning of the connection.
    pub fn taken(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// See the module.
#[derive(Debug)]
pub struct Wire<I> {
    io: I,
    outflow: Outflow,
    /// Until enough has come.
    beginning: Option<Beginning>,
    _pass: Option<Pass>,
}

#[derive(Debug)]
struct Beginning {
    bytes: usize,
    deadline: Pin<Box<Sleep>>,
}

impl<I> Wire<I> {
    /// A connection that has to say something of substance within this time.
    pub fn new(io: I, begin_within: Duration, pass: Option<Pass>) -> Self {
        let beginning = Beginning { bytes: 0, deadline: Box::pin(sleep(begin_within)) };
        Self { io, outflow: Outflow::default(), beginning: Some(beginning), _pass: pass }
    }

    /// What it has taken.
    pub fn outflow(&self) -> Outflow {
        self.outflow.clone()
    }

    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let bytes = ready!(written)?;
        self.outflow.0.fetch_add(bytes as u64, Ordering::Relaxed);
        Poll::Ready(Ok(bytes))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Wire<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut wire.io).poll_read(cx, buffer);
        if let Some(beginning) = &mut wire.beginning {
            beginning.bytes += buffer.filled().len() - before;
            if beginning.bytes >= BEGINNING_BYTES {
                wire.beginning = None;
            } else if read.is_pending() && beginning.deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Wire<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn who_says_half_a_line_is_let_go_and_who_has_begun_may_rest() {
        const SOON: Duration = Duration::from_millis(50);
        let (mut other, ours) = duplex(1024);
        let mut wire = Wire::new(ours, SOON, None);
        other.write_all(b"PRI * HTTP/2.0").await.unwrap();
        let mut read = Vec::new();
        let error = wire.read_to_end(&mut read).await.unwrap_err();
        assert_eq!((error.kind(), &read[..]), (io::ErrorKind::TimedOut, &b"PRI * HTTP/2.0"[..]));

        let (mut other, ours) = duplex(1024);
        let mut wire = Wire::new(ours, SOON, None);
        other.write_all(b"GET / HTTP/1.1\r\nhost: somewhere\r\n").await.unwrap();
        let rest = async {
            sleep(4 * SOON).await;
            drop(other);
        };
        let (read, ()) = tokio::join!(wire.read_to_end(&mut read), rest);
        read.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_taken_does_not_count() {
        let (_other, ours) = duplex(10);
        let mut wire = Wire::new(ours, Duration::from_secs(30), None);
        let outflow = wire.outflow();
        let writing = tokio::time::timeout(Duration::from_millis(20), wire.write_all(&[0; 64]));
        writing.await.unwrap_err();
        assert_eq!(outflow.taken(), 10);
    }
}

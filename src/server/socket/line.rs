//! A socket and our own answers to it, before, while and after its member is in a room: what is read is counted, and
//! who goes is told why. Used by [`hello`](super::hello) and [`conversation`](super::conversation).

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::pieces::{BATCH_BYTES, Pieces};
use crate::protocol::{ClientMessage, CloseReason, FrameError, ServerMessage, limits, parse_client_frame};
use crate::server::metrics::{Metrics, messages};
use crate::server::rooms::{Breach, Departure};
use crate::server::wire::Outflow;

/// How long a farewell may take: a slow reader has to read what lies before it.
const FAREWELL: Duration = Duration::from_secs(5);
/// The same when the server stops, and waits for it.
const FAREWELL_AT_STOP: Duration = Duration::from_secs(1);

/// Frames that are heard out after a farewell: more is on its way from nobody who is held to his rates. Who shouts on is
/// not read any more, so that TCP holds him back until his time is over.
const HEARD_OUT: u32 = limits::FRAME_BURST;

/// A WebSocket, or what stands for one.
pub(super) trait Pipe:
    Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin + Send
{
}
impl<S> Pipe for S where S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin + Send
{}

/// A socket and our own answers to it.
pub(super) struct Line<S> {
    pub(super) socket: S,
    pub(super) outflow: Outflow,
    pub(super) answers: VecDeque<Utf8Bytes>,
    /// What was begun to be written, or is next.
    pub(super) under_way: Option<Pieces>,
    pub(super) metrics: Metrics,
}

/// What a frame that cannot be read means: it breaks RFC 6455, it is larger than is read at all, or there is nobody any
/// more who would send it.
pub(super) fn unreadable(error: Error) -> Departure {
    match error {
        Error::Utf8(_) => Departure::Broken(Breach::Utf8),
        Error::Capacity(_) => Departure::Closed(CloseReason::Policy),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Departure::Lost,
        Error::Protocol(_) => Departure::Broken(Breach::Protocol),
        _ => Departure::Lost,
    }
}

impl<S: Pipe> Line<S> {
    pub(super) const fn new(socket: S, outflow: Outflow, metrics: Metrics) -> Self {
        Self { socket, outflow, answers: VecDeque::new(), under_way: None, metrics }
    }

    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        self.socket.next().await
    }

    /// Reads a frame of the other side, and counts it.
    pub(super) fn read(&self, text: &str) -> Result<ClientMessage, FrameError> {
        let sockets = &self.metrics.sockets;
        let message = parse_client_frame(text);
        let name = message.as_ref().map_or(messages::INVALID, messages::received);
        sockets.received.of(name).increment(1);
        sockets.received_bytes.increment(text.len() as u64);
        message
    }

    /// Says something as soon as it can be written.
    pub(super) fn say(&mut self, message: &ServerMessage) {
        let text = self.write(message);
        self.answers.push_back(text);
    }

    /// A message as it is written.
    pub(super) fn write(&self, message: &ServerMessage) -> Utf8Bytes {
        self.metrics.rooms.sent.of(messages::sent(message)).increment(1);
        serde_json::to_string(message).expect("every message of the server can be written as JSON").into()
    }

    /// Says what is still to be said, and why it is over; then hears the other side out, so that closing the
    /// connection does not destroy what it has not read yet.
    pub(super) async fn close(self, reason: CloseReason) {
        let patience = match reason {
            CloseReason::Restart => FAREWELL_AT_STOP,
            _ => FAREWELL,
        };
        self.part(reason.code(), words(reason), patience).await;
    }

    /// The same when what came was no WebSocket.
    pub(super) async fn close_broken(self, breach: Breach) {
        self.part(breach.code(), "no valid WebSocket", FAREWELL).await;
    }

    /// The other side said that it goes: our half of the farewell still has to be written (RFC 6455 §5.5.1).
    pub(super) async fn end(mut self) {
        let _ = timeout(FAREWELL_AT_STOP, self.socket.close()).await;
    }

    async fn part(mut self, code: u16, words: &'static str, patience: Duration) {
        let frame = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static(words) };
        let _ = timeout(patience, async {
            for mut pieces in self.under_way.into_iter().chain(self.answers.into_iter().map(Pieces::of)) {
                while !pieces.is_over()
                    && let Some(frame) = pieces.next(BATCH_BYTES)
                {
                    self.socket.feed(frame).await?;
                }
            }
            self.socket.send(Message::Close(Some(frame))).await?;
            for _ in 0..HEARD_OUT {
                if self.socket.next().await.is_none_or(|frame| frame.is_err()) {
                    return Ok(());
                }
            }
            pending::<Result<(), Error>>().await
        })
        .await;
    }
}

/// The reason for people who look at the network.
const fn words(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Policy => "protocol broken",
        CloseReason::Restart => "server restarts",
        CloseReason::TooSlow => "reads too slowly",
        CloseReason::Pin => "PIN missing or wrong",
        CloseReason::Kicked => "removed",
        CloseReason::NoRoom => "no such room",
        CloseReason::Full => "room full",
        CloseReason::Version => "other version",
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Context, Poll};

    use super::*;

    /// Somebody who shouts pings for ever, and how many of them were read.
    struct Shouter(Arc<AtomicU32>);

    impl Stream for Shouter {
        type Item = Result<Message, Error>;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(Some(Ok(Message::Ping(axum::body::Bytes::new()))))
        }
    }

    impl Sink<Message> for Shouter {
        type Error = Error;
        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Ready(Ok(()))
        }
        fn start_send(self: Pin<&mut Self>, _: Message) -> Result<(), Error> {
            Ok(())
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Ready(Ok(()))
        }
        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn who_shouts_on_after_the_farewell_is_not_read_any_more() {
        let read = Arc::new(AtomicU32::new(0));
        let line = Line::new(Shouter(read.clone()), Outflow::default(), Metrics::default());
        line.part(1008, "protocol broken", Duration::from_millis(20)).await;
        assert_eq!(read.load(Ordering::Relaxed), HEARD_OUT);
    }
}

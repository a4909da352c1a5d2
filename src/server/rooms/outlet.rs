//! One connection of a member, as its room sees it: a bounded way to it, and a way to end it. A connection that
//! does not keep up is told so once by being closed; the room never waits for it.

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::protocol::{CloseReason, ServerMessage, limits};

/// The room's end.
#[derive(Debug)]
pub struct Outlet {
    messages: mpsc::Sender<Utf8Bytes>,
    close: oneshot::Sender<CloseReason>,
}

/// The socket's end.
#[derive(Debug)]
pub struct Inbox {
    /// What to write, in order.
    pub messages: mpsc::Receiver<Utf8Bytes>,
    /// Why to end; it does not wait for the messages. An error: the room is gone.
    pub close: oneshot::Receiver<CloseReason>,
}

/// A new connection.
pub fn outlet() -> (Outlet, Inbox) {
    let (messages, to_write) = mpsc::channel(limits::OUTBOX_MESSAGES);
    let (close, closed) = oneshot::channel();
    (Outlet { messages, close }, Inbox { messages: to_write, close: closed })
}

impl Outlet {
    /// Hands a frame over; `false` when the reader has fallen behind too far.
    pub fn deliver(&self, frame: Utf8Bytes) -> bool {
        match self.messages.try_send(frame) {
            // A closed one is about to leave by itself.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
        }
    }

    /// Ends the connection.
    pub fn close(self, reason: CloseReason) {
        let _ = self.close.send(reason);
    }
}

/// A message as it is written, made once for all who get it.
pub fn frame(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message).expect("every message of the server can be written as JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_takes_so_many_messages_and_no_more() {
        let (outlet, mut inbox) = outlet();
        for _ in 0..limits::OUTBOX_MESSAGES {
            assert!(outlet.deliver("x".into()));
        }
        assert!(!outlet.deliver("x".into()));
        inbox.messages.try_recv().unwrap();
        assert!(outlet.deliver("x".into()));
    }
}

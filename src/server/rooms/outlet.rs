//! One connection of a member, as its room sees it: a bounded way to it, and a way to end it. A connection that
//! does not keep up is told so once by being closed; the room never waits for it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::protocol::{CloseReason, ServerMessage, limits};
use crate::server::metrics::flight::Flight;
use crate::server::metrics::messages;
use crate::sync::time::RoomTime;

/// A message on its way to sockets. Each that gets it has a share, and drops it once the message is written.
pub type Outgoing = Arc<Said>;

/// See [`Outgoing`].
#[derive(Debug)]
pub struct Said {
    /// What to write.
    pub text: Utf8Bytes,
    /// Over when the last share is dropped. `None`: it is for one alone.
    pub flight: Option<Flight>,
}

/// The room's end.
#[derive(Debug)]
pub struct Outlet {
    messages: mpsc::Sender<Outgoing>,
    close: oneshot::Sender<CloseReason>,
}

/// The socket's end.
#[derive(Debug)]
pub struct Inbox {
    /// What to write, in order.
    pub messages: mpsc::Receiver<Outgoing>,
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
    /// Hands a message over; how many wait now, or `None` when the reader has fallen behind too far.
    pub fn deliver(&self, message: Outgoing) -> Option<usize> {
        match self.messages.try_send(message) {
            Ok(()) => Some(self.messages.max_capacity() - self.messages.capacity()),
            // A closed one is about to leave by itself.
            Err(mpsc::error::TrySendError::Closed(_)) => Some(0),
            Err(mpsc::error::TrySendError::Full(_)) => None,
        }
    }

    /// Ends the connection.
    pub fn close(self, reason: CloseReason) {
        let _ = self.close.send(reason);
    }
}

/// A message as it is written, made once for all who get it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The message's name.
    pub name: &'static str,
    /// What to write.
    pub text: Utf8Bytes,
    /// When writing it as JSON began.
    pub began: RoomTime,
}

impl Frame {
    /// Writes a message. `now`: before it.
    pub fn of(now: RoomTime, message: &ServerMessage) -> Self {
        let text =
            serde_json::to_string(message).expect("every message of the server can be written as JSON");
        Self { name: messages::sent(message), text: text.into(), began: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_takes_so_many_messages_and_no_more() {
        let (outlet, mut inbox) = outlet();
        let deliver = || outlet.deliver(Arc::new(Said { text: "x".into(), flight: None }));
        for waiting in 1..=limits::OUTBOX_MESSAGES {
            assert_eq!(deliver(), Some(waiting));
        }
        assert_eq!(deliver(), None);
        inbox.messages.try_recv().unwrap();
        assert_eq!(deliver(), Some(limits::OUTBOX_MESSAGES));
    }
}

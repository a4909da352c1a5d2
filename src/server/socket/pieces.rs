//! A message on its way to one socket: whole where it fits into what is written at once, else as several frames (RFC 6455
//! §5.4). The WebSocket keeps a buffer as large as the largest frame that it ever wrote, so one snapshot of a full room
//! would cost each member its size for as long as it stays. Called by [`conversation`](super::conversation).

use axum::body::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Bytes of messages that are written at once, …
pub(super) const BATCH_BYTES: usize = 2 * 1024;
/// … and one more that is so small: an answer to a ping is stamped, and must not wait for the next batch.
const SMALL_BYTES: usize = 256;

/// What is still to be written of a message.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    rest: Bytes,
    is_begun: bool,
}

impl Pieces {
    /// Of a text message.
    pub(super) fn of(text: Utf8Bytes) -> Self {
        Self { rest: text.into(), is_begun: false }
    }

    /// Bytes that are still to be written.
    pub(super) const fn len(&self) -> usize {
        self.rest.len()
    }

    /// The next frame, where there is so much room: all that is left, if it fits. What fits into no batch is cut, and has
    /// whole batches to itself. `None`: not in this batch.
    pub(super) fn next(&mut self, room: usize) -> Option<Message> {
        let is_last = self.rest.len() <= room.max(SMALL_BYTES);
        if !is_last && room < BATCH_BYTES {
            return None;
        }
        let piece = self.rest.split_to(if is_last { self.rest.len() } else { room });
        let was_begun = std::mem::replace(&mut self.is_begun, true);
        let data = if was_begun { Data::Continue } else { Data::Text };
        Some(Message::Frame(Frame::message(piece, OpCode::Data(data), is_last)))
    }

    /// Whether all of it was taken.
    pub(super) const fn is_over(&self) -> bool {
        self.is_begun && self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames of a message, one in each batch: payload, whether it begins a message, whether it ends it.
    fn frames(text: &str) -> Vec<(usize, bool, bool)> {
        let mut pieces = Pieces::of(text.into());
        let mut frames = Vec::new();
        while !pieces.is_over() {
            let Some(Message::Frame(frame)) = pieces.next(BATCH_BYTES) else {
                panic!("a whole batch is room")
            };
            let header = frame.header();
            frames.push((frame.payload().len(), header.opcode == OpCode::Data(Data::Text), header.is_final));
        }
        frames
    }

    #[test]
    fn what_fits_is_one_frame() {
        assert_eq!(frames("{}"), [(2, true, true)]);
        assert_eq!(frames(""), [(0, true, true)]);
        assert_eq!(frames(&"x".repeat(BATCH_BYTES)), [(BATCH_BYTES, true, true)]);
    }

    #[test]
    fn what_does_not_fit_is_cut_and_only_its_last_frame_ends_it() {
        assert_eq!(
            frames(&"x".repeat(2 * BATCH_BYTES + 1)),
            [(BATCH_BYTES, true, false), (BATCH_BYTES, false, false), (1, false, true)]
        );
    }

    #[test]
    fn what_is_small_is_never_put_off() {
        let mut pieces = Pieces::of("x".repeat(SMALL_BYTES).into());
        assert!(pieces.next(1).is_some());
        assert!(pieces.is_over());
    }

    #[test]
    fn what_fits_into_the_next_batch_is_not_cut_for_this_one() {
        let mut pieces = Pieces::of("x".repeat(BATCH_BYTES / 2).into());
        assert!(pieces.next(BATCH_BYTES / 2 - 1).is_none());
        assert!(!pieces.is_over() && pieces.len() == BATCH_BYTES / 2);
        assert!(pieces.next(BATCH_BYTES / 2).is_some());
        assert!(pieces.is_over());
    }
}

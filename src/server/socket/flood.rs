//! Frames of one member, whatever is in them, also pings of WebSocket: who sends more than anybody has to say is read
//! more slowly, so that TCP holds it back, and is closed when it goes on. Called by [`conversation`].
//!
//! [`conversation`]: super::conversation

use crate::protocol::limits;
use crate::sync::time::{RoomTime, Span};

/// How long reading rests at a time: in it as many frames become allowed as make a wakeup worth it.
const REST: Span = Span::from_millis(250);
/// Rests without a pause after which it is no accident: ten seconds of shouting.
const RESTS: u32 = 40;
/// Who was not held back for so long has calmed down.
const CALM: Span = Span::from_secs(2);

/// What to do after a frame was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Read on.
    Go,
    /// Read on then.
    Rest(RoomTime),
    /// Close it.
    Enough,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Flood {
    /// Frames that may still come at once, as of then.
    left: f64,
    at: RoomTime,
    rests: u32,
    rested_at: RoomTime,
}

impl Flood {
    /// Nothing has come yet.
    pub(super) fn new(now: RoomTime) -> Self {
        Self { left: f64::from(limits::FRAME_BURST), at: now, rests: 0, rested_at: now }
    }

    /// A frame came.
    pub(super) fn frame(&mut self, now: RoomTime) -> Verdict {
        let earned = (now - self.at).as_secs().max(0.0) * f64::from(limits::FRAMES_PER_SECOND);
        self.left = (self.left + earned).min(f64::from(limits::FRAME_BURST)) - 1.0;
        self.at = now;
        if self.left >= 0.0 {
            return Verdict::Go;
        }
        let calm = now - self.rested_at > CALM;
        self.rests = if calm { 1 } else { self.rests + 1 };
        self.rested_at = now + REST;
        if self.rests > RESTS { Verdict::Enough } else { Verdict::Rest(now + REST) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads frames that are there so often, for so long: how many were read, and how it ended.
    fn shout(every: Span, length: Span) -> (u32, Verdict) {
        let mut now = RoomTime::ZERO;
        let mut flood = Flood::new(now);
        let mut read = 0;
        while now < RoomTime::ZERO + length {
            read += 1;
            match flood.frame(now) {
                Verdict::Go => now += every,
                Verdict::Rest(until) => now = until,
                Verdict::Enough => return (read, Verdict::Enough),
            }
        }
        (read, Verdict::Go)
    }

    #[test]
    fn who_says_as_much_as_may_be_is_never_held_back() {
        let every = Span::from_secs(1) / i64::from(limits::FRAMES_PER_SECOND);
        let (read, end) = shout(every, Span::from_secs(60));
        assert_eq!(end, Verdict::Go);
        assert!(read >= 60 * limits::FRAMES_PER_SECOND, "{read}");
    }

    #[test]
    fn a_flood_is_held_back_and_then_ended() {
        let (read, end) = shout(Span::from_micros(10), Span::from_secs(60));
        assert_eq!(end, Verdict::Enough);
        let most = limits::FRAME_BURST + 12 * limits::FRAMES_PER_SECOND;
        assert!((limits::FRAME_BURST..most).contains(&read), "{read} frames were read");
    }

    #[test]
    fn a_burst_now_and_then_is_held_back_and_forgiven() {
        let mut flood = Flood::new(RoomTime::ZERO);
        for minute in 0..100 {
            let now = RoomTime::ZERO + Span::from_secs(60 * minute);
            let verdicts: Vec<_> = (0..=limits::FRAME_BURST).map(|_| flood.frame(now)).collect();
            assert_eq!(verdicts.last(), Some(&Verdict::Rest(now + REST)));
        }
    }
}

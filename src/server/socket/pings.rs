//! The pings of one member between being read and being answered: stamped on receipt, stamped again as the answer is
//! written, and measured once the system has it. Also sees bursts of them, for the log. Called by [`conversation`].
//!
//! [`conversation`]: super::conversation

use std::collections::VecDeque;

use metrics::Histogram;

use crate::protocol::ServerMessage;
use crate::server::clock::Clock;
use crate::sync::time::{LocalTime, RoomTime, Span};

/// Pings that are closer than this to each other belong together; in steady state they come every 10 to 30 s.
const TOGETHER: Span = Span::from_secs(2);

/// So many together are a burst: on connecting, waking up, or a change of the network.
const BURST: u32 = 4;

/// A ping that is to be answered.
struct Ping {
    client_now: LocalTime,
    ping_id: u64,
    received: RoomTime,
}

/// Pings that came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Burst {
    pub(super) pings: u32,
    pub(super) began: RoomTime,
    pub(super) ended: RoomTime,
}

/// See the module.
#[derive(Default)]
pub(super) struct Pings {
    waiting: VecDeque<Ping>,
    /// When those were read whose answers are on their way to the system.
    under_way: Vec<RoomTime>,
    together: Option<Burst>,
}

impl Pings {
    /// A ping was read.
    pub(super) fn take(&mut self, client_now: LocalTime, ping_id: u64, received: RoomTime) {
        self.waiting.push_back(Ping { client_now, ping_id, received });
        match &mut self.together {
            Some(burst) if received - burst.ended < TOGETHER => {
                burst.pings += 1;
                burst.ended = received;
            }
            together => *together = Some(Burst { pings: 1, began: received, ended: received }),
        }
    }

    /// The answer to the next one, stamped now, and to be written at once.
    pub(super) fn answer(&mut self, clock: &Clock) -> Option<ServerMessage> {
        let Ping { client_now, ping_id, received } = self.waiting.pop_front()?;
        self.under_way.push(received);
        let server_now = clock.now();
        Some(ServerMessage::TimePong { client_now, ping_id, server_received: received, server_now })
    }

    /// Whether answers are on their way to the system.
    pub(super) fn are_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// The system has all answers.
    pub(super) fn written(&mut self, now: RoomTime, turnaround: &Histogram) {
        for received in self.under_way.drain(..) {
            turnaround.record((now - received).as_secs());
        }
    }

    /// The burst that is over, told once.
    pub(super) fn burst(&mut self, now: RoomTime) -> Option<Burst> {
        let is_over = self.together.is_some_and(|burst| now - burst.ended >= TOGETHER);
        if is_over { self.together.take().filter(|burst| burst.pings >= BURST) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> RoomTime {
        RoomTime::ZERO + Span::from_millis(ms)
    }

    #[test]
    fn pings_that_come_together_are_one_burst_and_told_once() {
        let mut pings = Pings::default();
        for n in 0..8 {
            pings.take(LocalTime::ZERO, n, at(100 * n as i64));
        }
        assert_eq!(pings.burst(at(1_000)), None, "it may go on");
        assert_eq!(pings.burst(at(3_000)), Some(Burst { pings: 8, began: at(0), ended: at(700) }));
        assert_eq!(pings.burst(at(4_000)), None);
    }

    #[test]
    fn single_pings_are_no_burst() {
        let mut pings = Pings::default();
        for n in 0..8 {
            pings.take(LocalTime::ZERO, n, at(10_000 * n as i64));
        }
        assert_eq!(pings.burst(at(100_000)), None);
    }
}

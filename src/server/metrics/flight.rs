//! A message on its way to many: from the beginning of writing it as JSON until the last of them has it. Every outbox
//! holds a share; whoever drops the last one ends the flight.

use metrics::Histogram;

use crate::server::clock::Clock;
use crate::sync::time::RoomTime;

/// See the module.
#[derive(Debug)]
pub struct Flight {
    clock: Clock,
    began: RoomTime,
    took: Histogram,
}

impl Flight {
    /// One that began then, to be counted here when it is over.
    pub const fn new(clock: Clock, began: RoomTime, took: Histogram) -> Self {
        Self { clock, began, took }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.took.record((self.clock.now() - self.began).as_secs());
    }
}

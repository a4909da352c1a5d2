//! Room time: monotonic while the process lives, anchored to UTC once at start, so that a step of the wall clock
//! moves nothing and a time in the database still means the same after a restart. The only reader of clocks.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::random;
use crate::sync::time::{RoomTime, Span};

/// The server's clock. Cheap to clone; all clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    anchor: RoomTime,
    epoch: Arc<str>,
}

impl Clock {
    /// Anchors room time to UTC as it is now.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads clocks")]
    pub fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            started: Instant::now(),
            anchor: RoomTime::from_micros(micros(since_1970)),
            epoch: random::epoch().into(),
        }
    }

    /// When the process started.
    pub const fn started_at(&self) -> RoomTime {
        self.anchor
    }

    /// What time it is.
    pub fn now(&self) -> RoomTime {
        self.anchor + Span::from_micros(micros(self.started.elapsed()))
    }

    /// The moment of a room time, for timers; what lies before the start of the process is now due.
    pub fn instant_of(&self, time: RoomTime) -> tokio::time::Instant {
        (self.started + duration(time - self.anchor)).into()
    }

    /// Differs from process to process: offsets that were measured against another one mean nothing.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }
}

/// A span as a duration; a negative one is none.
pub fn duration(span: Span) -> Duration {
    Duration::from_micros(u64::try_from(span.micros()).unwrap_or(0))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_time_and_timers_agree() {
        let clock = Clock::start();
        let now = clock.now();
        let later = clock.instant_of(now + Span::from_secs(10));
        assert_eq!(later - clock.instant_of(now), Duration::from_secs(10));
        assert_eq!(clock.instant_of(RoomTime::ZERO), clock.instant_of(clock.anchor));
    }

    #[test]
    fn every_process_has_its_own_epoch() {
        assert_ne!(Clock::start().epoch(), Clock::start().epoch());
    }
}

//! Room time: monotonic while the process lives, so that a step of the wall clock moves nothing, and going on from
//! process to process ([`mark`](crate::sync::mark)), so that a time in the database still means the same after a restart.
//! On a new data folder it begins as UTC. The only reader of clocks.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::random;
use crate::protocol::limits;
use crate::sync::mark::{Mark, Reading, Uptime};
use crate::sync::time::{RoomTime, Span};

/// Calendar time, of which certificates are: it steps as the machine's clock does. Nothing of a room goes by it.
#[expect(clippy::disallowed_methods, reason = "this is the place that reads clocks")]
pub fn calendar() -> SystemTime {
    SystemTime::now()
}

/// The server's clock. Cheap to clone; all clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    anchor: RoomTime,
    epoch: Arc<str>,
}

impl Clock {
    /// Goes on from the last mark of the process before this one; without one, room time is UTC as it is now.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads clocks")]
    pub fn start(before: Option<&Mark>) -> Self {
        let (started, now) = (Instant::now(), read());
        Self {
            started,
            anchor: before.map_or(now.utc, |mark| mark.room_at(&now, limits::UNATTENDED)),
            epoch: random::epoch().into(),
        }
    }

    /// What the clocks say now, for the process after this one.
    pub fn mark(&self) -> Mark {
        Mark { room: self.now(), read: read() }
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

/// Reads the clocks of the machine.
fn read() -> Reading {
    let since_1970 = calendar().duration_since(UNIX_EPOCH).unwrap_or_default();
    Reading { utc: RoomTime::from_micros(micros(since_1970)), uptime: uptime() }
}

/// `CLOCK_BOOTTIME` and the kernel's name of this start (random(4)).
#[cfg(target_os = "linux")]
fn uptime() -> Option<Uptime> {
    use rustix::time::{ClockId, clock_gettime};
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let boot = boot.trim();
    let since = clock_gettime(ClockId::Boottime);
    let since = since.tv_sec.checked_mul(1_000_000)?.checked_add(since.tv_nsec / 1_000)?;
    let is_word = !boot.is_empty() && boot.bytes().all(|b| b.is_ascii_graphic());
    is_word.then(|| Uptime { boot: boot.to_owned(), since: Span::from_micros(since) })
}

#[cfg(not(target_os = "linux"))]
const fn uptime() -> Option<Uptime> {
    None
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
        let clock = Clock::start(None);
        let now = clock.now();
        let later = clock.instant_of(now + Span::from_secs(10));
        assert_eq!(later - clock.instant_of(now), Duration::from_secs(10));
        assert_eq!(clock.instant_of(RoomTime::ZERO), clock.instant_of(clock.anchor));
    }

    #[test]
    fn the_next_process_goes_on_from_the_mark_of_this_one() {
        // As if the wall clock had been an hour behind when it started.
        let hour = Span::from_secs(3_600);
        let mut mark = Clock::start(None).mark();
        mark.room = mark.room - hour;
        let next = Clock::start(Some(&mark));
        let gone = next.now() - mark.room;
        assert!((Span::ZERO..hour).contains(&gone), "{gone:?}");
    }

    #[test]
    fn every_process_has_its_own_epoch() {
        assert_ne!(Clock::start(None).epoch(), Clock::start(None).epoch());
    }
}

//! What should be heard when: the one formula by which server and browsers know the position.

use super::time::{MediaTime, RoomTime, Span};

/// A position keeps this distance from the end of its track (manual/protocol.md): an element that is sent to its very end
/// fires `ended` at once.
pub const END_GUARD: Span = Span::from_millis(250);

/// The course of one track in room time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// When the position is `start_position`.
    pub start_at: RoomTime,
    /// The position at `start_at`; where it stands while it does not run.
    pub start_position: MediaTime,
    /// The length of the track.
    pub duration: MediaTime,
    /// Whether it moves (from `start_at` on).
    pub running: bool,
}

impl Timeline {
    /// The position that should be heard: `start_position + (now − start_at)`, clamped to
    /// `[0, duration − 0.25 s]` (manual/protocol.md); before the start, the start.
    pub fn position_at(&self, now: RoomTime) -> MediaTime {
        let last = (self.duration - END_GUARD).max(MediaTime::ZERO);
        let position = if self.running && now > self.start_at {
            self.start_position + (now - self.start_at)
        } else {
            self.start_position
        };
        position.clamp(MediaTime::ZERO, last)
    }

    /// When the track is over, if it runs.
    pub fn ends_at(&self) -> Option<RoomTime> {
        self.running.then(|| self.start_at + (self.duration - self.start_position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn running() -> Timeline {
        Timeline {
            start_at: RoomTime::from_micros(1_000_000),
            start_position: MediaTime::from_secs_f64(10.0),
            duration: MediaTime::from_secs_f64(60.0),
            running: true,
        }
    }

    #[test]
    fn it_stands_before_its_start_and_while_it_does_not_run() {
        let timeline = running();
        assert_eq!(timeline.position_at(RoomTime::ZERO), timeline.start_position);
        let paused = Timeline { running: false, ..timeline };
        assert_eq!(paused.position_at(RoomTime::from_micros(9_000_000)), timeline.start_position);
        assert_eq!(paused.ends_at(), None);
    }

    #[test]
    fn it_ends_when_the_track_does() {
        assert_eq!(running().ends_at(), Some(RoomTime::from_micros(51_000_000)));
    }

    proptest! {
        #[test]
        fn it_never_goes_back_and_never_leaves_the_track(a in 0i64..100_000_000, b in 0i64..100_000_000) {
            let timeline = running();
            let (early, late) = (RoomTime::from_micros(a.min(b)), RoomTime::from_micros(a.max(b)));
            prop_assert!(timeline.position_at(early) <= timeline.position_at(late));
            prop_assert!(timeline.position_at(late) <= timeline.duration - END_GUARD);
            prop_assert!(timeline.position_at(late) - timeline.position_at(early) <= late - early);
        }
    }
}

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

    /// Any timeline that a room may have, and three moments around it.
    fn any_timeline() -> impl Strategy<Value = (Timeline, [RoomTime; 3])> {
        let day = 86_400_000_000i64;
        (0..1_000 * day, 0.0..1.0f64, 0..day, any::<bool>(), prop::array::uniform3(-day..2 * day)).prop_map(
            |(start_at, share, duration, running, around)| {
                let start_position = (duration as f64 * share) as i64;
                let timeline = Timeline {
                    start_at: RoomTime::from_micros(start_at),
                    start_position: MediaTime::from_micros(start_position),
                    duration: MediaTime::from_micros(duration),
                    running,
                };
                (timeline, around.map(|after| RoomTime::from_micros(start_at + after)))
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn it_never_goes_back_never_runs_faster_than_time_and_never_leaves_the_track(
            (timeline, [a, b, _]) in any_timeline()
        ) {
            let (early, late) = (timeline.position_at(a.min(b)), timeline.position_at(a.max(b)));
            prop_assert!(early <= late);
            prop_assert!(late - early <= a.max(b) - a.min(b));
            prop_assert!(early >= MediaTime::ZERO);
            prop_assert!(late <= (timeline.duration - END_GUARD).max(MediaTime::ZERO));
        }

        #[test]
        fn a_position_tells_the_moment((timeline, [at, ..]) in any_timeline()) {
            // The way back, by which a deck knows when to start: valid for what lies on the moving part.
            let position = timeline.position_at(at);
            let moment = timeline.start_at + (position - timeline.start_position);
            let last = timeline.duration - END_GUARD;
            if timeline.running && at > timeline.start_at && position < last {
                prop_assert_eq!(moment, at);
            }
            if timeline.running && moment >= timeline.start_at {
                prop_assert_eq!(timeline.position_at(moment), position);
            }
            if let Some(end) = timeline.ends_at() {
                prop_assert_eq!(end - timeline.start_at, timeline.duration - timeline.start_position);
            }
        }
    }
}

//! The clock that things are scheduled and shown by: the filter's estimate, but without jumps while music plays. What
//! the estimate moved by is worked off at a rate that nobody hears. Where it is heading, [`SteeredClock::target`] says:
//! the drift controller aims there at once, because its excursions are themselves a slew of the sound.

use super::clock::ClockEstimate;
use super::exchange::Offset;
use super::time::{LocalTime, RoomTime, Span};

/// How fast a new estimate is followed while playing: 500 ppm, half a millisecond a second (manual/sync.md: 160–500), …
const SLEW: f64 = 500e-6;
/// … but no difference takes longer than this, …
const SLEW_WITHIN: Span = Span::from_secs(10);
/// … as far as that is not faster than the sound may be bent unheard.
const SLEW_MOST: f64 = 5e-3;
/// Beyond this the sound has to seek anyway (the widest `seek beyond` of the profiles), and the clock steps.
const STEP_BEYOND: Span = Span::from_millis(150);

/// An estimate, and what is left of the difference to the one before.
#[derive(Clone, Copy, Debug, Default)]
pub struct SteeredClock {
    estimate: Option<ClockEstimate>,
    /// What the clock still lacks of the estimate at `since`, in µs.
    residual: f64,
    /// How fast that is worked off.
    slew: f64,
    since: LocalTime,
}

impl SteeredClock {
    /// Takes a new estimate; while `sounding`, small differences are worked off slowly.
    pub fn handle_estimate(&mut self, estimate: ClockEstimate, sounding: bool) {
        let now = estimate.at;
        self.residual = match self.offset_at(now) {
            Some(offset) if sounding => {
                let gap = estimate.offset.span() - offset.span();
                if gap.abs() <= STEP_BEYOND { gap.micros() as f64 } else { 0.0 }
            }
            _ => 0.0,
        };
        let within = self.residual.abs() / SLEW_WITHIN.micros() as f64;
        self.slew = within.clamp(SLEW, SLEW_MOST);
        self.since = now;
        self.estimate = Some(estimate);
    }

    /// The estimate that it is heading for; `None` before the first.
    pub const fn target(&self) -> Option<&ClockEstimate> {
        self.estimate.as_ref()
    }

    /// Room time minus local time; `None` before the first estimate.
    pub fn offset_at(&self, local: LocalTime) -> Option<Offset> {
        let estimate = self.estimate?;
        let worked_off = (local - self.since).micros().max(0) as f64 * self.slew;
        let left = self.residual.signum() * (self.residual.abs() - worked_off).max(0.0);
        Some(Offset::from_micros(estimate.offset_at(local).micros() - left.round() as i64))
    }

    /// The room's time at a local time.
    pub fn room_at(&self, local: LocalTime) -> Option<RoomTime> {
        Some(local + self.offset_at(local)?)
    }

    /// The local time at a room's time.
    pub fn local_at(&self, room: RoomTime) -> Option<LocalTime> {
        // The offset changes by ppm: each step is a thousand times nearer.
        let mut local = room - self.offset_at(self.since)?;
        for _ in 0..3 {
            local = room - self.offset_at(local)?;
        }
        Some(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn estimate(at: i64, offset: i64) -> ClockEstimate {
        ClockEstimate {
            at: LocalTime::from_micros(at),
            offset: Offset::from_micros(offset),
            skew: 20e-6,
            error: Span::ZERO,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn while_music_plays_it_never_jumps(moves in prop::collection::vec(-10_000i64..10_000, 1..15)) {
            let mut clock = SteeredClock::default();
            clock.handle_estimate(estimate(0, 1_000_000), true);
            let mut truth = 1_000_000;
            let mut last = clock.room_at(LocalTime::ZERO).unwrap();
            for (n, step) in moves.into_iter().enumerate() {
                let now = (n as i64 + 1) * 100_000;
                truth += step;
                let before = clock.room_at(LocalTime::from_micros(now)).unwrap();
                clock.handle_estimate(estimate(now, truth), true);
                let after = clock.room_at(LocalTime::from_micros(now)).unwrap();
                if (truth - ((before - RoomTime::ZERO).micros() - now)).abs() <= STEP_BEYOND.micros() {
                    prop_assert!((after - before).abs() <= Span::from_micros(1));
                }
                prop_assert!(after > last, "time goes forwards");
                last = after;
            }
        }

        #[test]
        fn what_is_not_stepped_is_worked_off_within_half_a_minute(gap in -150_000i64..150_000) {
            let mut clock = SteeredClock::default();
            clock.handle_estimate(estimate(0, 0), true);
            clock.handle_estimate(estimate(0, gap), true);
            let later = LocalTime::from_micros(30_000_000);
            prop_assert_eq!(clock.offset_at(later).unwrap(), estimate(0, gap).offset_at(later));
        }

        #[test]
        fn local_at_undoes_room_at(local in 0i64..10_000_000_000, offset in -1_000_000_000i64..1_800_000_000_000_000) {
            let mut clock = SteeredClock::default();
            clock.handle_estimate(estimate(5_000_000, offset), false);
            let room = clock.room_at(LocalTime::from_micros(local)).unwrap();
            prop_assert!((clock.local_at(room).unwrap().micros() - local).abs() <= 1);
        }
    }

    #[test]
    fn a_difference_is_worked_off_at_500_ppm() {
        let mut clock = SteeredClock::default();
        clock.handle_estimate(estimate(0, 0), true);
        clock.handle_estimate(estimate(0, 1_000), true);
        for (secs, left) in [(0, 1_000), (1, 500), (2, 0), (9, 0)] {
            let at = LocalTime::from_micros(secs * 1_000_000);
            let lacks = estimate(0, 1_000).offset_at(at).micros() - clock.offset_at(at).unwrap().micros();
            assert_eq!(lacks, left, "after {secs} s");
        }
    }
}

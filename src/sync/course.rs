//! The course of a playing element against the browser's own clock: where it is, and how fast its sound card runs. No
//! network is in this, so what a device teaches about itself stays true whatever the room's clock is taken for.
//!
//! What the rate was set to is taken out, so that the rest is an offset that grows by the skew of the card: the two
//! states of a Kalman filter ([`kalman`](super::kalman)) that blocks of reads correct.

use super::kalman::TwoState;
use super::reads::Measured;
use super::time::{LocalTime, MediaTime, Span};

/// What the position wanders by itself, in ms² a second: audio servers estimate their own delay.
const PHASE_NOISE: f64 = 0.03 * 0.03;
/// What a card's skew wanders, in (ms/s)² a second: a quartz as it warms, 1 ppm in a minute.
const SKEW_WANDER: f64 = 1e-3 * 1e-3 / 60.0;
/// A rate write takes effect up to 20 ms late (manual/sync.md): evenly spread, one standard deviation in ms.
const RATE_QUANTUM_SIGMA: f64 = 20.0 / 3.464;
/// A block that is farther off than this in ms, and than so many standard deviations, is doubted; a second one of the
/// kind is believed: the sound was interrupted, and went on from another place.
const DOUBT_FLOOR: f64 = 1.5;
const DOUBT_SIGMAS: f64 = 5.0;
/// The standard deviation, in ms, of a place that is no longer known.
const ANYWHERE: f64 = 1e4;
/// Reads and sound differ by an error that comes and goes within seconds (recorded: ±0.4 ms, every 3.5 s): this much, in
/// ms. Blocks that follow one another sooner share it, and so say less than they seem to.
const SHARED_SIGMA: f64 = 0.25;
const SHARED: Span = Span::from_millis(3_500);
/// While an audio server gets to know its own delay, reads are off by this in ms at first, and ever less.
const SETTLING_SIGMA: f64 = 0.5;
const SETTLING: Span = Span::from_secs(5);
/// From parts of one to ms a second.
const MS_PER_S: f64 = 1e3;

/// How fast one clock runs against another, as far as it is known; 1e-6 = 1 ppm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skew {
    /// The likeliest.
    pub mean: f64,
    /// One standard deviation.
    pub sigma: f64,
}

/// Where an element should be: a straight line of media time over local time, as the room's clock is known now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heading {
    /// A moment, …
    pub at: LocalTime,
    /// … the position that should be heard then, …
    pub position: MediaTime,
    /// … and how much faster than the local clock it moves (1e-6 = 1 ppm).
    pub skew: f64,
    /// One standard deviation of the position.
    pub sigma: Span,
}

impl Heading {
    /// The position that should be heard at a moment.
    pub fn position_at(&self, local: LocalTime) -> MediaTime {
        let elapsed = local - self.at;
        self.position + elapsed + elapsed.scale(self.skew)
    }
}

/// What was made of a block of reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It made the course better known.
    Taken,
    /// It does not fit; the next one decides.
    Doubted,
    /// The element has jumped, and the course goes on from there.
    Jumped,
}

/// The course of one element since it began to play, or last jumped.
#[derive(Clone, Debug)]
pub struct Course {
    skew: Skew,
    rate: f64,
    run: Option<Run>,
    doubted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    /// What positions and times are counted from.
    zero: MediaTime,
    origin: LocalTime,
    /// Position beyond local time without what the rate did, in ms and ms/s, at `at`.
    free: TwoState,
    at: LocalTime,
    /// What the rate has moved since `origin`, in ms, up to `rate_since`; then `rate` goes on.
    moved: f64,
    rate_since: LocalTime,
}

impl Course {
    /// The course of an element that plays at this rate on a card of this skew.
    pub const fn new(skew: Skew, rate: f64) -> Self {
        Self { skew, rate, run: None, doubted: false }
    }

    /// The rate that the element has now.
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether anything was measured since the start or the last jump.
    pub const fn is_known(&self) -> bool {
        self.run.is_some()
    }

    /// The skew of the sound card against the local clock.
    pub fn skew(&self) -> Skew {
        self.run.map_or(self.skew, |run| Skew {
            mean: run.free.skew / MS_PER_S,
            sigma: run.free.skew_sigma() / MS_PER_S,
        })
    }

    /// A block of reads.
    pub fn handle_measured(&mut self, measured: &Measured) -> Fit {
        let Some(run) = &mut self.run else {
            self.run = Some(Run::new(measured, self.skew));
            return Fit::Taken;
        };
        let variance = variance(measured, measured.at - run.at);
        run.predict(measured.at);
        let beyond = (measured.position - run.zero) - (measured.at - run.origin);
        let free = beyond.as_ms() - run.moved_at(measured.at, self.rate);
        let doubt = DOUBT_FLOOR.max(DOUBT_SIGMAS * (run.free.p[0] + variance).sqrt());
        let fit = match ((free - run.free.offset).abs() > doubt, self.doubted) {
            (false, _) => Fit::Taken,
            (true, false) => Fit::Doubted,
            (true, true) => {
                run.free.add_offset_variance(ANYWHERE * ANYWHERE);
                Fit::Jumped
            }
        };
        self.doubted = fit == Fit::Doubted;
        if !self.doubted {
            run.free.correct(free, variance);
        }
        fit
    }

    /// The rate was written.
    pub fn handle_rate(&mut self, now: LocalTime, rate: f64) {
        if let Some(run) = &mut self.run {
            run.moved = run.moved_at(now, self.rate);
            run.rate_since = now;
            let late = (rate - self.rate) * RATE_QUANTUM_SIGMA;
            run.free.add_offset_variance(late * late);
        }
        self.rate = rate;
    }

    /// The element jumped: where it is, is no longer known; its card is the same.
    pub fn handle_jump(&mut self) {
        self.skew = self.skew();
        self.run = None;
        self.doubted = false;
    }

    /// How far ahead of its heading the element is now, and one standard deviation of that without the heading's own.
    pub fn ahead_of(&self, heading: &Heading, now: LocalTime) -> Option<(Span, Span)> {
        let mut run = self.run?;
        run.predict(now);
        let beyond = Span::from_ms_f64(run.free.offset + run.moved_at(now, self.rate));
        let position = run.zero + (now - run.origin) + beyond;
        let settling = SETTLING_SIGMA * (-(now - run.origin).as_secs() / SETTLING.as_secs()).exp();
        let sigma = run.free.offset_sigma().hypot(settling);
        Some((position - heading.position_at(now), Span::from_ms_f64(sigma)))
    }
}

impl Run {
    fn new(measured: &Measured, skew: Skew) -> Self {
        let (mean, sigma) = (skew.mean * MS_PER_S, skew.sigma * MS_PER_S);
        Self {
            zero: measured.position,
            origin: measured.at,
            free: TwoState::new(0.0, variance(measured, SHARED), mean, sigma * sigma),
            at: measured.at,
            moved: 0.0,
            rate_since: measured.at,
        }
    }

    fn predict(&mut self, to: LocalTime) {
        self.free.predict((to - self.at).as_secs(), PHASE_NOISE, SKEW_WANDER);
        self.at = self.at.max(to);
    }

    fn moved_at(&self, at: LocalTime, rate: f64) -> f64 {
        self.moved + (at - self.rate_since).as_ms() * (rate - 1.0)
    }
}

/// The variance of a block in ms², so long after the last one.
fn variance(measured: &Measured, gap: Span) -> f64 {
    let blocks = (SHARED.as_secs() / gap.as_secs().max(1e-3)).max(1.0);
    measured.sigma * measured.sigma + SHARED_SIGMA * SHARED_SIGMA * blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNKNOWN: Skew = Skew { mean: 0.0, sigma: 80e-6 };

    fn at(secs: f64) -> LocalTime {
        LocalTime::from_ms_f64(secs * 1e3)
    }

    fn measured(secs: f64, position: f64) -> Measured {
        Measured { at: at(secs), position: MediaTime::from_secs_f64(position), sigma: 0.2 }
    }

    proptest! {
        #[test]
        fn position_and_skew_are_found_whatever_the_rate_does(
            ppm in -200.0f64..200.0, rates in prop::collection::vec(0.98f64..1.02, 1..8), first in 0.0f64..500.0
        ) {
            let skew = ppm * 1e-6;
            let mut course = Course::new(UNKNOWN, 1.0);
            let (mut position, mut rate) = (first, 1.0);
            for second in 0..120 {
                let now = f64::from(second);
                course.handle_measured(&measured(now, position));
                if second % 10 == 3 {
                    rate = rates[second as usize / 10 % rates.len()];
                    course.handle_rate(at(now), rate);
                }
                // The card runs at its own speed whatever the rate is.
                position += rate + skew;
            }
            let heading = Heading { at: at(120.0), position: MediaTime::from_secs_f64(position), skew: 0.0, sigma: Span::ZERO };
            let (ahead, sigma) = course.ahead_of(&heading, at(120.0)).unwrap();
            prop_assert!(ahead.abs() < Span::from_micros(150), "{ahead:?}");
            prop_assert!(sigma < Span::from_micros(250), "{sigma:?}");
            let error = course.skew().mean - skew;
            prop_assert!(error.abs() < 3.0 * course.skew().sigma + 2e-6, "{error} ± {:?}", course.skew());
        }

        #[test]
        fn a_heading_is_a_line(skew in -200e-6f64..200e-6, secs in -600.0f64..600.0) {
            let heading = Heading { at: at(1_000.0), position: MediaTime::from_secs_f64(700.0), skew, sigma: Span::ZERO };
            let there = heading.position_at(at(1_000.0 + secs)).as_secs();
            prop_assert!((there - (700.0 + secs * (1.0 + skew))).abs() < 2e-6);
        }
    }

    #[test]
    fn a_jump_forgets_the_place_and_keeps_the_skew() {
        let mut course = Course::new(UNKNOWN, 1.0);
        for second in 0..60 {
            let now = f64::from(second);
            course.handle_measured(&measured(now, now * (1.0 + 90e-6)));
        }
        course.handle_jump();
        assert!(!course.is_known());
        assert!((course.skew().mean - 90e-6).abs() < 5e-6, "{:?}", course.skew());
        let heading = Heading { at: at(61.0), position: MediaTime::ZERO, skew: 0.0, sigma: Span::ZERO };
        assert_eq!(course.ahead_of(&heading, at(61.0)), None);
        course.handle_measured(&measured(61.0, 400.0));
        let (ahead, _) = course.ahead_of(&heading, at(61.0)).unwrap();
        assert_eq!(ahead, Span::from_secs(400));
    }

    #[test]
    fn an_interruption_is_believed_at_the_second_sight_and_does_not_tilt_the_skew() {
        let mut course = Course::new(UNKNOWN, 1.0);
        for second in 0..60 {
            let now = f64::from(second);
            course.handle_measured(&measured(now, now));
        }
        assert_eq!(course.handle_measured(&measured(60.0, 59.97)), Fit::Doubted);
        assert_eq!(
            course.handle_measured(&measured(61.0, 61.0)),
            Fit::Taken,
            "it was the read that was wrong"
        );
        assert_eq!(course.handle_measured(&measured(62.0, 61.97)), Fit::Doubted);
        assert_eq!(course.handle_measured(&measured(63.0, 62.97)), Fit::Jumped);
        let heading =
            Heading { at: at(63.0), position: MediaTime::from_secs_f64(63.0), skew: 0.0, sigma: Span::ZERO };
        let (ahead, _) = course.ahead_of(&heading, at(63.0)).unwrap();
        assert!((ahead + Span::from_millis(30)).abs() < Span::from_millis(1), "{ahead:?}");
        assert!(course.skew().mean.abs() < 5e-6, "{:?}", course.skew());
    }

    #[test]
    fn a_large_change_of_the_rate_makes_it_less_certain() {
        let mut course = Course::new(UNKNOWN, 1.0);
        course.handle_measured(&measured(0.0, 0.0));
        let heading = Heading { at: at(0.0), position: MediaTime::ZERO, skew: 0.0, sigma: Span::ZERO };
        let before = course.ahead_of(&heading, at(0.0)).unwrap().1;
        course.handle_rate(at(0.0), 1.05);
        assert!(course.ahead_of(&heading, at(0.0)).unwrap().1 > before + Span::from_micros(40));
    }
}

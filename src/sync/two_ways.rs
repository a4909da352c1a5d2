//! What is known of two clocks and of the ways between them: offset, skew, and the *base*, which is what a message takes
//! on either way when nothing queues. A Kalman filter of three states whose measurements are single messages, late by an
//! unknown [wait](super::queueing) and never early. [`clock`](super::clock) feeds it.

use super::kalman::TwoState;
use super::queueing::{Normal, Queueing};
use super::time::LocalTime;

/// The error of a time stamp taken in a busy browser or server, 1 σ in µs.
const STAMP_SIGMA: f64 = 40.0;
/// What a fresh clock may be off in rate, 1 σ in ppm: oscillators of computers and phones lie within ±100, bad ones
/// within ±200. It is also the most that a skew is ever doubted by.
pub const SKEW_SIGMA: f64 = 100.0;
/// How a quartz wanders as it warms: 0.3 ppm in a minute, as ppm² per second.
const SKEW_WANDER: f64 = 0.3 * 0.3 / 60.0;
/// Phase noise of the clocks, as µs² per second.
const PHASE_NOISE: f64 = 1.0;
/// What is measured so many standard deviations earlier than it could be tells that too much was believed.
const SURPRISE: f64 = 2.5;

/// One of the two ways of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the server: it shows the offset plus the base plus a wait.
    Up,
    /// Back: it shows the offset minus the base minus a wait.
    Down,
}

/// What is known at a moment: offset in µs beyond the filter's origin, skew in ppm, base in µs, time in seconds.
#[derive(Clone, Copy, Debug)]
pub struct TwoWays {
    /// The moment.
    pub at: LocalTime,
    /// Offset and skew.
    pub clock: TwoState,
    /// The base, …
    pub base: f64,
    /// … and its variance.
    pub base_variance: f64,
    /// The covariance of the base with offset and skew.
    with_base: [f64; 2],
}

impl TwoWays {
    /// What a first exchange tells: the offset lies within half its delay, the base is at most that.
    pub fn new(at: LocalTime, offset: f64, delay: f64, skew: f64, skew_sigma: f64) -> Self {
        let sigma = delay / 4.0 + STAMP_SIGMA;
        Self {
            at,
            clock: TwoState::new(offset, sigma * sigma, skew, skew_sigma * skew_sigma),
            base: delay * 3.0 / 8.0,
            base_variance: sigma * sigma,
            with_base: [0.0; 2],
        }
    }

    /// Lets time pass. The base's wander is the caller's: it depends on the network.
    pub fn predict(&mut self, now: LocalTime) {
        let secs = (now - self.at).as_secs().max(0.0);
        self.clock.predict(secs, PHASE_NOISE, SKEW_WANDER);
        self.with_base[0] += secs * self.with_base[1];
        self.at = self.at.max(now);
    }

    /// The offset that is expected at another moment near by.
    pub fn offset_at(&self, at: LocalTime) -> f64 {
        self.clock.offset + self.clock.skew * (at - self.at).as_secs()
    }

    /// Takes what was measured on one way, in µs as the offset is.
    pub fn correct(&mut self, way: Way, measured: f64, queueing: &Queueing) {
        // Both ways look alike when the clocks are swapped: then the way back is late, too.
        let sign = match way {
            Way::Up => 1.0,
            Way::Down => -1.0,
        };
        let early = sign * (self.clock.offset - measured) + self.base;
        let shown = |state: &Self| {
            state.clock.p[0]
                + 2.0 * sign * state.with_base[0]
                + state.base_variance
                + STAMP_SIGMA * STAMP_SIGMA
        };
        // Nothing arrives before it could: too much was believed.
        let (believed, needed) = (shown(self), (early / SURPRISE).powi(2));
        if early > 0.0 && needed > believed {
            self.doubt(needed / believed);
        }
        let variance = shown(self);
        let after = queueing.correct(Normal { mean: early, variance }, 0.0);
        let [p00, p01, p11] = self.clock.p;
        let [p02, p12] = self.with_base;
        // How offset, skew and base go with what is shown, and how much of its variance went.
        let with = [sign * p00 + p02, sign * p01 + p12, sign * p02 + self.base_variance];
        let moved = (after.mean - early) / variance;
        let gone = (variance - after.variance) / (variance * variance);
        self.clock.offset += with[0] * moved;
        self.clock.skew += with[1] * moved;
        self.base += with[2] * moved;
        self.clock.p =
            [p00 - gone * with[0] * with[0], p01 - gone * with[0] * with[1], p11 - gone * with[1] * with[1]];
        self.with_base = [p02 - gone * with[0] * with[2], p12 - gone * with[1] * with[2]];
        self.base_variance -= gone * with[2] * with[2];
    }

    /// Believes all of it less: the variances grow by a factor, the skew's to what a fresh clock's is.
    fn doubt(&mut self, factor: f64) {
        let [p00, p01, p11] = self.clock.p;
        let skew = factor.min(SKEW_SIGMA * SKEW_SIGMA / p11).max(1.0);
        let mixed = (factor * skew).sqrt();
        self.clock.p = [p00 * factor, p01 * mixed, p11 * skew];
        self.with_base = [self.with_base[0] * factor, self.with_base[1] * mixed];
        self.base_variance *= factor;
    }
}

//! The clock filter: what the room's time is, from exchanges that a network delayed. A Kalman filter of two states,
//! offset and skew (R. E. Kalman 1960; the model is that of RFC 5905's clock with a random-walk frequency). Each
//! exchange counts by how much longer than the shortest it took: queueing only ever adds delay.
//!
//! This is an estimate and may jump as it learns; [`steer`](super::steer) makes of it a clock that does not.

use std::collections::VecDeque;

use super::exchange::{Exchange, Offset};
use super::kalman::TwoState;
use super::time::{LocalTime, RoomTime, Span};

/// The error of a time stamp taken in a busy browser or server, 1 σ in µs.
const STAMP_SIGMA: f64 = 40.0;
/// What a fresh clock may be off in rate, 1 σ: oscillators of computers and phones lie within ±100 ppm. In ppm.
const SKEW_SIGMA: f64 = 60.0;
/// How a quartz wanders as it warms: 0.3 ppm in a minute, as ppm² per second.
const SKEW_WANDER: f64 = 0.3 * 0.3 / 60.0;
/// Phase noise of the clocks, as µs² per second.
const PHASE_NOISE: f64 = 1.0;
/// The shortest delay is looked for among this many exchanges, …
const WINDOW: usize = 64;
/// … no older than this.
const WINDOW_AGE: Span = Span::from_secs(300);
/// So many exchanges in a row that rule the estimate out start it afresh: the machine slept, or a clock stepped.
const CONTRADICTIONS: u32 = 3;
/// Below this an exchange does not contradict, whatever its delay says: time stamps have their errors too.
const CONTRADICTION_FLOOR: f64 = 2_000.0;

/// What was made of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It made the estimate better.
    Taken,
    /// Its delay is negative or over the gate.
    Refused,
    /// It rules the estimate out; the filter waits for more of the kind.
    Contradicts,
    /// The estimate was started afresh.
    Restarted,
}

/// What is known of the room's clock, good around the moment that it was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockEstimate {
    /// The moment.
    pub at: LocalTime,
    /// Room time minus local time then.
    pub offset: Offset,
    /// How much faster the room's clock runs (1e-6 = 1 ppm).
    pub skew: f64,
    /// The bound of the offset's error: 2 σ, beside half the constant asymmetry of the paths, which nobody can see.
    pub error: Span,
}

impl ClockEstimate {
    /// Room time minus local time at another moment.
    pub fn offset_at(&self, local: LocalTime) -> Offset {
        let drifted = (local - self.at).micros() as f64 * self.skew;
        Offset::from_micros(self.offset.micros() + drifted.round() as i64)
    }

    /// The room's time at a local time.
    pub fn room_at(&self, local: LocalTime) -> RoomTime {
        local + self.offset_at(local)
    }
}

/// What is known at a moment: offset in µs beyond `base`, skew in ppm, time in seconds.
#[derive(Clone, Copy, Debug)]
struct State {
    at: LocalTime,
    kalman: TwoState,
}

impl State {
    /// Lets time pass.
    fn predict(&mut self, now: LocalTime) {
        self.kalman.predict((now - self.at).as_secs(), PHASE_NOISE, SKEW_WANDER);
        self.at = self.at.max(now);
    }
}

/// The filter.
#[derive(Clone, Debug, Default)]
pub struct ClockFilter {
    /// Keeps the filter's numbers small enough for `f64` to hold them to the nanosecond.
    base: Offset,
    state: Option<State>,
    delays: VecDeque<(LocalTime, Span)>,
    contradictions: u32,
    taken: u32,
}

impl ClockFilter {
    /// Forgets everything, as when the server restarted.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// How many exchanges made the estimate.
    pub const fn taken(&self) -> u32 {
        self.taken
    }

    /// The shortest recent delay.
    pub fn least_delay(&self) -> Option<Span> {
        self.delays.iter().map(|(_, delay)| *delay).min()
    }

    /// How far delays lie apart: the median of recent ones over the shortest.
    pub fn jitter(&self) -> Span {
        let mut delays: Vec<Span> = self.delays.iter().map(|(_, delay)| *delay).collect();
        delays.sort_unstable();
        match delays[..] {
            [] => Span::ZERO,
            [least, ..] => delays[delays.len() / 2] - least,
        }
    }

    /// Takes an exchange. `gate`: the longest delay that counts.
    pub fn handle_exchange(&mut self, exchange: &Exchange, gate: Span) -> Verdict {
        let delay = exchange.delay();
        if delay < Span::ZERO || delay > gate {
            return Verdict::Refused;
        }
        let now = exchange.arrived;
        self.delays.retain(|(at, _)| now - *at <= WINDOW_AGE);
        if self.delays.len() == WINDOW {
            self.delays.pop_front();
        }
        self.delays.push_back((now, delay));

        let Some(mut state) = self.state else {
            self.begin(exchange);
            return Verdict::Taken;
        };
        state.predict(now);
        let measured = (exchange.offset().micros() - self.base.micros()) as f64;
        let innovation = measured - state.kalman.offset;
        let half = delay.micros() as f64 / 2.0;
        // The truth lies within half the delay of what was measured, always.
        if innovation.abs() > half + 4.0 * state.kalman.offset_sigma() + CONTRADICTION_FLOOR {
            self.contradictions += 1;
            if self.contradictions < CONTRADICTIONS {
                return Verdict::Contradicts;
            }
            self.restart();
            self.delays.push_back((now, delay));
            self.begin(exchange);
            return Verdict::Restarted;
        }
        self.contradictions = 0;
        self.taken += 1;
        state.kalman.correct(measured, self.variance(delay));
        self.state = Some(state);
        Verdict::Taken
    }

    /// What is known now; `None` before the first exchange.
    pub fn estimate(&self, now: LocalTime) -> Option<ClockEstimate> {
        let mut state = self.state?;
        state.predict(now);
        Some(ClockEstimate {
            at: now,
            offset: Offset::from_micros(self.base.micros() + state.kalman.offset.round() as i64),
            skew: state.kalman.skew * 1e-6,
            error: Span::from_micros((2.0 * state.kalman.offset_sigma()).ceil() as i64),
        })
    }

    fn begin(&mut self, exchange: &Exchange) {
        self.base = exchange.offset();
        self.taken = 1;
        self.contradictions = 0;
        let variance = self.variance(exchange.delay());
        self.state = Some(State {
            at: exchange.arrived,
            kalman: TwoState::new(0.0, variance, 0.0, SKEW_SIGMA * SKEW_SIGMA),
        });
    }

    /// The variance of an exchange's offset in µs²: time stamps, half of what it took longer than the shortest,
    /// and, while few were seen, that the shortest itself may have queued.
    fn variance(&self, delay: Span) -> f64 {
        let least = self.least_delay().unwrap_or(delay);
        let excess = (delay - least).micros() as f64 / 2.0;
        let unseen = least.micros() as f64 / 4.0 / self.delays.len() as f64;
        STAMP_SIGMA * STAMP_SIGMA + excess * excess + unseen * unseen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GATE: Span = Span::from_millis(800);

    /// A room clock that runs `skew` faster and is `offset` ahead of the local one.
    struct Truth {
        offset: i64,
        skew: f64,
    }

    impl Truth {
        fn room(&self, local: i64) -> RoomTime {
            RoomTime::from_micros(local + self.offset + (local as f64 * self.skew).round() as i64)
        }

        fn exchange(&self, sent: i64, there: i64, back: i64) -> Exchange {
            Exchange {
                sent: LocalTime::from_micros(sent),
                received: self.room(sent + there),
                answered: self.room(sent + there + 50),
                arrived: LocalTime::from_micros(sent + there + 50 + back),
            }
        }
    }

    /// A small generator, so that a failing case is reproduced by its seed.
    fn noise(seed: &mut u64) -> f64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1u64 << 53) as f64
    }

    fn run(truth: &Truth, seed: u64, minutes: i64, queue_us: f64) -> (ClockFilter, LocalTime) {
        let mut filter = ClockFilter::default();
        let mut seed = seed;
        let mut now = 0;
        for burst in 0..minutes * 6 {
            now = burst * 10_000_000;
            for ping in 0..8 {
                // Exponential queueing on both ways.
                let mut way = || 1_000 + (-(1.0 - noise(&mut seed)).ln() * queue_us) as i64;
                let (there, back) = (way(), way());
                filter.handle_exchange(&truth.exchange(now + ping * 30_000, there, back), GATE);
            }
        }
        (filter, LocalTime::from_micros(now + 500_000))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_skewed_clock_behind_a_noisy_network_is_found(
            seed: u64, offset in -1_000_000_000_000i64..1_000_000_000_000, ppm in -100.0f64..100.0
        ) {
            let truth = Truth { offset, skew: ppm * 1e-6 };
            let (filter, now) = run(&truth, seed, 5, 3_000.0);
            let estimate = filter.estimate(now).unwrap();
            let error = estimate.room_at(now) - truth.room(now.micros());
            prop_assert!(error.abs() <= Span::from_micros(1_000), "off by {error:?}");
            prop_assert!((estimate.skew - truth.skew).abs() < 10e-6, "skew {} for {}", estimate.skew, truth.skew);
            prop_assert!(estimate.error < Span::from_millis(2));
        }
    }

    #[test]
    fn a_delay_spike_hardly_moves_it() {
        let truth = Truth { offset: 42_000_000, skew: 0.0 };
        let (mut filter, now) = run(&truth, 1, 2, 500.0);
        let before = filter.estimate(now).unwrap().offset;
        filter.handle_exchange(&truth.exchange(now.micros(), 300_000, 1_000), GATE);
        let after = filter.estimate(now).unwrap().offset;
        assert!((after.span() - before.span()).abs() < Span::from_micros(20), "{before:?} → {after:?}");
    }

    #[test]
    fn what_is_over_the_gate_or_impossible_is_refused() {
        let truth = Truth { offset: 0, skew: 0.0 };
        let mut filter = ClockFilter::default();
        assert_eq!(filter.handle_exchange(&truth.exchange(0, 700_000, 200_000), GATE), Verdict::Refused);
        assert_eq!(filter.handle_exchange(&truth.exchange(0, -5_000, 1_000), GATE), Verdict::Refused);
        assert!(filter.estimate(LocalTime::ZERO).is_none());
    }

    #[test]
    fn after_a_sleep_it_starts_afresh() {
        let truth = Truth { offset: 0, skew: 0.0 };
        let (mut filter, now) = run(&truth, 5, 2, 500.0);
        let slept = Truth { offset: 90_000_000, skew: 0.0 };
        let verdicts: Vec<Verdict> = (1..=4)
            .map(|n| filter.handle_exchange(&slept.exchange(now.micros() + n * 50_000, 1_000, 1_000), GATE))
            .collect();
        assert_eq!(
            verdicts,
            [Verdict::Contradicts, Verdict::Contradicts, Verdict::Restarted, Verdict::Taken]
        );
        let later = now + Span::from_secs(1);
        let error = filter.estimate(later).unwrap().room_at(later) - slept.room(later.micros());
        assert!(error.abs() < Span::from_millis(1), "{error:?}");
    }
}

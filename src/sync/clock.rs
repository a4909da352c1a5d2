//! The clock filter: what the room's time is, from exchanges that a network delayed. A Kalman filter of offset, skew and
//! *base*, which is what a message takes on either way when nothing queues. An exchange is not one measurement but two,
//! one of each way, and each is late, never early: [`queueing`](super::queueing) says what that tells. So a message
//! that went through counts even if its answer was held up, and an excess of delay says which side is likelier.
//!
//! This is an estimate and may jump as it learns; [`steer`](super::steer) makes of it a clock that does not.

use std::collections::VecDeque;

use super::exchange::{Exchange, Offset};
use super::queueing::Queueing;
use super::time::{LocalTime, RoomTime, Span};
use super::two_ways::{SKEW_SIGMA, TwoWays, Way};

/// What the rate may have changed by when a clock was stepped or its machine slept, 1 σ in ppm.
const STEPPED_SKEW_SIGMA: f64 = 10.0;
/// How the base wanders, as a share of the usual wait in the square root of a second: routes and loads change.
const BASE_WANDER: f64 = 0.003;
/// The usual wait on a way while few messages were seen, as a share of the base.
const EXPECTED_WAIT: f64 = 0.5;
/// No way's usual wait is taken to be below this, in µs: event loops are ways, too.
const LEAST_WAIT: f64 = 60.0;
/// The error bound in standard deviations.
const BOUND: f64 = 2.5;
/// Waits and the shortest delay are looked for among this many exchanges, …
const WINDOW: usize = 64;
/// … no older than this.
const WINDOW_AGE: Span = Span::from_secs(300);
/// So many exchanges in a row that rule the estimate out start it afresh: the machine slept, or a clock stepped.
const CONTRADICTIONS: u32 = 3;
/// Below this an exchange does not contradict, whatever its delay says: time stamps have their errors too. In µs.
const CONTRADICTION_FLOOR: f64 = 2_000.0;

/// What two time stamps may be wrong by: browsers round them to 1 ms unless the page is isolated. In µs.
const STAMP_BOUND: f64 = 500.0;

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
    /// The bound of the offset's error: 2.5 σ, beside half the constant asymmetry of the paths, which nobody can see.
    /// What share of the time it holds is measured (manual/sync.md).
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

/// An exchange as it is remembered.
#[derive(Clone, Copy, Debug)]
struct Seen {
    at: LocalTime,
    /// T2 − T1 and T3 − T4 in µs beyond the filter's origin.
    up: f64,
    down: f64,
    delay: Span,
}

/// The filter.
#[derive(Clone, Debug, Default)]
pub struct ClockFilter {
    /// Keeps the filter's numbers small enough for `f64` to hold them to the nanosecond.
    origin: Offset,
    state: Option<TwoWays>,
    seen: VecDeque<Seen>,
    contradictions: u32,
    /// The delay of the last exchange that contradicted.
    contradicting: Span,
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
        self.seen.iter().map(|seen| seen.delay).min()
    }

    /// How far delays lie apart: the median of recent ones over the shortest.
    pub fn jitter(&self) -> Span {
        let mut delays: Vec<Span> = self.seen.iter().map(|seen| seen.delay).collect();
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
        let Some(mut state) = self.state else {
            self.begin(exchange, 0.0, SKEW_SIGMA);
            return Verdict::Taken;
        };
        let measured = (exchange.offset().micros() - self.origin.micros()) as f64;
        let half = delay.micros() as f64 / 2.0;
        state.predict(now);
        // The truth lies within half the delay of what was measured, always.
        if (measured - state.clock.offset).abs()
            > half + 4.0 * state.clock.offset_sigma() + CONTRADICTION_FLOOR
        {
            self.contradictions += 1;
            let better = self.least_delay().is_none_or(|least| delay < least);
            if self.contradictions < CONTRADICTIONS && !better {
                self.contradicting = delay;
                return Verdict::Contradicts;
            }
            // The quartz is the same as before.
            let (skew, sigma) = (state.clock.skew, state.clock.skew_sigma().hypot(STEPPED_SKEW_SIGMA));
            self.restart();
            self.begin(exchange, skew, sigma.min(SKEW_SIGMA));
            return Verdict::Restarted;
        }
        // What took longer than the one that contradicts does not speak against it.
        if delay <= self.contradicting {
            self.contradictions = 0;
        }
        self.taken += 1;
        let seen = self.remember(exchange);
        let (up, down) = self.queueing(&mut state);
        state.correct(Way::Up, seen.up, &up);
        state.correct(Way::Down, seen.down, &down);
        // The truth lies within half the delay of what was measured; so does the estimate, whatever is assumed of waits.
        let most = half + STAMP_BOUND;
        state.clock.offset = state.clock.offset.clamp(measured - most, measured + most);
        self.state = Some(state);
        Verdict::Taken
    }

    /// What is known now; `None` before the first exchange.
    pub fn estimate(&self, now: LocalTime) -> Option<ClockEstimate> {
        let mut state = self.state?;
        state.predict(now);
        Some(ClockEstimate {
            at: now,
            offset: Offset::from_micros(self.origin.micros() + state.clock.offset.round() as i64),
            skew: state.clock.skew * 1e-6,
            error: Span::from_micros((BOUND * state.clock.offset_sigma()).ceil() as i64),
        })
    }

    fn begin(&mut self, exchange: &Exchange, skew: f64, skew_sigma: f64) {
        self.origin = exchange.offset();
        self.taken = 1;
        self.contradictions = 0;
        self.remember(exchange);
        let delay = exchange.delay().micros() as f64;
        self.state = Some(TwoWays::new(exchange.arrived, 0.0, delay, skew, skew_sigma));
    }

    fn remember(&mut self, exchange: &Exchange) -> Seen {
        let now = exchange.arrived;
        self.seen.retain(|seen| now - seen.at <= WINDOW_AGE);
        if self.seen.len() == WINDOW {
            self.seen.pop_front();
        }
        let origin = self.origin.micros();
        let seen = Seen {
            at: now,
            up: (exchange.received.micros() - exchange.sent.micros() - origin) as f64,
            down: (exchange.answered.micros() - now.micros() - origin) as f64,
            delay: exchange.delay(),
        };
        self.seen.push_back(seen);
        seen
    }

    /// How messages wait on both ways, of what was seen along the line that the state draws; and lets the base wander
    /// as far as that allows.
    fn queueing(&self, state: &mut TwoWays) -> (Queueing, Queueing) {
        let line = *state;
        let mut up: Vec<f64> = self.seen.iter().map(|seen| seen.up - line.offset_at(seen.at)).collect();
        let mut down: Vec<f64> = self.seen.iter().map(|seen| line.offset_at(seen.at) - seen.down).collect();
        let expected = EXPECTED_WAIT * state.base;
        let both =
            (Queueing::of(&mut up, expected, LEAST_WAIT), Queueing::of(&mut down, expected, LEAST_WAIT));
        let usual = both.0.usual().min(both.1.usual());
        let since = self.seen.iter().rev().nth(1).map_or(0.0, |before| (state.at - before.at).as_secs());
        state.base_variance += (BASE_WANDER * usual).powi(2) * since;
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GATE: Span = Span::from_millis(800);
    /// What time stamps may add to an error.
    const STAMPS: Span = Span::from_micros(510);

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

    /// A way's delay: one millisecond and an exponential wait.
    fn way(seed: &mut u64, queue_us: f64) -> i64 {
        1_000 + (-(1.0 - noise(seed)).ln() * queue_us) as i64
    }

    fn run(truth: &Truth, seed: u64, minutes: i64, queue_us: f64) -> (ClockFilter, LocalTime) {
        let mut filter = ClockFilter::default();
        let mut seed = seed;
        let mut now = 0;
        for burst in 0..minutes * 6 {
            now = burst * 10_000_000;
            for ping in 0..8 {
                let (there, back) = (way(&mut seed, queue_us), way(&mut seed, queue_us));
                filter.handle_exchange(&truth.exchange(now + ping * 30_000, there, back), GATE);
            }
        }
        (filter, LocalTime::from_micros(now + 500_000))
    }

    fn error(filter: &ClockFilter, truth: &Truth, now: LocalTime) -> Span {
        filter.estimate(now).unwrap().room_at(now) - truth.room(now.micros())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn a_skewed_clock_behind_a_noisy_network_is_found_in_two_minutes(
            seed: u64, offset in -1_000_000_000_000i64..1_000_000_000_000, ppm in -200.0f64..200.0
        ) {
            let truth = Truth { offset, skew: ppm * 1e-6 };
            let (filter, now) = run(&truth, seed, 2, 3_000.0);
            let estimate = filter.estimate(now).unwrap();
            let error = error(&filter, &truth, now);
            prop_assert!(error.abs() <= Span::from_micros(1_500), "off by {error:?}");
            prop_assert!((estimate.skew - truth.skew).abs() < 25e-6, "skew {} for {}", estimate.skew, truth.skew);
            prop_assert!(estimate.error < Span::from_millis(2));
        }

        #[test]
        fn whatever_waits_on_whichever_way_an_exchange_that_was_taken_bounds_the_error_by_its_delay(
            ppm in -200.0f64..200.0, bases in (50i64..100_000, 50i64..100_000),
            pings in prop::collection::vec((10_000i64..20_000_000, 0i64..300_000, 0i64..300_000, 0u8..4), 1..40),
        ) {
            let truth = Truth { offset: 7_000_000, skew: ppm * 1e-6 };
            let mut filter = ClockFilter::default();
            let mut now = 0;
            for (gap, there, back, quick) in pings {
                now += gap;
                let there = bases.0 + if quick & 1 == 0 { there } else { 0 };
                let back = bases.1 + if quick & 2 == 0 { back } else { 0 };
                let exchange = truth.exchange(now, there, back);
                now = exchange.arrived.micros();
                let verdict = filter.handle_exchange(&exchange, GATE);
                if matches!(verdict, Verdict::Taken | Verdict::Restarted) {
                    let error = error(&filter, &truth, exchange.arrived);
                    prop_assert!(error.abs() <= exchange.delay() + STAMPS, "{error:?} of {:?}", exchange.delay());
                }
            }
        }
    }

    #[test]
    fn no_exchange_need_be_good_on_both_ways() {
        let truth = Truth { offset: 42_000_000, skew: 30e-6 };
        let mut filter = ClockFilter::default();
        let mut seed = 9;
        let mut now = 0;
        for ping in 0..60 {
            now = ping * 1_000_000;
            let held = 100_000 + (noise(&mut seed) * 200_000.0) as i64;
            let (there, back) = (way(&mut seed, 500.0), way(&mut seed, 500.0));
            let (there, back) = if ping % 2 == 0 { (there + held, back) } else { (there, back + held) };
            filter.handle_exchange(&truth.exchange(now, there, back), GATE);
        }
        // All delays are beyond 100 ms, and the half of that is what a single exchange may be wrong by.
        let error = error(&filter, &truth, LocalTime::from_micros(now + 500_000));
        assert!(error.abs() < Span::from_millis(2), "{error:?}");
    }

    #[test]
    fn a_longer_route_is_learned_and_moves_nothing_meanwhile() {
        let truth = Truth { offset: 42_000_000, skew: -50e-6 };
        let (mut filter, now) = run(&truth, 3, 3, 500.0);
        let mut seed = 4;
        for ping in 1..=200 {
            let sent = now.micros() + ping * 4_000_000;
            let (there, back) = (20_000 + way(&mut seed, 500.0), 20_000 + way(&mut seed, 500.0));
            filter.handle_exchange(&truth.exchange(sent, there, back), GATE);
            let error = error(&filter, &truth, LocalTime::from_micros(sent + 100_000));
            assert!(error.abs() < Span::from_millis(2), "{error:?} after {ping}");
        }
        let base = filter.state.unwrap().base;
        assert!((20_000.0..22_000.0).contains(&base), "{base} µs");
        assert!(filter.estimate(now + Span::from_secs(800)).unwrap().error < Span::from_millis(1));
    }

    #[test]
    fn a_first_burst_that_was_held_is_forgotten_for_one_exchange_that_was_not() {
        let truth = Truth { offset: 42_000_000, skew: 0.0 };
        let mut filter = ClockFilter::default();
        for ping in 0..8 {
            filter.handle_exchange(&truth.exchange(ping * 300_000, 1_000, 200_000 + 100 * ping), GATE);
        }
        let good = truth.exchange(3_000_000, 1_000, 1_100);
        filter.handle_exchange(&good, GATE);
        let error = error(&filter, &truth, good.arrived);
        assert!(error.abs() < Span::from_millis(2), "{error:?}");
    }

    #[test]
    fn what_took_long_does_not_speak_for_an_estimate_that_was_ruled_out() {
        let truth = Truth { offset: 0, skew: 0.0 };
        let (mut filter, now) = run(&truth, 5, 2, 500.0);
        let stepped = Truth { offset: 90_000, skew: 0.0 };
        let mut verdicts = Vec::new();
        for (n, back) in [2_000, 300_000, 2_000, 300_000, 2_000].into_iter().enumerate() {
            let sent = now.micros() + n as i64 * 500_000;
            verdicts.push(filter.handle_exchange(&stepped.exchange(sent, 2_000, back), GATE));
        }
        assert_eq!(verdicts.last(), Some(&Verdict::Restarted), "{verdicts:?}");
    }

    #[test]
    fn a_stepped_clock_keeps_its_skew() {
        let truth = Truth { offset: 0, skew: 80e-6 };
        let (mut filter, now) = run(&truth, 6, 5, 500.0);
        let stepped = Truth { offset: 5_000_000, skew: 80e-6 };
        for n in 1..=3 {
            filter.handle_exchange(&stepped.exchange(now.micros() + n * 50_000, 1_000, 1_000), GATE);
        }
        let skew = filter.estimate(now).unwrap().skew;
        assert!((skew - 80e-6).abs() < 5e-6, "{skew}");
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
            .map(|n| filter.handle_exchange(&slept.exchange(now.micros() + n * 50_000, 2_000, 2_000), GATE))
            .collect();
        assert_eq!(
            verdicts,
            [Verdict::Contradicts, Verdict::Contradicts, Verdict::Restarted, Verdict::Taken]
        );
        let error = error(&filter, &slept, now + Span::from_secs(1));
        assert!(error.abs() < Span::from_millis(1), "{error:?}");
    }
}

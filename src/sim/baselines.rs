//! The clock filters that others use, as rivals of our own in the [`race`](super::race): a moving average, the exchange
//! of the shortest delay, a windowed regression, and a Kalman filter of whole exchanges, which was ours before. They are
//! kept to be measured; nothing but the race runs them.

use std::collections::VecDeque;

use super::fit::{Line, Point, Slope};
use crate::sync::exchange::{Exchange, Offset};
use crate::sync::kalman::TwoState;
use crate::sync::time::{LocalTime, Span};

/// Anything that makes an offset of exchanges.
pub trait OffsetFilter {
    /// What it is called in a table.
    fn name(&self) -> &'static str;

    /// Takes an exchange that has just arrived.
    fn handle_exchange(&mut self, exchange: &Exchange);

    /// Room time minus local time, as it knows it; `None` before it knows any.
    fn offset_at(&self, local: LocalTime) -> Option<Offset>;

    /// The bound of its error, if it claims one.
    fn bound_at(&self, _local: LocalTime) -> Option<Span> {
        None
    }
}

/// Exchanges that took longer do not count in a moving average.
const AVERAGE_GATE: Span = Span::from_millis(800);
/// What the newest exchange counts in a moving average.
const AVERAGE_GAIN: f64 = 0.2;

/// `0.8 · old + 0.2 · new` of all exchanges that took no longer than 800 ms.
#[derive(Clone, Debug, Default)]
pub struct MovingAverage {
    /// The first offset, so that fractions of a microsecond count, and the average beyond it in µs.
    average: Option<(Offset, f64)>,
}

impl OffsetFilter for MovingAverage {
    fn name(&self) -> &'static str {
        "moving average"
    }

    fn handle_exchange(&mut self, exchange: &Exchange) {
        let delay = exchange.delay();
        if delay < Span::ZERO || delay > AVERAGE_GATE {
            return;
        }
        let offset = exchange.offset();
        let (base, average) = self.average.unwrap_or((offset, 0.0));
        let beyond = (offset.micros() - base.micros()) as f64;
        self.average = Some((base, average + AVERAGE_GAIN * (beyond - average)));
    }

    fn offset_at(&self, _local: LocalTime) -> Option<Offset> {
        self.average.map(|(base, average)| Offset::from_micros(base.micros() + average.round() as i64))
    }
}

/// The register of RFC 5905 §10 has eight stages: two bursts of ours. With a longer one the skew shows: 100 ppm are 3 ms
/// in 30 s.
const REGISTER: usize = 8;

/// The offset of the one exchange of the last eight that took the shortest.
#[derive(Clone, Debug, Default)]
pub struct ShortestDelay {
    register: VecDeque<(Span, Offset)>,
}

impl OffsetFilter for ShortestDelay {
    fn name(&self) -> &'static str {
        "shortest of 8"
    }

    fn handle_exchange(&mut self, exchange: &Exchange) {
        if exchange.delay() < Span::ZERO {
            return;
        }
        if self.register.len() == REGISTER {
            self.register.pop_front();
        }
        self.register.push_back((exchange.delay(), exchange.offset()));
    }

    fn offset_at(&self, _local: LocalTime) -> Option<Offset> {
        self.register.iter().min_by_key(|(delay, _)| *delay).map(|(_, offset)| *offset)
    }
}

/// Exchanges this close together are one burst.
const BURST: Span = Span::from_secs(2);
/// The window of the regression; a longer one gained nothing in the race, for a quartz wanders.
const REGRESSION_WINDOW: Span = Span::from_secs(300);
/// The error of a time stamp, 1 σ in µs, as in [`clock`](crate::sync::clock).
const STAMP_SIGMA: f64 = 40.0;
/// The slope's prior in µs per second, which is ppm: oscillators lie within ±100.
const SKEW: Slope = Slope { mean: 0.0, sigma: 60.0 };

/// A line through the last 300 s by weighted least squares: of each burst the exchange of the shortest delay, weighted
/// by what it took longer than the shortest of all.
#[derive(Clone, Debug, Default)]
pub struct Regression {
    bursts: VecDeque<Exchange>,
    fitted: Option<(LocalTime, Offset, Line)>,
}

impl OffsetFilter for Regression {
    fn name(&self) -> &'static str {
        "regression"
    }

    fn handle_exchange(&mut self, exchange: &Exchange) {
        if exchange.delay() < Span::ZERO {
            return;
        }
        match self.bursts.back_mut().filter(|last| exchange.arrived - last.arrived < BURST) {
            Some(last) if last.delay() <= exchange.delay() => {}
            Some(last) => *last = *exchange,
            None => self.bursts.push_back(*exchange),
        }
        self.bursts.retain(|kept| exchange.arrived - kept.arrived <= REGRESSION_WINDOW);
        let Some(least) = self.bursts.iter().map(Exchange::delay).min() else {
            return;
        };
        let (origin, base) = (exchange.arrived, exchange.offset());
        let points = self.bursts.iter().map(|kept| Point {
            x: (kept.arrived - origin).as_secs(),
            y: (kept.offset().micros() - base.micros()) as f64,
            sigma: STAMP_SIGMA.hypot((kept.delay() - least).micros() as f64 / 2.0),
        });
        self.fitted = Line::fit(points, SKEW).map(|line| (origin, base, line));
    }

    fn offset_at(&self, local: LocalTime) -> Option<Offset> {
        let (origin, base, line) = self.fitted.as_ref()?;
        let beyond = line.at((local - *origin).as_secs());
        Some(Offset::from_micros(base.micros() + beyond.round() as i64))
    }
}

/// The shortest delay is looked for among so many exchanges.
const WINDOW: usize = 64;
/// The wander of a quartz, 0.3 ppm in a minute, as ppm² per second, and the phase noise in µs² per second.
const NOISE: (f64, f64) = (0.3 * 0.3 / 60.0, 1.0);

/// A Kalman filter of offset and skew whose measurements are whole exchanges; what one took longer than the shortest,
/// halved, is its standard deviation. Its bound is 2 σ.
#[derive(Clone, Debug, Default)]
pub struct WholeExchanges {
    /// The last exchange, the first offset, and the state beyond it in µs and ppm.
    state: Option<(LocalTime, Offset, TwoState)>,
    delays: VecDeque<Span>,
}

impl WholeExchanges {
    fn at(&self, local: LocalTime) -> Option<(Offset, TwoState)> {
        let (at, base, mut state) = self.state?;
        state.predict((local - at).as_secs(), NOISE.1, NOISE.0);
        Some((base, state))
    }
}

impl OffsetFilter for WholeExchanges {
    fn name(&self) -> &'static str {
        "whole exchanges"
    }

    fn handle_exchange(&mut self, exchange: &Exchange) {
        let delay = exchange.delay();
        if delay < Span::ZERO || delay > AVERAGE_GATE {
            return;
        }
        if self.delays.len() == WINDOW {
            self.delays.pop_front();
        }
        self.delays.push_back(delay);
        let least = self.delays.iter().copied().min().unwrap_or(delay);
        let excess = (delay - least).micros() as f64 / 2.0;
        // While few were seen, the shortest itself may have queued.
        let unseen = least.micros() as f64 / 4.0 / self.delays.len() as f64;
        let variance = STAMP_SIGMA * STAMP_SIGMA + excess * excess + unseen * unseen;
        let first = || (exchange.offset(), TwoState::new(0.0, 1e12, SKEW.mean, SKEW.sigma * SKEW.sigma));
        let (base, mut state) = self.at(exchange.arrived).unwrap_or_else(first);
        state.correct((exchange.offset().micros() - base.micros()) as f64, variance);
        self.state = Some((exchange.arrived, base, state));
    }

    fn offset_at(&self, local: LocalTime) -> Option<Offset> {
        let (base, state) = self.at(local)?;
        Some(Offset::from_micros(base.micros() + state.offset.round() as i64))
    }

    fn bound_at(&self, local: LocalTime) -> Option<Span> {
        let (_, state) = self.at(local)?;
        Some(Span::from_micros((2.0 * state.offset_sigma()).ceil() as i64))
    }
}

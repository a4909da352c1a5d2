//! A clock that is off: in offset, in rate, and with a rate that wanders as a quartz does while it warms. Browsers have
//! one each, and sound cards have another.

use super::random::Random;
use crate::sync::time::{LocalTime, RoomTime, Span};

/// The rate is constant for so long, then takes a step.
const PIECE: Span = Span::from_secs(30);
/// So many pieces are drawn, which is two hours; after them the rate stays.
const PIECES: usize = 240;
/// Parts per billion.
const BILLION: i64 = 1_000_000_000;
/// What a quartz in a room wanders by in a minute, 1 σ, in parts per billion (the `SKEW_WANDER` of manual/sync.md).
pub const WANDER_PPB_PER_MINUTE: f64 = 300.0;

/// A stretch of constant rate.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// When it begins.
    from: RoomTime,
    /// What the clock shows then.
    shows: LocalTime,
    /// How much too fast it runs.
    skew_ppb: i64,
}

impl Piece {
    fn local(&self, truth: RoomTime) -> LocalTime {
        let run = (truth - self.from).micros();
        self.shows + Span::from_micros(run + (run * self.skew_ppb).div_euclid(BILLION))
    }

    /// The first microsecond at which it shows this or more.
    fn truth(&self, local: LocalTime) -> RoomTime {
        let shown = (local - self.shows).micros() as f64;
        let near = (shown / (1.0 + self.skew_ppb as f64 / BILLION as f64)).floor() as i64;
        let mut truth = self.from + Span::from_micros(near);
        let step = Span::from_micros(1);
        while self.local(truth) < local {
            truth += step;
        }
        while self.local(truth - step) >= local {
            truth = truth - step;
        }
        truth
    }
}

/// A clock. It never goes back, and [`Oscillator::truth`] is the exact inverse of [`Oscillator::local`].
#[derive(Clone, Debug)]
pub struct Oscillator {
    pieces: Vec<Piece>,
}

impl Oscillator {
    /// A clock that shows `shows` at a true time, runs `skew` too fast, and wanders by so many parts per billion in a
    /// minute (1 σ).
    pub fn new(
        now: RoomTime,
        shows: LocalTime,
        skew: f64,
        wander_ppb_per_minute: f64,
        random: &mut Random,
    ) -> Self {
        let step = wander_ppb_per_minute * (PIECE.as_secs() / 60.0).sqrt();
        let mut skew_ppb = skew * BILLION as f64;
        let mut piece = Piece { from: now, shows, skew_ppb: skew_ppb.round() as i64 };
        let count = if step > 0.0 { PIECES } else { 1 };
        let mut pieces = Vec::with_capacity(count);
        pieces.push(piece);
        while pieces.len() < count {
            let from = piece.from + PIECE;
            skew_ppb += step * random.normal();
            piece = Piece { from, shows: piece.local(from), skew_ppb: skew_ppb.round() as i64 };
            pieces.push(piece);
        }
        Self { pieces }
    }

    /// What it shows at a true time.
    pub fn local(&self, truth: RoomTime) -> LocalTime {
        let run = (truth - self.pieces[0].from).micros();
        let at = usize::try_from(run / PIECE.micros()).unwrap_or(0).min(self.pieces.len() - 1);
        self.pieces[at].local(truth)
    }

    /// The true time at which it comes to show this.
    pub fn truth(&self, local: LocalTime) -> RoomTime {
        let at = self.pieces.partition_point(|piece| piece.shows < local);
        self.pieces[at.saturating_sub(1)].truth(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(seed: u64) -> (Oscillator, RoomTime) {
        let mut random = Random::new(seed);
        let now = RoomTime::ZERO + Span::from_secs(1_800_000_000);
        let skew = random.between(-100e-6, 100e-6);
        let shows = LocalTime::from_micros(random.span(Span::ZERO, Span::from_secs(100_000)).micros());
        (Oscillator::new(now, shows, skew, WANDER_PPB_PER_MINUTE, &mut random), now)
    }

    #[test]
    fn it_never_goes_back_and_its_inverse_is_exact() {
        let step = Span::from_micros(1);
        for seed in 0..500 {
            let (clock, start) = clock(seed);
            let mut random = Random::new(!seed);
            let mut last = (RoomTime::ZERO, LocalTime::from_micros(i64::MIN));
            let mut moments: Vec<RoomTime> =
                (0..200).map(|_| start + random.span(Span::from_secs(-10), Span::from_secs(9_000))).collect();
            // The seams, too.
            moments.extend((0..5).flat_map(|n| [-1, 0, 1].map(|by| start + PIECE * n + step * by)));
            moments.sort_unstable();
            for truth in moments {
                let local = clock.local(truth);
                assert!(local >= last.1, "seed {seed}: back at {truth:?}");
                last = (truth, local);
                let back = clock.truth(local);
                assert!(
                    back <= truth && truth - back <= step,
                    "seed {seed}: {truth:?} came back as {back:?}"
                );
                assert!(clock.local(back) >= local && clock.local(back - step) < local, "seed {seed}");
            }
        }
    }

    #[test]
    fn its_rate_wanders_by_what_it_should() {
        let (mut sum, count) = (0.0, 400);
        for seed in 0..count {
            let (clock, start) = clock(seed);
            let rate = |at: RoomTime| {
                (clock.local(at + PIECE) - clock.local(at)).micros() as f64 / PIECE.micros() as f64
            };
            sum += ((rate(start + PIECE * 30) - rate(start)) * 1e9).powi(2);
        }
        let (measured, ideal) = ((sum / count as f64).sqrt(), WANDER_PPB_PER_MINUTE * 15f64.sqrt());
        assert!((measured / ideal - 1.0).abs() < 0.15, "{measured} ppb in 15 minutes, not {ideal}");
    }
}

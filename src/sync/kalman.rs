//! A Kalman filter of two states (R. E. Kalman 1960): an offset, and the skew at which it grows. The model is that of
//! a clock against another one, or of a sound card against a clock: the offset grows by the skew, the skew walks at
//! random, and only the offset is measured.
//!
//! It knows no units. With offsets in µs and time in seconds, skews are in ppm; variances are squares of these.
//! Whoever owns it decides what counts as a measurement and how well: [`clock`](super::clock).

/// The state and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoState {
    /// The offset now.
    pub offset: f64,
    /// What it grows by in a unit of time.
    pub skew: f64,
    /// The covariance: of the offset, of offset and skew, of the skew.
    pub p: [f64; 3],
}

impl TwoState {
    /// A first guess of both states, each with its variance.
    pub const fn new(offset: f64, offset_variance: f64, skew: f64, skew_variance: f64) -> Self {
        Self { offset, skew, p: [offset_variance, 0.0, skew_variance] }
    }

    /// Lets `dt` pass. `phase_noise`: the variance that the offset gains in a unit of time; `skew_wander`: the
    /// variance that the skew gains in a unit of time. A negative `dt` counts as none.
    ///
    /// `P ← F P Fᵀ + Q` with `F = (1 dt; 0 1)` and `Q` the integral of both noises over `dt` (Bar-Shalom, Li,
    /// Kirubarajan, *Estimation with Applications to Tracking and Navigation*, §6.2).
    pub fn predict(&mut self, dt: f64, phase_noise: f64, skew_wander: f64) {
        let dt = dt.max(0.0);
        let [p00, p01, p11] = self.p;
        self.offset += self.skew * dt;
        self.p = [
            p00 + dt * (2.0 * p01 + dt * p11 + phase_noise + skew_wander * dt * dt / 3.0),
            p01 + dt * (p11 + skew_wander * dt / 2.0),
            p11 + skew_wander * dt,
        ];
    }

    /// Takes a measurement of the offset with its variance; returns the innovation, which is what was measured beyond
    /// what was expected. A variance of zero is a measurement without error; it must not be negative.
    pub fn correct(&mut self, measured: f64, variance: f64) -> f64 {
        let innovation = measured - self.offset;
        let [p00, p01, p11] = self.p;
        let total = p00 + variance;
        if total > 0.0 {
            let (gain_offset, gain_skew) = (p00 / total, p01 / total);
            let rest = variance / total;
            self.offset += gain_offset * innovation;
            self.skew += gain_skew * innovation;
            self.p = [rest * p00, rest * p01, (p11 - gain_skew * p01).max(0.0)];
        }
        innovation
    }

    /// The offset has become less certain by so much variance, as after a jump of unknown size.
    pub fn add_offset_variance(&mut self, variance: f64) {
        self.p[0] += variance;
    }

    /// The standard deviation of the offset.
    pub fn offset_sigma(&self) -> f64 {
        self.p[0].sqrt()
    }

    /// The standard deviation of the skew.
    pub fn skew_sigma(&self) -> f64 {
        self.p[2].sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn positive(state: &TwoState) -> bool {
        let [p00, p01, p11] = state.p;
        p00 >= 0.0 && p11 >= 0.0 && p01 * p01 <= p00 * p11 * (1.0 + 1e-9) + 1e-9
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn the_covariance_stays_one_and_a_measurement_never_makes_it_worse(
            first in 0.0f64..1e8, skew in 0.0f64..1e4,
            steps in prop::collection::vec((0.0f64..60.0, -1e6f64..1e6, 0.0f64..1e8), 1..24),
        ) {
            let mut state = TwoState::new(0.0, first, 0.0, skew);
            for (dt, measured, variance) in steps {
                state.predict(dt, 1.0, 0.0015);
                prop_assert!(positive(&state), "after {dt}: {state:?}");
                let before = state;
                state.correct(measured, variance);
                prop_assert!(positive(&state), "after {measured} ± {variance}: {state:?}");
                prop_assert!(state.p[0] <= before.p[0] && state.p[2] <= before.p[2]);
                prop_assert!(state.p[0] <= variance * (1.0 + 1e-9));
            }
        }

        #[test]
        fn two_halves_of_a_time_are_the_whole(
            dt in 0.0f64..1e3, share in 0.0f64..1.0, offset in -1e6f64..1e6, skew in -1e2f64..1e2,
            noise in 0.0f64..10.0, wander in 0.0f64..0.1,
        ) {
            let start = TwoState::new(offset, 100.0, skew, 3_600.0);
            let (mut once, mut twice) = (start, start);
            once.predict(dt, noise, wander);
            twice.predict(dt * share, noise, wander);
            twice.predict(dt * (1.0 - share), noise, wander);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()));
            prop_assert!(near(once.offset, twice.offset) && near(once.skew, twice.skew));
            prop_assert!((0..3).all(|i| near(once.p[i], twice.p[i])), "{once:?} {twice:?}");
        }

        #[test]
        fn exact_measurements_tell_offset_and_skew(offset in -1e6f64..1e6, skew in -200.0f64..200.0, dt in 0.1f64..60.0) {
            let mut state = TwoState::new(0.0, 1e12, 0.0, 3_600.0);
            for n in 0..4 {
                if n > 0 {
                    state.predict(dt, 0.0, 0.0);
                }
                state.correct(offset + skew * dt * f64::from(n), 1e-6);
            }
            prop_assert!((state.offset - offset - 3.0 * skew * dt).abs() < 0.01, "{state:?}");
            prop_assert!((state.skew - skew).abs() < 0.1, "{state:?}");
        }
    }

    #[test]
    fn equal_measurements_are_averaged() {
        let mut state = TwoState::new(10.0, 4.0, 0.0, 0.0);
        assert!((state.correct(20.0, 4.0) - 10.0).abs() < 1e-12, "the innovation");
        assert!((state.offset - 15.0).abs() < 1e-12);
        assert!((state.p[0] - 2.0).abs() < 1e-12);
        state.correct(15.0, 1.0);
        assert!((state.p[0] - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_jump_of_unknown_size_lets_the_next_measurement_speak_and_keeps_the_skew() {
        let mut state = TwoState::new(0.0, 1.0, 50.0, 1.0);
        state.add_offset_variance(1e12);
        state.correct(90_000.0, 1.0);
        assert!((state.offset - 90_000.0).abs() < 1e-3);
        assert!((state.skew - 50.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_passes_in_a_negative_time_and_nothing_is_divided_by_zero() {
        let mut state = TwoState::new(7.0, 0.0, 3.0, 1.0);
        let before = state;
        state.predict(-5.0, 1.0, 1.0);
        state.correct(99.0, 0.0);
        assert_eq!(state, before, "what is certain stays");
    }
}

//! What one message tells when queues only ever add to its way: the truth lies on one side of what was measured, and
//! likelier near it than far. A normal estimate corrected by that is no longer normal; it is replaced by the normal one
//! of the same mean and variance (assumed density filtering; P. S. Maybeck 1982, *Stochastic Models* vol. 2, §12.7).
//!
//! Waits are taken to be exponential, as in Jeske, *On maximum-likelihood estimation of clock offset* (IEEE Trans.
//! Commun. 53, 2005), whose result this tends to: the shortest message of each way counts, not the shortest round trip.
//! It knows no units; [`clock`](super::clock) gives it µs.

use std::f64::consts::{LN_2, PI, SQRT_2};

/// The usual wait is measured on the shorter waits: this share of them. A radio that sleeps holds the majority.
const SHORTER: f64 = 0.25;
/// So many waits of the expected scale stand for what was known beforehand.
const PRIOR_WEIGHT: f64 = 1.0;
/// The share of messages that may wait much longer than usual: lost and sent again, held by a radio.
const RARE: f64 = 0.3;
/// How much longer than the mean of all waits those are taken to wait: what was seen is a sample.
const RARE_FACTOR: f64 = 2.0;
/// Beyond so many standard deviations the normal distribution's tail is taken from its asymptotic series.
const FAR: f64 = 12.0;

/// A normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Its mean.
    pub mean: f64,
    /// Its variance, positive.
    pub variance: f64,
}

/// How long messages wait on one way: most of them exponentially with a short mean, some with a long one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queueing {
    usual: f64,
    rare: f64,
}

impl Queueing {
    /// Of recent waits, all of them too large or too small by a constant that need not be known; sorts them. `expected`:
    /// the usual wait as long as few were seen. No wait is taken to be below `least`, which is positive.
    pub fn of(waits: &mut [f64], expected: f64, least: f64) -> Self {
        waits.sort_unstable_by(f64::total_cmp);
        let n = waits.len();
        let shortest = waits.first().copied().unwrap_or_default();
        let mean = waits.iter().map(|wait| wait - shortest).sum::<f64>() / n.max(1) as f64;
        let k = ((n as f64 * SHORTER).ceil() as usize).max(2);
        let usual = waits.get(k - 1).map_or(expected, |wait| {
            // Of n exponential waits of mean 1, the k-th lies 1/(n−1) + … + 1/(n−k+1) above the first.
            let rank: f64 = (1..k).map(|j| 1.0 / (n - j) as f64).sum();
            let weight = (k - 1) as f64;
            ((wait - shortest) / rank * weight + expected * PRIOR_WEIGHT) / (weight + PRIOR_WEIGHT)
        });
        let usual = usual.max(least);
        Self { usual, rare: RARE_FACTOR * mean.max(usual) }
    }

    /// The mean of the usual wait.
    pub const fn usual(&self) -> f64 {
        self.usual
    }

    /// What is known of a value after something was measured that is the value plus a wait.
    pub fn correct(&self, known: Normal, measured: f64) -> Normal {
        let parts = [(1.0 - RARE, self.usual), (RARE, self.rare)].map(|(share, scale)| {
            let (part, likelihood) = truncated(known, measured, scale);
            (part, share.ln() + likelihood)
        });
        let likeliest = parts[0].1.max(parts[1].1);
        let weights = parts.map(|(_, likelihood)| (likelihood - likeliest).exp());
        let share = weights[1] / (weights[0] + weights[1]);
        let apart = parts[1].0.mean - parts[0].0.mean;
        Normal {
            mean: parts[0].0.mean + share * apart,
            variance: (1.0 - share) * parts[0].0.variance
                + share * parts[1].0.variance
                + share * (1.0 - share) * apart * apart,
        }
    }
}

/// Mean and variance of a normal value of which `measured` is the value plus an exponential wait, and the logarithm of
/// how likely that measurement was. The posterior is the normal distribution moved by variance / scale towards
/// `measured`, and cut off there.
fn truncated(known: Normal, measured: f64, scale: f64) -> (Normal, f64) {
    let Normal { mean, variance } = known;
    let sigma = variance.sqrt();
    let moved = mean + variance / scale;
    let cut = (measured - moved) / sigma;
    let below = ln_below(cut);
    let likelihood = (mean - measured) / scale + variance / (2.0 * scale * scale) - scale.ln() + below;
    let part = if cut < -FAR {
        let square = 1.0 / (cut * cut);
        Normal {
            mean: measured + sigma / cut * (1.0 - 2.0 * square),
            variance: variance * square * (1.0 - 6.0 * square),
        }
    } else {
        let hazard = (-0.5 * cut * cut - 0.5 * (2.0 * PI).ln() - below).exp();
        Normal { mean: moved - sigma * hazard, variance: variance * (1.0 - hazard * (hazard + cut)) }
    };
    (part, likelihood)
}

/// The logarithm of the standard normal distribution's share below `x`, to 2e-7 of the share however small it is
/// (W. H. Press et al., *Numerical Recipes*, 3rd ed., §6.2.2: the complementary error function).
fn ln_below(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 10] = [
        0.170_872_77,
        -0.822_152_23,
        1.488_515_87,
        -1.135_203_98,
        0.278_868_07,
        -0.186_288_06,
        0.096_784_18,
        0.374_091_96,
        1.000_023_68,
        -1.265_512_23,
    ];
    let z = x.abs() / SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let series = COEFFICIENTS.iter().fold(0.0, |sum, coefficient| sum * t + coefficient);
    let tail = t.ln() - LN_2 - z * z + series;
    if x < 0.0 { tail } else { (-tail.exp()).ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by summing up the posterior in small steps.
    fn summed(queueing: &Queueing, known: Normal, measured: f64) -> Normal {
        let sigma = known.variance.sqrt();
        let density = |value: f64| {
            let wait = measured - value;
            let part = |share: f64, scale: f64| share / scale * (-wait / scale).exp();
            let off = (value - known.mean) / sigma;
            (part(1.0 - RARE, queueing.usual) + part(RARE, queueing.rare)) * (-0.5 * off * off).exp()
        };
        let (from, to) = (known.mean - 9.0 * sigma, measured.min(known.mean + 40.0 * sigma));
        let from = from.min(to - 9.0 * sigma);
        let steps = 4_000;
        let width = (to - from) / f64::from(steps);
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for step in 0..steps {
            let value = from + (f64::from(step) + 0.5) * width;
            let weight = density(value);
            total += weight;
            first += weight * (value - known.mean);
            second += weight * (value - known.mean).powi(2);
        }
        let mean = first / total;
        Normal { mean: known.mean + mean, variance: second / total - mean * mean }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn a_correction_is_mean_and_variance_of_the_posterior(
            sigma in 1.0f64..100.0, usual in 0.3f64..50.0, more in 1.0f64..40.0, off in -3.0f64..20.0,
        ) {
            let queueing = Queueing { usual: usual * sigma, rare: more * usual * sigma };
            let known = Normal { mean: 1_000.0, variance: sigma * sigma };
            let measured = known.mean + off * sigma;
            let (now, truth) = (queueing.correct(known, measured), summed(&queueing, known, measured));
            prop_assert!((now.mean - truth.mean).abs() < 1e-3 * sigma, "{now:?} for {truth:?}");
            prop_assert!((now.variance / truth.variance - 1.0).abs() < 0.01, "{now:?} for {truth:?}");
        }

        #[test]
        fn whatever_was_known_nothing_stays_beyond_what_was_measured(
            sigma in 0.01f64..1e6, usual in 1.0f64..1e6, more in 1.0f64..1e3, off in -1e3f64..1e3,
        ) {
            let queueing = Queueing { usual, rare: more * usual };
            let now = queueing.correct(Normal { mean: 0.0, variance: sigma * sigma }, off * sigma);
            prop_assert!(now.mean.is_finite() && now.variance > 0.0, "{now:?}");
            prop_assert!(now.mean <= off * sigma + 1e-6 * sigma, "{now:?}");
        }

        #[test]
        fn the_usual_wait_is_found_whatever_is_added_to_all_and_though_half_are_held(
            seed in prop::collection::vec(0.0f64..1.0, 64), mean in 10.0f64..1e4, added in -1e6f64..1e6, held in 0usize..32,
        ) {
            let mut waits: Vec<f64> = seed.iter().map(|unit| added - mean * (1.0 - unit).ln()).collect();
            for wait in &mut waits[..held] {
                *wait += 100.0 * mean;
            }
            let queueing = Queueing::of(&mut waits, mean, 1.0);
            // The quarter's rank is nearer to the half of those that are not held. Below a fifth, 16 of 64 waits would
            // be shorter than 6 % of them are: once in ten million.
            prop_assert!((0.2..6.0).contains(&(queueing.usual / mean)), "{queueing:?} for {mean}");
            prop_assert!(queueing.rare >= 2.0 * queueing.usual);
        }
    }

    #[test]
    fn the_tails_of_the_normal_distribution_are_right() {
        // Abramowitz and Stegun, table 26.2: −log10 of the share.
        for (x, minus_log10) in [(-1.0f64, 0.799_55), (-5.0, 6.542_65), (-10.0, 23.118_05)] {
            assert!((ln_below(x) / std::f64::consts::LN_10 + minus_log10).abs() < 2e-5, "{x}");
        }
        assert!((ln_below(0.0).exp() - 0.5).abs() < 1e-6);
        assert!((ln_below(1.0).exp() - 0.841_344_75).abs() < 1e-6);
    }

    #[test]
    fn what_was_measured_far_beyond_hardly_counts() {
        let queueing = Queueing { usual: 100.0, rare: 1_000.0 };
        let known = Normal { mean: 0.0, variance: 100.0 };
        let now = queueing.correct(known, 5_000.0);
        assert!(now.mean < 0.2 && now.variance > 99.0, "{now:?}");
    }
}

//! The one source of chance: a small generator (SplitMix64; Steele, Lea, Flood 2014) and the distributions that
//! networks and machines need.

use crate::sync::time::Span;

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Between two bounds.
    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.unit()
    }

    /// A length of time between two bounds.
    pub fn span(&mut self, least: Span, most: Span) -> Span {
        least + (most - least).scale(self.unit())
    }

    /// An exponentially distributed length of time, as waiting in a queue is.
    pub fn exponential(&mut self, mean: Span) -> Span {
        mean.scale(-(1.0 - self.unit()).ln())
    }

    /// A normally distributed number of mean 0 and deviation 1 (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let length = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        length * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Between −1 and 1, more often near 0: how far a thing misses that rarely misses by much.
    pub fn triangular(&mut self) -> f64 {
        self.unit() - self.unit()
    }

    /// True in this share of cases.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}

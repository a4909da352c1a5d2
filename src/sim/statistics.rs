//! Distributions of what is heard, gathered over millions of moments.

/// The resolution of quantiles, in ms.
const BIN_MS: f64 = 0.01;
/// What is beyond this many bins (10 s) is counted there; only the maximum knows better.
const BINS: usize = 1_000_000;

/// How large something was, in ms, without its sign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    bins: Vec<u32>,
    count: u64,
    most: f64,
}

impl Distribution {
    /// Takes one value in ms.
    pub fn add(&mut self, ms: f64) {
        let ms = ms.abs();
        let bin = ((ms / BIN_MS) as usize).min(BINS);
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
        self.count += 1;
        self.most = self.most.max(ms);
    }

    /// What this share of the values lies below, in ms, to 0.01 ms; 0 for no values.
    pub fn quantile(&self, share: f64) -> f64 {
        let rank = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bin, count) in self.bins.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= rank && *count > 0 {
                return ((bin + 1) as f64 * BIN_MS).min(self.most);
            }
        }
        self.most
    }

    /// The largest, in ms.
    pub const fn most(&self) -> f64 {
        self.most
    }

    /// How many values there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Takes the values of another one, too.
    pub fn merge(&mut self, other: &Self) {
        if other.bins.len() > self.bins.len() {
            self.bins.resize(other.bins.len(), 0);
        }
        for (bin, count) in self.bins.iter_mut().zip(&other.bins) {
            *bin += count;
        }
        self.count += other.count;
        self.most = self.most.max(other.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_values() {
        let (mut low, mut high) = (Distribution::default(), Distribution::default());
        for n in 0..1_000 {
            let ms = f64::from(n) * 0.1 + 0.005;
            if n % 2 == 0 {
                low.add(-ms);
            } else {
                high.add(ms);
            }
        }
        low.merge(&high);
        assert_eq!(low.count(), 1_000);
        for (share, ms) in [(0.5, 49.91), (0.95, 94.91), (0.99, 98.91)] {
            assert!((low.quantile(share) - ms).abs() < 1e-6, "{share}: {}", low.quantile(share));
        }
        assert!((low.most() - 99.905).abs() < 1e-9);
        assert_eq!(Distribution::default().quantile(0.5).to_bits(), 0f64.to_bits());
    }
}

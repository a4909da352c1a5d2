//! Reads of an element's position, gathered into blocks that count as one measurement each. A single read is a saw-tooth
//! around the truth (manual/sync.md), evenly spread over its height. Of such values the middle between the extremes is
//! the best estimate there is: its error falls with the number of reads, that of their mean only with its square root
//! (H. Cramér, *Mathematical Methods of Statistics*, §28.6).

use super::time::{LocalTime, MediaTime, Span};

/// Reads that are farther from the median than so many interquartile ranges were disturbed; a uniform spread ends at 1.
const FENCE: f64 = 1.5;
/// From so many reads on, two at either end are averaged, so that a lone stray moves the middle half as far.
const PAIRED_FROM: usize = 8;
/// Recorded reads scatter this much more than independent, uniform ones would.
const SIGMA_FACTOR: f64 = 1.3;
/// No block is better than this, in ms: positions are told in steps.
const SIGMA_FLOOR: f64 = 0.1;

/// One reading of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The moment.
    pub at: LocalTime,
    /// The position that is heard then, if the read tells the truth.
    pub position: MediaTime,
}

/// What a block says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The middle of its time.
    pub at: LocalTime,
    /// The position at that moment.
    pub position: MediaTime,
    /// One standard deviation, in ms.
    pub sigma: f64,
}

/// Reads that belong together: nothing was done to the element between them.
#[derive(Clone, Debug, Default)]
pub struct Block {
    reads: Vec<Read>,
}

impl Block {
    /// Takes a read; reads come in the order of time.
    pub fn push(&mut self, read: Read) {
        self.reads.push(read);
    }

    /// Forgets the reads.
    pub fn clear(&mut self) {
        self.reads.clear();
    }

    /// Whether it has so many reads over so long at least.
    pub fn holds(&self, reads: usize, span: Span) -> bool {
        let [first, .., last] = self.reads[..] else {
            return false;
        };
        self.reads.len() >= reads && last.at - first.at >= span
    }

    /// What it says; `None` when it is empty.
    pub fn measure(&self) -> Option<Measured> {
        let first = self.reads.first()?;
        let beyond: Vec<f64> = self
            .reads
            .iter()
            .map(|read| ((read.position - first.position) - (read.at - first.at)).as_ms())
            .collect();
        let elapsed: i64 = self.reads.iter().map(|read| (read.at - first.at).micros()).sum();
        let at = first.at + Span::from_micros(elapsed / self.reads.len() as i64);
        let (middle, sigma) = middle(beyond);
        Some(Measured { at, position: first.position + (at - first.at) + Span::from_ms_f64(middle), sigma })
    }
}

/// The middle of evenly spread values, and one standard deviation of it; of at least one value.
fn middle(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    let median = values[n / 2];
    let reach = FENCE * (values[(3 * n) / 4] - values[n / 4]) + f64::EPSILON;
    values.retain(|value| (value - median).abs() <= reach);
    let n = values.len();
    let (least, most) = (values[0], values[n - 1]);
    let middle = if n >= PAIRED_FROM {
        (least + values[1] + values[n - 2] + most) / 4.0
    } else {
        values.iter().sum::<f64>() / n as f64
    };
    // The midrange of n uniform values over a width w has the variance w² / (2 (n + 1) (n + 2)).
    let n = n as f64;
    let sigma = SIGMA_FACTOR * (most - least) / (2.0 * (n + 1.0) * (n + 2.0)).sqrt();
    (middle, sigma.max(SIGMA_FLOOR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads 16 ms apart of an element that is `ahead` ms ahead, each off by what `error` says.
    fn block(ahead: f64, n: usize, mut error: impl FnMut(usize) -> f64) -> Block {
        let mut block = Block::default();
        for i in 0..n {
            let at = LocalTime::from_micros(5_000_000 + 16_400 * i as i64);
            let position = MediaTime::from_ms_f64(60_000.0 + 16.4 * i as f64 + ahead + error(i));
            block.push(Read { at, position });
        }
        block
    }

    fn ahead(measured: &Measured) -> f64 {
        (measured.position - MediaTime::from_ms_f64(60_000.0)).as_ms()
            - (measured.at - LocalTime::from_micros(5_000_000)).as_ms()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn a_saw_tooth_is_seen_through(truth in -100.0f64..100.0, phase in 0.0f64..1.0, period in 90.0f64..140.0) {
            // As recorded: falls by 10.5 ms in steps of 21 ms, then jumps back.
            let tooth = |i: usize| {
                let at = (16.4 * i as f64 / 21.3).floor() * 21.3 / period + phase;
                5.25 - 10.5 * at.fract()
            };
            let measured = block(truth, 40, tooth).measure().unwrap();
            prop_assert!((ahead(&measured) - truth).abs() < 1.2, "{} for {truth}", ahead(&measured));
        }

        #[test]
        fn a_stray_read_hardly_counts(at in 0usize..40, stray in 12.0f64..400.0, late: bool) {
            let tooth = |i: usize| ((i * 7) % 40) as f64 / 39.0 * 10.0 - 5.0;
            let strayed = |i: usize| if i == at { if late { -stray } else { stray } } else { tooth(i) };
            let measured = block(0.0, 40, strayed).measure().unwrap();
            prop_assert!(ahead(&measured).abs() < 0.3, "{}", ahead(&measured));
        }
    }

    #[test]
    fn more_reads_know_better_and_smooth_ones_best() {
        let sigma = |n: usize, height: f64| {
            block(0.0, n, |i| (i * 7 % n) as f64 / n as f64 * height).measure().unwrap().sigma
        };
        assert!(sigma(12, 10.0) > 1.8 * sigma(24, 10.0));
        assert!((sigma(40, 0.1) - SIGMA_FLOOR).abs() < 1e-9);
    }

    #[test]
    fn a_block_is_full_by_number_and_by_time() {
        let block = block(0.0, 10, |_| 0.0);
        assert!(block.holds(10, Span::from_millis(140)));
        assert!(!block.holds(11, Span::from_millis(140)));
        assert!(!block.holds(10, Span::from_millis(150)));
        assert_eq!(Block::default().measure(), None);
    }
}

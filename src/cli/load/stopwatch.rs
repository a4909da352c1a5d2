//! The clock of a load test: one for all its parts, so that what one sent and another heard can be subtracted.

use std::time::Instant;

/// Counts from when it was made. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[expect(clippy::disallowed_methods, reason = "latencies are what a load test measures")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// µs since it was started.
    pub(super) fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

//! What operations take, told to whoever asked for it. An operation begins with `let _timed = self.timed("its name");`,
//! and a test sees to it; what it took is told when that goes, however the operation ends.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Store;

/// Who wants to know. It is called in the middle of the work, so it must be quick.
pub type Timer = Arc<dyn Fn(&'static str, Duration) + Send + Sync>;

/// The one who was named, if one was.
#[derive(Clone, Default)]
pub(super) struct Timing(Option<Timer>);

impl fmt::Debug for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timing").field(&self.0.is_some()).finish()
    }
}

impl Store {
    /// The same, and tells this one what operations take.
    #[must_use]
    pub fn timed_by(self, timer: Timer) -> Self {
        Self { timing: Timing(Some(timer)), ..self }
    }

    pub(super) fn timed(&self, operation: &'static str) -> Option<Timed<'_>> {
        let timer = self.timing.0.as_ref()?;
        Some(Timed { timer, operation, began: now() })
    }
}

/// An operation on its way.
pub(super) struct Timed<'a> {
    timer: &'a Timer,
    operation: &'static str,
    began: Instant,
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        (self.timer)(self.operation, now() - self.began);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an operation took; no time of a room hangs on it")]
fn now() -> Instant {
    Instant::now()
}

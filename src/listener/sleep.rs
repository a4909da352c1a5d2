//! Notices that time has passed which the page did not live through: a laptop that was closed, a process that stood
//! still. Browsers say so seldom, and never when the whole machine sleeps.

use crate::sync::time::{LocalTime, Span};

/// A timer that comes so much too late in a page that is seen has slept. (Hidden pages are called once a second, later
/// once a minute.)
const LATE: Span = Span::from_secs(2);
/// The wall clock goes on in a sleep; the monotonic clock of some systems does not. A wall clock that was set looks the
/// same, and costs a burst of pings.
const APART: Span = Span::from_secs(1);

/// Whether anything was slept through.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sleep {
    hidden: bool,
    /// The wall clock beyond the monotonic one, when both were last seen.
    wall_ahead: Option<Span>,
}

impl Sleep {
    pub(super) const fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
    }

    /// Both clocks now, and when the page wanted to be called; true after a sleep.
    pub(super) fn handle_clocks(&mut self, now: LocalTime, wall: Span, due: Option<LocalTime>) -> bool {
        let ahead = wall - (now - LocalTime::ZERO);
        let stood_still = self.wall_ahead.is_some_and(|before| (ahead - before).abs() > APART);
        self.wall_ahead = Some(ahead);
        let late = !self.hidden && due.is_some_and(|due| now - due > LATE);
        stood_still || late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> (LocalTime, Span) {
        (LocalTime::ZERO + Span::from_secs(secs), Span::from_secs(1_800_000_000 + secs))
    }

    #[test]
    fn a_clock_that_stood_still_and_a_timer_that_came_late_are_sleeps() {
        let mut sleep = Sleep::default();
        let (now, wall) = at(1);
        assert!(!sleep.handle_clocks(now, wall, Some(now)));
        let (now, wall) = at(2);
        assert!(!sleep.handle_clocks(now, wall, Some(now - Span::from_secs(1))), "a busy page");
        let (now, wall) = at(40);
        assert!(sleep.handle_clocks(now, wall, Some(now - Span::from_secs(30))), "it stood still");
        assert!(!sleep.handle_clocks(now, wall, Some(now)), "told once");
        let slept = wall + Span::from_secs(600);
        assert!(sleep.handle_clocks(now + Span::from_millis(5), slept, Some(now)), "so did its clock");
    }

    #[test]
    fn a_hidden_page_is_called_late_and_has_not_slept() {
        let mut sleep = Sleep::default();
        sleep.set_hidden(true);
        let (now, wall) = at(60);
        assert!(!sleep.handle_clocks(now, wall, Some(now - Span::from_secs(59))));
        sleep.set_hidden(false);
        assert!(sleep.handle_clocks(now, wall, Some(now - Span::from_secs(59))));
    }
}

//! Whether the data that an element waits for is still on its way. A connection that was forgotten on the way (a router
//! was switched off and on) says nothing, and browsers wait for its bytes for ever: somebody has to ask anew.

use crate::sync::time::{LocalTime, Span};

/// Who waits for data, and of whom nothing arrived for so long, asks anew. Browsers themselves take silence of 3 s for
/// noteworthy (`stalled`), and TCP repeats what was lost within that.
const SILENCE: Span = Span::from_secs(4);
/// Each time that did not help, twice as long, but no more often doubled than this: 32 s at most.
const DOUBLINGS: u32 = 3;

/// What arrives for an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    wanted_since: Option<LocalTime>,
    arrived: Option<LocalTime>,
    asked_anew: u32,
}

impl Supply {
    pub(super) const fn new() -> Self {
        Self { wanted_since: None, arrived: None, asked_anew: 0 }
    }

    /// Asked for now, and nobody knows yet whether it comes.
    pub(super) const fn begin(&mut self) {
        self.wanted_since = None;
    }

    /// The element waits for data.
    pub(super) fn handle_want(&mut self, now: LocalTime) {
        self.wanted_since.get_or_insert(now);
    }

    /// Some of it arrived.
    pub(super) const fn handle_arrival(&mut self, now: LocalTime) {
        self.arrived = Some(now);
    }

    /// The element has what it needs.
    pub(super) const fn handle_enough(&mut self) {
        self.wanted_since = None;
        self.asked_anew = 0;
    }

    /// Whether the element waits for data.
    pub(super) const fn is_wanted(&self) -> bool {
        self.wanted_since.is_some()
    }

    /// When to ask anew, if nothing arrives until then.
    pub(super) fn poll_timeout(&self) -> Option<LocalTime> {
        let since = self.wanted_since?;
        let silent_since = self.arrived.map_or(since, |arrived| arrived.max(since));
        Some(silent_since + SILENCE * (1 << self.asked_anew.min(DOUBLINGS)))
    }

    /// It is asked for anew, if that is due.
    pub(super) fn poll_ask(&mut self, now: LocalTime) -> bool {
        let asks = self.poll_timeout().is_some_and(|due| due <= now);
        if asks {
            self.asked_anew += 1;
        }
        asks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> LocalTime {
        LocalTime::ZERO + Span::from_secs(secs)
    }

    #[test]
    fn who_wants_nothing_is_never_asked_for() {
        let mut supply = Supply::new();
        supply.handle_arrival(at(1));
        assert_eq!(supply.poll_timeout(), None);
        assert!(!supply.poll_ask(at(1_000)));
    }

    #[test]
    fn what_arrives_slowly_is_waited_for() {
        let mut supply = Supply::new();
        supply.handle_want(at(0));
        for second in 1..60 {
            supply.handle_arrival(at(second));
            assert!(!supply.poll_ask(at(second + 3)));
        }
        assert!(supply.poll_ask(at(63)));
    }

    #[test]
    fn silence_is_asked_about_less_and_less_often() {
        let mut supply = Supply::new();
        let mut waits = Vec::new();
        for _ in 0..6 {
            supply.begin();
            supply.handle_want(at(0));
            let due = supply.poll_timeout().unwrap();
            assert!(!supply.poll_ask(due - Span::from_millis(1)));
            assert!(supply.poll_ask(due));
            waits.push((due - at(0)).as_secs());
        }
        assert_eq!(waits, [4.0, 8.0, 16.0, 32.0, 32.0, 32.0]);
        supply.handle_enough();
        supply.handle_want(at(100));
        assert_eq!(supply.poll_timeout(), Some(at(104)));
    }
}

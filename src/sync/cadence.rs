//! When to ping: bursts of pings in sequence, close together while the clock is new or poor, sparse once it is known
//! well. On TCP one late segment delays all behind it, so the next ping waits for the last one's answer.

use super::time::{LocalTime, Span};

/// Pings of a first burst, and of one that is asked for.
const FULL_BURST: u32 = 8;
/// Pings of a later burst, …
const LATER_BURST: u32 = 4;
/// … and of a steady one when bursts are close together though the clock is known well: eight pings a minute do.
const CLOSE_BURST: u32 = 2;
/// Steady bursts at most this far apart are close together.
const CLOSE: Span = Span::from_secs(15);
/// From an answer to the next ping: uneven, so that pings do not fall into step with something periodic.
const SPACING: [Span; 4] =
    [Span::from_millis(23), Span::from_millis(37), Span::from_millis(29), Span::from_millis(41)];
/// An answer that took longer is not waited for.
const ANSWER_TIMEOUT: Span = Span::from_millis(2_000);
/// The gaps between the first bursts: the skew needs a minute to show, and until it has, an estimate is good for about as
/// long as it took to make.
const FIRST_GAPS: [Span; 7] = [
    Span::from_secs(1),
    Span::from_secs(2),
    Span::from_secs(3),
    Span::from_secs(5),
    Span::from_secs(8),
    Span::from_secs(12),
    Span::from_secs(18),
];
/// The gap while the error bound is poor.
const POOR_GAP: Span = Span::from_secs(10);
/// An error bound above this is poor.
const POOR_ERROR: Span = Span::from_millis(5);

/// The schedule of pings of one connection.
#[derive(Clone, Debug, Default)]
pub struct PingCadence {
    next_id: u64,
    /// The ping that is under way.
    waiting: Option<(u64, LocalTime)>,
    left_in_burst: u32,
    /// How many pings the next burst has.
    next_burst: u32,
    due: Option<LocalTime>,
    bursts: usize,
    /// One ping beside the schedule is wanted, since then; or under way.
    single: Option<LocalTime>,
    single_is_under_way: bool,
}

impl PingCadence {
    /// Starts a full burst at once: on connect, on waking, after the network changed.
    pub fn burst(&mut self, now: LocalTime) {
        self.left_in_burst = FULL_BURST;
        self.bursts = 0;
        self.waiting = None;
        self.single = None;
        self.due = Some(now);
    }

    /// One ping beside the schedule, as soon as none is under way: somebody wants to know whether the other side is there.
    pub fn single(&mut self, now: LocalTime) {
        self.single = self.due.and(Some(now));
    }

    /// Stops: there is no connection.
    pub fn stop(&mut self) {
        self.waiting = None;
        self.single = None;
        self.due = None;
    }

    /// Whether a burst is under way.
    pub const fn is_bursting(&self) -> bool {
        self.due.is_some() && self.left_in_burst > 0
    }

    /// The id of a ping to send now, if one is due.
    pub fn poll_ping(&mut self, now: LocalTime) -> Option<u64> {
        if self.poll_timeout()? > now {
            return None;
        }
        self.single_is_under_way = self.due.is_some_and(|due| due > now);
        self.single = None;
        if !self.single_is_under_way && self.left_in_burst == 0 {
            self.left_in_burst = self.next_burst;
        }
        self.next_id += 1;
        self.waiting = Some((self.next_id, now));
        Some(self.next_id)
    }

    /// An answer came; true when it is the one that was waited for. `error`: the clock's error bound after it;
    /// `steady`: the profile's gap between bursts.
    pub fn handle_answer(&mut self, now: LocalTime, id: u64, error: Span, steady: Span) -> bool {
        if self.waiting.is_none_or(|(waiting, _)| waiting != id) {
            return false;
        }
        self.waiting = None;
        if self.single_is_under_way {
            return true;
        }
        self.left_in_burst = self.left_in_burst.saturating_sub(1);
        let gap = if self.left_in_burst > 0 {
            SPACING[(id % SPACING.len() as u64) as usize]
        } else {
            let gap = if let Some(gap) = FIRST_GAPS.get(self.bursts) {
                self.next_burst = LATER_BURST;
                *gap
            } else {
                let poor = error > POOR_ERROR;
                self.next_burst = if poor || steady > CLOSE { LATER_BURST } else { CLOSE_BURST };
                if poor { POOR_GAP.min(steady) } else { steady }
            };
            self.bursts += 1;
            gap
        };
        self.due = Some(now + gap);
        true
    }

    /// When [`PingCadence::poll_ping`] wants to be called.
    pub fn poll_timeout(&self) -> Option<LocalTime> {
        match self.waiting {
            Some((_, sent)) => Some(sent + ANSWER_TIMEOUT),
            None => [self.single, self.due].into_iter().flatten().min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEADY: Span = Span::from_secs(30);

    /// Runs for a while on a network with a fixed round trip, and says when pings were sent.
    fn run(cadence: &mut PingCadence, until: Span, rtt: Span, error: Span) -> Vec<LocalTime> {
        run_at(cadence, until, rtt, error, STEADY)
    }

    fn run_at(
        cadence: &mut PingCadence,
        until: Span,
        rtt: Span,
        error: Span,
        steady: Span,
    ) -> Vec<LocalTime> {
        let mut sent = Vec::new();
        while let Some(due) = cadence.poll_timeout().filter(|due| *due <= LocalTime::ZERO + until) {
            if let Some(id) = cadence.poll_ping(due) {
                sent.push(due);
                cadence.handle_answer(due + rtt, id, error, steady);
            }
        }
        sent
    }

    #[test]
    fn a_single_ping_moves_no_burst() {
        let mut cadence = PingCadence::default();
        cadence.burst(LocalTime::ZERO);
        run(&mut cadence, Span::from_secs(90), Span::from_millis(10), Span::from_millis(1));
        let due = cadence.poll_timeout().unwrap();
        let now = LocalTime::ZERO + Span::from_secs(90);
        assert!(due > now);
        cadence.single(now);
        let id = cadence.poll_ping(now).unwrap();
        assert!(cadence.handle_answer(now + Span::from_millis(10), id, Span::from_millis(1), STEADY));
        assert_eq!(cadence.poll_timeout(), Some(due));
        // Without an answer it is said again, like every other.
        cadence.single(now);
        cadence.poll_ping(now).unwrap();
        assert_eq!(cadence.poll_timeout(), Some(now + ANSWER_TIMEOUT));
    }

    #[test]
    fn it_starts_with_a_burst_and_grows_sparse() {
        let mut cadence = PingCadence::default();
        cadence.burst(LocalTime::ZERO);
        let sent = run(&mut cadence, Span::from_secs(600), Span::from_millis(10), Span::from_millis(1));
        let within = |from: i64, to: i64| {
            sent.iter().filter(|t| (from..to).contains(&(t.micros() / 1_000_000))).count()
        };
        assert_eq!(within(0, 1), 8);
        assert!((20..=30).contains(&within(0, 30)), "{} in the first half minute", within(0, 30));
        assert!((8..=12).contains(&within(300, 390)), "{} in 90 s", within(300, 390));
    }

    #[test]
    fn a_poor_clock_is_asked_more_often() {
        let count = |error| {
            let mut cadence = PingCadence::default();
            cadence.burst(LocalTime::ZERO);
            run(&mut cadence, Span::from_secs(300), Span::from_millis(10), error).len()
        };
        assert!(count(Span::from_millis(50)) > 3 * count(Span::from_millis(1)) / 2);
    }

    #[test]
    fn a_good_clock_costs_eight_pings_a_minute_however_far_apart_its_bursts_are() {
        for steady in [Span::from_secs(15), Span::from_secs(30)] {
            let mut cadence = PingCadence::default();
            cadence.burst(LocalTime::ZERO);
            let sent = run_at(
                &mut cadence,
                Span::from_secs(660),
                Span::from_millis(10),
                Span::from_millis(1),
                steady,
            );
            let late = sent.iter().filter(|t| **t >= LocalTime::ZERO + Span::from_secs(60)).count();
            assert!((76..=84).contains(&late), "{late} pings in ten minutes at {steady:?}");
        }
    }

    #[test]
    fn it_never_exceeds_what_the_server_allows() {
        let mut cadence = PingCadence::default();
        cadence.burst(LocalTime::ZERO);
        let sent = run(&mut cadence, Span::from_secs(60), Span::ZERO, Span::from_secs(1));
        for (n, at) in sent.iter().enumerate() {
            let in_ten_seconds = sent[n..].iter().filter(|later| **later - *at < Span::from_secs(10)).count();
            assert!(in_ten_seconds <= 30 + 20, "{in_ten_seconds} pings in 10 s");
        }
    }

    #[test]
    fn a_lost_answer_is_not_waited_for_for_ever_and_a_strange_one_is_ignored() {
        let mut cadence = PingCadence::default();
        cadence.burst(LocalTime::ZERO);
        let first = cadence.poll_ping(LocalTime::ZERO).unwrap();
        let soon = LocalTime::ZERO + Span::from_millis(500);
        assert_eq!(cadence.poll_ping(soon), None);
        assert!(!cadence.handle_answer(soon, first + 9, Span::ZERO, STEADY));
        let later = LocalTime::ZERO + ANSWER_TIMEOUT;
        assert_eq!(cadence.poll_ping(later), Some(first + 1));
        assert!(!cadence.handle_answer(later, first, Span::ZERO, STEADY), "too late");
    }
}

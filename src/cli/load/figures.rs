//! What a load test found, as a table and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest time that is told apart, µs.
const LONGEST: u64 = 120_000_000;

/// Times, of which quantiles are asked.
#[derive(Clone, Debug)]
pub(super) struct Times(Histogram<u64>);

impl Default for Times {
    fn default() -> Self {
        Self(
            Histogram::new_with_bounds(1, LONGEST, 3)
                .expect("the bounds and the digits are ones that there are"),
        )
    }
}

impl Times {
    /// One more, µs.
    pub(super) fn record(&mut self, micros: u64) {
        self.0.saturating_record(micros);
    }

    /// All of another.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("all have the same bounds");
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.0.len()
    }

    /// Their quantiles; `None` when there are none.
    pub(super) fn quantiles(&self) -> Option<Quantiles> {
        let at = |quantile| self.0.value_at_quantile(quantile) as f64 / 1_000.0;
        (!self.0.is_empty()).then(|| Quantiles {
            count: self.0.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: self.0.max() as f64 / 1_000.0,
        })
    }
}

/// How long something took, ms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quantiles {
    pub(crate) count: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p90_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

/// What listeners of one server went through.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) delivery: Times,
    pub(super) connect: Times,
    pub(super) joined: u64,
    pub(super) refused: BTreeMap<String, u64>,
    pub(super) closed: BTreeMap<String, u64>,
    pub(super) actions: u64,
    pub(super) unanswered: u64,
    pub(super) expected: u64,
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) sent: u64,
}

/// The result of a load test.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    pub(crate) rooms: u64,
    pub(crate) listeners: u64,
    pub(crate) seconds: f64,
    /// Those that came in.
    pub(crate) joined: u64,
    /// Those that did not, by why.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Those that were closed before the end, by why.
    pub(crate) closed: BTreeMap<String, u64>,
    /// Commands that were given and answered with a broadcast.
    pub(crate) actions: u64,
    /// Commands that were not answered.
    pub(crate) unanswered: u64,
    /// Broadcasts of commands that should have arrived and did not.
    pub(crate) missed: u64,
    /// From the command to the arrival of its broadcast at a listener.
    pub(crate) delivery: Option<Quantiles>,
    /// The same with a bare repeater in the place of the server.
    pub(crate) repeater_delivery: Option<Quantiles>,
    /// What listeners of the repeater missed.
    pub(crate) repeater_missed: Option<u64>,
    /// The delivery's p99 by that of the repeater.
    pub(crate) p99_by_repeater: Option<f64>,
    /// The round trip of pings of clients that do nothing else, in a room of their own, meanwhile.
    pub(crate) quiet_ping: Option<Quantiles>,
    /// From the beginning of a connection to the room's state.
    pub(crate) connect: Option<Quantiles>,
    /// What listeners heard and said from then on until the end.
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    pub(crate) sent: u64,
}

impl Figures {
    /// Puts together what was measured.
    pub(super) fn of(
        (rooms, listeners, seconds): (u64, u64, f64),
        gathered: &Gathered,
        repeater: Option<&Gathered>,
        quiet: &Times,
    ) -> Self {
        let (delivery, bare) =
            (gathered.delivery.quantiles(), repeater.and_then(|bare| bare.delivery.quantiles()));
        Self {
            rooms,
            listeners,
            seconds,
            joined: gathered.joined,
            refused: gathered.refused.clone(),
            closed: gathered.closed.clone(),
            actions: gathered.actions,
            unanswered: gathered.unanswered,
            missed: gathered.expected.saturating_sub(gathered.delivery.count()),
            delivery,
            repeater_delivery: bare,
            repeater_missed: repeater.map(|bare| bare.expected.saturating_sub(bare.delivery.count())),
            p99_by_repeater: delivery.zip(bare).map(|(ours, bare)| ours.p99_ms / bare.p99_ms),
            quiet_ping: quiet.quantiles(),
            connect: gathered.connect.quantiles(),
            messages: gathered.messages,
            bytes: gathered.bytes,
            sent: gathered.sent,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} listeners in {} rooms, {} s; {} commands{}, {} broadcasts missed",
            self.joined,
            self.listeners,
            self.rooms,
            self.seconds,
            self.actions,
            if self.unanswered > 0 { format!(" and {} unanswered", self.unanswered) } else { String::new() },
            self.missed
        )?;
        writeln!(
            f,
            "heard {} messages, {:.1} MB; said {}",
            self.messages,
            self.bytes as f64 / 1e6,
            self.sent
        )?;
        for (what, counts) in [("not let in", &self.refused), ("closed", &self.closed)] {
            for (why, count) in counts {
                writeln!(f, "{what}: {count}, {why}")?;
            }
        }
        writeln!(f, "\n{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "ms", "count", "p50", "p90", "p99", "max")?;
        for (what, times) in [
            ("command to delivery", &self.delivery),
            ("the same of a bare repeater", &self.repeater_delivery),
            ("ping of a quiet client meanwhile", &self.quiet_ping),
            ("connecting and joining", &self.connect),
        ] {
            if let Some(Quantiles { count, p50_ms, p90_ms, p99_ms, max_ms }) = times {
                writeln!(f, "{what:<34}{count:>9}{p50_ms:>9.2}{p90_ms:>9.2}{p99_ms:>9.2}{max_ms:>9.2}")?;
            }
        }
        if let Some(ratio) = self.p99_by_repeater {
            writeln!(f, "\nThe p99 of the delivery is {ratio:.2} times that of the repeater.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_and_did_not_come_was_missed() {
        let mut ours = Gathered { joined: 3, actions: 2, expected: 6, ..Gathered::default() };
        for micros in [1_000, 2_000, 3_000, 4_000] {
            ours.delivery.record(micros);
        }
        let mut bare = Gathered { expected: 1, ..Gathered::default() };
        bare.delivery.record(8_000);
        let figures = Figures::of((1, 3, 5.0), &ours, Some(&bare), &Times::default());
        assert_eq!((figures.missed, figures.repeater_missed), (2, Some(0)));
        assert!((figures.p99_by_repeater.unwrap() - 0.5).abs() < 0.01);
        assert_eq!(figures.quiet_ping, None);
        let table = figures.to_string();
        assert!(
            table.contains("3 of 3 listeners in 1 rooms, 5 s; 2 commands, 2 broadcasts missed"),
            "{table}"
        );
        assert!(table.contains("command to delivery                       4     2.00"), "{table}");
    }
}

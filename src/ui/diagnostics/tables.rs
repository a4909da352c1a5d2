//! The rows of two tables: what the controller decided and why, and how much passed of each kind of message.

use super::moment;
use super::page::escaped;
use crate::listener::diary::{Decided, Diary, Direction};
use crate::sync::drift::Act;
use crate::ui::wording::{grouped, ms};
use crate::ui::words::words;

/// Decisions that are shown, the latest first.
const SHOWN: usize = 30;

/// What the controller decided.
pub(super) fn decisions(diary: &Diary) -> String {
    let mut rows = String::new();
    for decided in diary.decisions().iter().rev().take(SHOWN) {
        rows += &row(decision(decided));
    }
    rows
}

fn decision(decided: &Decided) -> [String; 4] {
    let text = &words().diagnostics;
    let decision = decided.decision;
    let act = decision.why.act();
    let does = (text.act)(act);
    let does = match act {
        Act::Hold | Act::Seek | Act::Delay => does.to_owned(),
        Act::Bend | Act::Rest => [does, " ", &ppm(millionths(decision.rate))].concat(),
    };
    [moment(decided.at), does, (text.why)(decision.why).to_owned(), ms(decision.drift)]
}

/// How much faster than the file.
pub(super) fn millionths(rate: f64) -> i64 {
    ((rate - 1.0) * 1e6).round() as i64
}

pub(super) fn ppm(millionths: i64) -> String {
    [&millionths.to_string(), " ppm"].concat()
}

/// How much passed of each kind, in the order in which they came first.
pub(super) fn traffic(diary: &Diary) -> String {
    let mut rows = String::new();
    for traffic in diary.traffic() {
        let way = direction_word(traffic.direction).to_owned();
        rows += &row([escaped(&traffic.kind), way, grouped(traffic.count), grouped(traffic.bytes)]);
    }
    rows
}

pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => words().diagnostics.sent,
        Direction::Received => words().diagnostics.received,
    }
}

fn row(cells: [String; 4]) -> String {
    ["<tr><td>", &cells.join("<td>"), "</tr>"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::drift::{Decision, Why};
    use crate::sync::time::{LocalTime, Span};

    #[test]
    fn a_decision_is_a_time_a_deed_a_reason_and_the_drift_that_it_was_about() {
        let decided = |why, rate| Decided {
            number: 1,
            at: LocalTime::from_micros(83_450_000),
            decision: Decision { why, drift: Some(Span::from_micros(-1_240)), rate },
        };
        let row = decision(&decided(Why::Off, 1.000_210));
        assert_eq!(row, ["1:23.4", "Bend 210 ppm", "off in steady state", "-1.2 ms"]);
        assert_eq!(decision(&decided(Why::Within, 1.000_210))[1], "Hold");
    }
}

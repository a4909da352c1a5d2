//! Two tables of words and numbers: what the controller decided and why, and how much passed of each kind of message.

use leptos::prelude::*;

use super::moment;
use crate::listener::diary::{Decided, Direction, Traffic};
use crate::sync::drift::Act;
use crate::ui::live::Live;
use crate::ui::wording::{grouped, ms};
use crate::ui::words::words;

/// Decisions that are shown, the latest first.
const SHOWN: usize = 30;

type Row = [String; 4];

/// What the controller decided.
#[component]
pub(super) fn Decisions() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let rows = Memo::new(move |_| {
        live.diary(|diary| diary.decisions().iter().rev().take(SHOWN).map(decision_row).collect::<Vec<Row>>())
    });
    table("decisions", text.decisions, text.decisions_head, rows)
}

fn decision_row(decided: &Decided) -> Row {
    let text = &words().diagnostics;
    let decision = decided.decision;
    let act = decision.why.act();
    let ppm = ((decision.rate - 1.0) * 1e6).round() as i64;
    let done = match act {
        Act::Hold | Act::Seek => (text.act)(act).to_owned(),
        Act::Bend | Act::Rest => format!("{} {ppm:+} ppm", (text.act)(act)),
    };
    [moment(decided.at), done, (text.why)(decision.why).to_owned(), ms(decision.drift)]
}

/// How much passed.
#[component]
pub(super) fn TrafficTable() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let rows = Memo::new(move |_| {
        let mut traffic = live.diary(|diary| diary.traffic().to_vec());
        traffic.sort_by_key(|traffic| std::cmp::Reverse(traffic.bytes));
        traffic.into_iter().map(traffic_row).collect()
    });
    table("traffic", text.traffic, text.traffic_head, rows)
}

fn traffic_row(Traffic { direction, kind, count, bytes }: Traffic) -> Row {
    [kind, direction_word(direction).to_owned(), grouped(count), grouped(bytes)]
}

pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => words().diagnostics.sent,
        Direction::Received => words().diagnostics.received,
    }
}

fn table(name: &'static str, title: &'static str, head: [&'static str; 4], rows: Memo<Vec<Row>>) -> AnyView {
    let row = |cells: Row| {
        let cells = cells.map(|cell| view! { <td>{cell}</td> });
        view! { <tr>{cells.into_iter().collect_view()}</tr> }
    };
    view! {
        <section class="diag-part" aria-labelledby=name>
            <h3 id=name>{title}</h3>
            <div class="diag-scroll" tabindex="0" role="region" aria-labelledby=name>
                <table class=format!("diag-table diag-{name}") data-testid=name>
                    <thead>
                        <tr>{head.map(|name| view! { <th scope="col">{name}</th> }).into_iter().collect_view()}</tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
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
        let row = decision_row(&decided(Why::Off, 1.000_210));
        assert_eq!(row, ["1:23.4", "Bend +210 ppm", "off in steady state", "-1.2 ms"]);
        assert_eq!(decision_row(&decided(Why::Within, 1.000_210))[1], "Hold");
    }
}

//! How a member kept step in the last ten minutes, for host and DJs: drift and round trip as two small curves below their
//! figures. They stand still while nothing happens, like what they show.

use leptos::prelude::*;

use crate::listener::trends::Trends;
use crate::protocol::MemberId;
use crate::sync::time::{LocalTime, Span};
use crate::ui::live::Live;
use crate::ui::plot::{HEIGHT, Range, path};

/// How long ago the left edge is: as long as something is known, but no more and no less than this. s
const LONGEST: i64 = 600;
const SHORTEST: i64 = 60;
/// The width of the box.
const WIDTH: i64 = 600;
/// Always within sight, so that what is little looks little: in step is within ±5 ms. µs
const DRIFT: Range = Range::of((-6_000, 6_000));
/// µs
const RTT: Range = Range::of((0, 30_000));

/// The two curves, drawn as text of HTML: they change as a whole, and seldom.
pub(super) fn trend(id: MemberId) -> AnyView {
    let trends = Live::get().trends();
    view! { <span class="trends" aria-hidden="true" inner_html=move || trends.with(|trends| curves(trends, &id))></span> }
        .into_any()
}

fn curves(trends: &Trends, id: &MemberId) -> String {
    let Some(latest) = trends.latest() else { return String::new() };
    let mut html = String::new();
    for (name, range) in [("drift", DRIFT), ("rtt", RTT)] {
        let told: Vec<_> = trends
            .of(id)
            .map(|point| (point.at, if name == "drift" { point.drift } else { point.rtt }.map(Span::micros)))
            .collect();
        html += &[
            "<svg class=trend data-quantity=",
            name,
            " viewBox=\"0 0 ",
            &WIDTH.to_string(),
            " ",
            &HEIGHT.to_string(),
            "\" preserveAspectRatio=none><path d=\"",
            &curve(&told, latest, range),
            "\" /></svg>",
        ]
        .concat();
    }
    html
}

/// Each value lasts until the next was told.
fn curve(told: &[(LocalTime, Option<i64>)], latest: LocalTime, range: Range) -> String {
    let range = told.iter().filter_map(|(_, value)| *value).fold(range, Range::with);
    let secs = |at: LocalTime| (latest - at).micros() / 1_000_000;
    let over = told.first().map_or(LONGEST, |(at, _)| secs(*at).clamp(SHORTEST, LONGEST));
    let x = |at: LocalTime| (WIDTH - secs(at) * WIDTH / over).clamp(0, WIDTH);
    let ends = told.iter().skip(1).map(|(at, _)| *at).chain([latest]);
    path(told.iter().zip(ends).flat_map(|((at, value), end)| {
        let y = value.map(|value| range.height_of(value));
        [(x(*at), y), (x(end), y)]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lasts_until_the_next_and_what_is_older_than_the_plot_stands_at_its_edge() {
        let at = |secs: i64| LocalTime::from_micros(secs * 1_000_000);
        let told = [(at(0), Some(0)), (at(700), Some(6_000)), (at(900), None), (at(950), Some(-6_000))];
        assert_eq!(curve(&told, at(1_000), DRIFT), "M0 500L300 500L300 0L500 0M550 1000L600 1000");
        assert_eq!(curve(&[], at(1_000), DRIFT), "");
    }

    #[test]
    fn a_page_that_was_just_opened_draws_what_it_knows_as_wide_as_there_is_space() {
        let at = |secs: i64| LocalTime::from_micros(secs * 1_000_000);
        let told = [(at(0), Some(0)), (at(60), Some(6_000))];
        assert_eq!(curve(&told, at(120), DRIFT), "M0 500L300 500L300 0L600 0");
        assert_eq!(curve(&told[..1], at(30), DRIFT), "M300 500L600 500", "but a moment is no history");
    }
}

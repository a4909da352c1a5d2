//! How a member kept step in the last ten minutes, for host and DJs: drift and round trip as two small curves below their
//! figures. They stand still while nothing happens, like what they show.

use leptos::prelude::*;

use crate::listener::trends::{Point, Trends};
use crate::protocol::MemberId;
use crate::sync::time::LocalTime;
use crate::ui::live::Live;
use crate::ui::plot::{HEIGHT, Range, path};

/// How long ago the left edge is. s
const WIDTH: i64 = 600;
/// Always within sight, so that what is little looks little: in step is within ±5 ms. µs
const DRIFT: Range = Range::of((-6_000, 6_000));
/// µs
const RTT: Range = Range::of((0, 30_000));

/// What is drawn of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Curves {
    drift: String,
    rtt: String,
}

/// The two curves.
#[component]
pub(super) fn Trend(id: MemberId) -> impl IntoView {
    let trends = Live::get().trends();
    let curves = Memo::new(move |_| trends.with(|trends| curves(trends, &id)));
    let spark = move |name: &'static str, of: fn(&Curves) -> &str| {
        view! {
            <svg
                class="trend"
                data-quantity=name
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <path d=move || curves.with(|curves| of(curves).to_owned()) />
            </svg>
        }
        .into_any()
    };
    view! {
        {spark("drift", |curves| &curves.drift)}
        {spark("rtt", |curves| &curves.rtt)}
    }
    .into_any()
}

fn curves(trends: &Trends, id: &MemberId) -> Curves {
    let Some(latest) = trends.latest() else { return Curves::default() };
    let points: Vec<Point> = trends.of(id).collect();
    let micros = |of: fn(&Point) -> Option<crate::sync::time::Span>| -> Vec<(LocalTime, Option<i64>)> {
        points.iter().map(|point| (point.at, of(point).map(crate::sync::time::Span::micros))).collect()
    };
    Curves {
        drift: curve(&micros(|point| point.drift), latest, DRIFT),
        rtt: curve(&micros(|point| point.rtt), latest, RTT),
    }
}

/// Each value lasts until the next was told.
fn curve(told: &[(LocalTime, Option<i64>)], latest: LocalTime, range: Range) -> String {
    let range = told.iter().filter_map(|(_, value)| *value).fold(range, Range::with);
    let x = |at: LocalTime| (WIDTH - (latest - at).micros() / 1_000_000).clamp(0, WIDTH);
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
}

//! The race of the clock filters: ours and its [rivals](super::baselines), fed with the same [traces](super::trace), and
//! how far each was off the truth. It prints what manual/sync.md tells; nothing here decides anything.

use std::fmt::Write as _;

use super::baselines::{MovingAverage, OffsetFilter, Regression, ShortestDelay, WholeExchanges};
use super::network::{Link, NetworkModel, QUIET};
use super::trace::{Course, Delivery, Disturbance, Listening, Trace};
use crate::sync::exchange::{Exchange, Offset};
use crate::sync::time::{LocalTime, Span};

/// What is measured: 10 min, …
const MEASURED: Span = Span::from_secs(600);
/// … from here on, when the first bursts are over.
const WARM_UP: Span = Span::from_secs(10);
/// The estimate is compared with the truth so often.
const EVERY: Span = Span::from_millis(250);
/// The largest skew of a browser's clock.
const SKEW: f64 = 100e-6;

/// A way that nothing but queueing delays.
const fn way(base: Span, queueing: Span) -> NetworkModel {
    NetworkModel { base, queueing, ..QUIET }
}

const fn ms(least: i64, most: i64) -> (Span, Span) {
    (Span::from_millis(least), Span::from_millis(most))
}

/// The networks of the race.
pub const COURSES: [Course; 10] = {
    use Disturbance::{Gaps, Held, None, Swells};
    let (lan, wifi, mobile) = (NetworkModel::LAN, NetworkModel::WIFI, NetworkModel::MOBILE);
    let far = way(Span::from_millis(45), Span::from_millis(2));
    let minute = Span::from_secs(60);
    [
        Course { name: "LAN", up: (lan, None), down: (lan, None) },
        Course { name: "Wi-Fi", up: (wifi, None), down: (wifi, None) },
        // An access point keeps what is for a sleeping phone until a beacon, 102 ms apart, that it wakes for.
        Course {
            name: "Wi-Fi, power save",
            up: (wifi, None),
            down: (wifi, Held { share: 0.6, between: ms(100, 300) }),
        },
        Course { name: "4G", up: (mobile, None), down: (mobile, None) },
        Course {
            name: "4G, uneven",
            up: (
                NetworkModel { base: Span::from_millis(45), queueing: Span::from_millis(25), ..mobile },
                None,
            ),
            down: (mobile, None),
        },
        Course {
            name: "4G, gaps",
            up: (mobile, Gaps { every: minute, length: ms(300, 1_500) }),
            down: (mobile, Gaps { every: minute, length: ms(300, 1_500) }),
        },
        // The page's own download of music fills the queue.
        Course {
            name: "bufferbloat",
            up: (way(Span::from_millis(8), Span::from_millis(2)), None),
            down: (
                way(Span::from_millis(8), Span::from_millis(2)),
                Swells { every: Span::from_secs(20), length: ms(3_000, 20_000), height: ms(50, 250) },
            ),
        },
        Course {
            name: "lossy",
            up: (
                NetworkModel {
                    loss: 0.08,
                    retransmission: Span::from_millis(250),
                    ..way(Span::from_millis(15), Span::from_millis(4))
                },
                None,
            ),
            down: (
                NetworkModel {
                    loss: 0.08,
                    retransmission: Span::from_millis(250),
                    ..way(Span::from_millis(15), Span::from_millis(4))
                },
                None,
            ),
        },
        // 80 ms ± 40 ms on each way.
        Course {
            name: "jitter 80 ± 40",
            up: (way(Span::from_millis(40), Span::ZERO), Held { share: 1.0, between: ms(0, 80) }),
            down: (way(Span::from_millis(40), Span::ZERO), Held { share: 1.0, between: ms(0, 80) }),
        },
        Course { name: "overseas", up: (far, None), down: (far, None) },
    ]
};

/// Our own filter, as a listener runs it.
impl OffsetFilter for Listening {
    fn name(&self) -> &'static str {
        "ours"
    }

    fn handle_exchange(&mut self, exchange: &Exchange) {
        Self::handle_exchange(self, exchange);
    }

    fn offset_at(&self, local: LocalTime) -> Option<Offset> {
        self.filter.estimate(local).map(|estimate| estimate.offset)
    }

    fn bound_at(&self, local: LocalTime) -> Option<Span> {
        self.filter.estimate(local).map(|estimate| estimate.error)
    }
}

/// How a filter did on a network.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceRow {
    /// The network.
    pub course: &'static str,
    /// The filter.
    pub filter: &'static str,
    /// The size of its error in ms, beside half the asymmetry: the median, …
    pub median_ms: f64,
    /// … what 95 % of the time lies below, …
    pub p95_ms: f64,
    /// … 99 %, …
    pub p99_ms: f64,
    /// … and the largest.
    pub max_ms: f64,
    /// The share of the time in which the error was within the bound that the filter claimed.
    pub covered: Option<f64>,
    /// The mean of that bound in ms.
    pub bound_ms: Option<f64>,
    /// Pings a minute, after the warm-up.
    pub pings: f64,
}

/// Makes a filter that knows nothing yet.
pub type Entrant = fn() -> Box<dyn OffsetFilter>;

/// Ours and its rivals.
pub const ENTRANTS: [Entrant; 5] = [
    || Box::<Listening>::default(),
    || Box::<Regression>::default(),
    || Box::<WholeExchanges>::default(),
    || Box::<ShortestDelay>::default(),
    || Box::<MovingAverage>::default(),
];

/// Runs filters on a network, once for each seed.
pub fn race(course: &Course, delivery: Delivery, seeds: u64, entrants: &[Entrant]) -> Vec<RaceRow> {
    let secs = (WARM_UP + MEASURED).micros() / 1_000_000;
    let traces: Vec<Trace> = (0..seeds).map(|seed| Trace::new(course, delivery, secs, SKEW, seed)).collect();
    let minutes = MEASURED.as_secs() / 60.0 * seeds.max(1) as f64;
    let pings: usize = traces
        .iter()
        .map(|trace| {
            let from = trace.quartz.local(Trace::at(WARM_UP));
            trace.exchanges.iter().filter(|exchange| exchange.sent >= from).count()
        })
        .sum();
    entrants
        .iter()
        .map(|entrant| {
            let mut scores = Scores::default();
            for trace in &traces {
                run(trace, entrant().as_mut(), course.half_asymmetry(), &mut scores);
            }
            scores.row(course.name, entrant().name(), pings as f64 / minutes)
        })
        .collect()
}

/// The race on a network that has a name ([`Link::NAMED`]); none has it: no rows.
pub fn on_named(name: &str, seeds: u64) -> Vec<RaceRow> {
    let named = Link::NAMED.iter().find(|(known, _)| *known == name);
    named.map_or_else(Vec::new, |(name, link)| {
        let course = Course { name, up: (link.up, Disturbance::None), down: (link.down, Disturbance::None) };
        race(&course, Delivery::Ordered, seeds, &ENTRANTS)
    })
}

/// What was seen of one filter on one network.
#[derive(Default)]
struct Scores {
    errors_us: Vec<f64>,
    bounded: usize,
    within: usize,
    bounds_us: f64,
}

impl Scores {
    fn row(mut self, course: &'static str, filter: &'static str, pings: f64) -> RaceRow {
        self.errors_us.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let last = self.errors_us.len().saturating_sub(1) as f64;
            self.errors_us.get((last * share).round() as usize).map_or(f64::NAN, |error| error / 1e3)
        };
        let bounded = self.bounded as f64;
        RaceRow {
            course,
            filter,
            median_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            max_ms: at(1.0),
            covered: (self.bounded > 0).then(|| self.within as f64 / bounded),
            bound_ms: (self.bounded > 0).then(|| self.bounds_us / bounded / 1e3),
            pings,
        }
    }
}

/// Replays a trace to a filter.
fn run(trace: &Trace, filter: &mut dyn OffsetFilter, half_asymmetry: f64, scores: &mut Scores) {
    let mut exchanges = trace.exchanges.iter().peekable();
    let mut since = WARM_UP;
    while since < WARM_UP + MEASURED {
        let truth = Trace::at(since);
        let local = trace.quartz.local(truth);
        while let Some(exchange) = exchanges.next_if(|exchange| exchange.arrived <= local) {
            filter.handle_exchange(exchange);
        }
        if let Some(offset) = filter.offset_at(local) {
            let error = ((local + offset - truth).micros() as f64 - half_asymmetry).abs();
            scores.errors_us.push(error);
            if let Some(bound) = filter.bound_at(local) {
                scores.bounded += 1;
                scores.within += usize::from(error <= bound.micros() as f64);
                scores.bounds_us += bound.micros() as f64;
            }
        }
        since += EVERY;
    }
}

/// The rows as text.
pub fn table(rows: &[RaceRow]) -> String {
    let mut text = String::from(
        "network            filter           median      p95      p99      max ms   bound ms  within  pings/min\n",
    );
    for row in rows {
        let _ = write!(
            text,
            "{:<18} {:<15} {:>7.2}  {:>7.2}  {:>7.2}  {:>7.2}",
            row.course, row.filter, row.median_ms, row.p95_ms, row.p99_ms, row.max_ms
        );
        if let (Some(bound), Some(covered)) = (row.bound_ms, row.covered) {
            let _ = write!(text, "     {:>7.2}  {:>5.1} %  {:>5.1}", bound, covered * 100.0, row.pings);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::Random;
    use crate::sync::clock::ClockFilter;
    use crate::sync::time::RoomTime;

    /// What nobody hears, and what tells no two filters apart.
    const TIE_MS: f64 = 0.01;
    /// Enough that no figure below hangs on one seed.
    const SEEDS: u64 = 40;

    #[test]
    fn ours_is_the_best_on_every_network_and_its_bound_holds() {
        for course in &COURSES {
            let rows = race(course, Delivery::Ordered, SEEDS, &ENTRANTS);
            let (ours, rivals) = (&rows[0], &rows[1..]);
            for rival in rivals {
                assert!(
                    ours.median_ms <= rival.median_ms + TIE_MS && ours.p95_ms <= rival.p95_ms + TIE_MS,
                    "{}",
                    table(&[ours.clone(), rival.clone()])
                );
            }
            assert!(ours.covered.is_some_and(|covered| covered >= 0.95), "{}", table(&rows[..1]));
        }
    }

    #[test]
    fn the_figures_to_reach_are_reached() {
        for (name, most_ms) in [("LAN", 1.0), ("Wi-Fi", 5.0), ("Wi-Fi, power save", 5.0), ("4G", 10.0)] {
            let course = COURSES.iter().find(|course| course.name == name).expect("it is in the list");
            let rows = race(course, Delivery::Ordered, SEEDS, &ENTRANTS[..1]);
            assert!(rows[0].p95_ms <= most_ms, "{}", table(&rows));
        }
    }

    #[test]
    fn twice_the_skew_changes_little() {
        let course = &COURSES[1];
        let trace = |skew| {
            let mut scores = Scores::default();
            for seed in 0..SEEDS {
                let trace = Trace::new(course, Delivery::Ordered, 610, skew, seed);
                run(&trace, &mut Listening::default(), course.half_asymmetry(), &mut scores);
            }
            scores.row(course.name, "ours", 0.0)
        };
        let (usual, twice) = (trace(SKEW), trace(2.0 * SKEW));
        assert!(twice.p95_ms < 1.2 * usual.p95_ms, "{}", table(&[usual, twice]));
    }

    /// The law of the error bound: equal bases, exponential waits of any mean on both ways, any skew that a quartz may
    /// have. Half a minute after the beginning the bound holds for 95 of 100, and nobody is beyond five times it.
    #[test]
    fn after_half_a_minute_the_bound_holds_for_95_of_100_clocks_and_none_is_far_beyond() {
        const CLOCKS: u64 = 10_000;
        let mut within = 0;
        for seed in 0..CLOCKS {
            let mut random = Random::new(seed);
            let skew = random.between(-200e-6, 200e-6);
            let base = 10f64.powf(random.between(2.0, 5.0));
            let queueing = 10f64.powf(random.between(1.5, 4.5));
            let room = |local: f64| RoomTime::from_micros((7e9 + local * (1.0 + skew)).round() as i64);
            let mut filter = ClockFilter::default();
            for (burst, pings) in [(0, 8), (1, 4), (3, 4), (6, 4), (11, 4), (19, 4), (31, 4)] {
                for ping in 0..pings {
                    let sent = f64::from(burst * 1_000_000 + ping * 30_000);
                    let mut way = || base - (1.0 - random.unit()).ln() * queueing;
                    let (there, back) = (way(), way());
                    let exchange = Exchange {
                        sent: LocalTime::from_micros(sent as i64),
                        received: room(sent + there),
                        answered: room(sent + there),
                        arrived: LocalTime::from_micros((sent + there + back) as i64),
                    };
                    filter.handle_exchange(&exchange, Span::from_millis(1_200));
                }
            }
            let now = LocalTime::from_micros(32_000_000);
            let estimate = filter.estimate(now).expect("there were exchanges");
            let error = (estimate.room_at(now) - room(32e6)).abs();
            assert!(error <= estimate.error * 5, "{error:?} beyond {:?}, seed {seed}", estimate.error);
            within += u64::from(error <= estimate.error);
        }
        assert!(within * 100 >= CLOCKS * 95, "{within} of {CLOCKS}");
    }

    #[test]
    fn the_table_has_a_line_for_every_row() {
        let rows = race(&COURSES[0], Delivery::Datagrams, 1, &ENTRANTS);
        let text = table(&rows);
        assert_eq!(text.lines().count(), 1 + ENTRANTS.len(), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("LAN  ")), "{text}");
        assert!(!text.contains("NaN"), "{text}");
    }
}

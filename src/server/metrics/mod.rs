//! What the server measures of itself, for `/metrics`. What there is says [`table`]; here are the handles by which it
//! is counted, made once, so that a message costs an atomic addition and no look-up.
//!
//! Every server has a recorder of its own, and none is installed for the process: several servers of one process (the
//! tests) do not count into each other. `storage` and `library` know nothing of this: they tell what took how long to
//! whoever asked, and [`Metrics`] asks.

pub mod flight;
pub mod http;
pub mod messages;
mod process;
pub mod rooms;
pub mod scrape;
pub mod sockets;
pub mod table;

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use self::rooms::RoomMetrics;
use self::sockets::SocketMetrics;
use self::table::{Kind, Metric, TABLE};
use crate::library::ScanEnd;

/// Samples of histograms wait to be put into their buckets so long at most.
const UPKEEP: Duration = Duration::from_secs(5);

/// What a label says that has no other value.
const OTHER: &str = "other";

/// The server's metrics. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Handles>);

/// The handles.
pub struct Handles {
    /// Rooms and their members.
    pub rooms: RoomMetrics,
    /// Room sockets.
    pub sockets: SocketMetrics,
    /// What was refused because it came too often.
    pub rate_limited: Counters,
    recorder: PrometheusRecorder,
    text: PrometheusHandle,
}

impl Metrics {
    /// A recorder in which nothing has been counted.
    pub fn new() -> Self {
        let builder = TABLE.iter().fold(PrometheusBuilder::new(), |builder, metric| match metric.kind {
            Kind::Histogram(buckets) => builder
                .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)
                .expect("every histogram of the table has buckets"),
            _ => builder,
        });
        let recorder = builder.build_recorder();
        for metric in TABLE {
            describe(&recorder, metric);
        }
        let text = recorder.handle();
        let metrics = Self(Arc::new(Handles {
            rooms: RoomMetrics::new(&recorder),
            sockets: SocketMetrics::new(&recorder),
            rate_limited: counters(
                &recorder,
                &table::RATE_LIMITED,
                &["rooms", "pins", "pings", "messages", "connections", "sockets"],
            ),
            recorder,
            text,
        }));
        metrics.gauge(&table::BUILD, &[SharedString::const_str(env!("CARGO_PKG_VERSION"))]).set(1);
        metrics
    }

    /// Everything as text, in the form of Prometheus 0.0.4.
    pub fn render(&self) -> String {
        self.text.render()
    }

    /// Puts samples into their buckets now and then, so that they do not pile up between two scrapes; until dropped.
    pub async fn look_after(&self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.text.run_upkeep();
        }
    }

    /// An operation of the database took so long.
    pub fn database_took(&self, operation: &'static str, took: Duration) {
        let operation = SharedString::const_str(operation);
        histogram(&self.recorder, &table::DATABASE, &[operation]).record(took.as_secs_f64());
    }

    /// A scan of the library came to an end.
    pub fn scan_took(&self, end: ScanEnd, took: Duration) {
        let outcome = SharedString::const_str(end.as_str());
        histogram(&self.recorder, &table::SCANS, &[outcome]).record(took.as_secs_f64());
    }

    fn gauge(&self, metric: &Metric, values: &[SharedString]) -> Gauge {
        self.recorder.register_gauge(&key(metric, values), &METADATA)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Metrics {
    type Target = Handles;
    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Counters of one metric by the value of its label. One that was not foreseen counts as `other`.
#[derive(Clone, Debug)]
pub struct Counters {
    foreseen: HashMap<&'static str, Counter>,
    other: Counter,
}

impl Counters {
    /// Counters that count nothing.
    pub fn idle() -> Self {
        Self { foreseen: HashMap::new(), other: Counter::noop() }
    }

    /// That of this value.
    pub fn of(&self, value: &str) -> &Counter {
        self.foreseen.get(value).unwrap_or(&self.other)
    }
}

/// One of what a gauge counts, for as long as this is there.
#[derive(Debug)]
pub struct Counted(Gauge);

impl Counted {
    /// One more.
    pub fn by(gauge: &Gauge) -> Self {
        gauge.increment(1);
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

static METADATA: Metadata<'_> = Metadata::new("tutti", Level::INFO, None);

fn key(metric: &Metric, values: &[SharedString]) -> Key {
    debug_assert_eq!(metric.labels.len(), values.len(), "labels of {}", metric.name);
    let labels = metric.labels.iter().zip(values).map(|(label, value)| Label::new(*label, value.clone()));
    Key::from_parts(metric.name, labels.collect::<Vec<_>>())
}

fn describe(recorder: &PrometheusRecorder, metric: &Metric) {
    let unit = match metric.unit {
        "seconds" => Some(Unit::Seconds),
        "bytes" => Some(Unit::Bytes),
        _ => None,
    };
    let (name, help) = (metric.name.into(), metric.help.into());
    match metric.kind {
        Kind::Counter => recorder.describe_counter(name, unit, help),
        Kind::Gauge => recorder.describe_gauge(name, unit, help),
        Kind::Histogram(_) => recorder.describe_histogram(name, unit, help),
    }
}

fn counter(recorder: &PrometheusRecorder, metric: &Metric) -> Counter {
    recorder.register_counter(&key(metric, &[]), &METADATA)
}

fn gauge(recorder: &PrometheusRecorder, metric: &Metric) -> Gauge {
    recorder.register_gauge(&key(metric, &[]), &METADATA)
}

fn histogram(recorder: &PrometheusRecorder, metric: &Metric, values: &[SharedString]) -> Histogram {
    recorder.register_histogram(&key(metric, values), &METADATA)
}

fn counters(recorder: &PrometheusRecorder, metric: &Metric, values: &[&'static str]) -> Counters {
    let of = |value: &'static str| {
        recorder.register_counter(&key(metric, &[SharedString::const_str(value)]), &METADATA)
    };
    // Only where it is one of the values does `other` show before it is counted.
    let other = if values.contains(&OTHER) { of(OTHER) } else { Counter::noop() };
    Counters { foreseen: values.iter().map(|value| (*value, of(value))).collect(), other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_described_and_shown() {
        let metrics = Metrics::new();
        metrics.rate_limited.of("pins").increment(2);
        metrics.database_took("save", Duration::from_micros(700));
        let text = metrics.render();
        assert!(text.contains("tutti_rate_limited_total{what=\"pins\"} 2\n"), "{text}");
        assert!(text.contains("tutti_rate_limited_total{what=\"rooms\"} 0\n"), "{text}");
        let line = "tutti_database_operation_seconds_bucket{operation=\"save\",le=\"0.001\"} 1\n";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("# TYPE tutti_members gauge\n"), "{text}");
        assert!(text.contains("# HELP tutti_members Members"), "{text}");
    }

    #[test]
    fn two_servers_of_a_process_do_not_count_into_each_other() {
        let (one, other) = (Metrics::new(), Metrics::new());
        let counted = Counted::by(&one.rooms.members);
        assert!(one.render().contains("\ntutti_members 1\n"));
        assert!(other.render().contains("\ntutti_members 0\n"));
        drop(counted);
        assert!(one.render().contains("\ntutti_members 0\n"));
    }
}

//! What is counted of rooms and their members. Called by `server::rooms`.

use metrics::{Counter, Gauge, Histogram};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::messages::SENT;
use super::table;
use super::{Counters, counter, counters, gauge, histogram};
use crate::protocol::{ReportedState, SyncReport};
use crate::sync::time::Span;

/// What a member reports beyond this counts as this, so that one wrong page does not spoil a sum.
const LARGEST_REPORT: Span = Span::from_secs(10);

/// The handles of rooms.
#[derive(Debug)]
pub struct RoomMetrics {
    /// Members that are connected.
    pub members: Gauge,
    /// Rooms that are loaded.
    pub in_use: Gauge,
    /// Rooms that were loaded: at `start`, or for `use`.
    pub restored: Counters,
    /// Rooms that were given up.
    pub failures: Counter,
    /// Messages to members, by name; each recipient counts.
    pub sent: Counters,
    /// From a message for many to the last who has it. s
    pub broadcast: Histogram,
    /// The fullest outbox of a room. messages
    pub outbox: Histogram,
    /// Members that were sent away because they read too slowly.
    pub evictions: Counter,
    /// Starts that were announced: `asked` or `follows`.
    pub starts: Counters,
    /// From the announcement of a start to a member's `READY`. s
    pub start_ready: Histogram,
    /// Share of members that were ready when a start was confirmed.
    pub start_ready_ratio: Histogram,
    /// Members that were ready `in_time` or `late`.
    pub start_members: Counters,
    /// Corrections that began.
    pub corrections: Counter,
    reports: Counters,
    drift: Histogram,
    offset_error: Histogram,
    rtt: Histogram,
}

impl RoomMetrics {
    pub(super) fn new(recorder: &PrometheusRecorder) -> Self {
        Self {
            members: gauge(recorder, &table::MEMBERS),
            in_use: gauge(recorder, &table::ROOMS_IN_USE),
            restored: counters(recorder, &table::ROOMS_RESTORED, &["start", "use"]),
            failures: counter(recorder, &table::ROOM_FAILURES),
            sent: counters(recorder, &table::MESSAGES_SENT, &SENT),
            broadcast: histogram(recorder, &table::BROADCAST, &[]),
            outbox: histogram(recorder, &table::OUTBOX, &[]),
            evictions: counter(recorder, &table::EVICTIONS),
            starts: counters(recorder, &table::STARTS, &["asked", "follows"]),
            start_ready: histogram(recorder, &table::START_READY, &[]),
            start_ready_ratio: histogram(recorder, &table::START_READY_RATIO, &[]),
            start_members: counters(recorder, &table::START_MEMBERS, &["in_time", "late"]),
            corrections: counter(recorder, &table::CORRECTIONS),
            reports: counters(recorder, &table::REPORTS, &ReportedState::ALL.map(ReportedState::as_str)),
            drift: histogram(recorder, &table::DRIFT_REPORTED, &[]),
            offset_error: histogram(recorder, &table::OFFSET_ERROR_REPORTED, &[]),
            rtt: histogram(recorder, &table::RTT_REPORTED, &[]),
        }
    }

    /// A member says how it keeps in step.
    pub fn report(&self, report: &SyncReport) {
        let seconds = |span: Span| span.abs().min(LARGEST_REPORT).as_secs();
        self.reports.of(report.state.as_str()).increment(1);
        self.offset_error.record(seconds(report.offset_error));
        self.rtt.record(seconds(report.rtt));
        if let Some(drift) = report.drift {
            self.drift.record(seconds(drift));
        }
    }
}

//! The one table of what is measured: names, kinds, units, labels, and what each says. `HELP` and `TYPE` of a scrape
//! come from here, and the table of `manual/operations.md` is compared with it.
//!
//! Names follow Prometheus (<https://prometheus.io/docs/practices/naming/>): base units, `_total` behind what only
//! counts up. Labels have few values each, all of them known to the code: never a room, a member, an address or a path.

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only goes up while the process lives.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size; the upper bounds of its buckets, in the metric's unit.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The word of the scrape's `TYPE` lines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// Its name in a scrape.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it is counted in.
    pub unit: &'static str,
    /// The names of its labels, in the order in which values are given.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// Each line is a constant and a row of [`TABLE`], so that none can be missing there.
macro_rules! table {
    ($($id:ident: $kind:expr, $name:literal, $unit:literal, $labels:expr, $help:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: see its help.")]
            pub const $id: Metric =
                Metric { name: $name, kind: $kind, unit: $unit, labels: &$labels, help: $help };
        )*
        /// All metrics.
        pub const TABLE: &[Metric] = &[$($id),*];
    };
}

use Kind::{Counter, Gauge, Histogram};

// Each from well below what is good to well above what is bad (manual/operations.md, "Metrics").
const TURNAROUND: Kind =
    Histogram(&[5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0]);
const DELIVERY: Kind =
    Histogram(&[5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]);
/// With the limits of `sync::drift` and of the profiles among them: 0.4 ms, 1 ms, 80 ms, 150 ms, 1.5 s.
const DRIFT: Kind = Histogram(&[1e-4, 2e-4, 4e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.025, 0.08, 0.15, 0.5, 1.5, 5.0]);
const OFFSET_ERROR: Kind = Histogram(&[2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0]);
/// With the bounds of the profiles among them: 50 ms, 200 ms.
const RTT: Kind = Histogram(&[1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0]);
/// With the leads of the profiles among them: 0.8 s, 1.2 s, 1.5 s.
const READY: Kind = Histogram(&[0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.5, 2.0, 4.0, 10.0]);
const RATIO: Kind = Histogram(&[0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]);
/// Up to [`OUTBOX_MESSAGES`](crate::protocol::limits::OUTBOX_MESSAGES).
const DEPTH: Kind = Histogram(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]);
const REQUEST: Kind =
    Histogram(&[5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]);
const OPERATION: Kind =
    Histogram(&[1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0]);
const SCAN: Kind = Histogram(&[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0]);

table! {
    MEMBERS: Gauge, "tutti_members", "members", [],
        "Members that are connected, of all rooms.";
    ROOMS: Gauge, "tutti_rooms", "rooms", [],
        "Rooms that exist.";
    ROOMS_IN_USE: Gauge, "tutti_rooms_in_use", "rooms", [],
        "Rooms that are loaded, because somebody is there or music runs.";
    ROOMS_RESTORED: Counter, "tutti_rooms_restored_total", "rooms", ["why"],
        "Rooms that were loaded from the database: at the server's `start`, because their music ran, or for `use`.";
    ROOM_FAILURES: Counter, "tutti_room_failures_total", "rooms", [],
        "Rooms that were given up because a change could not be written; the next use loads them anew.";

    SOCKETS: Gauge, "tutti_sockets", "sockets", [],
        "Room sockets that are open, also those that have not said hello.";
    SOCKETS_OPENED: Counter, "tutti_sockets_opened_total", "sockets", [],
        "Room sockets that were opened.";
    SOCKETS_CLOSED: Counter, "tutti_sockets_closed_total", "sockets", ["reason"],
        "Room sockets that ended: `left`, `lost`, `silent`, or closed by us with one of the protocol's close codes.";
    MESSAGES_RECEIVED: Counter, "tutti_messages_received_total", "messages", ["type"],
        "Messages of members; `other` is of a newer page, `invalid` no message.";
    MESSAGES_SENT: Counter, "tutti_messages_sent_total", "messages", ["type"],
        "Messages to members, each recipient counted.";
    RECEIVED_BYTES: Counter, "tutti_socket_received_bytes_total", "bytes", [],
        "Text of members' messages.";
    SENT_BYTES: Counter, "tutti_socket_sent_bytes_total", "bytes", [],
        "Text of messages to members.";
    PING_TURNAROUND: TURNAROUND, "tutti_ping_turnaround_seconds", "seconds", [],
        "From a TIME_PING that is read to its answer handed to the system.";
    SOCKET_RTT: RTT, "tutti_socket_rtt_seconds", "seconds", [],
        "Round trips of the server's own pings to sockets.";
    BROADCAST: DELIVERY, "tutti_broadcast_seconds", "seconds", [],
        "From the beginning of writing a message for many as JSON until the last of them has it, as far as the system, or is sent away.";
    OUTBOX: DEPTH, "tutti_outbox_messages", "messages", [],
        "How full the fullest outbox of a room is, seen at each message for many.";
    EVICTIONS: Counter, "tutti_evictions_total", "members", [],
        "Members that were sent away because they read too slowly.";

    STARTS: Counter, "tutti_starts_total", "starts", ["kind"],
        "Starts of tracks that were announced: `asked` for by somebody, or one that `follows` by itself.";
    START_READY: READY, "tutti_start_ready_seconds", "seconds", [],
        "From a PREPARE_PLAY to a member's READY, as the server sees both.";
    START_READY_RATIO: RATIO, "tutti_start_ready_ratio", "ratio", [],
        "Share of a room's members that were ready when a start was confirmed.";
    START_MEMBERS: Counter, "tutti_start_members_total", "members", ["ready"],
        "Members that said READY for a start: `in_time`, or `late`, after the instant.";
    REPORTS: Counter, "tutti_sync_reports_total", "reports", ["state"],
        "Members' reports of how they keep in step, by what their pages show.";
    CORRECTIONS: Counter, "tutti_corrections_reported_total", "corrections", [],
        "Reports of a member that corrects, after one in which it did not; what begins and ends between two reports is not seen.";
    DRIFT_REPORTED: DRIFT, "tutti_reported_drift_seconds", "seconds", [],
        "Drift that members report, without its sign.";
    OFFSET_ERROR_REPORTED: OFFSET_ERROR, "tutti_reported_offset_error_seconds", "seconds", [],
        "Bound of the clock offset's error that members report. The offset itself has a zero of each browser's own.";
    RTT_REPORTED: RTT, "tutti_reported_rtt_seconds", "seconds", [],
        "Round trip that members report.";

    HTTP: REQUEST, "tutti_http_request_seconds", "seconds", ["route", "method", "status"],
        "From a request to the head of its answer, by the route's template (`other`: files of the site and what there is not) and the class of the status.";
    RATE_LIMITED: Counter, "tutti_rate_limited_total", "refusals", ["what"],
        "What was refused because it came too often: `rooms`, `pins`, `pings`, `messages`; and `connections` and `sockets` of addresses that have too many.";

    TRACKS: Gauge, "tutti_library_tracks", "tracks", [],
        "Tracks in the library that can be played.";
    UNMEASURED: Gauge, "tutti_library_unmeasured_tracks", "tracks", [],
        "Tracks whose loudness is still to be measured.";
    SCAN_RUNNING: Gauge, "tutti_library_scan_running", "scans", [],
        "1 while a scan runs, else 0.";
    SCAN_FILES_SEEN: Gauge, "tutti_library_scan_seen_files", "files", [],
        "Audio files that the scan has found, the one that runs or else the last.";
    SCAN_FILES_READ: Gauge, "tutti_library_scan_read_files", "files", [],
        "Of these, how many were new or changed.";
    SCAN_WARNINGS: Gauge, "tutti_library_scan_warnings", "files", [],
        "Of these, and of folders, how many could not be used.";
    SCANS: SCAN, "tutti_library_scan_seconds", "seconds", ["outcome"],
        "What scans took that came to an end: `done`, `cancelled` or `failed`.";

    DATABASE: OPERATION, "tutti_database_operation_seconds", "seconds", ["operation"],
        "What operations of the database take, by the store's own name for each; waiting for the one writer counts.";

    TASKS: Gauge, "tutti_tasks", "tasks", [],
        "Tasks of the process that live: some for each connection and each room in use, the rest of the server itself.";
    BUILD: Gauge, "tutti_build_info", "", ["version"],
        "Always 1; the label tells the version.";
    STARTED: Gauge, "process_start_time_seconds", "seconds", [],
        "When the server started, since 1970.";
    CPU: Counter, "process_cpu_seconds_total", "seconds", [],
        "Time of processors that was used, in whole seconds (Linux).";
    MEMORY: Gauge, "process_resident_memory_bytes", "bytes", [],
        "Memory that the process holds (Linux).";
    OPEN_FDS: Gauge, "process_open_fds", "files", [],
        "Open files and sockets (Linux).";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_says_its_unit_and_whether_it_only_counts_up() {
        let mut names = BTreeSet::new();
        for metric in TABLE {
            let name = metric.name;
            assert!(names.insert(name), "{name} is there twice");
            assert_eq!(name.ends_with("_total"), metric.kind == Counter, "{name}");
            let base = name.trim_end_matches("_total");
            match metric.unit {
                "seconds" | "bytes" | "ratio" => assert!(base.ends_with(metric.unit), "{name}"),
                _ => assert!(!base.ends_with("seconds") && !base.ends_with("bytes"), "{name}"),
            }
            assert!(metric.help.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn buckets_go_up() {
        for metric in TABLE {
            if let Histogram(buckets) = metric.kind {
                assert!(buckets.is_sorted_by(|a, b| a < b), "{}", metric.name);
            }
        }
    }

    #[test]
    fn the_manual_has_the_same_table() {
        let manual = include_str!("../../manual/operations.md");
        for metric in TABLE {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let row = format!(
                "| `{}` | {} | {} | {} | {} |",
                metric.name,
                metric.kind.as_str(),
                metric.unit,
                labels.join(", "),
                metric.help
            );
            assert!(manual.lines().any(|line| line == row), "operations.md has no line\n{row}");
        }
        let rows = manual.lines().filter(|line| {
            (line.starts_with("| `tutti_") || line.starts_with("| `process_"))
                && line.matches('|').count() > 3
        });
        assert_eq!(rows.count(), TABLE.len(), "operations.md tells of metrics that are not there");
    }

    /// The names in the dashboard's questions: words of which the first part is ours.
    fn names(dashboard: &str) -> BTreeSet<&str> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = dashboard.split(|c| !is_part(c));
        words.filter(|word| word.starts_with("tutti_") || word.starts_with("process_")).collect()
    }

    #[test]
    fn the_dashboard_asks_for_what_there_is_and_shows_all_of_it() {
        let dashboard = include_str!("../../manual/deploy/grafana.json");
        let parsed: serde_json::Value = serde_json::from_str(dashboard).unwrap();
        assert!(parsed["panels"].as_array().unwrap().len() > 20);
        let mut shown = BTreeSet::new();
        for name in names(dashboard) {
            let metric = TABLE.iter().find(|metric| match metric.kind {
                Histogram(_) => ["_bucket", "_sum", "_count"]
                    .iter()
                    .any(|part| name.strip_suffix(part) == Some(metric.name)),
                _ => name == metric.name,
            });
            shown.insert(metric.unwrap_or_else(|| panic!("there is no {name}")).name);
        }
        let hidden: Vec<_> =
            TABLE.iter().map(|metric| metric.name).filter(|name| !shown.contains(name)).collect();
        assert_eq!(hidden, Vec::<&str>::new(), "not in the dashboard");
    }
}

//! What is counted of room sockets. Called by `server::socket`.

use metrics::{Counter, Gauge, Histogram};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::messages::RECEIVED;
use super::table;
use super::{Counted, Counters, counter, counters, gauge, histogram};
use crate::server::rooms::Departure;

/// The handles of room sockets.
#[derive(Debug)]
pub struct SocketMetrics {
    open: Gauge,
    opened: Counter,
    closed: Counters,
    /// Messages of members, by name.
    pub received: Counters,
    /// Their text. bytes
    pub received_bytes: Counter,
    /// Text of messages to members. bytes
    pub sent_bytes: Counter,
    /// From a ping that is read to its answer handed to the system. s
    pub turnaround: Histogram,
    /// Round trips of the server's pings. s
    pub rtt: Histogram,
}

impl SocketMetrics {
    pub(super) fn new(recorder: &PrometheusRecorder) -> Self {
        Self {
            open: gauge(recorder, &table::SOCKETS),
            opened: counter(recorder, &table::SOCKETS_OPENED),
            closed: counters(recorder, &table::SOCKETS_CLOSED, &Departure::WORDS),
            received: counters(recorder, &table::MESSAGES_RECEIVED, &RECEIVED),
            received_bytes: counter(recorder, &table::RECEIVED_BYTES),
            sent_bytes: counter(recorder, &table::SENT_BYTES),
            turnaround: histogram(recorder, &table::PING_TURNAROUND, &[]),
            rtt: histogram(recorder, &table::SOCKET_RTT, &[]),
        }
    }

    /// A socket was opened; it counts as open for as long as this is there.
    pub fn open(&self) -> Counted {
        self.opened.increment(1);
        Counted::by(&self.open)
    }

    /// A socket ended.
    pub fn closed(&self, why: Departure) {
        self.closed.of(why.as_str()).increment(1);
    }
}

//! Who is connected to a room just now, and the way to each. Called by the room's [`task`](super::task), which says
//! what everybody gets; what a room is, nobody here knows.
//!
//! A reader that has fallen behind too far costs nobody else: it is sent away with 1013, and comes back to a snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use super::outlet::{Frame, Outgoing, Outlet, Said};
use crate::protocol::{CloseReason, MemberId, ReportedState, RoomCode, StreamId};
use crate::room::ConnectionId;
use crate::server::clock::Clock;
use crate::server::metrics::flight::Flight;
use crate::server::metrics::{Counted, Metrics};
use crate::sync::time::RoomTime;

/// A member's connection.
struct Connected {
    connection: ConnectionId,
    outlet: Outlet,
    since: RoomTime,
    /// The last stream that it said to be ready for.
    ready_for: StreamId,
    /// It corrected when it last reported.
    corrects: bool,
    _counted: Counted,
}

/// A member that was sent away, and by which connection it was here.
pub(super) type SentAway = (MemberId, ConnectionId);

/// See the module.
pub(super) struct Audience {
    room: RoomCode,
    clock: Clock,
    metrics: Metrics,
    connected: HashMap<MemberId, Connected>,
}

// Coming and going.
impl Audience {
    /// Nobody yet.
    pub(super) fn new(room: RoomCode, clock: Clock, metrics: Metrics) -> Self {
        Self { room, clock, metrics, connected: HashMap::new() }
    }

    /// A member is here by this connection. An earlier one is closed.
    pub(super) fn enter(&mut self, member: MemberId, connection: ConnectionId, outlet: Outlet) {
        let connected = Connected {
            connection,
            outlet,
            since: self.clock.now(),
            ready_for: StreamId::default(),
            corrects: false,
            _counted: Counted::by(&self.metrics.rooms.members),
        };
        if let Some(old) = self.connected.insert(member, connected) {
            // Dead, or a copy of the page: were it told to come back, the two would chase each other.
            old.outlet.close(CloseReason::Policy);
        }
    }

    /// A connection ended; false when it was not here any more.
    pub(super) fn leave(&mut self, member: &MemberId, connection: ConnectionId) -> bool {
        let is_here = self.connected.get(member).is_some_and(|connected| connected.connection == connection);
        if is_here {
            self.connected.remove(member);
        }
        is_here
    }

    /// Ends a member's connection.
    pub(super) fn close(&mut self, member: &MemberId, reason: CloseReason) {
        if let Some(connected) = self.connected.remove(member) {
            connected.outlet.close(reason);
        }
    }

    /// Ends every connection.
    pub(super) fn close_all(&mut self, reason: CloseReason) {
        for (_, connected) in self.connected.drain() {
            connected.outlet.close(reason);
        }
    }
}

// What they get.
impl Audience {
    /// Hands a message to one member.
    pub(super) fn send(&mut self, member: &MemberId, frame: Frame) -> Option<SentAway> {
        let connected = self.connected.get(member)?;
        if connected.outlet.deliver(Arc::new(Said { text: frame.text, flight: None })).is_none() {
            return self.send_away(member.clone());
        }
        self.metrics.rooms.sent.of(frame.name).increment(1);
        None
    }

    /// Hands one message to all of these; each gets a share of it.
    pub(super) fn deliver(&mut self, frame: &Frame, to: impl Fn(&MemberId) -> bool) -> Vec<SentAway> {
        let rooms = &self.metrics.rooms;
        let mut said: Option<Outgoing> = None;
        let (mut given, mut fullest) = (0, 0);
        let mut behind = Vec::new();
        for (member, connected) in self.connected.iter().filter(|(member, _)| to(member)) {
            let said = said.get_or_insert_with(|| {
                let flight = Flight::new(self.clock.clone(), frame.began, rooms.broadcast.clone());
                Arc::new(Said { text: frame.text.clone(), flight: Some(flight) })
            });
            if let Some(waiting) = connected.outlet.deliver(said.clone()) {
                given += 1;
                fullest = fullest.max(waiting);
            } else {
                behind.push(member.clone());
            }
        }
        if said.is_some() {
            rooms.sent.of(frame.name).increment(given);
            rooms.outbox.record(fullest as f64);
        }
        behind.into_iter().filter_map(|member| self.send_away(member)).collect()
    }

    fn send_away(&mut self, member: MemberId) -> Option<SentAway> {
        let Connected { connection, outlet, .. } = self.connected.remove(&member)?;
        self.metrics.rooms.evictions.increment(1);
        tracing::warn!(room = %self.room, %member, "reads too slowly and is sent away");
        outlet.close(CloseReason::TooSlow);
        Some((member, connection))
    }
}

// What they say of themselves, as far as it is counted here.
impl Audience {
    /// A member is ready for a stream. Whether that is news, of somebody who was here when it was announced.
    pub(super) fn note_ready(&mut self, member: &MemberId, stream: StreamId, announced_at: RoomTime) -> bool {
        let Some(connected) = self.connected.get_mut(member) else {
            return false;
        };
        let is_news = connected.ready_for < stream;
        connected.ready_for = connected.ready_for.max(stream);
        is_news && connected.since <= announced_at
    }

    /// Of those who were here when a stream was announced: how many are ready, and how many they are.
    pub(super) fn readiness(&self, stream: StreamId, announced_at: RoomTime) -> (usize, usize) {
        let present = || self.connected.values().filter(|connected| connected.since <= announced_at);
        (present().filter(|connected| connected.ready_for >= stream).count(), present().count())
    }

    /// A member reports what it does. Whether a correction begins.
    pub(super) fn note_report(&mut self, member: &MemberId, state: ReportedState) -> bool {
        let Some(connected) = self.connected.get_mut(member) else {
            return false;
        };
        let corrects = state == ReportedState::Correcting;
        !std::mem::replace(&mut connected.corrects, corrects) && corrects
    }
}

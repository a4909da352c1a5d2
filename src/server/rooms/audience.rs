//! Who is connected to a room just now, and the way to each. Called by the room's [`task`](super::task), which says
//! what everybody gets; what a room is, nobody here knows.
//!
//! A reader that has fallen behind too far costs nobody else: it is sent away with 1013, and comes back to a snapshot.

use std::collections::HashMap;

use axum::extract::ws::Utf8Bytes;

use super::outlet::Outlet;
use crate::protocol::{CloseReason, MemberId, RoomCode};
use crate::room::ConnectionId;

/// A member's connection.
struct Connected {
    connection: ConnectionId,
    outlet: Outlet,
}

/// A member that was sent away, and by which connection it was here.
pub(super) type SentAway = (MemberId, ConnectionId);

/// See the module.
pub(super) struct Audience {
    room: RoomCode,
    connected: HashMap<MemberId, Connected>,
}

impl Audience {
    /// Nobody yet.
    pub(super) fn new(room: RoomCode) -> Self {
        Self { room, connected: HashMap::new() }
    }

    /// A member is here by this connection. An earlier one is closed.
    pub(super) fn enter(&mut self, member: MemberId, connection: ConnectionId, outlet: Outlet) {
        if let Some(old) = self.connected.insert(member, Connected { connection, outlet }) {
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

    /// Hands a frame to one member.
    pub(super) fn send(&mut self, member: &MemberId, frame: Utf8Bytes) -> Option<SentAway> {
        let behind = self.connected.get(member).is_some_and(|connected| !connected.outlet.deliver(frame));
        if behind { self.send_away(member.clone()) } else { None }
    }

    /// Hands one frame to all of these; each gets a share of it.
    pub(super) fn deliver(&mut self, frame: &Utf8Bytes, to: impl Fn(&MemberId) -> bool) -> Vec<SentAway> {
        let behind: Vec<MemberId> = self
            .connected
            .iter()
            .filter(|(id, connected)| to(id) && !connected.outlet.deliver(frame.clone()))
            .map(|(member, _)| member.clone())
            .collect();
        behind.into_iter().filter_map(|member| self.send_away(member)).collect()
    }

    fn send_away(&mut self, member: MemberId) -> Option<SentAway> {
        let Connected { connection, outlet } = self.connected.remove(&member)?;
        tracing::warn!(room = %self.room, %member, "reads too slowly and is sent away");
        outlet.close(CloseReason::TooSlow);
        Some((member, connection))
    }
}

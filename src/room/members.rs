//! The people of a room: joining, resuming, leaving, and what each one last reported. A member that loses its
//! connection keeps its place for a while, so that a reload or a tunnel is no leave-taking.

use std::collections::BTreeMap;

use super::Room;
use super::talk::Allowance;
use crate::protocol::snapshot::{MemberHealth, MemberInfo};
use crate::protocol::{
    ErrorCode, MemberId, MemberName, ReportedState, Role, ServerMessage, StreamId, SyncReport, limits,
};
use crate::sync::time::{RoomTime, Span};

/// What tells one browser from another: a hash of its session secret. Two tabs of a browser share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub [u8; 32]);

/// One connection of a member; a later one replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(u64);

/// Somebody wants to join.
#[derive(Clone, Debug)]
pub struct JoinRequest {
    /// The id to give if this is a new member.
    pub fresh_id: MemberId,
    /// The browser.
    pub identity: Identity,
    /// What the browser's grants say it is; a resumed member keeps what it was.
    pub role: Role,
    /// What it wants to be called.
    pub name: Option<MemberName>,
    /// The member that it was before.
    pub resume: Option<MemberId>,
}

/// Somebody joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Who it is.
    pub member_id: MemberId,
    /// By which connection.
    pub connection: ConnectionId,
}

#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: MemberName,
    pub(super) role: Role,
    identity: Identity,
    connection: Option<ConnectionId>,
    left_at: Option<RoomTime>,
    ready_for: StreamId,
    health: MemberHealth,
    pub(super) allowance: Allowance,
}

/// All members, connected or expected back.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    members: BTreeMap<MemberId, Member>,
    connected: usize,
    joins: u64,
    /// When the list is told next.
    tell_at: Option<RoomTime>,
    /// Since when nobody is connected.
    empty_since: Option<RoomTime>,
}

impl Members {
    pub(super) fn get(&self, id: &MemberId) -> Option<&Member> {
        self.members.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &MemberId) -> Option<&mut Member> {
        self.members.get_mut(id)
    }

    pub(super) const fn connected_count(&self) -> usize {
        self.connected
    }

    pub(super) const fn empty_since(&self) -> Option<RoomTime> {
        self.empty_since
    }

    pub(super) fn set_empty_since(&mut self, now: Option<RoomTime>) {
        self.empty_since = now;
    }

    /// Whether all who are connected are ready for a stream.
    pub(super) fn all_ready(&self, stream: StreamId) -> bool {
        self.connected > 0
            && self.members.values().filter(|m| m.connection.is_some()).all(|m| m.ready_for >= stream)
    }

    pub(super) fn listed(&self) -> Vec<MemberInfo> {
        self.members
            .iter()
            .filter(|(_, m)| m.connection.is_some())
            .take(limits::MEMBERS_LISTED)
            .map(|(id, member)| member.info(id, None))
            .collect()
    }

    pub(super) fn with_health(&self) -> Vec<MemberInfo> {
        self.members.iter().map(|(id, member)| member.info(id, Some(member.health.clone()))).collect()
    }

    pub(super) fn rename(&mut self, now: RoomTime, id: &MemberId, name: MemberName) {
        if let Some(member) = self.members.get_mut(id) {
            member.name = name;
            self.changed(now);
        }
    }

    pub(super) fn set_role(&mut self, now: RoomTime, id: &MemberId, role: Role) -> Result<(), ErrorCode> {
        self.members.get_mut(id).ok_or(ErrorCode::NoSuchMember)?.role = role;
        self.changed(now);
        Ok(())
    }

    pub(super) fn remove(&mut self, now: RoomTime, id: &MemberId) -> Result<(), ErrorCode> {
        let member = self.members.remove(id).ok_or(ErrorCode::NoSuchMember)?;
        if member.connection.is_some() {
            self.disconnected(now);
        }
        self.changed(now);
        Ok(())
    }

    /// The next moment at which something about the members is due.
    pub(super) fn poll_timeout(&self) -> Option<RoomTime> {
        let grace =
            self.members.values().filter_map(|m| m.left_at).min().map(|left| left + limits::RESUME_GRACE);
        [self.tell_at, grace].into_iter().flatten().min()
    }

    /// Forgets who is not expected back any more; true when the list is to be told now.
    pub(super) fn handle_timeout(&mut self, now: RoomTime) -> bool {
        let before = self.members.len();
        self.members.retain(|_, m| m.left_at.is_none_or(|left| left + limits::RESUME_GRACE > now));
        let due = self.tell_at.is_some_and(|due| due <= now) || self.members.len() != before;
        if due {
            self.tell_at = None;
        }
        due
    }

    fn changed(&mut self, now: RoomTime) {
        self.tell_within(now, limits::MEMBERS_COALESCE);
    }

    fn tell_within(&mut self, now: RoomTime, span: Span) {
        let due = now + span;
        self.tell_at = Some(self.tell_at.map_or(due, |earlier| earlier.min(due)));
    }

    fn disconnected(&mut self, now: RoomTime) {
        self.connected -= 1;
        if self.connected == 0 {
            self.empty_since = Some(now);
        }
    }
}

impl Member {
    fn info(&self, id: &MemberId, health: Option<MemberHealth>) -> MemberInfo {
        MemberInfo {
            member_id: id.clone(),
            name: self.name.clone(),
            role: self.role,
            connected: self.connection.is_some(),
            health,
        }
    }
}

impl Room {
    /// Somebody's socket opened and said hello. Tells it everything, and the others soon.
    ///
    /// # Errors
    /// [`ErrorCode::RoomFull`].
    pub fn handle_join(&mut self, now: RoomTime, request: JoinRequest) -> Result<Joined, ErrorCode> {
        let resumed = request
            .resume
            .filter(|id| self.members.get(id).is_some_and(|member| member.identity == request.identity));
        if resumed.is_none() && self.members.connected >= self.config.max_members {
            return Err(ErrorCode::RoomFull);
        }
        self.members.joins += 1;
        let connection = ConnectionId(self.members.joins);
        let id = resumed.unwrap_or(request.fresh_id);
        let number = self.members.joins;
        let member = self.members.members.entry(id.clone()).or_insert_with(|| Member {
            name: MemberName::parse(&format!("Guest {number}")).expect("a number makes a short name"),
            role: request.role,
            identity: request.identity,
            connection: None,
            left_at: None,
            ready_for: StreamId::default(),
            health: MemberHealth::default(),
            allowance: Allowance::default(),
        });
        // A connection that is replaced was dead without our knowing, or is another tab of a cloned page: whoever
        // carries it out drops the old one.
        if member.connection.replace(connection).is_none() {
            self.members.connected += 1;
        }
        let member = self.members.members.get_mut(&id).expect("it was just inserted");
        member.left_at = None;
        member.role = member.role.max(request.role);
        if let Some(name) = request.name {
            member.name = name;
        }
        let role = member.role;
        self.members.empty_since = None;
        self.members.changed(now);
        if self.playback.status.is_running() && self.tick_at.is_none() {
            self.tick_at = Some(now + limits::TICK);
        }
        let welcome = self.welcome(now, &id, role);
        let snapshot = self.snapshot(now);
        self.send(&id, welcome);
        self.send(&id, ServerMessage::RoomState(Box::new(snapshot)));
        Ok(Joined { member_id: id, connection })
    }

    /// A connection ended. A connection that was replaced by a later one is ignored.
    pub fn handle_leave(&mut self, now: RoomTime, id: &MemberId, connection: ConnectionId) {
        let Some(member) = self.members.members.get_mut(id) else {
            return;
        };
        if member.connection != Some(connection) {
            return;
        }
        member.connection = None;
        member.left_at = Some(now);
        self.members.disconnected(now);
        self.members.tell_within(now, limits::LEAVE_COALESCE);
        self.pace.forget(id);
        // Those who are left may all be ready.
        self.confirm_if_all_ready(now);
    }

    /// A member has a stream loaded and primed.
    pub fn handle_ready(&mut self, now: RoomTime, id: &MemberId, stream: StreamId, took: Span) {
        let Some(member) = self.members.members.get_mut(id) else {
            return;
        };
        if stream <= member.ready_for || stream > self.playback.last_stream_id {
            return;
        }
        member.ready_for = stream;
        self.pace.handle_ready(now, id, took);
        self.confirm_if_all_ready(now);
    }

    /// A member says how it keeps in step.
    pub fn handle_report(&mut self, now: RoomTime, id: &MemberId, report: &SyncReport) {
        let Some(member) = self.members.members.get_mut(id) else {
            return;
        };
        member.health = MemberHealth {
            offset: Some(report.offset),
            offset_error: Some(report.offset_error),
            rtt: member.health.rtt,
            drift: report.drift,
            rate: Some(report.rate),
            buffering: report.buffering || report.state == ReportedState::Buffering,
            state: Some(report.state.as_str().to_owned()),
            reported_at: Some(now),
        };
    }

    /// The server's socket ping to a member came back.
    pub fn handle_rtt(&mut self, now: RoomTime, id: &MemberId, rtt: Span) {
        let Some(member) = self.members.members.get_mut(id) else {
            return;
        };
        member.health.rtt = Some(rtt);
        self.pace.handle_rtt(now, id, rtt);
    }

    /// A member asks for everything again.
    pub fn handle_request_state(&mut self, now: RoomTime, id: &MemberId) {
        let snapshot = self.snapshot(now);
        self.send(id, ServerMessage::RoomState(Box::new(snapshot)));
    }

    pub(super) fn welcome(&self, now: RoomTime, id: &MemberId, role: Role) -> ServerMessage {
        ServerMessage::Welcome {
            member_id: id.clone(),
            role,
            clock_epoch: self.config.clock_epoch.clone(),
            server_now: now,
            version: self.config.version.clone(),
        }
    }
}

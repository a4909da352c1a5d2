//! People of a room: coming, going, and being promoted, demoted and put out. A browser's tabs are one person: a role
//! and a kick are for all of them.

use std::collections::BTreeSet;

use super::members::{ConnectionId, Identity, JoinRequest, Joined};
use super::{Actor, Effect, Room};
use crate::protocol::permissions::may;
use crate::protocol::snapshot::{MemberInfo, RoomSnapshot};
use crate::protocol::{Action, CloseReason, ErrorCode, MemberId, MemberName, Role, ServerMessage};
use crate::sync::time::RoomTime;

impl Room {
    /// Somebody's socket opened and said hello. Tells it everything, and the others soon.
    ///
    /// # Errors
    /// [`ErrorCode::RoomFull`].
    pub fn handle_join(&mut self, now: RoomTime, request: JoinRequest) -> Result<Joined, ErrorCode> {
        let (joined, role) =
            self.members.join(now, request, self.config.max_members).ok_or(ErrorCode::RoomFull)?;
        if self.playback.status.is_running() && self.tick_at.is_none() {
            self.tick_at = Some(now + self.pace.tick());
        }
        self.welcome(now, &joined.member_id, role);
        Ok(joined)
    }

    /// A connection ended. A connection that was replaced by a later one is ignored.
    pub fn handle_leave(&mut self, now: RoomTime, id: &MemberId, connection: ConnectionId) {
        if self.members.leave(now, id, connection) {
            self.pace.forget(id);
            // Those who are left may all be ready.
            self.confirm_if_all_ready(now);
        }
    }

    /// A member asks for everything again.
    pub fn handle_request_state(&mut self, now: RoomTime, id: &MemberId) {
        let state = self.state_for(now, id);
        self.send(id, state);
    }

    /// What a browser is called that has a tab here, or is expected back.
    pub fn name_of(&self, identity: Identity) -> Option<MemberName> {
        self.members.name_of(identity).cloned()
    }

    pub(super) fn set_role(
        &mut self,
        now: RoomTime,
        actor: &Actor,
        member: &MemberId,
        role: Role,
    ) -> Result<(), ErrorCode> {
        let identity = self.members.get(member).ok_or(ErrorCode::NoSuchMember)?.identity;
        let tabs = self.members.tabs_of(identity);
        // One tab may have shown the host's token, and the one that is named not.
        let was_host = tabs.iter().any(|tab| self.role_of(tab) == Some(Role::Host));
        // Who asks by the host's token is one more host, and can come back.
        let is_last = matches!(actor, Actor::Member(_)) && !self.members.has_host_beside(identity);
        if was_host && role < Role::Host && is_last {
            return Err(ErrorCode::LastHost);
        }
        for tab in tabs {
            self.members.set_role(now, &tab, role);
            self.welcome(now, &tab, role);
        }
        Ok(())
    }

    /// Puts a browser out, with all its tabs; of one's own browser only that one tab, and not the one that asks.
    pub(super) fn kick(&mut self, now: RoomTime, actor: &Actor, member: &MemberId) -> Result<(), ErrorCode> {
        if *actor == Actor::Member(member.clone()) {
            return Err(ErrorCode::BadValue);
        }
        let identity = self.members.get(member).ok_or(ErrorCode::NoSuchMember)?.identity;
        let is_own = matches!(actor, Actor::Member(by)
            if self.members.get(by).is_some_and(|by| by.identity == identity));
        let tabs = if is_own { vec![member.clone()] } else { self.members.tabs_of(identity) };
        for tab in tabs {
            self.members.remove(now, &tab)?;
            self.pace.forget(&tab);
            self.effects.push_back(Effect::Close(tab, CloseReason::Kicked));
        }
        // Those who are left may all be ready.
        self.confirm_if_all_ready(now);
        Ok(())
    }

    /// Tells a member who it is, and everything.
    fn welcome(&mut self, now: RoomTime, id: &MemberId, role: Role) {
        let welcome = ServerMessage::Welcome {
            member_id: id.clone(),
            role,
            clock_epoch: self.config.clock_epoch.clone(),
            server_now: now,
            version: self.config.version.clone(),
        };
        self.send(id, welcome);
        let state = self.state_for(now, id);
        self.send(id, state);
    }
}

// Who sees what: the health of members is for those who may see it.
impl Room {
    fn sees_health(&self, role: Role) -> bool {
        may(role, Action::SeeHealth, &self.settings)
    }

    fn state_for(&self, now: RoomTime, id: &MemberId) -> ServerMessage {
        let sees = self.role_of(id).is_some_and(|role| self.sees_health(role));
        self.state_with(now, self.members.listed(sees))
    }

    /// Everything, with these members.
    pub(super) fn state_with(&self, now: RoomTime, members: Vec<MemberInfo>) -> ServerMessage {
        let snapshot = RoomSnapshot { members, ..self.snapshot(now) };
        ServerMessage::RoomState(Box::new(snapshot))
    }

    /// Tells all who are connected what has members in it: two messages at most, each written once.
    pub(super) fn tell_by_sight(&mut self, message: impl Fn(&Self, Vec<MemberInfo>) -> ServerMessage) {
        let seers = self.seers();
        if seers.len() < self.members.connected_count() {
            let plain = message(self, self.members.listed(false));
            self.effects.push_back(if seers.is_empty() {
                Effect::Broadcast(plain)
            } else {
                Effect::TellOthers(seers.clone(), plain)
            });
        }
        if !seers.is_empty() {
            let whole = message(self, self.members.listed(true));
            self.effects.push_back(Effect::Tell(seers, whole));
        }
    }

    pub(super) fn tell_members(&mut self, now: RoomTime) {
        self.members.note_health_told(now);
        self.tell_by_sight(Self::members_message);
    }

    /// Tells those who may see it what is new of how well everybody is in step.
    pub(super) fn tell_health(&mut self, now: RoomTime) {
        let members = self.members.take_health_news(now);
        let seers = self.seers();
        if !seers.is_empty() && !members.is_empty() {
            self.effects.push_back(Effect::Tell(seers, ServerMessage::Health { members }));
        }
    }

    fn members_message(&self, members: Vec<MemberInfo>) -> ServerMessage {
        ServerMessage::Members { members, member_count: self.members.connected_count() }
    }

    fn seers(&self) -> BTreeSet<MemberId> {
        let seers = self.members.connected().filter(|(_, member)| self.sees_health(member.role));
        seers.map(|(id, _)| id.clone()).collect()
    }
}

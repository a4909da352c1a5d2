//! The list of a room's people: who is connected or expected back, what each one last reported, and when the list is
//! told next. A member that loses its connection keeps its place for a while, so that a reload or a tunnel is no
//! leave-taking.

use std::collections::BTreeMap;

use super::talk::Allowance;
use super::told::{News, Told};
use crate::protocol::snapshot::{HealthNews, MemberHealth, MemberInfo};
use crate::protocol::{ErrorCode, MemberId, MemberName, Role, StreamId, limits};
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
    /// Drawn anew by each load of a page; `None` for who does not say.
    pub page: Option<u64>,
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
    pub(super) identity: Identity,
    pub(super) connection: Option<ConnectionId>,
    page: Option<u64>,
    left_at: Option<RoomTime>,
    pub(super) ready_for: StreamId,
    pub(super) health: MemberHealth,
    /// What of it was told last.
    told: Told,
    pub(super) allowance: Allowance,
}

/// All members, connected or expected back.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    members: BTreeMap<MemberId, Member>,
    connected: usize,
    joins: u64,
    /// Counts those who came without a name.
    guests: u64,
    /// When the list is told next.
    tell_at: Option<RoomTime>,
    /// When the health of members is told next.
    health_at: Option<RoomTime>,
    health_told_at: Option<RoomTime>,
    figures_told_at: Option<RoomTime>,
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

    /// Those who are connected.
    pub(super) fn connected(&self) -> impl Iterator<Item = (&MemberId, &Member)> {
        self.members.iter().filter(|(_, member)| member.connection.is_some())
    }

    /// Those who are connected, as far as they are listed: who runs the room first.
    fn in_order(&self) -> impl Iterator<Item = (&MemberId, &Member)> {
        let of =
            |runs: bool| self.connected().filter(move |(_, member)| (member.role > Role::Listener) == runs);
        of(true).chain(of(false)).take(limits::MEMBERS_LISTED)
    }

    /// The same, for the list.
    pub(super) fn listed(&self, with_health: bool) -> Vec<MemberInfo> {
        self.in_order()
            .map(|(id, member)| member.info(id, with_health.then(|| member.health.clone())))
            .collect()
    }

    /// All, connected or expected back.
    pub(super) fn with_health(&self) -> Vec<MemberInfo> {
        self.members.iter().map(|(id, member)| member.info(id, Some(member.health.clone()))).collect()
    }

    /// The tabs of a browser.
    pub(super) fn tabs_of(&self, identity: Identity) -> Vec<MemberId> {
        self.members
            .iter()
            .filter(|(_, member)| member.identity == identity)
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// Who this load of a page of a browser is.
    fn of_page(&self, identity: Identity, page: u64) -> Option<MemberId> {
        let is_it = |member: &Member| member.page == Some(page) && member.identity == identity;
        self.members.iter().find(|(_, member)| is_it(member)).map(|(id, _)| id.clone())
    }

    /// What a browser that is here, or expected back, is called.
    pub(super) fn name_of(&self, identity: Identity) -> Option<&MemberName> {
        self.members.values().find(|member| member.identity == identity).map(|member| &member.name)
    }

    /// Whether another browser than this is host, too.
    pub(super) fn has_host_beside(&self, identity: Identity) -> bool {
        self.members.values().any(|member| member.role == Role::Host && member.identity != identity)
    }

    pub(super) fn rename(&mut self, now: RoomTime, id: &MemberId, name: MemberName) {
        if let Some(member) = self.members.get_mut(id) {
            member.name = name;
            self.changed(now);
        }
    }

    pub(super) fn set_role(&mut self, now: RoomTime, id: &MemberId, role: Role) {
        if let Some(member) = self.members.get_mut(id) {
            member.role = role;
            self.changed(now);
        }
    }

    pub(super) fn remove(&mut self, now: RoomTime, id: &MemberId) -> Result<(), ErrorCode> {
        let member = self.members.remove(id).ok_or(ErrorCode::NoSuchMember)?;
        if member.connection.is_some() {
            self.disconnected(now);
        }
        self.changed(now);
        Ok(())
    }

    /// Who this is: the member that it was, if that can be, or a new one. `None`: that would be one too many.
    ///
    /// A page that comes back takes its place even from a connection that seems alive, because a dead one looks just
    /// so. A copy of its tab brings the same member along and must not throw the first one out: it is another load,
    /// and while the first is there, it is somebody else. A page that was let in and never heard of it does not know who
    /// it is; it is known by its load.
    pub(super) fn join(
        &mut self,
        now: RoomTime,
        request: JoinRequest,
        most: usize,
    ) -> Option<(Joined, Role)> {
        let resumed = request.resume.filter(|id| {
            self.members.get(id).is_some_and(|member| {
                let same_page = request.page.is_none() || request.page == member.page;
                member.identity == request.identity && (member.connection.is_none() || same_page)
            })
        });
        let resumed = resumed.or_else(|| self.of_page(request.identity, request.page?));
        // Whoever is expected back keeps its place: else all who were away could come back as some too many.
        if resumed.is_none() && self.members.len() >= most {
            return None;
        }
        self.joins += 1;
        let connection = ConnectionId(self.joins);
        let id = resumed.unwrap_or(request.fresh_id);
        let member = self.members.entry(id.clone()).or_insert_with(|| {
            self.guests += u64::from(request.name.is_none());
            Member {
                name: MemberName::parse(&format!("Guest {}", self.guests))
                    .expect("a number makes a short name"),
                role: request.role,
                identity: request.identity,
                connection: None,
                page: None,
                left_at: None,
                ready_for: StreamId::default(),
                health: MemberHealth::default(),
                told: Told::default(),
                allowance: Allowance::default(),
            }
        });
        // Whoever carries it out drops the connection that is replaced.
        if member.connection.replace(connection).is_none() {
            self.connected += 1;
        }
        member.page = request.page;
        member.left_at = None;
        member.role = member.role.max(request.role);
        if let Some(name) = request.name {
            member.name = name;
        }
        let role = member.role;
        self.empty_since = None;
        self.changed(now);
        Some((Joined { member_id: id, connection }, role))
    }

    /// A connection ended; false when a later one has replaced it.
    pub(super) fn leave(&mut self, now: RoomTime, id: &MemberId, connection: ConnectionId) -> bool {
        let Some(member) = self.members.get_mut(id).filter(|member| member.connection == Some(connection))
        else {
            return false;
        };
        member.connection = None;
        member.left_at = Some(now);
        self.disconnected(now);
        self.tell_within(now, limits::LEAVE_COALESCE);
        true
    }

    /// Somebody's health may be another than was told. It is told when that may be: a state soon, figures later.
    pub(super) fn health_changed(&mut self, now: RoomTime, id: &MemberId) {
        let Some(news) = self.members.get(id).and_then(|member| member.told.news(&member.health)) else {
            return;
        };
        let (told_at, pause) = match news {
            News::State => (self.health_told_at, limits::HEALTH_COALESCE),
            News::Figures => (self.figures_told_at, limits::HEALTH_REST),
        };
        let due = told_at.map_or(now, |told| told + pause).max(now);
        self.health_at = Some(self.health_at.map_or(due, |earlier| earlier.min(due)));
    }

    /// Everybody's health is told now, with the list.
    pub(super) fn note_health_told(&mut self, now: RoomTime) {
        self.health_at = None;
        self.health_told_at = Some(now);
        self.figures_told_at = Some(now);
        for member in self.members.values_mut() {
            member.told = Told::of(&member.health);
        }
    }

    /// The health of those, as far as they are listed, of whom something is to be told now; it counts as told.
    pub(super) fn take_health_news(&mut self, now: RoomTime) -> Vec<HealthNews> {
        self.health_at = None;
        self.health_told_at = Some(now);
        let figures_too = self.figures_told_at.is_none_or(|told| now - told >= limits::HEALTH_REST);
        if figures_too {
            self.figures_told_at = Some(now);
        }
        let listed: Vec<MemberId> = self.in_order().map(|(id, _)| id.clone()).collect();
        let mut told = Vec::new();
        for id in listed {
            let Some(member) = self.members.get_mut(&id) else { continue };
            match member.told.news(&member.health) {
                Some(News::Figures) if !figures_too => self.health_changed(now, &id),
                Some(_) => {
                    member.told = Told::of(&member.health);
                    told.push(Told::tell(id, &member.health));
                }
                None => {}
            }
        }
        told
    }

    pub(super) fn is_health_due(&self, now: RoomTime) -> bool {
        self.health_at.is_some_and(|due| due <= now)
    }

    /// The next moment at which something about the members is due.
    pub(super) fn poll_timeout(&self) -> Option<RoomTime> {
        let grace =
            self.members.values().filter_map(|m| m.left_at).min().map(|left| left + limits::RESUME_GRACE);
        [self.tell_at, self.health_at, grace].into_iter().flatten().min()
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

//! The world of a walk: a room, what is on its disk, the tabs that are connected, and what an observer has noted of
//! it all, kept apart from the room so that the two can be compared.

use std::collections::BTreeMap;

use super::replica::{Replica, revision_of};
use super::steps::{BROWSERS, Step, TABS, Turn, tab_id};
use super::{Broken, Walked, rights};
use crate::protocol::snapshot::{RoomSettings, Status};
use crate::protocol::{
    CloseReason, ErrorCode, MemberId, MemberName, Role, RoomChange, RoomCode, RoomRecord, ServerMessage,
    StreamId, limits,
};
use crate::room::{Actor, Command, ConnectionId, Effect, Identity, JoinRequest, Joined, Room, RoomConfig};
use crate::sync::time::{MediaTime, RoomTime, Span};

/// Small, so that a walk comes to the limits.
const MAX_MEMBERS: usize = 6;
const MAX_QUEUE: usize = 20;

/// Played entries that a room remembers at most.
const HISTORY: usize = 100;

/// Everything is compared at each of so many steps, and before and after a crash.
const COMPARED_EVERY: u64 = 8;

/// Calls of `handle_timeout` in one moment, beyond which a room spins: one for each thing that may be due.
const WAKES_AT_ONCE: u32 = 6;

/// No start is announced shorter ahead than this (manual/protocol.md: the least lead of all profiles).
const LEAST_LEAD: Span = Span::from_millis(300);

/// Somebody, as an observer has noted it.
#[derive(Debug)]
struct Person {
    browser: u8,
    role: Role,
    page: Option<u64>,
    connection: Option<ConnectionId>,
    left_at: Option<RoomTime>,
    replica: Option<Replica>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Stage {
    room: Room,
    now: RoomTime,
    /// When the room was certainly looked after for the last time.
    alive_at: RoomTime,
    /// What is written down.
    kept: RoomRecord,
    people: BTreeMap<MemberId, Person>,
    /// The latest id of each tab.
    tabs: [Option<MemberId>; TABS as usize],
    /// A connection that was replaced, of each tab.
    stale: [Option<ConnectionId>; TABS as usize],
    generation: u64,
    /// The highest stream id that anybody was told to prepare.
    announced: StreamId,
    /// When the list of members was last to change.
    people_changed_at: RoomTime,
    pub(super) walked: Walked,
}

/// Whether all effects were carried out, or the server died on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    Out,
    Short,
}

impl Stage {
    pub(super) fn new() -> Self {
        let now = RoomTime::from_micros(1_800_000_000_000_000);
        let kept = RoomRecord::new(RoomCode::from_number(7), RoomSettings::default());
        Self {
            room: Room::restore(kept.clone(), Self::config(), now, None),
            now,
            alive_at: now,
            kept,
            people: BTreeMap::new(),
            tabs: Default::default(),
            stale: Default::default(),
            generation: 0,
            announced: StreamId::default(),
            people_changed_at: now,
            walked: Walked::default(),
        }
    }

    fn config() -> RoomConfig {
        RoomConfig { max_members: MAX_MEMBERS, max_queue: MAX_QUEUE, ..RoomConfig::default() }
    }

    /// The highest id of an entry.
    pub(super) const fn entries(&self) -> u64 {
        self.kept.last_entry_id.0
    }

    /// Takes a step, lets time pass, and perhaps lets the server die.
    pub(super) fn take(&mut self, turn: Turn) -> Result<(), Broken> {
        self.walked.steps += 1;
        let late = matches!(turn.step, Step::Wait { late: true });
        self.act(turn.step)?;
        let dies_after = turn.crash.map(|(effects, _)| usize::from(effects));
        if self.carry_out(dies_after)? == Carried::Out {
            self.pass(turn.pause, late)?;
        }
        if let Some((_, down)) = turn.crash {
            self.crash(down)?;
        }
        if self.walked.steps.is_multiple_of(COMPARED_EVERY) {
            self.compare()?;
        }
        Ok(())
    }

    /// Lets everything be told that is still to be told, and compares for the last time.
    pub(super) fn settle(&mut self) -> Result<(), Broken> {
        self.pass(Span::from_secs(3), false)?;
        self.compare()
    }
}

// What happens.
impl Stage {
    fn act(&mut self, step: Step) -> Result<(), Broken> {
        match step {
            Step::Join { tab, role, named, resumes, page } => self.join(tab, role, named, resumes, page)?,
            Step::Leave { tab, stale } => self.leave(tab, stale),
            Step::Ask { tab, command } => {
                let id = self.id_of(tab);
                let person = self.people.get(&id);
                // A socket that is closed asks for nothing; one that never was does, to be refused.
                if person.is_none_or(|person| person.connection.is_some()) {
                    let role = person.map(|person| person.role);
                    self.ask(&Actor::Member(id), role, command)?;
                }
            }
            Step::Api { role, command } => self.ask(&Actor::Api(role), Some(role), command)?,
            Step::Ready { tab, back, took } => {
                let stream = StreamId(self.announced.0.saturating_add(1).saturating_sub(u64::from(back)));
                self.room.handle_ready(self.now, &self.id_of(tab), stream, took);
            }
            Step::Report { tab, report } => self.room.handle_report(self.now, &self.id_of(tab), &report),
            Step::Rtt { tab, rtt } => self.room.handle_rtt(self.now, &self.id_of(tab), rtt),
            Step::RequestState { tab } => {
                let id = self.id_of(tab);
                if self.people.get(&id).is_some_and(|person| person.connection.is_some()) {
                    self.room.handle_request_state(self.now, &id);
                }
            }
            Step::Wait { .. } => {}
        }
        Ok(())
    }

    /// The latest id of a tab, or one that nobody ever had.
    fn id_of(&self, tab: u8) -> MemberId {
        self.tabs[usize::from(tab)].clone().unwrap_or_else(|| tab_id(tab, u64::MAX))
    }

    fn join(
        &mut self,
        tab: u8,
        role: Role,
        named: bool,
        resumes: Option<u8>,
        page: Option<u64>,
    ) -> Result<(), Broken> {
        self.generation += 1;
        let fresh_id = tab_id(tab, self.generation);
        let browser = tab % BROWSERS;
        let resume = resumes.map(|other| self.id_of(other));
        // A place is kept for who is expected back.
        let before = self.people.len();
        let request = JoinRequest {
            fresh_id: fresh_id.clone(),
            identity: Identity([browser; 32]),
            role,
            name: named.then(|| MemberName::parse("Somebody").expect("it is short")),
            resume: resume.clone(),
            page,
        };
        let may_resume = resume.filter(|id| {
            self.people.get(id).is_some_and(|person| {
                let same_page = page.is_none() || page == person.page;
                person.browser == browser && (person.connection.is_none() || same_page)
            })
        });
        // The same load of a page, whose welcome was lost.
        let may_resume = may_resume.or_else(|| {
            let same = |person: &Person| person.browser == browser && page.is_some() && person.page == page;
            self.people.iter().find(|(_, person)| same(person)).map(|(id, _)| id.clone())
        });
        let Joined { member_id, connection } = match self.room.handle_join(self.now, request) {
            Ok(joined) => joined,
            Err(ErrorCode::RoomFull) if may_resume.is_none() && before >= MAX_MEMBERS => return Ok(()),
            Err(code) => return Err(Broken::new(format!("a join is refused with {code:?}"))),
        };
        if member_id != may_resume.unwrap_or(fresh_id) {
            return Err(Broken::new("somebody joined as somebody else"));
        }
        let person = self.people.entry(member_id.clone()).or_insert(Person {
            browser,
            role,
            page,
            connection: None,
            left_at: None,
            replica: None,
        });
        person.role = person.role.max(role);
        person.page = page;
        person.left_at = None;
        self.stale[usize::from(tab)] = person.connection.replace(connection);
        // It hears everything anew.
        person.replica = None;
        self.tabs[usize::from(tab)] = Some(member_id);
        self.people_changed_at = self.now;
        Ok(())
    }

    fn leave(&mut self, tab: u8, stale: bool) {
        let id = self.id_of(tab);
        let Some(person) = self.people.get_mut(&id) else { return };
        let connection = if stale { self.stale[usize::from(tab)] } else { person.connection };
        let Some(connection) = connection else { return };
        self.room.handle_leave(self.now, &id, connection);
        if person.connection == Some(connection) {
            person.connection = None;
            person.replica = None;
            person.left_at = Some(self.now);
            self.people_changed_at = self.now;
        }
    }

    /// Somebody asks for something. `role`: what the observer takes it for.
    fn ask(&mut self, actor: &Actor, role: Option<Role>, command: Command) -> Result<(), Broken> {
        self.walked.commands += 1;
        let command = self.aimed(command);
        let is_member = matches!(actor, Actor::Member(_));
        let allowed =
            role.is_some_and(|role| rights::allows(role, is_member, &command, self.room.settings()));
        let expected = match role {
            None => Some(ErrorCode::NoSuchMember),
            Some(_) if !allowed => Some(ErrorCode::Forbidden),
            Some(_) => None,
        };
        let answer = self.room.handle_command(self.now, actor, command.clone());
        match (expected, &answer) {
            (Some(code), Err(refused)) if code == *refused => {}
            (Some(code), answer) => {
                return Err(Broken::new(format!(
                    "{actor:?} is to be refused with {code:?}, and got {answer:?}"
                )));
            }
            (None, Err(ErrorCode::Forbidden)) => {
                return Err(Broken::new(format!("{actor:?} may, and was refused")));
            }
            (None, _) => {}
        }
        match answer {
            Ok(accepted) => {
                if accepted.revision != self.room.revision() {
                    return Err(Broken::new("an answer names another revision than the room's"));
                }
                self.walked.taken += 1;
                self.note(actor, &command)
            }
            Err(_) => match self.room.poll_effect() {
                Some(effect) => Err(Broken::new(format!("a refusal has an effect: {effect:?}"))),
                None => Ok(()),
            },
        }
    }

    /// A member that a command names by its tab is named by its id.
    fn aimed(&self, command: Command) -> Command {
        let aim = |id: MemberId| {
            let tab = (0..TABS).find(|tab| tab_id(*tab, 0) == id);
            tab.map_or(id, |tab| self.id_of(tab))
        };
        match command {
            Command::SetRole { member_id, role } => Command::SetRole { member_id: aim(member_id), role },
            Command::Kick { member_id } => Command::Kick { member_id: aim(member_id) },
            other => other,
        }
    }

    /// Notes what a command that was taken does to people.
    fn note(&mut self, actor: &Actor, command: &Command) -> Result<(), Broken> {
        let asker = match actor {
            Actor::Member(id) => self.people.get(id).map(|person| person.browser),
            Actor::Api(_) => None,
        };
        match command {
            Command::SetRole { member_id, role } => {
                let browser = self.browser_of(member_id)?;
                for person in self.people.values_mut().filter(|person| person.browser == browser) {
                    person.role = *role;
                }
                if asker.is_some() && !self.people.values().any(|person| person.role == Role::Host) {
                    return Err(Broken::new("a member took the last host from a room"));
                }
            }
            Command::Kick { member_id } => {
                let browser = self.browser_of(member_id)?;
                if *actor == Actor::Member(member_id.clone()) {
                    return Err(Broken::new("somebody put itself out"));
                }
                let own = asker == Some(browser);
                self.people.retain(
                    |id, person| {
                        if own { id != member_id } else { person.browser != browser }
                    },
                );
            }
            Command::Rename { .. } => {}
            _ => return Ok(()),
        }
        self.people_changed_at = self.now;
        Ok(())
    }

    fn browser_of(&self, id: &MemberId) -> Result<u8, Broken> {
        let person = self.people.get(id).ok_or_else(|| Broken::new("something was done to nobody"))?;
        Ok(person.browser)
    }

    fn connected(&self) -> usize {
        self.people.values().filter(|person| person.connection.is_some()).count()
    }
}

// What comes of it.
impl Stage {
    /// Carries effects out in their order, as the server does; dies after `dies_after` of them.
    fn carry_out(&mut self, dies_after: Option<usize>) -> Result<Carried, Broken> {
        for done in 0.. {
            if dies_after == Some(done) {
                return Ok(Carried::Short);
            }
            let Some(effect) = self.room.poll_effect() else { break };
            match effect {
                Effect::Persist(change) => self.persist(change)?,
                Effect::Send(id, message) => self.tell(&message, |other| *other == id)?,
                Effect::Broadcast(message) => self.tell(&message, |_| true)?,
                Effect::Tell(ids, message) => self.tell(&message, |id| ids.contains(id))?,
                Effect::TellOthers(ids, message) => self.tell(&message, |id| !ids.contains(id))?,
                Effect::Close(id, reason) => {
                    if reason != CloseReason::Kicked || self.people.contains_key(&id) {
                        return Err(Broken::new("a connection is closed for nothing"));
                    }
                }
            }
        }
        Ok(Carried::Out)
    }

    fn persist(&mut self, change: RoomChange) -> Result<(), Broken> {
        if change.revision != self.kept.revision.next() {
            let (old, new) = (self.kept.revision, change.revision);
            return Err(Broken::new(format!("revision {new} is written after {old}")));
        }
        self.kept.revision = change.revision;
        if let Some(settings) = change.settings {
            self.kept.settings = settings;
        }
        if let Some(playback) = change.playback {
            if playback.last_stream_id < self.kept.playback.last_stream_id {
                return Err(Broken::new("stream ids go back"));
            }
            self.kept.playback = playback;
        }
        if let Some(queue) = change.queue {
            if queue.last_entry_id < self.kept.last_entry_id {
                return Err(Broken::new("entry ids go back"));
            }
            self.kept.queue = queue.queue;
            self.kept.history = queue.history;
            self.kept.last_entry_id = queue.last_entry_id;
        }
        Ok(())
    }

    fn tell(&mut self, message: &ServerMessage, to: impl Fn(&MemberId) -> bool) -> Result<(), Broken> {
        if revision_of(message).is_some_and(|revision| revision > self.kept.revision) {
            return Err(Broken::new(format!("what is not written down is told: {message:?}")));
        }
        if let ServerMessage::PreparePlay { stream_id, start_at, follows, server_timestamp, .. } = message {
            if *stream_id <= self.announced {
                return Err(Broken::new(format!("stream {stream_id} is announced again")));
            }
            self.announced = *stream_id;
            self.walked.starts += 1;
            if !follows && *start_at - *server_timestamp < LEAST_LEAD {
                return Err(Broken::new("a start is announced too late to be made"));
            }
        }
        for (id, person) in &mut self.people {
            if person.connection.is_none() || !to(id) {
                continue;
            }
            if !rights::sees_health(person.role) && tells_health(message) {
                return Err(Broken::new("a listener is told of others' health"));
            }
            match (message, &mut person.replica) {
                (ServerMessage::RoomState(state), None) => {
                    person.replica = Some(Replica::new((**state).clone()));
                }
                (ServerMessage::Welcome { member_id, role, .. }, _) => {
                    if (member_id, *role) != (id, person.role) {
                        return Err(Broken::new("somebody is welcomed as somebody else"));
                    }
                }
                (_, Some(replica)) => replica.hear(message)?,
                (_, None) => return Err(Broken::new("a page hears of a change before the state")),
            }
        }
        Ok(())
    }

    /// Lets time pass, and the room wake when it asked to; `late`: only at the end.
    fn pass(&mut self, span: Span, late: bool) -> Result<(), Broken> {
        let until = self.now + span;
        let mut wakes = 0;
        while let Some(due) = self.room.poll_timeout().filter(|due| *due <= until) {
            let at = if late { until } else { due.max(self.now) };
            wakes = if at > self.now { 1 } else { wakes + 1 };
            if wakes > WAKES_AT_ONCE {
                return Err(Broken::new("the room asks to be woken again and again"));
            }
            self.now = at;
            self.room.handle_timeout(at);
            self.carry_out(None)?;
        }
        self.now = until;
        self.alive_at = until;
        self.forget_gone();
        Ok(())
    }

    /// Nobody expects those back who have been away for too long.
    fn forget_gone(&mut self) {
        let now = self.now;
        let gone = |person: &Person| person.left_at.is_some_and(|left| left + limits::RESUME_GRACE <= now);
        if self.people.values().any(gone) {
            self.people_changed_at = now;
            self.people.retain(|_, person| !gone(person));
        }
    }

    /// The server dies, and is down for so long. What was written down is the room; everybody is out.
    fn crash(&mut self, down: Span) -> Result<(), Broken> {
        self.walked.crashes += 1;
        self.now += down;
        let alive_at = Some(self.alive_at);
        self.room = Room::restore(self.kept.clone(), Self::config(), self.now, alive_at);
        self.people.clear();
        self.stale = Default::default();
        self.people_changed_at = self.now;
        self.carry_out(None)?;
        self.alive_at = self.now;
        self.compare()
    }
}

// What has to be.
impl Stage {
    fn compare(&self) -> Result<(), Broken> {
        let mut record = self.room.record();
        if record.revision != self.kept.revision {
            return Err(Broken::new("the room is further than its disk"));
        }
        // Whether an announced start is confirmed is not written down.
        if self.kept.playback.status == Status::Preparing && record.playback.status == Status::Playing {
            record.playback.status = Status::Preparing;
        }
        if record != self.kept {
            return Err(Broken::new(format!("the room is {record:?}, and its disk says {:?}", self.kept)));
        }
        let snapshot = self.room.snapshot(self.now);
        let (queue, history) = (record.queue.len(), record.history.len());
        if queue > MAX_QUEUE || history > HISTORY || snapshot.chat.len() > limits::CHAT_KEPT {
            return Err(Broken::new("a limit does not hold"));
        }
        if snapshot.member_count != self.connected() || snapshot.member_count > MAX_MEMBERS {
            return Err(Broken::new("the members are other or more than they may be"));
        }
        if let Some(track) = &snapshot.playback.track
            && !(MediaTime::ZERO..=track.duration).contains(&snapshot.playback.position)
        {
            return Err(Broken::new("the position is outside of the track"));
        }
        let mut ids: Vec<u64> = record.queue.iter().chain(&record.history).map(|e| e.entry_id.0).collect();
        ids.extend(record.playback.queue_entry_id.map(|id| id.0));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != all || ids.last().is_some_and(|last| *last > record.last_entry_id.0) {
            return Err(Broken::new("an entry is there twice, or was never given"));
        }
        self.compare_people()?;
        let settled = self.now - self.people_changed_at > limits::LEAVE_COALESCE + limits::MEMBERS_COALESCE;
        for person in self.people.values() {
            if let Some(replica) = &person.replica {
                replica.must_equal(&snapshot, settled)?;
            }
        }
        Ok(())
    }

    fn compare_people(&self) -> Result<(), Broken> {
        for (id, person) in &self.people {
            if self.room.role_of(id) != Some(person.role) {
                return Err(Broken::new(format!("{id} is to be {:?}", person.role)));
            }
            if person.connection.is_some() != person.replica.is_some() {
                return Err(Broken::new("somebody who is here was told nothing"));
            }
        }
        if self.room.clients().len() != self.people.len() {
            return Err(Broken::new("the room knows somebody who is not there"));
        }
        Ok(())
    }
}

fn tells_health(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::Health { .. } => true,
        ServerMessage::Members { members, .. } => members.iter().any(|member| member.health.is_some()),
        ServerMessage::RoomState(state) => state.members.iter().any(|member| member.health.is_some()),
        _ => false,
    }
}

//! The task that owns a [`Room`] and carries out what it decides, in order. Nothing locks the room.
//!
//! A `Persist` is on the disk before anything behind it is delivered or answered. When it cannot be written, the
//! room in memory knows more than the database: it is thrown away, all connections are closed with 1012, and the
//! next use loads what was really kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::ahead::Ahead;
use super::ask::{Answer, Ask, Said, SettingsPatch};
use super::audience::{Audience, SentAway};
use super::departure::Departure;
use super::outlet::{Frame, Outlet};
use super::requests;
use super::sessions::Sessions;
use super::starts::Starts;
use crate::protocol::permissions::may;
use crate::protocol::{
    ClientMessage, CloseReason, ErrorCode, MemberId, Role, RoomCode, RoomSettings, ServerMessage,
};
use crate::room::{Accepted, Actor, Command, ConnectionId, Effect, JoinRequest, Joined, Room};
use crate::server::clock::Clock;
use crate::server::metrics::{Counted, Metrics};
use crate::storage::{SecretHash, Store, StoreError};
use crate::sync::time::{RoomTime, Span};

/// That somebody uses a room is written down this often at most; rooms unused for 90 days are removed.
const TOUCH_EVERY: Span = Span::from_secs(3600);

/// Why the task ends.
enum End {
    /// Nobody holds the room, and nothing is due in it.
    LetGo,
    /// The server stops.
    Stopped,
    /// The room was removed.
    Deleted,
    /// A change could not be written.
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        match error {
            // Nothing else could be missing: the room was removed under our hands.
            StoreError::NotFound => Self::Deleted,
            error => Self::Failed(error),
        }
    }
}

/// What a room's task needs of the server.
pub(super) struct Surroundings {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) ahead: Ahead,
    pub(super) metrics: Metrics,
    pub(super) stopping: CancellationToken,
}

/// A room with its connections. See the module.
pub(super) struct RoomTask {
    room: Room,
    code: RoomCode,
    store: Store,
    clock: Clock,
    ahead: Ahead,
    metrics: Metrics,
    asks: mpsc::Receiver<Ask>,
    /// Where its asks come from, without keeping it alive.
    inbox: mpsc::WeakSender<Ask>,
    waiting: Arc<AtomicBool>,
    stopping: CancellationToken,
    audience: Audience,
    sessions: Sessions,
    starts: Starts,
    touched_at: Option<RoomTime>,
    _in_use: Counted,
}

impl RoomTask {
    pub(super) fn new(
        room: Room,
        surroundings: Surroundings,
        asks: mpsc::Receiver<Ask>,
        inbox: mpsc::WeakSender<Ask>,
        waiting: Arc<AtomicBool>,
    ) -> Self {
        let Surroundings { store, clock, ahead, metrics, stopping } = surroundings;
        Self {
            code: room.code(),
            audience: Audience::new(room.code(), clock.clone(), metrics.clone()),
            sessions: Sessions::new(room.code(), store.clone()),
            starts: Starts::new(room.code(), metrics.clone()),
            _in_use: Counted::by(&metrics.rooms.in_use),
            room,
            store,
            clock,
            ahead,
            metrics,
            asks,
            inbox,
            waiting,
            stopping,
            touched_at: None,
        }
    }

    pub(super) async fn run(mut self) {
        let end = loop {
            if let Err(end) = self.carry_out().await {
                break end;
            }
            let due = self.room.poll_timeout();
            if due.is_some_and(|due| due <= self.clock.now()) {
                // Before what waits: a room that was just loaded may be asked how it is, and would tell of what was.
                self.pass_time();
                continue;
            }
            self.waiting.store(due.is_some(), Ordering::Relaxed);
            let timeout = self.clock.instant_of(due.unwrap_or_default());
            let step = tokio::select! {
                // Not behind what waits, of which there may be more than the server has time for.
                () = self.stopping.cancelled() => Err(End::Stopped),
                ask = self.asks.recv() => match ask {
                    Some(ask) => self.take(ask).await,
                    None => Err(End::LetGo),
                },
                () = sleep_until(timeout), if due.is_some() => {
                    self.pass_time();
                    Ok(())
                }
            };
            if let Err(end) = step {
                break end;
            }
        };
        self.finish(end);
    }

    /// Does what is due.
    fn pass_time(&mut self) {
        self.room.handle_timeout(self.clock.now());
        self.sessions.keep_only(|member| self.room.role_of(member).is_some());
    }

    /// Closes every connection. What still waits in the inbox is dropped, which its askers take as unavailable.
    fn finish(mut self, end: End) {
        self.asks.close();
        let reason = match &end {
            End::Failed(error) => {
                self.metrics.rooms.failures.increment(1);
                tracing::error!(room = %self.code, %error, "a change could not be written; the room starts over from the database");
                CloseReason::Restart
            }
            End::Deleted => {
                tracing::info!(room = %self.code, "the room is removed");
                CloseReason::NoRoom
            }
            End::LetGo | End::Stopped => CloseReason::Restart,
        };
        self.audience.close_all(reason);
    }

    async fn take(&mut self, ask: Ask) -> Result<(), End> {
        match ask {
            Ask::Join { request, session, new_here, outlet, reply } => {
                let joined = self.join(request, session, new_here, outlet).await?;
                // A socket that is gone meanwhile leaves at once: nobody else would take it out.
                if let (Ok(joined), Err(_)) = (&joined, reply.send(joined.clone())) {
                    self.leave(&joined.member_id, joined.connection, Departure::Lost);
                }
            }
            Ask::Leave { member, connection, why } => self.leave(&member, connection, why),
            Ask::Rtt { member, rtt } => self.room.handle_rtt(self.clock.now(), &member, rtt),
            Ask::Message(said) => {
                if let Some(Said { actor, message, reply, .. }) = self.ahead.ready(said, &self.inbox).await {
                    let answer = self.message(&actor, message).await?;
                    self.answer(&actor, answer, reply).await?;
                }
            }
            Ask::Settings { actor, patch, reply } => {
                let answer = self.change_settings(&actor, patch).await?.map(Some);
                self.answer(&actor, answer, reply).await?;
            }
            Ask::Refuse { member, code } => self.room.handle_refusal(&member, code, code.message()),
            Ask::May { member, action, reply } => {
                let role = self.room.role_of(&member);
                let may = role.is_some_and(|role| may(role, action, self.room.settings()));
                let _ = reply.send(may);
            }
            Ask::NameOf { identity, reply } => {
                let _ = reply.send(self.room.name_of(identity));
            }
            Ask::Snapshot { reply } => {
                let _ = reply.send(self.room.snapshot(self.clock.now()));
            }
            Ask::Clients { reply } => {
                let _ = reply.send(self.room.clients());
            }
            Ask::News { frame } => {
                let behind = self.audience.deliver(&frame, |_| true);
                self.part(behind);
            }
            Ask::Pardon { reply } => {
                let _ = reply.send(self.sessions.pardon().await?);
            }
            Ask::Delete { reply } => {
                let deleted = match self.store.delete_room(self.code).await {
                    Ok(()) | Err(StoreError::NotFound) => Ok(()),
                    Err(error) => {
                        tracing::error!(room = %self.code, %error, "the room could not be removed");
                        Err(ErrorCode::Unavailable)
                    }
                };
                let _ = reply.send(deleted);
                if deleted.is_ok() {
                    return Err(End::Deleted);
                }
            }
        }
        Ok(())
    }
}

// People.
impl RoomTask {
    async fn join(
        &mut self,
        request: JoinRequest,
        session: Option<SecretHash>,
        new_here: bool,
        outlet: Outlet,
    ) -> Result<Result<Joined, CloseReason>, End> {
        if let Err(reason) = self.sessions.admit(session, new_here, request.role).await? {
            return Ok(Err(reason));
        }
        self.touch().await?;
        let (identity, fresh_id) = (request.identity, request.fresh_id.clone());
        let Ok(joined) = self.room.handle_join(self.clock.now(), request) else {
            return Ok(Err(CloseReason::Full));
        };
        let resumed = joined.member_id != fresh_id;
        let role = self.room.role_of(&joined.member_id).map(Role::as_str);
        tracing::info!(room = %self.code, member = %joined.member_id, role, resumed, "joined");
        self.audience.enter(joined.member_id.clone(), joined.connection, outlet);
        self.sessions.note(joined.member_id.clone(), identity, session);
        Ok(Ok(joined))
    }

    fn leave(&mut self, member: &MemberId, connection: ConnectionId, why: Departure) {
        if self.audience.leave(member, connection) {
            tracing::info!(room = %self.code, %member, reason = why.as_str(), "left");
        }
        self.room.handle_leave(self.clock.now(), member, connection);
    }

    async fn touch(&mut self) -> Result<(), End> {
        let now = self.clock.now();
        if self.touched_at.is_none_or(|at| now - at > TOUCH_EVERY) {
            self.touched_at = Some(now);
            match self.store.touch_room(self.code, now).await {
                Err(StoreError::NotFound) => return Err(End::Deleted),
                // Nothing that anybody heard of depends on it.
                Err(error) => tracing::warn!(room = %self.code, %error, "a use could not be noted"),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

// What is said and wanted.
impl RoomTask {
    /// The answer, where the message was a command.
    async fn message(
        &mut self,
        actor: &Actor,
        message: ClientMessage,
    ) -> Result<Result<Option<Accepted>, ErrorCode>, End> {
        let now = self.clock.now();
        match (actor, message) {
            (Actor::Member(member), ClientMessage::Ready { stream_id, took }) => {
                self.starts.ready(now, &mut self.audience, member, stream_id, took);
                self.room.handle_ready(now, member, stream_id, took);
                Ok(Ok(None))
            }
            (Actor::Member(member), ClientMessage::SyncReport(report)) => {
                self.metrics.rooms.report(&report);
                if self.audience.note_report(member, report.state) {
                    self.metrics.rooms.corrections.increment(1);
                    let drift_ms = report.drift.map(Span::as_ms);
                    tracing::debug!(room = %self.code, %member, drift_ms, rate = report.rate, "correction reported");
                }
                self.room.handle_report(now, member, &report);
                Ok(Ok(None))
            }
            (Actor::Member(member), ClientMessage::RequestState) => {
                self.room.handle_request_state(now, member);
                Ok(Ok(None))
            }
            (_, message) => match requests::command(&self.store, message).await {
                Ok(command) => Ok(self.command(actor, command).await?.map(Some)),
                Err(code) => Ok(Err(code)),
            },
        }
    }

    async fn command(&mut self, actor: &Actor, command: Command) -> Result<Answer, End> {
        let about_member = match &command {
            Command::SetRole { member_id, role } => Some((member_id.clone(), Some(*role))),
            Command::Kick { member_id } => Some((member_id.clone(), None)),
            _ => None,
        };
        let answer = self.room.handle_command(self.clock.now(), actor, command);
        if let (Ok(_), Some((member, role))) = (&answer, about_member) {
            // The room has not told anybody yet: what a session may is written first, like everything.
            self.sessions.keep_standing(self.clock.now(), actor, &member, role).await?;
        }
        Ok(answer)
    }

    async fn change_settings(&mut self, actor: &Actor, patch: SettingsPatch) -> Result<Answer, End> {
        let now = self.clock.now();
        let old = self.room.settings().clone();
        let settings = RoomSettings {
            name: patch.name.unwrap_or(old.name),
            listed: patch.listed.unwrap_or(old.listed),
            has_pin: patch.pin_hash.as_ref().map_or(old.has_pin, Option::is_some),
            who_controls: patch.who_controls.unwrap_or(old.who_controls),
            who_adds: patch.who_adds.unwrap_or(old.who_adds),
            profile: old.profile,
            loudness: patch.loudness.unwrap_or(old.loudness),
        };
        let answer = self.room.handle_command(now, actor, Command::SetSettings { settings });
        if let (Ok(_), Some(pin_hash)) = (&answer, patch.pin_hash) {
            self.store.set_pin(self.code, pin_hash.as_deref()).await?;
        }
        Ok(answer)
    }

    async fn answer(
        &mut self,
        actor: &Actor,
        answer: Result<Option<Accepted>, ErrorCode>,
        reply: Option<oneshot::Sender<Answer>>,
    ) -> Result<(), End> {
        if let (Actor::Member(member), Err(code), None) = (actor, &answer, &reply) {
            tracing::debug!(room = %self.code, %member, ?code, "refused");
            self.room.handle_refusal(member, *code, code.message());
        }
        // Only what is written down is answered.
        self.carry_out().await?;
        if let Some(reply) = reply {
            let _ = reply.send(answer.and_then(|accepted| accepted.ok_or(ErrorCode::NotSupported)));
        }
        Ok(())
    }
}

// Effects.
impl RoomTask {
    async fn carry_out(&mut self) -> Result<(), End> {
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                Effect::Persist(change) => self.store.save(self.code, &change).await?,
                Effect::Send(member, message) => {
                    let frame = self.frame(&message);
                    let behind = self.audience.send(&member, frame);
                    self.part(behind);
                }
                Effect::Broadcast(message) => {
                    self.starts.told(self.clock.now(), &message, &self.audience);
                    self.ahead.heard(&message);
                    let frame = self.frame(&message);
                    let behind = self.audience.deliver(&frame, |_| true);
                    self.part(behind);
                }
                Effect::Tell(members, message) => {
                    let frame = self.frame(&message);
                    let behind = self.audience.deliver(&frame, |id| members.contains(id));
                    self.part(behind);
                }
                Effect::TellOthers(members, message) => {
                    let frame = self.frame(&message);
                    let behind = self.audience.deliver(&frame, |id| !members.contains(id));
                    self.part(behind);
                }
                Effect::Close(member, reason) => {
                    let word = Departure::Closed(reason).as_str();
                    tracing::info!(room = %self.code, %member, reason = word, "sent away");
                    self.audience.close(&member, reason);
                }
            }
        }
        Ok(())
    }

    /// Tells the room who was sent away.
    fn part(&mut self, sent_away: impl IntoIterator<Item = SentAway>) {
        for (member, connection) in sent_away {
            self.room.handle_leave(self.clock.now(), &member, connection);
        }
    }

    fn frame(&self, message: &ServerMessage) -> Frame {
        Frame::of(self.clock.now(), message)
    }
}

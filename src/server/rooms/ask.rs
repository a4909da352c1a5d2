//! What can be asked of a room's task, and by what answers come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::departure::Departure;
use super::outlet::{Frame, Outlet};
use crate::protocol::{
    Action, ClientMessage, CloseReason, ErrorCode, Loudness, MemberId, MemberName, RoomCode, RoomName,
    RoomSnapshot, WhoMay, snapshot::MemberInfo,
};
use crate::room::{Accepted, Actor, ConnectionId, Identity, JoinRequest, Joined};
use crate::storage::SecretHash;
use crate::sync::time::Span;

/// The answer to a command.
pub(super) type Answer = Result<Accepted, ErrorCode>;

/// Something to do for a room's task.
pub(super) enum Ask {
    /// Somebody said hello.
    Join {
        request: JoinRequest,
        /// The session whose role is kept, if it is one.
        session: Option<SecretHash>,
        /// The session was nobody in this room, or less, until now.
        new_here: bool,
        outlet: Outlet,
        reply: oneshot::Sender<Result<Joined, CloseReason>>,
    },
    /// A connection ended.
    Leave { member: MemberId, connection: ConnectionId, why: Departure },
    /// A socket ping came back.
    Rtt { member: MemberId, rtt: Span },
    /// Somebody says or wants something. Without a reply, a refusal goes to the member.
    Message(Said),
    /// Somebody wants the room to be otherwise.
    Settings { actor: Actor, patch: SettingsPatch, reply: Option<oneshot::Sender<Answer>> },
    /// What somebody wants was refused on the way here: tell it.
    Refuse { member: MemberId, code: ErrorCode },
    /// May this member do that?
    May { member: MemberId, action: Action, reply: oneshot::Sender<bool> },
    /// Does this browser have a tab here, and what is it called?
    NameOf { identity: Identity, reply: oneshot::Sender<Option<MemberName>> },
    /// How is it?
    Snapshot { reply: oneshot::Sender<RoomSnapshot> },
    /// Who is there, and how well in step?
    Clients { reply: oneshot::Sender<Vec<MemberInfo>> },
    /// Something that is not the room's own, for all who are connected.
    News { frame: Frame },
    /// Let everybody come back who was put out.
    Pardon { reply: oneshot::Sender<u64> },
    /// Remove the room.
    Delete { reply: oneshot::Sender<Result<(), ErrorCode>> },
}

/// What somebody says or wants, and where the answer goes.
pub(super) struct Said {
    pub(super) actor: Actor,
    pub(super) message: ClientMessage,
    pub(super) reply: Option<oneshot::Sender<Answer>>,
    /// What it needs was waited for.
    pub(super) waited: bool,
}

impl Said {
    const fn new(actor: Actor, message: ClientMessage, reply: Option<oneshot::Sender<Answer>>) -> Self {
        Self { actor, message, reply, waited: false }
    }
}

/// What is to change in a room's settings; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPatch {
    /// A new name, or none.
    pub name: Option<Option<RoomName>>,
    /// What is kept of a new PIN, or none.
    pub pin_hash: Option<Option<String>>,
    /// Whether the home page lists it.
    pub listed: Option<bool>,
    /// Who may control the playback.
    pub who_controls: Option<WhoMay>,
    /// Who may add music.
    pub who_adds: Option<WhoMay>,
    /// Whether tracks, or albums, are made equally loud.
    pub loudness: Option<Loudness>,
}

/// A room in use.
#[derive(Debug)]
pub struct RoomHandle {
    code: RoomCode,
    asks: mpsc::Sender<Ask>,
    waiting: Arc<AtomicBool>,
}

impl RoomHandle {
    pub(super) fn new(code: RoomCode, asks: mpsc::Sender<Ask>) -> Self {
        Self { code, asks, waiting: Arc::new(AtomicBool::new(true)) }
    }

    /// One that nobody answers: what is told it is lost.
    #[cfg(test)]
    pub fn of_nobody(code: RoomCode) -> Self {
        Self::new(code, mpsc::channel(1).0)
    }

    pub(super) fn waiting(&self) -> Arc<AtomicBool> {
        self.waiting.clone()
    }

    /// The room's code.
    pub const fn code(&self) -> RoomCode {
        self.code
    }

    /// Whether its task has ended: it failed, or the room was removed.
    pub fn has_ended(&self) -> bool {
        self.asks.is_closed()
    }

    /// Whether something is due in it at some time.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Joins a member by a connection. What a session is that is new here is remembered, so that it may hear the
    /// audio and need not show its PIN again.
    ///
    /// # Errors
    /// Why the connection has to be closed.
    pub async fn join(
        &self,
        request: JoinRequest,
        session: Option<SecretHash>,
        new_here: bool,
        outlet: Outlet,
    ) -> Result<Joined, CloseReason> {
        self.ask(|reply| Ask::Join { request, session, new_here, outlet, reply })
            .await
            .unwrap_or(Err(CloseReason::Restart))
    }

    /// A member's connection ended.
    pub async fn leave(&self, member: MemberId, connection: ConnectionId, why: Departure) {
        // A task that has ended has no members.
        let _ = self.asks.send(Ask::Leave { member, connection, why }).await;
    }

    /// A member's socket ping came back. Lost when the room has too much to do; the next one is soon.
    pub fn tell_rtt(&self, member: MemberId, rtt: Span) {
        let _ = self.asks.try_send(Ask::Rtt { member, rtt });
    }

    /// Tells all who are connected something that is not the room's own. Lost when the room has too much to do.
    pub(super) fn tell_news(&self, frame: Frame) {
        let _ = self.asks.try_send(Ask::News { frame });
    }

    /// A member says something, and does not wait; what is refused the room tells it.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] when the room has too much to do.
    pub fn tell(&self, member: MemberId, message: ClientMessage) -> Result<(), ErrorCode> {
        self.tell_ask(Ask::Message(Said::new(Actor::Member(member), message, None)))
    }

    /// A member wants other settings, and does not wait; what is refused the room tells it.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] when the room has too much to do.
    pub fn tell_settings(&self, member: MemberId, patch: SettingsPatch) -> Result<(), ErrorCode> {
        self.tell_ask(Ask::Settings { actor: Actor::Member(member), patch, reply: None })
    }

    /// Whether a member may do this as things are now; nothing changes by asking.
    pub async fn may(&self, member: &MemberId, action: Action) -> bool {
        let member = member.clone();
        self.ask(|reply| Ask::May { member, action, reply }).await.unwrap_or(false)
    }

    /// Tells a member that what it wants was refused on the way to the room.
    pub async fn refuse(&self, member: MemberId, code: ErrorCode) {
        // A task that has ended has no members.
        let _ = self.asks.send(Ask::Refuse { member, code }).await;
    }

    /// Asks for something and waits until it is written down and told.
    ///
    /// # Errors
    /// Why the room refused; nothing has changed then.
    pub async fn request(&self, actor: Actor, message: ClientMessage) -> Answer {
        self.ask(|reply| Ask::Message(Said::new(actor, message, Some(reply)))).await?
    }

    /// Changes the settings and waits until that is written down and told.
    ///
    /// # Errors
    /// Why the room refused; nothing has changed then.
    pub async fn change_settings(&self, actor: Actor, patch: SettingsPatch) -> Answer {
        self.ask(|reply| Ask::Settings { actor, patch, reply: Some(reply) }).await?
    }

    /// What a browser is called that has a tab here, or had one a moment ago; `None` when it is not inside.
    pub async fn name_of(&self, identity: Identity) -> Option<MemberName> {
        self.ask(|reply| Ask::NameOf { identity, reply }).await.ok().flatten()
    }

    /// Everything, as it is now.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the task has ended.
    pub async fn snapshot(&self) -> Result<RoomSnapshot, ErrorCode> {
        self.ask(|reply| Ask::Snapshot { reply }).await
    }

    /// All members, with their sync health.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the task has ended.
    pub async fn clients(&self) -> Result<Vec<MemberInfo>, ErrorCode> {
        self.ask(|reply| Ask::Clients { reply }).await
    }

    /// Lets everybody come back who was put out, and says how many that are.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the database fails.
    pub async fn pardon(&self) -> Result<u64, ErrorCode> {
        self.ask(|reply| Ask::Pardon { reply }).await
    }

    /// Removes the room for good.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the database fails.
    pub async fn delete(&self) -> Result<(), ErrorCode> {
        self.ask(|reply| Ask::Delete { reply }).await?
    }

    fn tell_ask(&self, ask: Ask) -> Result<(), ErrorCode> {
        match self.asks.try_send(ask) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(ErrorCode::RateLimited),
            // A task that has ended has closed the connection.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }

    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, ErrorCode> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(ask(reply)).await.map_err(|_| ErrorCode::Unavailable)?;
        answer.await.map_err(|_| ErrorCode::Unavailable)
    }
}

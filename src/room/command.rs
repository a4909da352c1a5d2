//! What people ask of a room, with everything resolved that a room cannot know (tracks, random numbers), and who
//! asks. Checks the permission table and hands on to the file that does it.

use std::sync::Arc;

use super::{Effect, Room};
use crate::protocol::permissions::may;
use crate::protocol::snapshot::{Repeat, RoomSettings, TrackInfo};
use crate::protocol::{
    Action, ChatText, CloseReason, EntryId, ErrorCode, MemberId, MemberName, QueuePlace, Reaction, Revision,
    Role, RoomChange, ServerMessage, StreamId, Volume,
};
use crate::sync::time::{MediaTime, RoomTime, Span};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member, by its socket.
    Member(MemberId),
    /// A holder of a token or cookie, by the REST API.
    Api(Role),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the words are those of protocol::ClientMessage")]
pub enum Command {
    Play { track: Arc<TrackInfo>, position: Option<MediaTime> },
    PlayEntry { entry_id: EntryId, position: Option<MediaTime> },
    Pause,
    Resume,
    Seek { position: MediaTime },
    Stop,
    Next,
    Previous,
    SetVolume { volume: Volume },
    SetRepeat { mode: Repeat },
    SyncAll,
    QueueAdd { tracks: Vec<Arc<TrackInfo>>, at: QueuePlace },
    QueueRemove { entry_id: EntryId },
    QueueMove { entry_id: EntryId, before: Option<EntryId> },
    QueueClear,
    QueueShuffle { seed: u64 },
    SetRole { member_id: MemberId, role: Role },
    Kick { member_id: MemberId },
    SetSettings { settings: RoomSettings },
    Rename { name: MemberName },
    Chat { text: ChatText },
    React { emoji: Reaction },
}

impl Command {
    /// The row of the permission table; `None` for what everybody may do for themselves.
    const fn action(&self) -> Option<Action> {
        Some(match self {
            Self::Play { .. }
            | Self::PlayEntry { .. }
            | Self::Pause
            | Self::Resume
            | Self::Seek { .. }
            | Self::Stop
            | Self::Next
            | Self::Previous
            | Self::SetVolume { .. }
            | Self::SetRepeat { .. }
            | Self::QueueRemove { .. }
            | Self::QueueMove { .. }
            | Self::QueueClear
            | Self::QueueShuffle { .. } => Action::Control,
            Self::QueueAdd { .. } => Action::Queue,
            Self::SyncAll => Action::SyncAll,
            Self::SetRole { .. } | Self::Kick { .. } | Self::SetSettings { .. } => Action::Administer,
            Self::Rename { .. } | Self::Chat { .. } | Self::React { .. } => return None,
        })
    }
}

/// A command was taken; the answer of the REST API (manual/protocol.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// The stream that it is about.
    pub stream_id: StreamId,
    /// The room's revision after it.
    pub revision: Revision,
    /// When it happens.
    pub start_at: RoomTime,
    /// How far ahead actions are scheduled just now.
    pub sync_buffer: Span,
    /// When it was taken.
    pub server_timestamp: RoomTime,
}

/// The member who asks; what only somebody who is here can do, a token alone cannot.
const fn oneself(actor: &Actor) -> Result<&MemberId, ErrorCode> {
    match actor {
        Actor::Member(member) => Ok(member),
        Actor::Api(_) => Err(ErrorCode::Forbidden),
    }
}

impl Room {
    /// Somebody asks for something. On an error nothing has changed.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] when who asks may not; else what the command found wrong.
    pub fn handle_command(
        &mut self,
        now: RoomTime,
        actor: &Actor,
        command: Command,
    ) -> Result<Accepted, ErrorCode> {
        let role = match actor {
            Actor::Member(member) => self.role_of(member).ok_or(ErrorCode::NoSuchMember)?,
            Actor::Api(role) => *role,
        };
        if command.action().is_some_and(|action| !may(role, action, &self.settings)) {
            return Err(ErrorCode::Forbidden);
        }
        match command {
            Command::Play { track, position } => self.play_track(now, track, position),
            Command::PlayEntry { entry_id, position } => self.play_entry(now, entry_id, position)?,
            Command::Pause => self.pause(now)?,
            Command::Resume => self.resume(now)?,
            Command::Seek { position } => self.seek(now, position)?,
            Command::Stop => self.stop(now)?,
            Command::Next => self.next(now)?,
            Command::Previous => self.previous(now)?,
            Command::SetVolume { volume } => self.set_volume(volume),
            Command::SetRepeat { mode } => self.set_repeat(now, mode),
            Command::SyncAll => self.broadcast(ServerMessage::Resync),
            Command::QueueAdd { tracks, at } => self.queue_add(now, actor, tracks, at)?,
            Command::QueueRemove { entry_id } => {
                self.change_queue(now, |queue| queue.remove(entry_id).map(|_| ()))?;
            }
            Command::QueueMove { entry_id, before } => {
                self.change_queue(now, |queue| queue.move_before(entry_id, before))?;
            }
            Command::QueueClear => self.change_queue(now, |queue| {
                queue.clear();
                Ok(())
            })?,
            Command::QueueShuffle { seed } => self.change_queue(now, |queue| {
                queue.shuffle(seed);
                Ok(())
            })?,
            Command::SetRole { member_id, role } => self.set_role(now, &member_id, role)?,
            Command::Kick { member_id } => self.kick(now, actor, &member_id)?,
            Command::SetSettings { settings } => self.set_settings(settings),
            Command::Rename { name } => self.members.rename(now, oneself(actor)?, name),
            Command::Chat { text } => self.chat(now, oneself(actor)?, text)?,
            Command::React { emoji } => self.react(now, oneself(actor)?, emoji)?,
        }
        Ok(self.accepted(now))
    }

    fn accepted(&self, now: RoomTime) -> Accepted {
        Accepted {
            stream_id: self.playback.stream_id,
            revision: self.revision,
            start_at: self.playback.start_at,
            sync_buffer: self.sync_buffer(now),
            server_timestamp: now,
        }
    }

    fn set_role(&mut self, now: RoomTime, member: &MemberId, role: Role) -> Result<(), ErrorCode> {
        self.members.set_role(now, member, role)?;
        let snapshot = self.snapshot(now);
        let welcome = self.welcome(now, member, role);
        self.send(member, welcome);
        self.send(member, ServerMessage::RoomState(Box::new(snapshot)));
        Ok(())
    }

    fn kick(&mut self, now: RoomTime, actor: &Actor, member: &MemberId) -> Result<(), ErrorCode> {
        if *actor == Actor::Member(member.clone()) {
            return Err(ErrorCode::BadValue);
        }
        self.members.remove(now, member)?;
        self.effects.push_back(Effect::Close(member.clone(), CloseReason::Kicked));
        Ok(())
    }

    fn set_settings(&mut self, settings: RoomSettings) {
        self.settings = settings;
        let revision = self.next_revision();
        self.effects.push_back(Effect::Persist(RoomChange {
            revision,
            settings: Some(self.settings.clone()),
            playback: None,
            queue: None,
        }));
        let message =
            ServerMessage::Room { revision, name: self.display_name(), settings: self.settings.clone() };
        self.broadcast(message);
    }
}

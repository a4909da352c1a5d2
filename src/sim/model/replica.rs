//! What a page knows of a room that missed nothing: the state that it was told when it came, and every message after
//! it, taken in by the very code that runs in browsers.

use super::Broken;
use crate::listener::view::{Beginning, View};
use crate::listener::{Reflection, reflect};
use crate::protocol::snapshot::{MemberInfo, RoomSnapshot, Upcoming};
use crate::protocol::{EntryId, Revision, Role, ServerMessage, StreamId, TrackId};
use crate::sync::time::RoomTime;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    view: View,
    /// The latest change of the room that it heard of.
    pub(super) revision: Revision,
}

impl Replica {
    /// A page that was just told everything.
    pub(super) fn new(snapshot: RoomSnapshot) -> Self {
        let revision = snapshot.revision;
        Self { view: View::new(Beginning { snapshot, role: Role::Listener, name: None }), revision }
    }

    /// It hears a message.
    pub(super) fn hear(&mut self, message: &ServerMessage) -> Result<(), Broken> {
        if let Some(revision) = revision_of(message) {
            // A confirmation and a tick are about the playback's last change, which may be long ago.
            let repeats =
                matches!(message, ServerMessage::PlayAt { .. } | ServerMessage::MusicStreamTick { .. });
            if revision < self.revision && !repeats {
                return Err(Broken::new("a message tells of an older state than the one before it"));
            }
            self.revision = self.revision.max(revision);
        }
        match reflect(&mut self.view, message.clone()) {
            Reflection::Current => Ok(()),
            Reflection::Outdated => Err(Broken::new("a page that missed nothing is out of date")),
        }
    }

    /// Whether it is the room. The list of members is told a moment late: `settled` says that it must have been.
    pub(super) fn must_equal(&self, room: &RoomSnapshot, settled: bool) -> Result<(), Broken> {
        let view = &self.view;
        let (here, there) = (&*view.playback, &room.playback);
        let agree = |what: &'static str, same: bool| {
            if same { Ok(()) } else { Err(Broken::new(format!("a page has another {what} than the room"))) }
        };
        agree("revision", self.revision == room.revision)?;
        agree("name", *view.name == *room.name)?;
        agree("settings", *view.settings == room.settings)?;
        agree("queue", *view.queue == room.queue)?;
        agree("history", *view.history == room.history)?;
        agree("chat", *view.chat == room.chat)?;
        // Whether an announced start is confirmed is no state of its own.
        agree("status", here.status.is_running() == there.status.is_running())?;
        agree("status", here.status.is_running() || here.status == there.status)?;
        agree("stream", here.stream_id == there.stream_id)?;
        agree("playback's revision", here.revision == there.revision)?;
        agree("track", here.track == there.track)?;
        agree("entry", here.queue_entry_id == there.queue_entry_id)?;
        agree("start", (here.start_at, here.start_position) == (there.start_at, there.start_position))?;
        agree("volume", here.volume == there.volume)?;
        agree("repeat", here.repeat == there.repeat)?;
        let (known, real) = (follower(here.upcoming.as_ref()), follower(there.upcoming.as_ref()));
        if known != real {
            return Err(Broken::new(format!("a page expects {known:?} to follow, and the room {real:?}")));
        }
        if settled {
            agree("number of members", view.member_count == room.member_count)?;
            agree("list of members", plain(&view.members) == plain(&room.members))?;
        }
        Ok(())
    }
}

type Follower<'a> = (StreamId, &'a TrackId, Option<EntryId>, RoomTime);

fn follower(upcoming: Option<&Upcoming>) -> Option<Follower<'_>> {
    upcoming.map(|u| (u.stream_id, &u.track.track_id, u.queue_entry_id, u.start_at))
}

/// The members without what only some may see.
fn plain(members: &[MemberInfo]) -> Vec<MemberInfo> {
    members.iter().map(|member| MemberInfo { health: None, ..member.clone() }).collect()
}

/// The change of the room that a message tells of.
pub(super) fn revision_of(message: &ServerMessage) -> Option<Revision> {
    Some(match message {
        ServerMessage::RoomState(snapshot) => snapshot.revision,
        ServerMessage::PreparePlay { revision, .. }
        | ServerMessage::PlayAt { revision, .. }
        | ServerMessage::MusicStreamTick { revision, .. }
        | ServerMessage::PauseAt { revision, .. }
        | ServerMessage::Stop { revision, .. }
        | ServerMessage::Volume { revision, .. }
        | ServerMessage::Repeat { revision, .. }
        | ServerMessage::Queue { revision, .. }
        | ServerMessage::Room { revision, .. }
        | ServerMessage::History { revision, .. } => *revision,
        _ => return None,
    })
}

//! What the room says, reflected into the view: every message tells of a state, so taking one twice changes nothing.

use std::sync::Arc;

use super::view::{LibraryNews, Reacted, View};
use crate::protocol::snapshot::{Playback, Status, Upcoming};
use crate::protocol::{ServerMessage, StreamId, limits};
use crate::sync::time::MediaTime;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reflection {
    /// The view is as the room is.
    Current,
    /// The message tells of something that was missed: ask for everything.
    Outdated,
}

/// Takes a message of the room into the view.
pub fn reflect(view: &mut View, message: ServerMessage) -> Reflection {
    match message {
        ServerMessage::RoomState(snapshot) => {
            let snapshot = *snapshot;
            view.name = snapshot.name.into();
            view.settings = Arc::new(snapshot.settings);
            view.queue = Arc::new(snapshot.queue);
            view.members = Arc::new(snapshot.members);
            view.member_count = snapshot.member_count;
            view.playback = Arc::new(snapshot.playback);
            view.history = Arc::new(snapshot.history);
            view.chat = Arc::new(snapshot.chat);
        }
        ServerMessage::PreparePlay {
            stream_id,
            revision,
            track,
            queue_entry_id,
            start_at,
            start_position,
            follows,
            server_timestamp,
            ..
        } => {
            let playback = Arc::make_mut(&mut view.playback);
            playback.revision = revision;
            playback.server_timestamp = server_timestamp;
            if follows {
                playback.upcoming = Some(Upcoming { stream_id, track, queue_entry_id, start_at });
            } else {
                playback.status = Status::Preparing;
                playback.stream_id = stream_id;
                playback.track = Some(track);
                playback.queue_entry_id = queue_entry_id;
                playback.start_at = start_at;
                playback.start_position = start_position;
                playback.position = start_position;
                playback.upcoming = None;
            }
        }
        ServerMessage::PlayAt { stream_id, revision, start_at, start_position, server_timestamp, .. } => {
            let playback = Arc::make_mut(&mut view.playback);
            if stream_id != playback.stream_id && !hand_over(playback, stream_id) {
                return Reflection::Outdated;
            }
            if (start_at, start_position) != (playback.start_at, playback.start_position) {
                // Another end: what was announced to follow is announced anew.
                playback.upcoming = None;
            }
            playback.status = Status::Playing;
            playback.revision = revision;
            playback.start_at = start_at;
            playback.start_position = start_position;
            playback.position = start_position;
            playback.server_timestamp = server_timestamp;
        }
        ServerMessage::PauseAt { stream_id, revision, pause_at, position, server_timestamp, .. } => {
            let playback = Arc::make_mut(&mut view.playback);
            if stream_id != playback.stream_id {
                return Reflection::Outdated;
            }
            stand(playback, Status::Paused, position);
            playback.revision = revision;
            playback.start_at = pause_at;
            playback.server_timestamp = server_timestamp;
        }
        ServerMessage::Stop { stream_id, revision, stop_at, server_timestamp } => {
            let playback = Arc::make_mut(&mut view.playback);
            if stream_id != playback.stream_id {
                return Reflection::Outdated;
            }
            stand(playback, Status::Stopped, MediaTime::ZERO);
            playback.revision = revision;
            playback.start_at = stop_at;
            playback.server_timestamp = server_timestamp;
        }
        ServerMessage::Volume { revision, volume } => {
            let playback = Arc::make_mut(&mut view.playback);
            playback.revision = revision;
            playback.volume = volume;
        }
        ServerMessage::Repeat { revision, mode } => {
            let playback = Arc::make_mut(&mut view.playback);
            playback.revision = revision;
            playback.repeat = mode;
        }
        ServerMessage::MusicStreamTick { stream_id, revision, .. } => {
            if (stream_id, revision) != (view.playback.stream_id, view.playback.revision) {
                return Reflection::Outdated;
            }
        }
        ServerMessage::Queue { entries, .. } => view.queue = Arc::new(entries),
        ServerMessage::Members { members, member_count } => {
            view.members = Arc::new(members);
            view.member_count = member_count;
        }
        ServerMessage::Health { members: news } => {
            let members = Arc::make_mut(&mut view.members);
            for news in news {
                if let Some(member) = members.iter_mut().find(|member| member.member_id == news.member_id) {
                    news.update(member.health.get_or_insert_default());
                }
            }
        }
        ServerMessage::Room { name, settings, .. } => {
            view.name = name.into();
            view.settings = Arc::new(settings);
        }
        ServerMessage::History { entries, whole: true, .. } => view.history = Arc::new(entries),
        ServerMessage::History { entries, whole: false, .. } => {
            let history = Arc::make_mut(&mut view.history);
            for entry in entries {
                // The state may have told of it already.
                if history.iter().all(|known| known.entry_id != entry.entry_id) {
                    history.push(entry);
                }
            }
            let over = history.len().saturating_sub(limits::HISTORY_TOLD);
            history.drain(..over);
        }
        ServerMessage::Chat(line) => {
            let chat = Arc::make_mut(&mut view.chat);
            // After a reconnection the state and a line that was under way may both tell of it.
            if chat.last().is_none_or(|last| last.line_id < line.line_id) {
                chat.push(line);
                let over = chat.len().saturating_sub(limits::CHAT_KEPT);
                chat.drain(..over);
            }
        }
        ServerMessage::React { member_id, name, emoji } => {
            let number = view.reaction.as_ref().map_or(0, |shown| shown.number) + 1;
            view.reaction = Some(Reacted { number, member_id, name, emoji });
        }
        ServerMessage::Library { version, tracks, scan } => {
            view.library = Some(LibraryNews { version, tracks, scan });
        }
        // Taken before, or of a newer server.
        ServerMessage::Welcome { .. }
        | ServerMessage::TimePong { .. }
        | ServerMessage::Resync
        | ServerMessage::Error { .. }
        | ServerMessage::Unknown => {}
    }
    Reflection::Current
}

/// The announced follower becomes the current track: its time has come.
pub(super) fn hand_over_announced(view: &mut View) {
    if let Some(stream) = view.playback.upcoming.as_ref().map(|upcoming| upcoming.stream_id) {
        hand_over(Arc::make_mut(&mut view.playback), stream);
    }
}

/// The announced follower becomes the current track; false when the stream is not that one.
fn hand_over(playback: &mut Playback, stream: StreamId) -> bool {
    let Some(upcoming) = playback.upcoming.take_if(|upcoming| upcoming.stream_id == stream) else {
        return false;
    };
    playback.status = Status::Playing;
    playback.stream_id = upcoming.stream_id;
    playback.track = Some(upcoming.track);
    playback.queue_entry_id = upcoming.queue_entry_id;
    playback.start_at = upcoming.start_at;
    playback.start_position = MediaTime::ZERO;
    true
}

fn stand(playback: &mut Playback, status: Status, position: MediaTime) {
    playback.status = status;
    playback.start_position = position;
    playback.position = position;
    playback.upcoming = None;
}

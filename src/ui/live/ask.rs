//! What components ask of the room: each is one message. The room answers by telling everybody, or this page why not.

use super::Live;
use crate::protocol::snapshot::Repeat;
use crate::protocol::{
    ChatText, ClientMessage, EntryId, MemberId, MemberName, QueuePlace, Reaction, Role, RoomPatch, TrackId,
    Volume,
};
use crate::sync::time::MediaTime;

impl Live {
    /// Plays a track of the library.
    pub fn play(self, track_id: TrackId) {
        self.send(ClientMessage::HostPlay { track_id: Some(track_id), queue_entry_id: None, position: None });
    }

    /// Plays an entry of the queue.
    pub fn play_entry(self, entry_id: EntryId) {
        self.send(ClientMessage::HostPlay { track_id: None, queue_entry_id: Some(entry_id), position: None });
    }

    /// Pauses the room.
    pub fn pause(self) {
        self.send(ClientMessage::HostPause);
    }

    /// Lets the room go on.
    pub fn resume(self) {
        self.send(ClientMessage::HostResume);
    }

    /// Moves the room.
    pub fn seek(self, position: MediaTime) {
        self.send(ClientMessage::HostSeek { position });
    }

    /// Stops the room.
    pub fn stop(self) {
        self.send(ClientMessage::HostStop);
    }

    /// The next of the queue.
    pub fn next(self) {
        self.send(ClientMessage::HostNext);
    }

    /// The one before.
    pub fn previous(self) {
        self.send(ClientMessage::HostPrevious);
    }

    /// The room's volume.
    pub fn set_room_volume(self, volume: Volume) {
        self.send(ClientMessage::HostVolume { volume });
    }

    /// What comes when a track ends.
    pub fn set_repeat(self, mode: Repeat) {
        self.send(ClientMessage::HostRepeat { mode });
    }

    /// Changes the room's settings; what is `None` stays.
    pub fn change(self, patch: RoomPatch) {
        self.send(ClientMessage::SetRoom(patch));
    }

    /// Promotes or demotes.
    pub fn set_role(self, member_id: MemberId, role: Role) {
        self.send(ClientMessage::SetRole { member_id, role });
    }

    /// Removes a member, and keeps its browser out.
    pub fn kick(self, member_id: MemberId) {
        self.send(ClientMessage::Kick { member_id });
    }

    /// Says something to everybody.
    pub fn say(self, text: ChatText) {
        self.send(ClientMessage::Chat { text });
    }

    /// Shows something to everybody.
    pub fn react(self, emoji: Reaction) {
        self.send(ClientMessage::React { emoji });
    }

    /// Everybody measures anew.
    pub fn sync_all(self) {
        self.send(ClientMessage::HostSyncAll);
    }

    /// Adds to the queue.
    pub fn add(self, track_ids: Vec<TrackId>, at: QueuePlace) {
        self.send(ClientMessage::QueueAdd { track_ids, at });
    }

    /// Takes out of the queue.
    pub fn remove(self, entry_id: EntryId) {
        self.send(ClientMessage::QueueRemove { entry_id });
    }

    /// Moves an entry before another, or to the end.
    pub fn move_entry(self, entry_id: EntryId, before: Option<EntryId>) {
        self.send(ClientMessage::QueueMove { entry_id, before });
    }

    /// Empties the queue.
    pub fn clear_queue(self) {
        self.send(ClientMessage::QueueClear);
    }

    /// Shuffles the queue.
    pub fn shuffle_queue(self) {
        self.send(ClientMessage::QueueShuffle);
    }

    /// Is called otherwise from now on.
    pub fn rename(self, name: MemberName) {
        self.send(ClientMessage::Rename { name });
    }
}

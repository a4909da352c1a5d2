//! The queue of a room: what is still to come, and what was played. Entries are named by id, so two people who
//! edit at once never hit the wrong one.

use std::sync::Arc;

use super::{Actor, Effect, Room};
use crate::protocol::snapshot::TrackInfo;
use crate::protocol::{EntryId, ErrorCode, QueueEntry, QueuePlace, RoomChange, limits};
use crate::sync::time::RoomTime;

/// How many played entries are remembered.
const HISTORY: usize = 100;

/// The queue and the history.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Queue {
    entries: Vec<QueueEntry>,
    /// The latest last.
    history: Vec<QueueEntry>,
    last_entry_id: EntryId,
    /// What has become of the history since it was told.
    untold: Untold,
}

/// What has become of the history since it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Untold {
    /// Nothing.
    #[default]
    Nothing,
    /// So many entries came to it, and all others stayed.
    Added(usize),
    /// It is another one.
    Another,
}

impl Queue {
    pub(super) fn restore(
        entries: Vec<QueueEntry>,
        history: Vec<QueueEntry>,
        last_entry_id: EntryId,
    ) -> Self {
        Self { entries, history, last_entry_id, untold: Untold::Nothing }
    }

    pub(super) fn entries(&self) -> &[QueueEntry] {
        &self.entries
    }

    pub(super) fn history(&self) -> &[QueueEntry] {
        &self.history
    }

    /// What is told of the history, the latest last.
    pub(super) fn latest_history(&self) -> Vec<QueueEntry> {
        self.history[self.history.len().saturating_sub(limits::HISTORY_TOLD)..].to_vec()
    }

    pub(super) const fn last_entry_id(&self) -> EntryId {
        self.last_entry_id
    }

    pub(super) fn first(&self) -> Option<&QueueEntry> {
        self.entries.first()
    }

    /// A new entry's id; never given before.
    pub(super) fn new_id(&mut self) -> EntryId {
        self.last_entry_id = self.last_entry_id.next();
        self.last_entry_id
    }

    pub(super) fn add(&mut self, tracks: Vec<Arc<TrackInfo>>, at: QueuePlace, added_by: Option<&str>) {
        let new: Vec<QueueEntry> = tracks
            .into_iter()
            .map(|track| QueueEntry { entry_id: self.new_id(), track, added_by: added_by.map(str::to_owned) })
            .collect();
        let place = match at {
            QueuePlace::End => self.entries.len(),
            QueuePlace::Next => 0,
        };
        self.entries.splice(place..place, new);
    }

    pub(super) fn remove(&mut self, id: EntryId) -> Result<QueueEntry, ErrorCode> {
        let place = self.place(id)?;
        Ok(self.entries.remove(place))
    }

    /// Moves an entry before another, or to the end.
    pub(super) fn move_before(&mut self, id: EntryId, before: Option<EntryId>) -> Result<(), ErrorCode> {
        let from = self.place(id)?;
        if before == Some(id) {
            return Ok(());
        }
        if let Some(before) = before {
            self.place(before)?;
        }
        let entry = self.entries.remove(from);
        let to = match before {
            Some(before) => self.place(before)?,
            None => self.entries.len(),
        };
        self.entries.insert(to, entry);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Fisher–Yates with a seed that is handed in.
    pub(super) fn shuffle(&mut self, seed: u64) {
        let mut state = seed;
        for last in (1..self.entries.len()).rev() {
            let pick = splitmix64(&mut state) % (last as u64 + 1);
            self.entries.swap(last, usize::try_from(pick).expect("it is at most `last`"));
        }
    }

    /// An entry was played to its end or skipped.
    pub(super) fn remember(&mut self, entry: QueueEntry) {
        self.untold = match self.untold {
            Untold::Nothing => Untold::Added(1),
            Untold::Added(so_far) => Untold::Added(so_far + 1),
            Untold::Another => Untold::Another,
        };
        self.history.push(entry);
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
    }

    pub(super) fn push_back(&mut self, entry: QueueEntry) {
        self.entries.push(entry);
    }

    pub(super) fn push_front(&mut self, entry: QueueEntry) {
        self.entries.insert(0, entry);
    }

    pub(super) fn pop_history(&mut self) -> Option<QueueEntry> {
        self.untold = Untold::Another;
        self.history.pop()
    }

    /// What is to be told of the history since this was asked last: entries, and whether they are all that is told of
    /// it or only what came to it.
    pub(super) fn take_history_news(&mut self) -> Option<(Vec<QueueEntry>, bool)> {
        match std::mem::take(&mut self.untold) {
            Untold::Nothing => None,
            Untold::Added(new) if new <= limits::HISTORY_TOLD => {
                Some((self.history[self.history.len() - new..].to_vec(), false))
            }
            Untold::Added(_) | Untold::Another => Some((self.latest_history(), true)),
        }
    }

    fn place(&self, id: EntryId) -> Result<usize, ErrorCode> {
        self.entries.iter().position(|entry| entry.entry_id == id).ok_or(ErrorCode::NoSuchEntry)
    }
}

impl Room {
    pub(super) fn queue_add(
        &mut self,
        now: RoomTime,
        actor: &Actor,
        tracks: Vec<Arc<TrackInfo>>,
        at: QueuePlace,
    ) -> Result<(), ErrorCode> {
        if self.queue.entries().len() + tracks.len() > self.config.max_queue {
            return Err(ErrorCode::QueueFull);
        }
        let added_by = self.asker(actor);
        self.change_queue(now, |queue| {
            queue.add(tracks, at, added_by.as_deref());
            Ok(())
        })
    }

    /// Changes the queue, writes it down, tells it, and looks again at what follows.
    pub(super) fn change_queue(
        &mut self,
        now: RoomTime,
        change: impl FnOnce(&mut Queue) -> Result<(), ErrorCode>,
    ) -> Result<(), ErrorCode> {
        change(&mut self.queue)?;
        let revision = self.next_revision();
        let queue = Some(self.queue_change());
        self.effects.push_back(Effect::Persist(RoomChange {
            revision,
            settings: None,
            playback: None,
            queue,
        }));
        self.tell_queue();
        self.reconsider_upcoming(now);
        Ok(())
    }

    /// Who asks, as the queue and the history name it; a token alone has no name.
    pub(super) fn asker(&self, actor: &Actor) -> Option<String> {
        match actor {
            Actor::Member(id) => self.members.get(id).map(|member| member.name.to_string()),
            Actor::Api(_) => None,
        }
    }

    pub(super) fn queue_is_full(&self) -> bool {
        self.queue.entries().len() >= self.config.max_queue
    }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

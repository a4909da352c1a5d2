//! The rooms that are in use: each a task of its own ([`task`]), found by its code. **This is the seam behind which
//! several processes may one day share rooms**: what crosses it is plain data of `protocol` and `room` (the
//! channels of [`ask`] are only how the answer comes back), and room time is read on the other side.
//!
//! A room is loaded from the database when somebody first needs it. Those that run are loaded at start, because
//! their queues go on. One that nobody holds and that waits for nothing is let go.

mod ahead;
mod ask;
mod audience;
mod departure;
mod heartbeat;
mod outlet;
mod requests;
mod sessions;
mod starts;
mod task;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use ahead::Ahead;
pub use ask::{RoomHandle, SettingsPatch};
pub use departure::{Breach, Departure};
pub use heartbeat::Heartbeat;
#[cfg(test)]
pub use outlet::Said;
pub use outlet::{Inbox, Outgoing, Outlet, outlet};

use super::clock::Clock;
use super::metrics::Metrics;
use crate::protocol::{ErrorCode, RoomCode, RoomRecord, ServerMessage};
use crate::room::{Room, RoomConfig};
use crate::storage::{Store, StoreError};
use crate::sync::time::RoomTime;
use outlet::Frame;
use task::{RoomTask, Surroundings};

/// Questions that wait for one room; beyond, a member is told to wait.
const INBOX: usize = 4096;

/// The rooms in use. Cheap to clone.
#[derive(Clone)]
pub struct Rooms(Arc<Registry>);

struct Registry {
    store: Store,
    clock: Clock,
    config: RoomConfig,
    ahead: Ahead,
    metrics: Metrics,
    live: Mutex<HashMap<RoomCode, Arc<RoomHandle>>>,
    /// One load at a time, so that no room is ever loaded twice; a load takes about a millisecond.
    loading: tokio::sync::Mutex<()>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Rooms {
    /// No rooms yet.
    pub fn new(store: Store, clock: Clock, config: RoomConfig, ahead: Ahead, metrics: Metrics) -> Self {
        Self(Arc::new(Registry {
            store,
            clock,
            config,
            ahead,
            metrics,
            live: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }))
    }

    /// The room of this code, loaded if need be.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRoom`], or [`ErrorCode::Unavailable`] when the database fails or the server stops.
    pub async fn open(&self, code: RoomCode) -> Result<Arc<RoomHandle>, ErrorCode> {
        if let Some(room) = self.in_use(code) {
            return Ok(room);
        }
        let _turn = self.0.loading.lock().await;
        if let Some(room) = self.in_use(code) {
            return Ok(room);
        }
        let record = self.0.store.load_room(code).await.map_err(|error| {
            tracing::error!(room = %code, %error, "a room could not be loaded");
            ErrorCode::Unavailable
        })?;
        // It may have stood still for long, but it was looked after: running rooms are loaded at start.
        let room = self.start(record.ok_or(ErrorCode::NoSuchRoom)?, None)?;
        self.0.metrics.rooms.restored.of("use").increment(1);
        Ok(room)
    }

    /// The room of this code, if it is in use just now.
    pub fn in_use(&self, code: RoomCode) -> Option<Arc<RoomHandle>> {
        self.live().get(&code).filter(|room| !room.has_ended()).cloned()
    }

    /// Members that a room takes.
    pub fn max_members(&self) -> usize {
        self.0.config.max_members
    }

    /// Entries that a queue takes.
    pub fn max_queue(&self) -> usize {
        self.0.config.max_queue
    }

    /// All rooms in use.
    pub fn all_in_use(&self) -> Vec<Arc<RoomHandle>> {
        self.live().values().cloned().collect()
    }

    /// Tells everybody in every room something that is not the room's own; written once for all.
    pub fn tell_all(&self, message: &ServerMessage) {
        let frame = Frame::of(self.0.clock.now(), message);
        for room in self.all_in_use() {
            room.tell_news(frame.clone());
        }
    }

    /// Loads the rooms that run, at start. `last_alive`: until when the process before this one certainly lived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume_running(&self, last_alive: Option<RoomTime>) -> Result<usize, StoreError> {
        let _turn = self.0.loading.lock().await;
        let mut resumed = 0;
        for record in self.0.store.load_running_rooms().await? {
            resumed += usize::from(self.start(record, last_alive).is_ok());
        }
        self.0.metrics.rooms.restored.of("start").increment(resumed as u64);
        Ok(resumed)
    }

    /// Lets go of the rooms that nobody holds and that wait for nothing. Nothing of them is lost: every change
    /// was written down, and members who may come back are something to wait for.
    pub fn let_go_of_idle(&self) {
        // Whoever gets a room gets it under this lock, so a count of one stays one meanwhile.
        self.live().retain(|_, room| !room.has_ended() && (Arc::strong_count(room) > 1 || room.is_waiting()));
    }

    /// Ends all rooms at once, and every connection with 1012; no room is loaded any more. What still waits for a room
    /// is not done, and so not answered.
    pub async fn stop(&self) {
        self.0.stopping.cancel();
        {
            // A room that is being loaded just now is started before, or not at all.
            let _turn = self.0.loading.lock().await;
            self.live().clear();
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn start(&self, record: RoomRecord, last_alive: Option<RoomTime>) -> Result<Arc<RoomHandle>, ErrorCode> {
        let registry = &self.0;
        if registry.stopping.is_cancelled() {
            return Err(ErrorCode::Unavailable);
        }
        let now = registry.clock.now();
        let room = Room::restore(record, registry.config.clone(), now, last_alive);
        let (sender, inbox) = mpsc::channel(INBOX);
        let weak = sender.downgrade();
        let handle = Arc::new(RoomHandle::new(room.code(), sender));
        let surroundings = Surroundings {
            store: registry.store.clone(),
            clock: registry.clock.clone(),
            ahead: registry.ahead.clone(),
            metrics: registry.metrics.clone(),
            stopping: registry.stopping.clone(),
        };
        let task = RoomTask::new(room, surroundings, inbox, weak, handle.waiting());
        registry.tasks.spawn(task.run());
        self.live().insert(handle.code(), handle.clone());
        Ok(handle)
    }

    fn live(&self) -> MutexGuard<'_, HashMap<RoomCode, Arc<RoomHandle>>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

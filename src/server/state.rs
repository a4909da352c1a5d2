//! What every request handler can reach.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio_util::task::TaskTracker;

use super::clock::Clock;
use super::config::Patience;
use super::front::Front;
use super::metrics::Metrics;
use super::rates::Rates;
use super::readiness::Checks;
use super::rest::Retries;
use super::rooms::Rooms;
use super::turnstile::Turnstile;
use crate::library::{Covers, Fetcher, Intake, Library, Renditions};
use crate::storage::{SecretHash, Store};

/// The server's parts. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts themselves.
pub struct Parts {
    /// What time it is.
    pub clock: Clock,
    /// What is measured.
    pub metrics: Metrics,
    /// Whether `/metrics` is for everybody, not only for the operator.
    pub open_metrics: bool,
    /// What outlives the process.
    pub store: Store,
    /// What `/readyz` looks at.
    pub checks: Checks,
    /// The rooms in use.
    pub rooms: Rooms,
    /// The music.
    pub library: Library,
    /// Its artwork, in the sizes that pages show.
    pub covers: Covers,
    /// What browsers get of it.
    pub renditions: Renditions,
    /// Where the music is.
    pub music_roots: Vec<PathBuf>,
    /// The way in for what people add.
    pub intake: Intake,
    /// How many additions are let in at once.
    pub turnstile: Turnstile,
    /// How many room sockets an address has.
    pub sockets: Turnstile,
    /// Fetches links; `None`: the operator does not allow them.
    pub fetcher: Option<Fetcher>,
    /// What is kept of the operator's token.
    pub admin_hash: SecretHash,
    /// How often an address may do what is dear.
    pub rates: Rates,
    /// What was answered to requests that may come again.
    pub retries: Retries,
    /// What stands before the server.
    pub front: Arc<Front>,
    /// How long a socket may be silent.
    pub patience: Patience,
    /// Rooms that may exist.
    pub max_rooms: u64,
    /// What the pages need to know of the files for browsers.
    pub leptos_options: LeptosOptions,
    /// The tasks of sockets and scans, to wait for at the end.
    pub tasks: TaskTracker,
    /// The server is about to stop.
    pub stopping: AtomicBool,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

impl Deref for AppState {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}

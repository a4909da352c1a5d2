//! From a configuration to a running server, and back to nothing without loss.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum_server::Handle;
use leptos::config::LeptosOptions;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::app::app;
use super::clock::Clock;
use super::config::Config;
use super::data_lock::{DataLock, DataLockError};
use super::front::Front;
use super::housekeeping::housekeeping;
use super::listen::{self, Guests};
use super::metrics::Metrics;
use super::operator;
use super::rates::Rates;
use super::readiness::Checks;
use super::redirect::{self, Target};
use super::rest::Retries;
use super::rooms::{Ahead, Heartbeat, Rooms};
use super::secret::Secret;
use super::state::{AppState, Parts};
use super::tls::{Served, TlsError};
use super::turnstile::Turnstile;
use crate::library::{Covers, Fetcher, Intake, Library, Renditions, intake};
use crate::room::RoomConfig;
use crate::storage::{Store, StoreError};

/// How long rooms, sockets and requests may take to end when the server stops; who downloads or uploads for longer is
/// cut off, and goes on with the next process. With [`CLOSE_WITHIN`] and what is written at the end, it is gone in 3 s.
const STOP_WITHIN: Duration = Duration::from_millis(1_750);

/// How long the database may take to close; what was acknowledged is on the disk before.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// The folder of covers in the data folder.
const ARTWORK: &str = "artwork";

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// A music folder that was named is not there.
    #[error("the music folder {} cannot be read: {error}", path.display())]
    MusicDir {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The data folder cannot be made, or its files not read or written.
    #[error("the data folder {} cannot be used: {error}", path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Another server has it.
    #[error("another Tutti server runs on the data folder {}: stop it, or name another folder", .0.display())]
    DataDirTaken(PathBuf),
    /// TLS cannot be spoken.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The database cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
}

/// A server that serves. Dropping it without [`Running::stop`] is like a crash: nothing acknowledged is lost.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the port that it really has.
    pub address: SocketAddr,
    /// Where it sends plain http on to https.
    pub redirect_address: Option<SocketAddr>,
    /// The operator's token, when it was made just now: to be shown once.
    pub new_admin_token: Option<Secret>,
    /// The certificate that it serves; `None` without TLS.
    pub tls: Option<Arc<Served>>,
    state: AppState,
    heartbeat: Heartbeat,
    accepting: CancellationToken,
    connections: Handle<SocketAddr>,
    serving: Vec<JoinHandle<()>>,
    renewing: Option<JoinHandle<()>>,
    housekeeping: JoinHandle<()>,
    library: [JoinHandle<()>; 3],
    /// Held until the server is gone.
    _lock: DataLock,
}

/// Starts a server; when this returns, it answers.
///
/// # Errors
/// See [`ServeError`]; nothing is left running then.
pub async fn serve(config: Config) -> Result<Running, ServeError> {
    if let Some((path, error)) = config.missing_music_dir() {
        return Err(ServeError::MusicDir { path: path.to_path_buf(), error });
    }
    let data_dir = |error| ServeError::DataDir { path: config.data_dir.clone(), error };
    // Others on this machine have no business with names, hashes and uploads.
    intake::make_private(&config.data_dir).map_err(data_dir)?;
    let lock = DataLock::take(&config.data_dir).await.map_err(|error| match error {
        DataLockError::Held => ServeError::DataDirTaken(config.data_dir.clone()),
        DataLockError::Io(error) => data_dir(error),
    })?;
    let operator = operator::operator(&config.data_dir, config.admin_token.as_ref()).map_err(data_dir)?;
    let metrics = Metrics::new();
    let measured = metrics.clone();
    let store = Store::open(&config.database())
        .await?
        .timed_by(Arc::new(move |operation, took| measured.database_took(operation, took)));
    let tls = Served::open(&config.tls, &config.data_dir)?.map(Arc::new);
    let (address, listener) = bind(config.listen).await?;
    let redirecting = match config.http_redirect {
        Some(address) => Some(bind(address).await?),
        None => None,
    };

    let encoder = config.encoder();
    if let Some(encoder) = &encoder {
        tracing::info!(ffmpeg = %encoder.program().display(), "what browsers do not play is converted");
    } else {
        tracing::info!("there is no ffmpeg: what browsers do not play waits for one");
    }
    let renditions =
        Renditions::open(config.renditions(), config.max_renditions, encoder).map_err(data_dir)?;
    let heartbeat = Heartbeat::new(&config.data_dir);
    let before = heartbeat.read().await;
    let clock = Clock::start(before.as_ref());
    let rooms = Rooms::new(
        store.clone(),
        clock.clone(),
        RoomConfig {
            clock_epoch: clock.epoch().to_owned(),
            max_members: config.max_members,
            max_queue: config.max_queue,
            pacing: config.pacing,
            ..RoomConfig::default()
        },
        Ahead::new(store.clone(), renditions.clone()),
        metrics.clone(),
    );
    let resumed = rooms.resume_running(before.map(|mark| mark.room)).await?;
    let measured = metrics.clone();
    let library = Library::new()
        .with_encoder(renditions.can_encode())
        .timed_by(Arc::new(move |end, took| measured.scan_took(end, took)));
    let intake = Intake::open(library.clone(), store.clone(), &config.uploads_dir(), config.additions)
        .map_err(data_dir)?;
    let state = AppState::new(Parts {
        clock,
        open_metrics: config.open_metrics,
        checks: Checks::new(&config.data_dir),
        store,
        rooms,
        library,
        covers: Covers::new(config.data_dir.join(ARTWORK)),
        intake,
        turnstile: Turnstile::of_additions(),
        sockets: Turnstile::of_each_address(config.connections.per_address),
        fetcher: config.allow_links.then(Fetcher::new),
        renditions,
        music_roots: config.music_roots(),
        admin_hash: operator.hash,
        retries: Retries::default(),
        front: Arc::new(Front {
            trusted: config.trusted_proxies.clone(),
            public_url: config.public_url.clone(),
            cors_origins: config.cors_origins.clone(),
            tls: tls.is_some(),
            counts_loopback: config.connections.count_loopback,
        }),
        rates: Rates::counted(metrics.rate_limited.clone()),
        metrics,
        patience: config.patience,
        max_rooms: config.max_rooms,
        leptos_options: leptos_options(&config, address),
        tasks: TaskTracker::new(),
        stopping: AtomicBool::new(false),
    });
    tracing::info!(rooms_resumed = resumed, "rooms go on");
    if state.music_roots == [config.uploads_dir()] {
        tracing::warn!(
            "no music folder is named and there are no demo tracks: the library has what is added, and nothing else"
        );
    }
    let library = state.look_after_library(config.watch);

    let accepting = CancellationToken::new();
    let connections = Handle::new();
    let guests = Guests {
        turnstile: Turnstile::of_each_address(config.connections.per_address),
        front: state.front.clone(),
        refused: state.metrics.rate_limited.clone(),
    };
    let accept = |listener, tls, app| {
        tokio::spawn(listen::accept(
            listener,
            tls,
            app,
            guests.clone(),
            connections.clone(),
            accepting.clone(),
        ))
    };
    let mut serving = vec![accept(listener, tls.as_ref().map(|tls| tls.config.clone()), app(state.clone()))];
    let redirect_address = redirecting.as_ref().map(|(address, _)| *address);
    if let Some((_, listener)) = redirecting {
        let target = Target { public_url: config.public_url.clone(), port: address.port() };
        serving.push(accept(listener, None, redirect::app(target)));
    }
    let renewing = tls.clone().map(|tls| tokio::spawn(async move { tls.look_after().await }));
    Ok(Running {
        address,
        redirect_address,
        new_admin_token: operator.made,
        housekeeping: tokio::spawn(housekeeping(state.clone(), heartbeat.clone())),
        library,
        state,
        heartbeat,
        accepting,
        connections,
        serving,
        _lock: lock,
        renewing,
        tls,
    })
}

async fn bind(address: SocketAddr) -> Result<(SocketAddr, TcpListener), ServeError> {
    let bound = TcpListener::bind(address).await;
    bound
        .and_then(|listener| Ok((listener.local_addr()?, listener)))
        .map_err(|error| ServeError::Listen { address, error })
}

/// Independent of the folder that the server was started in, and of `Cargo.toml`.
fn leptos_options(config: &Config, address: SocketAddr) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("tutti")
        .site_root(Arc::from(config.site_root.to_string_lossy()))
        .site_pkg_dir("pkg")
        .site_addr(address)
        .hash_files(config.hash_files)
        .build()
}

impl Running {
    /// The server's parts, for tests.
    #[cfg(test)]
    pub(crate) const fn state(&self) -> &AppState {
        &self.state
    }

    /// Stops: takes no new connections, closes every socket with 1012, waits a while for what is under way, and
    /// marks until when it lived. Returns within 3 s; what computes in the background may still run then.
    pub async fn stop(self) {
        let state = self.state;
        state.stopping.store(true, Ordering::Relaxed);
        self.accepting.cancel();
        self.connections.graceful_shutdown(None);
        self.renewing.iter().for_each(JoinHandle::abort);
        self.housekeeping.abort();
        state.library.cancel();
        self.library.iter().for_each(JoinHandle::abort);
        state.tasks.close();
        let ended = tokio::time::timeout(STOP_WITHIN, async {
            state.rooms.stop().await;
            state.tasks.wait().await;
            for serving in self.serving {
                let _ = serving.await;
            }
        });
        if ended.await.is_err() {
            tracing::warn!("some connections did not end in time and are cut off");
            self.connections.shutdown();
        }
        if let Err(error) = self.heartbeat.write(&state.clock.mark()).await {
            tracing::warn!(%error, "the mark of life could not be written");
        }
        if tokio::time::timeout(CLOSE_WITHIN, state.store.close()).await.is_err() {
            tracing::warn!("the database is still busy and is left as after a crash");
        }
    }
}

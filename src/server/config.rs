//! What an operator decides, complete and checked; `cli` makes it of flags and variables, tests make it by hand.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;

use super::public_url::PublicUrl;
use super::secret::Secret;
use crate::library::{Encoder, IntakeLimits, Watch};
use crate::protocol::limits;
use crate::room::Pacing;
use crate::sync::time::Span;

/// Rooms that may exist, unless configured.
pub const ROOMS: u64 = 10_000;

/// Connections, and room sockets, that one address may have, unless configured: some hundreds of listeners in an office or
/// a hall that shares one address.
pub const CONNECTIONS_OF_ADDRESS: usize = 2_000;

/// What may be added, unless configured: an hour of lossless stereo, and twenty of them.
const ADDITIONS: IntakeLimits = IntakeLimits { file_bytes: 500 * MB, total_bytes: 10_240 * MB };

/// Bytes of encoded renditions that are kept, unless configured: some two thousand songs.
const RENDITIONS_BYTES: u64 = 10_240 * MB;

/// Bytes in what operators call a megabyte.
pub const MB: u64 = 1 << 20;

/// The folder of additions below the data folder.
const UPLOADS: &str = "uploads";

/// The folder of the demo tracks below the site's root; it is the library when no other is named.
const DEMO: &str = "demo";

/// How long a socket may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often the server pings it.
    pub keep_alive: Span,
    /// It is closed after so long without a sign of life.
    pub timeout: Span,
}

impl Default for Patience {
    fn default() -> Self {
        Self { keep_alive: limits::KEEP_ALIVE, timeout: limits::SOCKET_TIMEOUT }
    }
}

/// How many connections one address may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// So many, and as many room sockets.
    pub per_address: usize,
    /// Whether this machine's own count, too; tests have no other address.
    pub count_loopback: bool,
}

impl Default for Connections {
    fn default() -> Self {
        Self { per_address: CONNECTIONS_OF_ADDRESS, count_loopback: false }
    }
}

/// Whether the server speaks TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// No; perhaps a proxy does.
    #[default]
    Off,
    /// With these files, both PEM.
    Files {
        /// The certificate, then those that lead to a root.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// With a pair that it makes itself; browsers ask whether to trust it.
    SelfSigned,
}

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the database and the server's own files are; made if need be.
    pub data_dir: PathBuf,
    /// The folders with music; empty: the demo tracks.
    pub music_dirs: Vec<PathBuf>,
    /// How changes in them are noticed.
    pub watch: Watch,
    /// Another SQLite file than the one in the data folder.
    pub database_url: Option<String>,
    /// What `cargo leptos build` made for browsers.
    pub site_root: PathBuf,
    /// Whether its files have hashes in their names: `hash.txt` lies beside the executable.
    pub hash_files: bool,
    /// The operator's token; `None`: the one in the data folder, made at first start.
    pub admin_token: Option<Secret>,
    /// Whether it speaks TLS itself.
    pub tls: Tls,
    /// Where plain http is sent on to https, beside TLS of its own.
    pub http_redirect: Option<SocketAddr>,
    /// The networks of reverse proxies whose `X-Forwarded-…` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The address by which people know it, for links and cookies; `None`: whatever a request says.
    pub public_url: Option<PublicUrl>,
    /// Origins of other sites whose pages may ask the REST API and read the answers.
    pub cors_origins: Vec<String>,
    /// Whether `/metrics` is shown to everybody, not only to the operator.
    pub open_metrics: bool,
    /// How far ahead rooms schedule.
    pub pacing: Pacing,
    /// How long a socket may be silent.
    pub patience: Patience,
    /// How many connections one address may have.
    pub connections: Connections,
    /// Rooms that may exist.
    pub max_rooms: u64,
    /// Members of one room.
    pub max_members: usize,
    /// Entries of one room's queue.
    pub max_queue: usize,
    /// What may be added.
    pub additions: IntakeLimits,
    /// Whether links may be added: the server then fetches what members name.
    pub allow_links: bool,
    /// The encoder; `None`: `ffmpeg` on the `PATH`, if it is there.
    pub ffmpeg: Option<PathBuf>,
    /// Bytes of encoded renditions that are kept.
    pub max_renditions: u64,
}

impl Config {
    /// The defaults, with these two that have none.
    pub fn new(data_dir: PathBuf, site_root: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            data_dir,
            music_dirs: Vec::new(),
            watch: Watch::default(),
            database_url: None,
            site_root,
            hash_files: false,
            admin_token: None,
            tls: Tls::Off,
            http_redirect: None,
            trusted_proxies: Vec::new(),
            public_url: None,
            cors_origins: Vec::new(),
            open_metrics: false,
            pacing: Pacing::default(),
            patience: Patience::default(),
            connections: Connections::default(),
            max_rooms: ROOMS,
            max_members: limits::ROOM_MEMBERS,
            max_queue: limits::QUEUE_ENTRIES,
            additions: ADDITIONS,
            allow_links: false,
            ffmpeg: None,
            max_renditions: RENDITIONS_BYTES,
        }
    }

    /// Where the library's music is: the named folders, else the demo tracks if they are there; and what was added.
    pub fn music_roots(&self) -> Vec<PathBuf> {
        let demo = self.site_root.join(DEMO);
        let mut roots = match &self.music_dirs[..] {
            [] if demo.is_dir() => vec![demo],
            named => named.to_vec(),
        };
        roots.push(self.uploads_dir());
        roots
    }

    /// Where what people add is kept.
    pub fn uploads_dir(&self) -> PathBuf {
        self.data_dir.join(UPLOADS)
    }

    /// The first named music folder that cannot be read.
    pub fn missing_music_dir(&self) -> Option<(&Path, std::io::Error)> {
        self.music_dirs.iter().find_map(|dir| Some((dir.as_path(), std::fs::read_dir(dir).err()?)))
    }

    /// The encoder that is there, if one is.
    pub fn encoder(&self) -> Option<Encoder> {
        Encoder::find(self.ffmpeg.as_deref(), std::env::var_os("PATH").as_deref())
    }

    /// Where encoded renditions are.
    pub fn renditions(&self) -> PathBuf {
        self.data_dir.join("renditions")
    }

    /// Where the database is.
    pub fn database(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| {
            let file = self.data_dir.join("tutti.db");
            file.to_string_lossy().into_owned()
        })
    }
}

//! What an operator decides: the flags and variables of a server, and the configuration that they make.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::library::{IntakeLimits, Watch};
use crate::server::config::MB;
use crate::server::{Config, Secret};

/// How changes in the music folders are noticed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum WatchBy {
    /// The system tells of them; where it cannot, they are looked for.
    #[default]
    Auto,
    /// They are looked for every 15 minutes.
    Poll,
    /// Only when the operator asks for a scan.
    Off,
}

impl From<WatchBy> for Watch {
    fn from(by: WatchBy) -> Self {
        match by {
            WatchBy::Auto => Self::Auto,
            WatchBy::Poll => Self::Poll,
            WatchBy::Off => Self::Off,
        }
    }
}

/// The settings of a server, all with their defaults.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Where to listen; port 0 takes a free one. [default: 127.0.0.1:3000]
    #[arg(long, env = "TUTTI_LISTEN", value_name = "ADDR:PORT", global = true)]
    listen: Option<SocketAddr>,
    /// Where `cargo leptos` wants the server to listen; `--listen` goes first.
    #[arg(long, env = "LEPTOS_SITE_ADDR", hide = true, global = true)]
    site_addr: Option<SocketAddr>,
    /// Where the database and the server's own files are.
    #[arg(long, env = "TUTTI_DATA_DIR", value_name = "DIR", default_value = "./data", global = true)]
    data_dir: PathBuf,
    /// A folder with music; may be given several times. Without any, the demo tracks play. In the variable, folders
    /// are separated by `:`.
    #[arg(
        long = "music-dir",
        env = "TUTTI_MUSIC_DIR",
        value_name = "DIR",
        value_delimiter = ':',
        global = true
    )]
    music_dirs: Vec<PathBuf>,
    /// How changes in the music folders are noticed.
    #[arg(long, env = "TUTTI_WATCH", value_name = "HOW", value_enum, default_value_t, global = true)]
    watch: WatchBy,
    /// Another SQLite file than the one in the data folder: `sqlite:PATH`.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", global = true)]
    database_url: Option<String>,
    /// What `cargo leptos build` made for browsers. [default: `site` beside the folder of this program]
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "DIR", global = true)]
    site_root: Option<PathBuf>,
    /// The operator's token; without it, one is made at first start and printed once.
    #[arg(long, env = "TUTTI_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    admin_token: Option<String>,
    /// A reverse proxy of yours stands before the server: believe the address in its `X-Forwarded-For`.
    #[arg(long, env = "TUTTI_BEHIND_PROXY", global = true, value_parser = clap::builder::FalseyValueParser::new())]
    behind_proxy: bool,
    /// Rooms that may exist.
    #[arg(long, env = "TUTTI_MAX_ROOMS", value_name = "N", global = true)]
    max_rooms: Option<u64>,
    /// Members of one room.
    #[arg(long, env = "TUTTI_MAX_MEMBERS", value_name = "N", global = true)]
    max_members: Option<usize>,
    /// Entries of one room's queue.
    #[arg(long, env = "TUTTI_MAX_QUEUE", value_name = "N", global = true)]
    max_queue: Option<usize>,
    /// MiB of one file that is added, by upload or link. [default: 500]
    #[arg(long, env = "TUTTI_MAX_UPLOAD_MB", value_name = "N", global = true)]
    max_upload_mb: Option<u64>,
    /// MiB of all files together that are added. [default: 10240]
    #[arg(long, env = "TUTTI_MAX_UPLOADS_TOTAL_MB", value_name = "N", global = true)]
    max_uploads_total_mb: Option<u64>,
    /// Let those who may add give links to audio files, which the server then fetches.
    #[arg(long, env = "TUTTI_ALLOW_LINKS", global = true, value_parser = clap::builder::FalseyValueParser::new())]
    allow_links: bool,
    /// The ffmpeg that converts what browsers do not play. [default: the one on the PATH, if it is there]
    #[arg(long, env = "TUTTI_FFMPEG", value_name = "PATH", global = true)]
    ffmpeg: Option<PathBuf>,
    /// What ffmpeg made is kept up to so many megabytes. [default: 10240]
    #[arg(long, env = "TUTTI_MAX_RENDITIONS_MB", value_name = "MB", global = true)]
    max_renditions_mb: Option<u64>,
}

impl Settings {
    /// The configuration; `program` is where this executable lies.
    pub(crate) fn into_config(self, program: Option<&Path>) -> Config {
        let site_root = self.site_root.unwrap_or_else(|| site_root(program));
        let defaults = Config::new(self.data_dir, site_root);
        Config {
            listen: self.listen.or(self.site_addr).unwrap_or(defaults.listen),
            music_dirs: self.music_dirs.into_iter().filter(|dir| !dir.as_os_str().is_empty()).collect(),
            watch: self.watch.into(),
            database_url: self.database_url.filter(|url| !url.is_empty()),
            // `cargo leptos` writes it there exactly when names have hashes, and leptos reads it there.
            hash_files: program
                .and_then(Path::parent)
                .is_some_and(|folder| folder.join("hash.txt").is_file()),
            admin_token: self.admin_token.filter(|token| !token.is_empty()).map(Secret::new),
            behind_proxy: self.behind_proxy,
            max_rooms: self.max_rooms.unwrap_or(defaults.max_rooms),
            max_members: self.max_members.unwrap_or(defaults.max_members),
            max_queue: self.max_queue.unwrap_or(defaults.max_queue),
            additions: IntakeLimits {
                file_bytes: bytes(self.max_upload_mb).unwrap_or(defaults.additions.file_bytes),
                total_bytes: bytes(self.max_uploads_total_mb).unwrap_or(defaults.additions.total_bytes),
            },
            allow_links: self.allow_links,
            ffmpeg: self.ffmpeg.filter(|path| !path.as_os_str().is_empty()),
            max_renditions: self
                .max_renditions_mb
                .map_or(defaults.max_renditions, |mb| mb.saturating_mul(1 << 20)),
            ..defaults
        }
    }
}

fn bytes(megabytes: Option<u64>) -> Option<u64> {
    Some(megabytes?.saturating_mul(MB))
}

/// `target/release/tutti` finds `target/site`; otherwise a build in the current folder.
fn site_root(program: Option<&Path>) -> PathBuf {
    program
        .and_then(|program| Some(program.parent()?.parent()?.join("site")))
        .filter(|site| site.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::Parser;

    fn config(words: &[&str]) -> Config {
        let args = Args::try_parse_from([&["tutti"], words].concat()).unwrap();
        args.settings.into_config(None)
    }

    #[test]
    fn several_music_folders_may_be_named() {
        let dirs = ["--music-dir", "/a", "--music-dir", "/b:/c"];
        assert_eq!(config(&dirs).music_dirs, ["/a", "/b", "/c"].map(PathBuf::from));
    }

    #[test]
    fn what_may_be_added_is_told_in_megabytes() {
        let config = config(&["--max-upload-mb", "7", "--max-uploads-total-mb", "70", "--allow-links"]);
        assert_eq!(config.additions, IntakeLimits { file_bytes: 7 * MB, total_bytes: 70 * MB });
        assert!(config.allow_links);
        assert!(!self::config(&[]).allow_links);
    }

    #[test]
    fn the_site_is_found_beside_the_programs_folder() {
        let target = tempfile::tempdir().unwrap();
        std::fs::create_dir(target.path().join("site")).unwrap();
        let program = target.path().join("release").join("tutti");
        assert_eq!(site_root(Some(&program)), target.path().join("site"));
        assert_eq!(site_root(None), PathBuf::from("target/site"));
    }

    #[test]
    fn the_music_folders_are_watched_unless_told_otherwise() {
        assert_eq!(config(&[]).watch, Watch::Auto);
        assert_eq!(config(&["--watch", "off"]).watch, Watch::Off);
        assert_eq!(config(&["scan", "--watch", "poll"]).watch, Watch::Poll);
    }
}

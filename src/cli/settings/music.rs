//! Where the music is, how changes in it are noticed, and what may be added to it.

use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};

use crate::library::{IntakeLimits, Watch};
use crate::server::Config;
use crate::server::config::MB;

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

#[derive(Debug, clap::Args)]
pub(super) struct Music {
    /// A folder with music; may be given several times, or several separated by `:`. Without any, the demo tracks play.
    #[arg(long = "music-dir", value_name = "DIR", value_delimiter = ':', global = true)]
    music_dirs: Vec<PathBuf>,
    /// How changes in the music folders are noticed: told by the system, by a look every 15 minutes, or not at all.
    #[arg(long, value_name = "HOW", value_enum, default_value_t, global = true)]
    watch: WatchBy,
    /// Those who may add may name links to audio files, which the server then fetches.
    #[arg(long, value_name = "BOOL", default_value_t = false, default_missing_value = "true", num_args = 0..=1,
        require_equals = true, action = ArgAction::Set, value_parser = super::switch_parser!(), global = true)]
    allow_links: bool,
    /// MiB of one file that is added, by upload or link (1 to 1048576).
    #[arg(long, value_name = "MB", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=1_048_576),
        global = true)]
    max_upload_mb: u64,
    /// MiB of all files together that are added (1 to 1073741824).
    #[arg(long, value_name = "MB", default_value_t = 10_240,
        value_parser = clap::value_parser!(u64).range(1..=1_073_741_824), global = true)]
    max_uploads_total_mb: u64,
    /// The ffmpeg that converts what browsers do not play; else the one on the PATH, if it is there.
    #[arg(long, value_name = "PATH", global = true)]
    ffmpeg: Option<PathBuf>,
    /// MiB up to which is kept what ffmpeg made (1 to 1073741824).
    #[arg(long, value_name = "MB", default_value_t = 10_240,
        value_parser = clap::value_parser!(u64).range(1..=1_073_741_824), global = true)]
    max_renditions_mb: u64,
}

impl Music {
    pub(super) fn configure(self, config: &mut Config) {
        config.music_dirs = self.music_dirs.into_iter().filter(|dir| !dir.as_os_str().is_empty()).collect();
        config.watch = self.watch.into();
        config.additions =
            IntakeLimits { file_bytes: self.max_upload_mb * MB, total_bytes: self.max_uploads_total_mb * MB };
        config.allow_links = self.allow_links;
        config.ffmpeg = self.ffmpeg;
        config.max_renditions = self.max_renditions_mb * MB;
    }
}

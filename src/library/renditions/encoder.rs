//! The encoder on this machine: ffmpeg, as a process of its own, of low priority and with a limit of time. What it
//! is told is a table; nothing of it comes from a request, and no shell reads it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use crate::sync::time::MediaTime;

/// What every encoding may take, and in addition this share of the track: far more than it needs, also beside others.
const LIMIT_AT_LEAST: Duration = Duration::from_mins(2);
const LIMIT_SHARE: u32 = 5;

/// Bytes of complaints that are kept for the log: the last ones.
const COMPLAINT_BYTES: usize = 1_000;

/// What ffmpeg may take a file for. A playlist by the name of a song (HLS, its own `ffconcat`) would lead it to other
/// files of this machine, and to the network: it is refused before it is followed.
pub(in crate::library) const ONE_FILE_ONLY: [&str; 4] =
    ["-protocol_whitelist", "file", "-format_whitelist", "aac,aiff,ape,flac,mov,mp3,mpc,mpc8,ogg,wav,wv"];

/// Before the input: no questions, no talk.
const BEFORE: [&str; 5] = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y"];

/// Behind the input: the first sound, as AAC in an MP4 whose head comes first. Its samples come one right after the other,
/// as long as the times of the file jump by less than 0.1 s: in Ogg, those of Vorbis do by 9 ms, to and fro, which Firefox
/// does not follow (manual/sync.md).
const BEHIND: [&str; 16] = [
    "-map",
    "0:a:0",
    "-vn",
    "-map_metadata",
    "-1",
    "-af",
    "aresample=async=1:min_hard_comp=0.1",
    "-c:a",
    "aac",
    "-b:a",
    "192k",
    "-movflags",
    "+faststart",
    "-f",
    "mp4",
    "-ac",
];

/// Channels of what is made: what a browser does with more differs.
const CHANNELS: &str = "2";

/// A program that encodes. Found once, at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoder {
    program: PathBuf,
    /// Lowers the priority of what it starts.
    nice: Option<PathBuf>,
    at_least: Duration,
}

impl Encoder {
    /// The named program, else `ffmpeg` in the folders of `path` (as the variable `PATH` has it). `None`: there is
    /// none.
    #[must_use]
    pub fn find(named: Option<&Path>, path: Option<&OsStr>) -> Option<Self> {
        let on_path = |name: &str| {
            std::env::split_paths(path?).map(|folder| folder.join(name)).find(|program| program.is_file())
        };
        let program = match named {
            Some(named) => Some(named.to_path_buf()).filter(|program| program.is_file()),
            None => on_path("ffmpeg"),
        };
        Some(Self { program: program?, nice: on_path("nice"), at_least: LIMIT_AT_LEAST })
    }

    /// Where it is.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    #[cfg(test)]
    pub(super) fn impatient(self, at_least: Duration) -> Self {
        Self { at_least, ..self }
    }

    /// Encodes one file to another, which it overwrites. Stopped when this is dropped.
    ///
    /// # Errors
    /// What the program complained about.
    pub(super) async fn encode(&self, from: &Path, to: &Path, length: MediaTime) -> Result<(), String> {
        let share = Duration::from_micros(length.micros().unsigned_abs()) / LIMIT_SHARE;
        match tokio::time::timeout(self.at_least + share, self.run(from, to)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(why),
            Err(_) => Err("it took too long".to_owned()),
        }
    }

    async fn run(&self, from: &Path, to: &Path) -> Result<(), String> {
        let mut command = match &self.nice {
            Some(nice) => {
                let mut command = Command::new(nice);
                command.args(["-n", "19"]).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        let mut child = command
            .args(BEFORE)
            .args(ONE_FILE_ONLY)
            .args(["-vn", "-i"])
            .arg(from)
            .args(BEHIND)
            .args([OsString::from(CHANNELS).as_os_str(), to.as_os_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let complaints = match child.stderr.take() {
            Some(stderr) => last_of(stderr).await.map_err(|error| error.to_string())?,
            None => Vec::new(),
        };
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(());
        }
        let complaints = String::from_utf8_lossy(&complaints);
        Err(format!("{status}: {}", complaints.trim()))
    }
}

/// Reads to the end and keeps the last of it: who is not read from stands still.
async fn last_of(mut from: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            return Ok(kept);
        }
        kept.extend_from_slice(&piece[..read]);
        kept.drain(..kept.len().saturating_sub(COMPLAINT_BYTES));
    }
}

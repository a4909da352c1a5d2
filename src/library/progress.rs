//! What a scan says of itself while it runs and when it is done.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a scan is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// None runs.
    #[default]
    Idle,
    /// The folders are walked through; what is in them is not known yet.
    Listing,
    /// What is new or changed is read.
    Reading,
}

impl Phase {
    /// For programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Listing => "listing",
            Self::Reading => "reading",
        }
    }
}

/// How a scan came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanEnd {
    /// It is through.
    Done,
    /// It was told to end.
    Cancelled,
    /// A folder was not there, or the database failed.
    Failed,
}

impl ScanEnd {
    /// For programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// Who wants to know what scans take.
pub type ScanTimer = Arc<dyn Fn(ScanEnd, Duration) + Send + Sync>;

/// The one who was named, if one was.
#[derive(Clone, Default)]
pub(super) struct Timing(pub(super) Option<ScanTimer>);

impl fmt::Debug for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timing").field(&self.0.is_some()).finish()
    }
}

/// How far a scan is; watched by pages and by `tutti scan`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Whether a scan runs just now; otherwise the numbers are those of the last.
    pub running: bool,
    /// What it is at.
    pub phase: Phase,
    /// Files that are, or may be, audio, once the folders are walked through; what turns out to be none is taken off.
    pub files_found: Option<u64>,
    /// Audio files found so far.
    pub files_seen: u64,
    /// Of these, how many were new or changed and have been read.
    pub files_read: u64,
    /// Tracks in the library that can be played.
    pub tracks: u64,
    /// Files and folders that could not be used.
    pub warnings: u64,
    /// Why the last scan failed, if it did.
    pub error: Option<String>,
}

/// What a scan did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// Audio files found.
    pub files_seen: u64,
    /// Of these, how many were new or changed and were read.
    pub files_read: u64,
    /// New tracks.
    pub added: u64,
    /// Tracks whose files changed.
    pub changed: u64,
    /// Tracks whose files have another name or place now.
    pub moved: u64,
    /// Tracks whose files came back unchanged.
    pub returned: u64,
    /// Tracks whose files are gone since the last scan.
    pub gone: u64,
    /// Files and folders that could not be used; each has its line in the log.
    pub warnings: u64,
    /// Files that are still being written, and are left for the next look.
    pub unsettled: u64,
    /// It was told to end before it was through.
    pub cancelled: bool,
    /// Tracks in the library that can be played.
    pub tracks: u64,
}

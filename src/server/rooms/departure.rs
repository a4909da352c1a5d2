//! Why a room socket ended, for the log and for counting.

use crate::protocol::CloseReason;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The other side said that it goes, or closed the connection.
    Left,
    /// The connection broke.
    Lost,
    /// Nothing was heard for too long.
    Silent,
    /// We closed it.
    Closed(CloseReason),
}

impl Departure {
    /// All that [`Departure::as_str`] can say.
    pub const WORDS: [&'static str; 11] = [
        "left", "lost", "silent", "policy", "restart", "too_slow", "pin", "kicked", "no_room", "full",
        "version",
    ];

    /// For programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Lost => "lost",
            Self::Silent => "silent",
            Self::Closed(reason) => match reason {
                CloseReason::Policy => "policy",
                CloseReason::Restart => "restart",
                CloseReason::TooSlow => "too_slow",
                CloseReason::Pin => "pin",
                CloseReason::Kicked => "kicked",
                CloseReason::NoRoom => "no_room",
                CloseReason::Full => "full",
                CloseReason::Version => "version",
            },
        }
    }
}

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
    /// What came was no WebSocket.
    Broken(Breach),
    /// We closed it.
    Closed(CloseReason),
}

/// How RFC 6455 was broken. Pages see in its code no reason not to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A frame that may not be, or not here.
    Protocol,
    /// Text that is no UTF-8.
    Utf8,
}

impl Breach {
    /// The WebSocket close code (RFC 6455 §7.4.1).
    pub const fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::Utf8 => 1007,
        }
    }
}

impl Departure {
    /// All that [`Departure::as_str`] can say.
    pub const WORDS: [&'static str; 13] = [
        "left",
        "lost",
        "silent",
        "no_websocket",
        "no_utf8",
        "policy",
        "restart",
        "too_slow",
        "pin",
        "kicked",
        "no_room",
        "full",
        "version",
    ];

    /// For programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Lost => "lost",
            Self::Silent => "silent",
            Self::Broken(Breach::Protocol) => "no_websocket",
            Self::Broken(Breach::Utf8) => "no_utf8",
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

//! Why a socket was closed, as a page can tell it apart.

/// The close codes of the room socket (manual/protocol.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The member broke the protocol again and again.
    Policy,
    /// The server restarts: come back.
    Restart,
    /// The member reads too slowly: come back.
    TooSlow,
    /// A PIN is wanted, or was wrong.
    Pin,
    /// Removed by someone who may.
    Kicked,
    /// No such room, or no more.
    NoRoom,
    /// The room has as many members as it may.
    Full,
    /// The page is older or newer than the server understands.
    Version,
}

impl CloseReason {
    /// The WebSocket close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Policy => 1008,
            Self::Restart => 1012,
            Self::TooSlow => 1013,
            Self::Pin => 4401,
            Self::Kicked => 4403,
            Self::NoRoom => 4404,
            Self::Full => 4409,
            Self::Version => 4426,
        }
    }

    /// The reason of a close code; `None` for codes that only say that the connection is gone.
    pub const fn from_code(code: u16) -> Option<Self> {
        Some(match code {
            1008 => Self::Policy,
            1012 => Self::Restart,
            1013 => Self::TooSlow,
            4401 => Self::Pin,
            4403 => Self::Kicked,
            4404 => Self::NoRoom,
            4409 => Self::Full,
            4426 => Self::Version,
            _ => return None,
        })
    }

    /// Whether trying again by itself makes sense.
    pub const fn may_come_back(self) -> bool {
        matches!(self, Self::Restart | Self::TooSlow)
    }
}

#[cfg(test)]
mod tests {
    use super::CloseReason::*;
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_reason() {
        for reason in [Policy, Restart, TooSlow, Pin, Kicked, NoRoom, Full, Version] {
            assert_eq!(CloseReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(CloseReason::from_code(1006), None);
    }
}

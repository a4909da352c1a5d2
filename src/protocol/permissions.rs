//! The one table of who may do what: pages show by it, the room refuses by it.

use serde::{Deserialize, Serialize};

use super::snapshot::RoomSettings;

/// What a member is in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Hears.
    #[default]
    Listener,
    /// Plays and queues.
    Dj,
    /// May do everything.
    Host,
}

impl Role {
    /// The word in messages and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Dj => "dj",
            Self::Host => "host",
        }
    }
}

/// The people whom a room's setting names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhoMay {
    /// The host alone.
    Host,
    /// Host and DJs.
    Djs,
    /// Every member.
    Everyone,
}

impl WhoMay {
    const fn least(self) -> Role {
        match self {
            Self::Host => Role::Host,
            Self::Djs => Role::Dj,
            Self::Everyone => Role::Listener,
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Play, pause, resume, seek, stop, next, previous, volume, repeat; remove, move, clear, shuffle.
    Control,
    /// Add to the queue.
    Queue,
    /// Upload and link.
    Add,
    /// See each member's sync health.
    SeeHealth,
    /// Let everybody resync.
    SyncAll,
    /// Change roles and settings, kick, delete the room.
    Administer,
}

/// Whether a role may do this under a room's settings.
pub fn may(role: Role, action: Action, settings: &RoomSettings) -> bool {
    let least = match action {
        Action::Control => settings.who_controls.least(),
        Action::Queue => settings.who_controls.least().min(settings.who_adds.least()),
        Action::Add => settings.who_adds.least(),
        Action::SeeHealth => Role::Dj,
        Action::SyncAll | Action::Administer => Role::Host,
    };
    role >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_of_a_new_room_only_hears() {
        let settings = RoomSettings::default();
        for action in [
            Action::Control,
            Action::Queue,
            Action::Add,
            Action::SeeHealth,
            Action::SyncAll,
            Action::Administer,
        ] {
            assert!(!may(Role::Listener, action, &settings), "{action:?}");
            assert!(may(Role::Host, action, &settings), "{action:?}");
        }
        assert!(may(Role::Dj, Action::Control, &settings));
        assert!(!may(Role::Dj, Action::Administer, &settings));
    }

    #[test]
    fn a_room_may_let_everyone_add_but_only_the_host_control() {
        let settings = RoomSettings {
            who_controls: WhoMay::Host,
            who_adds: WhoMay::Everyone,
            ..RoomSettings::default()
        };
        assert!(may(Role::Listener, Action::Queue, &settings));
        assert!(!may(Role::Dj, Action::Control, &settings));
    }
}

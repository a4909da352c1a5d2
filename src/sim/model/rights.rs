//! The rights of a room as the manual tells them, written a second time and in another way than
//! [`permissions`](crate::protocol::permissions): what a walk holds a room's answers against. It must not use that
//! table, or a mistake in it would be its own proof.

use crate::protocol::snapshot::RoomSettings;
use crate::protocol::{Role, WhoMay};
use crate::room::Command;

/// Whether `manual/protocol.md` lets this role do it. `is_member`: it asks from within, not by a token alone.
pub(super) fn allows(role: Role, is_member: bool, command: &Command, settings: &RoomSettings) -> bool {
    use Role::{Dj, Host, Listener};
    let controls = matches!(
        (role, settings.who_controls),
        (Host, _) | (Dj, WhoMay::Djs | WhoMay::Everyone) | (Listener, WhoMay::Everyone)
    );
    let adds = matches!(
        (role, settings.who_adds),
        (Host, _) | (Dj, WhoMay::Djs | WhoMay::Everyone) | (Listener, WhoMay::Everyone)
    );
    match command {
        Command::Play { .. }
        | Command::PlayEntry { .. }
        | Command::Pause
        | Command::Resume
        | Command::Seek { .. }
        | Command::Stop
        | Command::Next
        | Command::Previous
        | Command::SetVolume { .. }
        | Command::SetRepeat { .. }
        | Command::QueueRemove { .. }
        | Command::QueueMove { .. }
        | Command::QueueClear
        | Command::QueueShuffle { .. } => controls,
        // Who plays what it likes may as well queue it.
        Command::QueueAdd { .. } => controls || adds,
        Command::SyncAll | Command::SetRole { .. } | Command::Kick { .. } | Command::SetSettings { .. } => {
            matches!(role, Host)
        }
        Command::Rename { .. } | Command::Chat { .. } | Command::React { .. } => is_member,
    }
}

/// Whether it is shown how well others keep in step.
pub(super) const fn sees_health(role: Role) -> bool {
    !matches!(role, Role::Listener)
}

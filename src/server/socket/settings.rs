//! `SET_ROOM`, and its like in the REST API: checked, and its PIN hashed, on the way to the room.

use crate::protocol::text::is_blank;
use crate::protocol::{ErrorCode, RoomName, RoomPatch};
use crate::server::pin;
use crate::server::rooms::SettingsPatch;

/// What is to change. An empty name or PIN takes it away.
///
/// # Errors
/// [`ErrorCode::BadValue`] for a name or a PIN.
pub async fn patch(wanted: RoomPatch) -> Result<SettingsPatch, ErrorCode> {
    let name = match wanted.name {
        Some(name) if is_blank(&name) => Some(None),
        Some(name) => Some(Some(RoomName::parse(&name).map_err(|_| ErrorCode::BadValue)?)),
        None => None,
    };
    let pin_hash = match wanted.pin {
        Some(pin) if pin.trim().is_empty() => Some(None),
        Some(pin) => Some(Some(pin::hash(&pin).await?)),
        None => None,
    };
    Ok(SettingsPatch {
        name,
        pin_hash,
        listed: wanted.listed,
        who_controls: wanted.who_controls,
        who_adds: wanted.who_adds,
        loudness: wanted.loudness,
    })
}

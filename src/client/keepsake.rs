//! What this browser keeps between visits, in local storage; and what this tab keeps over a reload, in session storage.
//! Where the browser gives no storage, every visit is the first.

use serde::{Deserialize, Serialize};

use crate::listener::presets::Presets;
use crate::protocol::{MemberId, MemberName, RoomCode, Volume};
use crate::sync::learn::Learned;
use crate::sync::time::Span;

const KEY: &str = "tutti";

/// What a device keeps.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Keepsake {
    pub(super) learned: Learned,
    pub(super) name: Option<MemberName>,
    pub(super) own_volume: Volume,
    pub(super) output_offset: Span,
    pub(super) presets: Presets,
    /// Single keys do nothing in the pages of this browser.
    pub(super) shortcuts_off: bool,
}

impl Keepsake {
    /// What was kept; nothing when there is none, or when it no longer reads.
    pub(super) fn recall() -> Self {
        local_storage()
            .and_then(|storage| storage.get_item(KEY).ok().flatten())
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
            .and_then(|kept| Self::deserialize(&kept).ok())
            .unwrap_or_default()
    }

    pub(super) fn keep(&self) {
        if let (Some(storage), Ok(text)) = (local_storage(), serde_json::to_string(self)) {
            // A full or forbidden storage costs only the memory of this visit.
            let _ = storage.set_item(KEY, &text);
        }
    }
}

/// Who this tab was in a room before a reload.
pub(super) fn recall_member(code: RoomCode) -> Option<MemberId> {
    session_storage()?.get_item(&member_key(code)).ok().flatten()?.parse().ok()
}

/// Keeps who this tab is.
pub(super) fn keep_member(code: RoomCode, member: &MemberId) {
    if let Some(storage) = session_storage() {
        let _ = storage.set_item(&member_key(code), member.as_str());
    }
}

fn member_key(code: RoomCode) -> String {
    format!("{KEY}:member:{code}")
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn session_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

//! What a person sets for this device and this browser, beside what the listener follows: mute, named output offsets,
//! shortcuts; and tuning by ear.

use leptos::prelude::*;

use super::Live;
use crate::listener::presets::{Preset, Presets};
use crate::protocol::{PresetName, Volume};

/// What this browser keeps and shows.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) presets: RwSignal<Presets>,
    pub(super) shortcuts: RwSignal<bool>,
    /// How loud it was before it was muted.
    pub(super) before_mute: StoredValue<Volume>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            presets: RwSignal::default(),
            shortcuts: RwSignal::new(true),
            before_mute: StoredValue::new(Volume::FULL),
        }
    }
}

impl Live {
    /// Whether this device plays clicks to tune it by, instead of the room's music.
    pub fn tuning(self) -> Memo<bool> {
        self.part(|view| view.tuning)
    }

    /// Plays clicks to tune this device by, or the music again. To be called from a click.
    pub fn set_tuning(self, tuning: bool) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_tuning(tuning));
        #[cfg(not(feature = "hydrate"))]
        let _ = tuning;
    }

    /// Mutes this device, or lets it be as loud as before.
    pub fn toggle_mute(self) {
        let now = self.view.with_untracked(|view| view.own_volume);
        if now.get() > 0.0 {
            self.kept.before_mute.set_value(now);
            self.set_own_volume(Volume::SILENT);
        } else {
            self.set_own_volume(self.kept.before_mute.get_value());
        }
    }

    /// The output offsets that this browser keeps under a name.
    pub const fn presets(self) -> RwSignal<Presets> {
        self.kept.presets
    }

    /// Keeps an output offset under a name; false when there are too many.
    pub fn keep_preset(self, Preset { name, offset }: Preset) -> bool {
        let kept = self.kept.presets.try_update(|presets| presets.keep(name, offset)).unwrap_or_default();
        self.store_presets();
        kept
    }

    /// Forgets one.
    pub fn forget_preset(self, name: &PresetName) {
        self.kept.presets.update(|presets| presets.forget(name));
        self.store_presets();
    }

    /// Whether single keys do something.
    pub const fn shortcuts(self) -> RwSignal<bool> {
        self.kept.shortcuts
    }

    /// Lets single keys do something in this browser, or nothing.
    pub fn set_shortcuts(self, on: bool) {
        self.kept.shortcuts.set(on);
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_shortcuts(on));
    }

    #[cfg_attr(
        not(feature = "hydrate"),
        expect(clippy::unused_self, reason = "on the server nothing is kept")
    )]
    fn store_presets(self) {
        #[cfg(feature = "hydrate")]
        self.kept
            .presets
            .with_untracked(|presets| self.with_session(|session| session.keep_presets(presets)));
    }
}

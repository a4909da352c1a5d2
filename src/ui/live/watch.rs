//! What the panel of diagnostics reads and asks for. It is open or not here, in the session; what it shows is the
//! listener's [`diary`](crate::listener::diary), which keeps nothing while it is closed.

use leptos::prelude::*;

use super::Live;
#[cfg(feature = "hydrate")]
use crate::client;
use crate::listener::Listener;
#[cfg(feature = "hydrate")]
use crate::listener::diary::Watcher;
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, Span};

/// The panel's state.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    open: RwSignal<bool>,
    /// Counts up when there may be news in the diary.
    beat: RwSignal<usize>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { open: RwSignal::new(false), beat: RwSignal::new(0) }
    }
}

impl Live {
    /// Whether the panel is open.
    pub const fn is_watched(self) -> RwSignal<bool> {
        self.watch.open
    }

    /// Opens the panel, and begins to record; or closes it, and stops.
    pub fn set_watched(self, open: bool) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_watched(Watcher::Panel, open));
        self.watch.open.set(open);
    }

    /// Changes when there may be something new to look at, while the panel is open.
    pub const fn beat(self) -> RwSignal<usize> {
        self.watch.beat
    }

    /// Looks at the listener and its diary. On the server there is none.
    pub fn look(self, look: &mut dyn FnMut(&Listener, LocalTime)) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.look(look));
        #[cfg(not(feature = "hydrate"))]
        let _ = look;
    }

    /// Forgets what was recorded.
    pub fn clear_diary(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(client::Session::clear_diary);
    }

    /// Everything that was recorded, as a file.
    pub fn export_diary(self) {
        #[cfg(feature = "hydrate")]
        {
            let mut json = String::new();
            self.look(&mut |listener, now| json = listener.diary().to_json(&listener.state_now(now)));
            client::download(&["tutti-", &self.code.to_string(), ".json"].concat(), &json);
        }
    }

    /// A burst of pings.
    pub fn ping(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(client::Session::ping);
    }

    /// Loses the connection.
    pub fn drop_connection(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(client::Session::drop_connection);
    }

    /// Moves what sounds by so much, to see it come back.
    pub fn jump(self, by: Span) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.jump(by));
        #[cfg(not(feature = "hydrate"))]
        let _ = by;
    }

    /// Goes by this profile, or by what is measured.
    pub fn force_profile(self, profile: Option<Profile>) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.force_profile(profile));
        #[cfg(not(feature = "hydrate"))]
        let _ = profile;
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn note_beat(self) {
        self.watch.beat.update(|beat| *beat = beat.wrapping_add(1));
    }
}

//! What the panel of diagnostics reads and asks for. It is open or not here, in the session, and so are its filter and
//! its pause; what it shows is the listener's [`Diary`], which keeps nothing while it is closed.

use leptos::prelude::*;

use super::Live;
#[cfg(feature = "hydrate")]
use crate::client;
use crate::listener::Listener;
use crate::listener::diary::Diary;
#[cfg(feature = "hydrate")]
use crate::listener::diary::Watcher;
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, Span};

/// The panel's state.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    open: RwSignal<bool>,
    /// Counts up when there may be news in the diary.
    beat: RwSignal<u32>,
    pub(super) filter: LogFilter,
}

impl Default for Watch {
    fn default() -> Self {
        Self { open: RwSignal::new(false), beat: RwSignal::new(0), filter: LogFilter::new() }
    }
}

/// Which messages the log shows.
#[derive(Clone, Copy)]
pub struct LogFilter {
    /// Of this kind; empty: of any.
    pub kind: RwSignal<String>,
    /// With this text; empty: with any.
    pub text: RwSignal<String>,
    /// Paused: none after this number.
    pub until: RwSignal<Option<u64>>,
}

impl LogFilter {
    fn new() -> Self {
        Self { kind: RwSignal::default(), text: RwSignal::default(), until: RwSignal::new(None) }
    }
}

impl Live {
    /// Whether the panel is open.
    pub fn is_watched(self) -> Signal<bool> {
        self.watch.open.into()
    }

    /// Opens the panel, and begins to record; or closes it, and stops.
    pub fn set_watched(self, open: bool) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_watched(Watcher::Panel, open));
        self.watch.open.set(open);
    }

    /// Which messages the log shows.
    pub const fn log_filter(self) -> LogFilter {
        self.watch.filter
    }

    /// What the diary says, and says anew at each beat.
    pub fn diary<T: Default>(self, read: impl FnOnce(&Diary) -> T) -> T {
        self.watch.beat.track();
        self.look(|listener, _| read(listener.diary()))
    }

    /// The network profile of this member, and the one that was chosen by hand; both anew at each beat.
    pub fn profile(self) -> (Profile, Option<Profile>) {
        self.watch.beat.track();
        self.look(|listener, _| (listener.profile(), listener.forced_profile()))
    }

    /// How much room time has passed since a time of the room that was told; zero until the clock is known.
    pub fn since(self, told: crate::sync::time::RoomTime) -> Span {
        self.look(|listener, now| listener.room_at(now).map_or(Span::ZERO, |room| room - told))
    }

    #[cfg_attr(
        not(feature = "hydrate"),
        expect(clippy::unused_self, reason = "on the server there is no listener")
    )]
    fn look<T: Default>(self, look: impl FnOnce(&Listener, LocalTime) -> T) -> T {
        #[cfg(feature = "hydrate")]
        let seen = self.session.with_value(Clone::clone).and_then(|session| session.look(look));
        #[cfg(not(feature = "hydrate"))]
        let seen = {
            drop(look);
            None
        };
        seen.unwrap_or_default()
    }

    /// Forgets what was recorded.
    pub fn clear_diary(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(client::Session::clear_diary);
        self.watch.filter.until.set(None);
        self.beat();
    }

    /// Everything that was recorded, as a file.
    pub fn export_diary(self) {
        #[cfg(feature = "hydrate")]
        {
            let json = self.look(|listener, now| listener.diary().to_json(&listener.state_now(now)));
            client::download(&format!("tutti-{}.json", self.code), &json);
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
        self.beat();
    }

    pub(super) fn beat(self) {
        self.watch.beat.update(|beat| *beat = beat.wrapping_add(1));
    }
}

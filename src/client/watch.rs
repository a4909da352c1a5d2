//! A session under the eyes of somebody who watches: the panel of diagnostics, or the console. The listener keeps the
//! diary; here it is filled with what passes through the socket, and beats while it is watched. Nobody watches: no timer
//! runs and nothing is kept.

use gloo_timers::callback::Interval;

use super::now::now;
use super::session::{Happening, Session};
use crate::listener::Listener;
use crate::listener::diary::{Direction, SAMPLE_EVERY, Watcher};
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, Span};

/// Called after each beat.
pub(super) type OnBeat = Box<dyn Fn()>;

impl Session {
    /// Somebody begins to watch, or is done.
    pub fn set_watched(&self, watcher: Watcher, watched: bool) {
        let is_watched = {
            let mut listener = self.0.listener.borrow_mut();
            listener.handle_watched(watcher, watched);
            listener.diary().is_watched()
        };
        if !is_watched {
            self.0.beat.replace(None);
        } else if self.0.beat.borrow().is_none() {
            self.beat();
            let session = self.clone();
            let every = (SAMPLE_EVERY.micros() / 1_000) as u32;
            self.0.beat.replace(Some(Interval::new(every, move || session.beat())));
        }
    }

    /// Lets somebody know that there may be news to watch.
    pub fn on_beat(&self, tell: impl Fn() + 'static) {
        self.0.on_beat.replace(Some(Box::new(tell)));
    }

    /// Looks at the listener, at this moment; not while it is at work.
    pub fn look(&self, look: &mut dyn FnMut(&Listener, LocalTime)) {
        if let Ok(listener) = self.0.listener.try_borrow() {
            look(&listener, now());
        }
    }

    /// Forgets what was kept.
    pub fn clear_diary(&self) {
        self.0.listener.borrow_mut().handle_cleared();
    }

    /// A burst of pings.
    pub fn ping(&self) {
        self.happen(Happening::Ping);
    }

    /// Loses the connection, as in a tunnel.
    pub fn drop_connection(&self) {
        self.happen(Happening::Drop);
    }

    /// Moves what sounds by so much.
    pub fn jump(&self, by: Span) {
        self.happen(Happening::Jump(by));
    }

    /// Goes by this profile, or by what is measured.
    pub fn force_profile(&self, profile: Option<Profile>) {
        self.happen(Happening::Profile(profile));
    }

    /// A message was handed to the socket.
    pub(super) fn note_sent(&self, text: Option<String>) {
        let mut listener = self.0.listener.borrow_mut();
        if let Some(text) = text.filter(|_| listener.diary().is_watched()) {
            listener.handle_passed(now(), Direction::Sent, &text);
        }
    }

    fn beat(&self) {
        self.0.listener.borrow_mut().handle_beat(now());
        if let Some(tell) = &*self.0.on_beat.borrow() {
            tell();
        }
    }
}

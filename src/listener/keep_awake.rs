//! Keeps a phone from putting the page to sleep while the room is silent for a short while: a page whose elements all
//! stand is suspended within seconds once the screen is off, and then no message can start the music again. So silence
//! is played, by an element of its own, until the music goes on or it has lasted too long.

use crate::sync::time::{LocalTime, Span};

/// A silence that lasts longer is no pause of the music any more, and costs the battery for nothing.
const LONGEST: Span = Span::from_secs(600);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Music {
    #[default]
    NotYet,
    Sounds,
    /// It sounded, and silence is worth it until then.
    Stands {
        until: LocalTime,
    },
}

/// Whether to play silence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeepAwake {
    /// This device stops pages that fall silent. Others do not, and there it would only keep the sound card busy.
    dozes: bool,
    /// The browser has let us play.
    unlocked: bool,
    music: Music,
    on: bool,
}

impl KeepAwake {
    pub(super) fn new(dozes: bool) -> Self {
        Self { dozes, ..Self::default() }
    }

    pub(super) const fn set_unlocked(&mut self, unlocked: bool) {
        self.unlocked = unlocked;
    }

    /// What changes, if anything. `heard`: the music sounds; `wanted`: it would, if the room played.
    pub(super) fn judge(&mut self, now: LocalTime, heard: bool, wanted: bool) -> Option<bool> {
        self.music = match self.music {
            _ if heard => Music::Sounds,
            Music::Sounds => Music::Stands { until: now + LONGEST },
            silent => silent,
        };
        let in_time = matches!(self.music, Music::Stands { until } if now < until);
        let on = self.dozes && self.unlocked && wanted && in_time;
        (std::mem::replace(&mut self.on, on) != on).then_some(on)
    }

    pub(super) const fn poll_timeout(&self) -> Option<LocalTime> {
        match self.music {
            Music::Stands { until } if self.on => Some(until),
            _ => None,
        }
    }
}

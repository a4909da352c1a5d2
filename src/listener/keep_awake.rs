//! Keeps a phone from putting the page to sleep while the room is silent for a short while: a page whose elements all
//! stand is suspended within seconds once the screen is off, and then no message can start the music again. So silence
//! is played, by an element of its own, until the music goes on or it has lasted too long. And where the first sound of a
//! page takes long to come, or is off unseen, that first sound is such a silence, while there is time for it.

use crate::sync::time::{LocalTime, Span};

/// A silence that lasts longer is no pause of the music any more, and costs the battery for nothing.
const LONGEST: Span = Span::from_secs(600);
/// The first sound of WebKitGTK takes 0.3 to 0.8 s, and that of Firefox may be 5 to 30 ms off, of which its element says
/// nothing; those after it are as they should be (manual/sync.md).
const WARM_UP: Span = Span::from_secs(2);

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

/// The first sound of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum First {
    /// Comes as soon as any.
    #[default]
    Prompt,
    /// Takes long, or is off, and is still to be made.
    Owed,
    /// Is a silence until then.
    Until(LocalTime),
    /// Was made.
    Made,
}

/// Whether to play silence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeepAwake {
    /// This device stops pages that fall silent. Others do not, and there it would only keep the sound card busy.
    dozes: bool,
    first: First,
    /// The browser has let us play.
    unlocked: bool,
    music: Music,
    on: bool,
}

impl KeepAwake {
    pub(super) fn new(dozes: bool, warms_up: bool) -> Self {
        Self { dozes, first: if warms_up { First::Owed } else { First::Prompt }, ..Self::default() }
    }

    /// Somebody tapped: what was refused before is worth trying.
    pub(super) fn handle_tap(&mut self) {
        self.unlocked = true;
        if self.first != First::Prompt {
            self.first = First::Owed;
        }
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
        self.first = match self.first {
            First::Owed if !heard => First::Until(now + WARM_UP),
            First::Owed => First::Made,
            First::Until(until) if heard || until <= now => First::Made,
            first => first,
        };
        let warms = matches!(self.first, First::Until(_));
        let on = wanted && (warms || self.dozes && self.unlocked && in_time);
        (std::mem::replace(&mut self.on, on) != on).then_some(on)
    }

    pub(super) const fn poll_timeout(&self) -> Option<LocalTime> {
        match (self.first, self.music) {
            (First::Until(until), _) | (_, Music::Stands { until }) if self.on => Some(until),
            _ => None,
        }
    }
}

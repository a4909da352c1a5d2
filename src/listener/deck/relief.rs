//! Relieving a deck: one that stands in for another is put in step unheard, however many seeks that takes, and is heard
//! when the [`player`](crate::listener::player) says so.

use std::collections::VecDeque;

use super::{Cue, DeckPlayer, Playing, State, Surroundings};
use crate::listener::Output;
use crate::sync::course::Skew;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, Span};

/// What stands in is sought until it is nearer than this, …
const STANDS_IN_WITHIN: Span = Span::from_micros(700);
/// … and by so much more for every second that it takes, where that is less than half of what the other one is off: its seeks
/// do not land better.
const EASED_IN_A_SECOND: f64 = 0.3;
/// What is near for sure is nearer than that and so much.
const UNSURE: Span = Span::from_micros(300);
/// What can be relieved is sought itself only when it is off by more: a stand-in takes a few seconds.
const AWAITS_RELIEF_WITHIN: Span = Span::from_millis(12);

/// What is worth a seek.
pub(super) fn seek_beyond(stands_in: Option<Span>, around: &Surroundings<'_>, learned: &Learned) -> Span {
    let usual = learned.seek_beyond(&around.policy, around.clock.thresholds().seek_beyond);
    match (stands_in, around.policy.stands_in()) {
        (Some(within), _) => within,
        (None, true) => usual.max(AWAITS_RELIEF_WITHIN),
        (None, false) => usual,
    }
}

impl DeckPlayer {
    /// Whether it plays what another deck plays.
    pub(in crate::listener) const fn stands_in(&self) -> bool {
        self.stands_in.is_some()
    }

    /// Plays a cue unheard that another deck plays.
    pub(in crate::listener) fn stand_in(&mut self, now: LocalTime, cue: Cue) {
        self.assign(now, cue);
        self.stands_in = Some(STANDS_IN_WITHIN);
    }

    /// It has been put in step for so long, while another one that is off by so much is heard.
    pub(in crate::listener) fn ease(
        &mut self,
        waited: Span,
        off: Span,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) {
        let eased = STANDS_IN_WITHIN + waited.scale(EASED_IN_A_SECOND / 1_000.0);
        self.stands_in = Some(eased.min(off.scale(0.5)).max(STANDS_IN_WITHIN));
        if let State::Playing(playing) = &mut self.state {
            playing.controller.set_seek_beyond(seek_beyond(self.stands_in, around, learned));
        }
    }

    /// How far what plays is off, either way.
    pub(in crate::listener) fn off(&self, now: LocalTime, around: &Surroundings<'_>) -> Option<Span> {
        let playing = self.settled()?;
        let heading = around.clock.heading(now, &playing.line, around.output_offset)?;
        playing.controller.estimate(now, &heading).map(|known| known.drift.abs())
    }

    /// Whether it is heard and another one would do better from now on; `first`: also if it seems in step.
    pub(in crate::listener) fn wants_relief(
        &self,
        now: LocalTime,
        around: &Surroundings<'_>,
        first: bool,
    ) -> bool {
        self.settled().is_some_and(|playing| {
            let heading = around.clock.heading(now, &playing.line, around.output_offset);
            let wants = |heading| playing.controller.wants_relief(now, &heading);
            playing.unheard_until.is_none()
                && (first && playing.controller.is_tracking() || heading.is_some_and(wants))
        })
    }

    /// Whether it is in step, for sure.
    pub(in crate::listener) fn is_in_step(&self, now: LocalTime, around: &Surroundings<'_>) -> bool {
        let within = self.stands_in.unwrap_or(STANDS_IN_WITHIN) + UNSURE;
        self.settled().is_some_and(|playing| {
            let heading = around.clock.heading(now, &playing.line, around.output_offset);
            heading.is_some_and(|heading| playing.controller.is_in_step(now, within, &heading))
        })
    }

    /// Is heard from now on, in place of another.
    pub(in crate::listener) fn take_over(
        &mut self,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) {
        self.stands_in = None;
        if let State::Playing(playing) = &mut self.state {
            playing.unheard_until = None;
            playing.controller.set_unheard(false);
            playing.controller.set_seek_beyond(seek_beyond(None, around, learned));
        }
        self.set_unheard(false, out);
    }

    /// How fast its card runs, as known by now.
    pub(in crate::listener) fn skew(&self) -> Option<Skew> {
        self.settled().map(|playing| playing.controller.skew())
    }

    fn settled(&self) -> Option<&Playing> {
        match &self.state {
            State::Playing(playing) if playing.away.is_none() && !self.supply.is_wanted() => Some(playing),
            _ => None,
        }
    }
}

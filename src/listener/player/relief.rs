//! Two decks, one music: what can neither be bent nor sought exactly is relieved by the other deck, which plays the same
//! unheard until it is in step to a millisecond, and is heard from then on (manual/sync.md).

use std::collections::VecDeque;

use super::Player;
use crate::listener::Output;
use crate::listener::deck::Cue;
use crate::listener::player::Deck;
use crate::listener::room_clock::RoomClock;
use crate::sync::time::{LocalTime, Span};
use crate::sync::timeline::Timeline;

/// So long a deck is tried to be put in step.
const PATIENCE: Span = Span::from_secs(15);
/// The deck is needed for what follows by then.
const NEEDED_BEFORE_END: Span = Span::from_secs(25);
/// From one relief to the next: soon after what somebody did, while the card is being learned, and later on. More marks
/// than one a minute are worse than what they remove.
const BETWEEN: [Span; 2] = [Span::from_secs(15), Span::from_secs(60)];
/// A skew that is known this well goes with the deck that relieves.
const SKEW_KNOWN: f64 = 20e-6;

/// When a deck relieves the other.
#[derive(Clone, Debug)]
pub(super) struct Relief {
    /// One is being put in step.
    since: Option<LocalTime>,
    /// What it is about, …
    line: Option<Timeline>,
    /// … how often it was tried since that began, …
    tries: usize,
    /// … and when the next time may be.
    not_before: LocalTime,
    /// The first sound of a page may be off by what its element does not see.
    sounded: bool,
    /// The browser did not let it.
    forgone: bool,
}

impl Relief {
    pub(super) const fn new() -> Self {
        Self {
            since: None,
            line: None,
            tries: 0,
            not_before: LocalTime::ZERO,
            sounded: false,
            forgone: false,
        }
    }

    /// One was tried, with success or not.
    fn end(&mut self, now: LocalTime) {
        self.since = None;
        self.not_before = now + BETWEEN[self.tries.min(BETWEEN.len() - 1)];
        self.tries += 1;
    }
}

impl Player {
    /// Whether a deck is being put in step to relieve the other.
    pub(in crate::listener) const fn is_standing_in(&self, deck: Deck) -> bool {
        self.decks[deck.index()].stands_in()
    }

    /// Whether a deck plays for itself what comes after what another one plays.
    pub(in crate::listener) const fn is_rehearsing_beside(&self, deck: Deck) -> bool {
        self.decks[deck.index()].is_rehearsing() && self.decks[deck.other().index()].is_sounding()
    }

    /// The browser does not let two decks play.
    pub(in crate::listener) fn forgo_relief(&mut self, now: LocalTime, out: &mut VecDeque<Output>) {
        self.relief.forgone = true;
        self.stop_relief(now, out);
        for deck in &mut self.decks {
            deck.stop_rehearsing(out);
        }
    }

    /// Stops what does not fit what is wanted any more.
    pub(super) fn end_vain_relief(
        &mut self,
        now: LocalTime,
        current: Option<&Cue>,
        clock: &RoomClock,
        out: &mut VecDeque<Output>,
    ) {
        let Some(since) = self.relief.since else {
            return;
        };
        let standing_in = &self.decks[self.active.other().index()];
        let fits = |cue: &Cue| {
            standing_in.cue().is_some_and(|held| held.line == cue.line && held.stream == cue.stream)
                && self.has_time(now, cue, clock)
        };
        if self.held || now - since > PATIENCE || !standing_in.stands_in() || !current.is_some_and(fits) {
            self.stop_relief(now, out);
        }
    }

    /// Begins to put the idle deck in step where that is worth it, and lets it take over when it is.
    pub(super) fn relieve(
        &mut self,
        now: LocalTime,
        current: Option<Cue>,
        clock: &RoomClock,
        out: &mut VecDeque<Output>,
    ) {
        let (active, idle) = (self.active, self.active.other());
        let Some(cue) = current.filter(|cue| self.policy.stands_in() && cue.line.running) else {
            return;
        };
        let around = self.surroundings(clock);
        if let Some(since) = self.relief.since {
            let off = self.decks[active.index()].off(now, &around).unwrap_or(Span::ZERO);
            self.decks[idle.index()].ease(now - since, off, &around, &self.learned);
            if self.decks[idle.index()].is_in_step(now, &around) {
                self.decks[idle.index()].take_over(&around, &self.learned, out);
                self.decks[active.index()].release(out);
                self.active = idle;
                self.relief.sounded = true;
                self.relief.end(now);
            }
            return;
        }
        if self.relief.line != Some(cue.line) {
            self.relief = Relief { line: Some(cue.line), tries: 0, not_before: now, ..self.relief };
        }
        let idle_deck = &self.decks[idle.index()];
        let may = !self.relief.forgone && !self.held && !idle_deck.is_retiring() && !idle_deck.is_sounding();
        if may
            && now >= self.relief.not_before
            && self.decks[active.index()].wants_relief(now, &around, !self.relief.sounded)
            && self.has_time(now, &cue, clock)
        {
            if let Some(skew) = self.decks[active.index()].skew().filter(|skew| skew.sigma < SKEW_KNOWN) {
                self.learned.learn_skew(skew.mean);
            }
            self.decks[idle.index()].stand_in(now, Cue { awaited: false, ..cue });
            self.relief.since = Some(now);
        }
    }

    fn stop_relief(&mut self, now: LocalTime, out: &mut VecDeque<Output>) {
        if self.relief.since.is_some() {
            self.decks[self.active.other().index()].release(out);
            self.relief.end(now);
        }
    }

    /// Whether the music lasts long enough.
    fn has_time(&self, now: LocalTime, cue: &Cue, clock: &RoomClock) -> bool {
        clock
            .heading(now, &cue.line, self.output_offset)
            .is_some_and(|heading| cue.line.duration - heading.position > NEEDED_BEFORE_END)
    }
}

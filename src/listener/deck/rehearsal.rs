//! Where an engine does not tell truly that an element plays, it is watched until it moves; and what such an engine has
//! loaded and never played begins anywhere within half a second, what it has played once within some ms
//! (manual/sync.md). So a deck that has time before its start plays a moment of it for itself.

use std::collections::VecDeque;

use super::{Cue, DeckPlayer, START_TIMEOUT, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// What moved by so much plays: a few blocks of any sound server's.
const MOVED: Span = Span::from_millis(20);
/// How often an element is looked at until it moves.
const LOOK: Span = Span::from_millis(25);
/// What is left before the start when a rehearsal is over, to go back to the beginning.
const BACK: Span = Span::from_millis(1_000);

/// Watches an element until it moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    from: Option<MediaTime>,
    moved: bool,
    look_at: LocalTime,
}

impl Watch {
    pub(super) const fn new(now: LocalTime) -> Self {
        Self { from: None, moved: false, look_at: now }
    }

    pub(super) fn handle_read(&mut self, now: LocalTime, position: MediaTime) {
        let from = self.from.map_or(position, |from| from.min(position));
        *self = Self { from: Some(from), moved: position - from >= MOVED, look_at: now + LOOK };
    }

    pub(super) const fn has_moved(&self) -> bool {
        self.moved
    }

    /// When to look next.
    pub(super) const fn poll_timeout(&self) -> LocalTime {
        self.look_at
    }
}

impl DeckPlayer {
    pub(in crate::listener) const fn is_rehearsing(&self) -> bool {
        matches!(self.state, State::Rehearsing { .. })
    }

    /// Whether there is time, and reason, to play the beginning for itself.
    pub(super) fn may_rehearse(&self, now: LocalTime, cue: &Cue, around: &Surroundings<'_>) -> bool {
        let due = around.clock.local_at(cue.line.start_at).map(|due| due - around.output_offset);
        around.policy.rehearses()
            && !self.has_played
            && !around.held
            && cue.line.running
            && self.stands_in.is_none()
            && due.is_some_and(|due| now + START_TIMEOUT + self.prime + BACK < due)
    }

    pub(super) fn rehearse(&mut self, now: LocalTime, out: &mut VecDeque<Output>) {
        self.has_played = true;
        self.watch = Watch::new(now);
        self.set_unheard(true, out);
        self.command(PlayerCommand::Play, out);
        self.state = State::Rehearsing { since: now };
    }

    /// It moves, or will not, or should not any more.
    pub(in crate::listener) fn stop_rehearsing(&mut self, out: &mut VecDeque<Output>) {
        if self.is_rehearsing() {
            self.command(PlayerCommand::Pause, out);
            self.state = State::Standing { at: None };
        }
    }
}

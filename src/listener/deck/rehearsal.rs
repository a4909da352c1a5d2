//! Where an engine does not tell truly that an element plays, it is watched until it moves; and what such an engine has
//! loaded and never played begins anywhere within half a second, what it has played once within some ms
//! (manual/sync.md). So a deck that has time before its start plays a moment of it for itself.

use std::collections::VecDeque;

use super::{Cue, DeckPlayer, START_TIMEOUT, Starting, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// What moved by so much plays: a few blocks of any sound server's.
const MOVED: Span = Span::from_millis(20);
/// How often an element is looked at until it moves.
const LOOK: Span = Span::from_millis(25);

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

    /// Whether it has to find out how its start goes: it has not played this yet, and such an engine's starts are anything.
    pub(super) fn is_untried(&self, around: &Surroundings<'_>) -> bool {
        around.policy.rehearses() && !self.has_played
    }

    /// Goes back once it moves; what does not move in time for that is its start, and put in step unheard. True when
    /// another step may follow.
    pub(super) fn go_on_rehearsing(
        &mut self,
        now: LocalTime,
        since: LocalTime,
        cue: &Cue,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let latency = Self::ahead_of_sound(around, learned);
        let call_at = Self::call_at(&cue.line, cue.line.start_position, around, latency)
            .filter(|_| cue.line.running && !around.held);
        let has_moved = self.watch.has_moved();
        let is_over = match call_at {
            Some(call_at) if now + self.time_to_aim() >= call_at => {
                if has_moved || now >= call_at {
                    let (due, line) = (call_at + latency, cue.line);
                    self.state =
                        State::Starting(Starting { called: since, due, line, teaches: false, unheard: true });
                }
                return has_moved || now >= call_at;
            }
            Some(_) => has_moved || now - since >= START_TIMEOUT,
            None => true,
        };
        if is_over {
            self.stop_rehearsing(out);
        }
        is_over
    }

    /// It moves, or will not, or should not any more.
    pub(in crate::listener) fn stop_rehearsing(&mut self, out: &mut VecDeque<Output>) {
        if self.is_rehearsing() {
            self.command(PlayerCommand::Pause, out);
            self.state = State::Standing { at: None };
        }
    }
}

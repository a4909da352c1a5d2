//! What a deck does next, by the state that it is in: one step at a time, until there is nothing to do but wait; and when
//! it wants to be asked again.

use std::collections::VecDeque;

use super::{Away, Cue, DeckPlayer, SEEK_TIMEOUT, START_TIMEOUT, Starting, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};

impl DeckPlayer {
    /// Does what is due.
    pub(in crate::listener) fn advance(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) {
        if let Some(at) = self.retire_at
            && Self::retire_due(at, around, learned).is_none_or(|due| due <= now)
        {
            self.release(out);
        }
        // A step may make the next one possible; none comes twice.
        for _ in 0..6 {
            if !self.step(now, around, learned, out) {
                break;
            }
        }
    }

    /// When it falls silent for what follows: not before that was told to play, for a pause may take the page some ms.
    fn retire_due(at: RoomTime, around: &Surroundings<'_>, learned: &Learned) -> Option<LocalTime> {
        let behind = Span::ZERO - Self::ahead_of_sound(around, learned);
        Some(around.clock.local_at(at)? - around.output_offset + behind.max(Span::ZERO))
    }

    /// One step; true when another may follow.
    fn step(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let Some(cue) = self.cue.clone() else {
            return false;
        };
        if self.loaded.as_deref() != Some(&cue.track.track_url) && !matches!(self.state, State::Failed { .. })
        {
            return self.load(now, &cue, out);
        }
        match &self.state {
            State::Empty => self.load(now, &cue, out),
            State::Failed { retry_at } => *retry_at <= now && self.load(now, &cue, out),
            State::Loading { since } => {
                // Some browsers load nothing before a tap: then `play()` tells.
                let patience = around.clock.thresholds().metadata_wait;
                if cue.line.running && now - *since >= patience {
                    self.state = State::Standing { at: Some(MediaTime::ZERO) };
                    return true;
                }
                false
            }
            State::Seeking { to, since } => {
                if now - *since >= SEEK_TIMEOUT {
                    self.state = State::Standing { at: Some(*to) };
                    return true;
                }
                false
            }
            State::Standing { at } => {
                let at = *at;
                self.stand(now, at, &cue, around, learned, out)
            }
            State::Rehearsing { since } => {
                let since = *since;
                self.go_on_rehearsing(now, since, &cue, around, learned, out)
            }
            State::Starting(starting) => {
                let Starting { called, line, .. } = *starting;
                if Self::falls_silent(now, &cue, around) {
                    return self.pause(now, &cue, out);
                }
                if around.held || (cue.line.running && line != cue.line) {
                    self.command(PlayerCommand::Pause, out);
                    self.state = State::Standing { at: None };
                    return true;
                }
                let moves = around.policy.starts_untold && self.watch.has_moved();
                if moves || now - called >= START_TIMEOUT {
                    self.begin(now, around, learned);
                    return true;
                }
                false
            }
            State::Playing(playing) => {
                let moved = cue.line.running && playing.line != cue.line;
                if Self::falls_silent(now, &cue, around) {
                    return self.pause(now, &cue, out);
                }
                if moved || around.held {
                    self.command(PlayerCommand::Pause, out);
                    self.state = State::Standing { at: None };
                    return true;
                }
                if playing.away.is_none() && self.supply.poll_ask(now) {
                    return self.load(now, &cue, out);
                }
                self.keep_in_step(now, around, learned, out);
                false
            }
        }
    }

    pub(super) fn load(&mut self, now: LocalTime, cue: &Cue, out: &mut VecDeque<Output>) -> bool {
        if self.is_sounding() {
            self.command(PlayerCommand::Pause, out);
        }
        self.supply.begin();
        self.has_played = false;
        self.loaded = Some(cue.track.track_url.clone());
        self.state = State::Loading { since: now };
        self.command(PlayerCommand::Load(cue.track.renditions.clone()), out);
        self.tell_volume(out);
        true
    }

    /// Whether the room stands by now.
    fn falls_silent(now: LocalTime, cue: &Cue, around: &Surroundings<'_>) -> bool {
        !cue.line.running
            && around.clock.local_at(cue.line.start_at).is_none_or(|due| due - around.output_offset <= now)
    }

    fn pause(&mut self, now: LocalTime, cue: &Cue, out: &mut VecDeque<Output>) -> bool {
        self.command(PlayerCommand::Pause, out);
        self.seek(now, cue.line.start_position, out);
        false
    }

    pub(super) fn seek(&mut self, now: LocalTime, to: MediaTime, out: &mut VecDeque<Output>) {
        self.command(PlayerCommand::Seek(to), out);
        self.stirred_at = now;
        self.state = State::Seeking { to, since: now };
    }

    /// When [`DeckPlayer::advance`] wants to be called.
    pub(in crate::listener) fn poll_timeout(
        &self,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) -> Option<LocalTime> {
        let local = |room| around.clock.local_at(room).map(|at| at - around.output_offset);
        let retire = self.retire_at.and_then(|at| Self::retire_due(at, around, learned));
        let cue = self.cue.as_ref();
        let pause = cue
            .filter(|cue| !cue.line.running && self.is_sounding())
            .and_then(|cue| local(cue.line.start_at));
        let own = match &self.state {
            State::Empty => None,
            State::Failed { retry_at } => cue.map(|_| *retry_at),
            State::Loading { since } => {
                cue.filter(|cue| cue.line.running).map(|_| *since + around.clock.thresholds().metadata_wait)
            }
            State::Seeking { since, .. } => cue.map(|_| *since + SEEK_TIMEOUT),
            State::Rehearsing { .. } => Some(self.watch.poll_timeout()),
            State::Starting(starting) => {
                let taken_as_begun = starting.called + START_TIMEOUT;
                Some(if around.policy.starts_untold {
                    taken_as_begun.min(self.watch.poll_timeout())
                } else {
                    taken_as_begun
                })
            }
            State::Playing(playing) => match playing.away {
                Some(away @ Away::Landing { .. }) => Some(away.poll_timeout().min(self.watch.poll_timeout())),
                Some(away) => Some(away.poll_timeout()),
                None if self.supply.is_wanted() => {
                    let look_at = around.policy.starts_untold.then(|| self.watch.poll_timeout());
                    self.supply.poll_timeout().into_iter().chain(look_at).min()
                }
                None => Some(playing.controller.poll_timeout()),
            },
            State::Standing { at } => {
                let call_at = self.starts_at(*at, around, learned);
                let seek_at = call_at.and_then(|call_at| self.second_seek((*at)?, call_at, around));
                seek_at.map(|(seek_at, _)| seek_at).into_iter().chain(call_at).min()
            }
        };
        [retire, pause, own].into_iter().flatten().min()
    }
}

//! Getting an element to sound at its instant: stand where the music will begin, start early by the latency that was
//! learned, or aim at where the music will be when it is too late for the beginning.

use std::collections::VecDeque;

use super::rehearsal::Watch;
use super::relief::seek_beyond;
use super::{Cue, DeckPlayer, Lesson, Playing, Starting, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
use crate::protocol::ClientMessage;
use crate::sync::drift::{DriftController, resting_rate};
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};
use crate::sync::timeline::{END_GUARD, Timeline};

/// A standing element is where it should be when it is this near: less than one sample's worth of anyone's care.
const THERE: Span = Span::from_millis(1);
/// `play()` that is called up to so late still lands within what bending removes at once.
const STILL_ON_TIME: Span = Span::from_millis(8);
/// The same where it is unheard until a seek, which costs such an engine next to nothing, has put it in step.
const UNHEARD_ON_TIME: Span = Span::from_millis(250);
/// What would begin asleep is woken so long before, …
const WAKE_BEFORE: Span = Span::from_secs(2);
/// … and what has so long left until it sleeps is taken to.
const NEARLY_ASLEEP: Span = Span::from_millis(500);
/// What begins apart from the end of what it follows is sent there so long before.
const APART_BEFORE: Span = Span::from_millis(1_000);
/// A rate that differs by less makes 0.3 ms in a minute.
pub(super) const RATE_WORTH_WRITING: f64 = 5e-6;
/// Aiming ahead further than this would be a pause.
const PRIME_MOST: Span = Span::from_millis(1_500);
/// An element that is put in step unheard is heard after this at the latest.
pub(super) const PREROLL_MOST: Span = Span::from_millis(1_000);
/// Each time that it is sent elsewhere meanwhile that begins anew, but who hears nothing for longer than this takes it for
/// broken.
pub(super) const SILENT_MOST: Span = Span::from_millis(3_000);
/// So many aims that came too late: this element does not seek while it stands, or is slower than any aim.
const AIMS: i64 = 3;

/// Whether an element that stands is where it should be.
fn is_there(at: MediaTime, to: MediaTime) -> bool {
    (at - to).abs() <= THERE
}

impl DeckPlayer {
    /// The local time at which `play()` has to be called so that a position is heard on time.
    pub(super) fn call_at(
        line: &Timeline,
        position: MediaTime,
        around: &Surroundings<'_>,
        latency: Span,
    ) -> Option<LocalTime> {
        let heard = around.clock.due_at(line.start_at + (position - line.start_position))?;
        Some(heard - around.output_offset - latency)
    }

    /// When `play()` is due for what stands there.
    pub(super) fn starts_at(
        &self,
        at: Option<MediaTime>,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) -> Option<LocalTime> {
        let cue = self.cue.as_ref()?;
        let may = cue.line.running && !around.held && self.ended != Some(cue.line);
        Self::call_at(&cue.line, at.filter(|_| may)?, around, Self::ahead_of_sound(around, learned))
    }

    /// Whether `play()` is due soon.
    pub(in crate::listener) fn is_about_to_start(
        &self,
        now: LocalTime,
        soon: Span,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) -> bool {
        let State::Standing { at } = self.state else { return false };
        self.starts_at(at, around, learned).is_some_and(|call_at| now < call_at && call_at - now <= soon)
    }

    /// Whether it has stood for so long by then that it would be slow to start.
    fn is_asleep(&self, by: LocalTime, around: &Surroundings<'_>) -> bool {
        around.policy.falls_asleep.is_some_and(|after| by - self.stirred_at > after - NEARLY_ASLEEP)
    }

    /// From where it begins: from the start, or a little further where what it follows ends just then.
    fn begins_from(&self, line: &Timeline, around: &Surroundings<'_>) -> MediaTime {
        let follows_an_end = self.seam_at == Some(line.start_at);
        let apart = around.policy.begins_apart.filter(|_| follows_an_end).unwrap_or(Span::ZERO);
        line.start_position + apart
    }

    /// When what stands at the start is to be sought once more before it begins, and where to.
    pub(super) fn second_seek(
        &self,
        at: MediaTime,
        call_at: LocalTime,
        around: &Surroundings<'_>,
    ) -> Option<(LocalTime, MediaTime)> {
        let line = self.cue.as_ref()?.line;
        if !is_there(at, line.start_position) {
            return None;
        }
        let from = self.begins_from(&line, around);
        if !is_there(at, from) {
            return Some((call_at - APART_BEFORE, from));
        }
        self.is_asleep(call_at, around).then(|| (call_at - WAKE_BEFORE, from))
    }

    /// Stands: gets to where the music will begin, says so, and starts when it is time.
    pub(super) fn stand(
        &mut self,
        now: LocalTime,
        at: Option<MediaTime>,
        cue: &Cue,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let start = cue.line.start_position;
        let at_start = at.is_some_and(|at| is_there(at, start));
        if at_start && self.stands_in.is_none() {
            self.set_unheard(false, out);
        }
        if at_start && cue.awaited && !self.told_ready {
            if self.is_asleep(now, around) {
                self.seek(now, start, out);
                return false;
            }
            self.told_ready = true;
            out.push_back(Output::Transmit(ClientMessage::Ready {
                stream_id: cue.stream,
                took: now - self.cued_at,
            }));
        }
        if !cue.line.running {
            if !at_start {
                self.seek(now, start, out);
            }
            return false;
        }
        if self.ended == Some(cue.line) {
            // The file is shorter than it said: playing would begin it again.
            return false;
        }
        let latency = Self::ahead_of_sound(around, learned);
        let Some(on_time) = Self::call_at(&cue.line, start, around, latency) else {
            return false;
        };
        if around.held {
            // Ready where it will begin; what comes later is decided then.
            if !at_start && now + self.prime < on_time {
                self.seek(now, start, out);
            }
            return false;
        }
        let call_at = at.and_then(|at| Self::call_at(&cue.line, at, around, latency));
        let is_untried = self.is_untried(around);
        if is_untried && at_start && now < on_time && self.stands_in.is_none() {
            self.has_played = true;
            self.play(now, State::Rehearsing { since: now }, around, learned, out);
            return true;
        }
        // In the middle of the music nobody misses what comes a moment later, but everybody hears what is off.
        let from = self.begins_from(&cue.line, around);
        let begins = at_start || at.is_some_and(|at| is_there(at, from));
        let unheard = self.stands_in.is_some() || is_untried || around.policy.prerolls() && !begins;
        let may_be_late = if unheard && !around.policy.bends() { UNHEARD_ON_TIME } else { STILL_ON_TIME };
        if let (Some(at), Some(call_at)) = (at, call_at)
            && now < call_at
            && let Some((seek_at, to)) = self.second_seek(at, call_at, around)
            && seek_at <= now
        {
            self.seek(now, to, out);
            return false;
        }
        match call_at {
            Some(call_at) if now <= call_at + may_be_late && (at_start || call_at - now <= PRIME_MOST) => {
                // What will begin any time is put in step when it has, and not waited for.
                if now < call_at && !is_untried {
                    return false;
                }
                let due = call_at.min(now) + latency;
                let starting = Starting { called: now, due, line: cue.line, teaches: !is_untried, unheard };
                self.play(now, State::Starting(starting), around, learned, out);
                true
            }
            _ if !at_start && now + self.prime < on_time => {
                self.seek(now, start, out);
                false
            }
            _ => self.aim(now, cue, around, learned, out),
        }
    }

    /// Too late for the beginning: aims at where the music will be once the element is ready.
    fn aim(
        &mut self,
        now: LocalTime,
        cue: &Cue,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let latency = Self::ahead_of_sound(around, learned);
        if self.aim_tries >= AIMS || self.aim_tries > 0 && self.is_untried(around) {
            // It plays from where it is; the controller, or a refusal, says what comes next.
            let unheard = around.policy.prerolls();
            let due = now + latency;
            let starting = Starting { called: now, due, line: cue.line, teaches: false, unheard };
            self.play(now, State::Starting(starting), around, learned, out);
            return true;
        }
        let ahead = self.time_to_aim() * (1 << self.aim_tries.min(4));
        let heard = now + ahead.min(PRIME_MOST) + latency + around.output_offset;
        let Some(room) = around.clock.heard_at(heard) else {
            return false;
        };
        let to = cue.line.position_at(room);
        if cue.line.duration - to <= END_GUARD {
            self.state = State::Standing { at: None };
            return false;
        }
        self.aim_tries += 1;
        self.seek(now, to, out);
        false
    }

    /// What it takes to go elsewhere before it plays, with some to spare.
    pub(super) fn time_to_aim(&self) -> Span {
        self.prime.scale(1.3) + Span::from_millis(30)
    }

    /// How long before the sound is due `play()` is called: as long as it takes, but for what the engine is begun behind.
    pub(super) fn ahead_of_sound(around: &Surroundings<'_>, learned: &Learned) -> Span {
        learned.start_latency(&around.policy) - around.policy.lean
    }

    /// Begins, at the rate at which this card keeps step with the room, and is in this state from then on.
    fn play(
        &mut self,
        now: LocalTime,
        state: State,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) {
        let rate = resting_rate(&around.policy, learned.skew(), around.clock.skew());
        if (rate - self.rate).abs() > RATE_WORTH_WRITING || around.policy.shuns(self.rate) {
            self.set_rate(rate, out);
        }
        self.aim_tries = 0;
        self.supply.begin();
        self.watch = Watch::new(now);
        self.set_unheard(!matches!(state, State::Starting(Starting { unheard: false, .. })), out);
        self.command(PlayerCommand::Play, out);
        self.state = state;
    }

    /// The element has begun to play, or waits for what it will play.
    pub(super) fn begin(&mut self, now: LocalTime, around: &Surroundings<'_>, learned: &Learned) {
        let State::Starting(Starting { called, due, line, teaches, unheard }) = self.state else {
            return;
        };
        self.has_played = true;
        let seek_beyond = seek_beyond(self.stands_in, around, learned);
        let trusted_from = now.max(due) + around.policy.settle;
        let lesson = teaches.then_some(Lesson::Start { head_start: due - called });
        let mut controller =
            DriftController::new(around.policy, seek_beyond, learned.skew(), self.rate, trusted_from);
        controller.set_unheard(unheard);
        self.state = State::Playing(Box::new(Playing {
            controller,
            line,
            away: None,
            unheard_until: unheard.then_some(trusted_from + PREROLL_MOST),
            heard_by: trusted_from + SILENT_MOST,
            lesson,
        }));
    }
}

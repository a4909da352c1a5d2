//! Keeping an element in step while it plays: readings go to the drift controller, what it decides goes to the element,
//! and what a start or a seek really cost is learned.

use std::collections::VecDeque;

use super::relief::seek_beyond;
use super::start::RATE_WORTH_WRITING;
use super::{Away, DeckPlayer, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::{MediaEvent, PlayerCommand};
use crate::sync::course::Heading;
use crate::sync::drift::Correction;
use crate::sync::engine::EnginePolicy;
use crate::sync::learn::Learned;
use crate::sync::reads::Read;
use crate::sync::time::{LocalTime, MediaTime, Span};
use crate::sync::timeline::END_GUARD;

/// A skew known this well is worth keeping, …
const SKEW_KNOWN: f64 = 10e-6;
/// … when it differs by this from what was kept.
const SKEW_NEWS: f64 = 5e-6;
/// Where an engine is not bent, a seek by more than this is put in step unheard; a smaller one is a gap of some ms, which
/// is less than the silence that it would be.
const WORTH_SILENCE: Span = Span::from_millis(25);

/// Seeks land farther from where they were sent than starts, and are put in step unheard: they lean so much more.
const SEEK_LEANS: i64 = 3;
/// What is delayed is delayed by so much more, as a pause is some ms shorter or longer than it should be (manual/sync.md).
const DELAY_LEAN: Span = Span::from_millis(4);

/// What the next good measurement teaches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lesson {
    /// `play()` was called so long before the sound was due.
    Start { head_start: Span },
    /// The seek was aimed so far ahead.
    Seek { aimed: Span },
    /// So far ahead it would be if the pause cost nothing beyond its length.
    Delay { left: Span },
}

/// A seek while it plays.
#[derive(Clone, Copy, Debug)]
struct Leap {
    /// How far ahead it is.
    error: Span,
    /// The rate to set on the way, if it is another.
    rate: f64,
}

impl Lesson {
    /// Behind by so much: it was so much later than it was given time for.
    fn teach(self, learned: &mut Learned, policy: &EnginePolicy, drift: Span) {
        match self {
            Self::Start { head_start } => learned.learn_start(policy, head_start - drift),
            Self::Seek { aimed } => learned.learn_seek(aimed - drift),
            Self::Delay { left } => learned.learn_delay(policy, left - drift),
        }
    }
}

impl DeckPlayer {
    /// A reading of the element.
    pub(in crate::listener) fn handle_reading(
        &mut self,
        now: LocalTime,
        position: MediaTime,
        around: &Surroundings<'_>,
    ) {
        self.watch.handle_read(now, position);
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let Some(heading) = around.clock.heading(now, &playing.line, around.output_offset) else {
            return;
        };
        if self.supply.is_wanted() || playing.away.is_some() {
            return;
        }
        let near_end = playing.line.duration - heading.position <= END_GUARD;
        if !near_end && heading.position >= playing.line.start_position {
            playing.controller.handle_read(Read { at: now, position: position + around.policy.sound_ahead });
        } else {
            playing.controller.skip_read(now);
        }
    }

    pub(super) fn keep_in_step(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) {
        let State::Playing(playing) = &self.state else {
            return;
        };
        let unheard = playing.unheard_until.is_some();
        self.set_unheard(unheard, out);
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        if let Some(away) = playing.away {
            let is_over = now >= away.poll_timeout();
            match away {
                Away::Pausing { .. } if is_over => {
                    playing.away = Some(Away::Resuming { since: now });
                    self.command(PlayerCommand::Play, out);
                }
                Away::Landing { .. } if self.watch.has_moved() => playing.land(now),
                // It waits for data, whatever it says; another seek would have it wait anew.
                Away::Landing { .. } if is_over => {
                    playing.land(now);
                    self.supply.handle_want(now);
                }
                Away::Seeking { .. } | Away::Resuming { .. } if is_over => playing.land(now),
                _ => {}
            }
            return;
        }
        if self.supply.is_wanted() {
            if around.policy.starts_untold && self.watch.has_moved() {
                self.handle_media(now, &MediaEvent::Playing, around, learned);
            }
            return;
        }
        let Some(heading) = around.clock.heading(now, &playing.line, around.output_offset) else {
            return;
        };
        if let (Some(lesson), Some(estimate)) = (playing.lesson, playing.controller.estimate(now, &heading)) {
            playing.lesson = None;
            lesson.teach(learned, &around.policy, estimate.drift);
            playing.controller.set_seek_beyond(seek_beyond(self.stands_in, around, learned));
            out.push_back(Output::Remember(*learned));
        }
        let skew = playing.controller.skew();
        if skew.sigma < SKEW_KNOWN && (learned.skew().mean - skew.mean).abs() > SKEW_NEWS {
            learned.learn_skew(skew.mean);
            out.push_back(Output::Remember(*learned));
        }
        match playing.controller.poll_correction(now, &heading) {
            None => {}
            Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) => self.set_rate(rate, out),
            Some(Correction::Delay { error }) => {
                if let Some(cost) = learned.delay_cost(&around.policy) {
                    return self.delay(now, error, cost, out);
                }
                let leap = Leap { error, rate: self.rate };
                return self.leap(now, leap, &heading, around, learned, out);
            }
            Some(Correction::Seek { error, rate }) => {
                return self.leap(now, Leap { error, rate }, &heading, around, learned, out);
            }
        }
        self.be_heard(now, &heading, out);
    }

    /// Pauses for as long as the sound is too far ahead, or thereabouts.
    fn delay(&mut self, now: LocalTime, error: Span, cost: Span, out: &mut VecDeque<Output>) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let lasts = (error + DELAY_LEAN - cost).max(Span::ZERO);
        playing.away = Some(Away::Pausing { until: now + lasts });
        playing.lesson = Some(Lesson::Delay { left: error - lasts });
        self.command(PlayerCommand::Pause, out);
    }

    /// Goes to where the music will be once it is there.
    fn leap(
        &mut self,
        now: LocalTime,
        Leap { error, rate }: Leap,
        heading: &Heading,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        if let Some(lesson) = playing.lesson.take() {
            lesson.teach(learned, &around.policy, error);
            out.push_back(Output::Remember(*learned));
        }
        // With a rate to set it takes longer, which is nothing to learn from.
        let sets_rate = (rate - self.rate).abs() > RATE_WORTH_WRITING;
        let extra = if sets_rate { around.policy.preset_cost } else { Span::ZERO };
        let aimed = learned.seek_cost(&around.policy) + extra - around.policy.lean * SEEK_LEANS;
        let to = heading.position_at(now + aimed);
        if playing.line.duration - to <= END_GUARD {
            return;
        }
        playing.away = Some(Away::Seeking { since: now });
        playing.lesson = (!sets_rate).then_some(Lesson::Seek { aimed });
        if around.policy.prerolls() && (around.policy.bends() || error.abs() > WORTH_SILENCE) {
            playing.be_unheard(now, aimed);
            self.set_unheard(true, out);
        }
        if sets_rate {
            self.set_rate(rate, out);
        }
        self.command(PlayerCommand::Seek(to), out);
    }

    /// Lets an element be heard that is in step by now, or has not come to it for long enough.
    fn be_heard(&mut self, now: LocalTime, heading: &Heading, out: &mut VecDeque<Output>) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let Some(until) = playing.unheard_until else {
            return;
        };
        if self.stands_in.is_none() && (playing.controller.is_near(now, heading) || now >= until) {
            playing.unheard_until = None;
            playing.controller.set_unheard(false);
            self.set_unheard(false, out);
        }
    }
}

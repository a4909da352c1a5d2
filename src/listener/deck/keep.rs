//! Keeping an element in step while it plays: readings go to the drift controller, what it decides goes to the element,
//! and what a start or a seek really cost is learned.

use std::collections::VecDeque;

use super::start::{PREROLL_MOST, RATE_WORTH_WRITING};
use super::{DeckPlayer, SEEK_TIMEOUT, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
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

/// What the next good measurement teaches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lesson {
    /// `play()` was called so long before the sound was due.
    Start { head_start: Span },
    /// The seek was aimed so far ahead.
    Seek { aimed: Span },
}

impl Lesson {
    /// Behind by so much: it was so much later than it was given time for.
    fn teach(self, learned: &mut Learned, policy: &EnginePolicy, drift: Span) {
        match self {
            Self::Start { head_start } => learned.learn_start(policy, head_start - drift),
            Self::Seek { aimed } => learned.learn_seek(policy, aimed - drift),
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
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let Some(heading) = around.clock.heading(now, &playing.line, around.output_offset) else {
            return;
        };
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
        if let Some(since) = playing.seeking {
            if now - since >= SEEK_TIMEOUT {
                playing.land(now);
            }
            return;
        }
        if self.supply.is_wanted() {
            return;
        }
        let Some(heading) = around.clock.heading(now, &playing.line, around.output_offset) else {
            return;
        };
        if let (Some(lesson), Some(estimate)) = (playing.lesson, playing.controller.estimate(now, &heading)) {
            playing.lesson = None;
            lesson.teach(learned, &around.policy, estimate.drift);
            let of_profile = around.clock.thresholds().seek_beyond;
            playing.controller.set_seek_beyond(learned.seek_beyond(&around.policy, of_profile));
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
            Some(Correction::Seek { error, rate }) => {
                if let Some(lesson) = playing.lesson.take() {
                    lesson.teach(learned, &around.policy, error);
                    out.push_back(Output::Remember(*learned));
                }
                // With a rate to set it takes longer, which is nothing to learn from.
                let sets_rate = (rate - self.rate).abs() > RATE_WORTH_WRITING;
                let extra = if sets_rate { around.policy.preset_cost } else { Span::ZERO };
                let lean = around.policy.head_start(rate) * SEEK_LEANS;
                let aimed = learned.seek_cost(&around.policy) + extra + lean;
                let to = heading.position_at(now + aimed);
                if playing.line.duration - to <= END_GUARD {
                    return;
                }
                playing.seeking = Some(now);
                playing.lesson = (!sets_rate).then_some(Lesson::Seek { aimed });
                if around.policy.prerolls && (around.policy.bends() || error.abs() > WORTH_SILENCE) {
                    playing.be_unheard(now + aimed + PREROLL_MOST);
                    self.set_unheard(true, out);
                }
                if sets_rate {
                    self.set_rate(rate, out);
                }
                self.command(PlayerCommand::Seek(to), out);
                return;
            }
        }
        self.be_heard(now, &heading, out);
    }

    /// Lets an element be heard that is in step by now, or has not come to it for long enough.
    fn be_heard(&mut self, now: LocalTime, heading: &Heading, out: &mut VecDeque<Output>) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let Some(until) = playing.unheard_until else {
            return;
        };
        let in_step = !playing.controller.is_bending()
            && playing
                .controller
                .estimate(now, heading)
                .is_some_and(|estimate| estimate.drift.abs() <= playing.controller.heard_within());
        if in_step || now >= until {
            playing.unheard_until = None;
            playing.controller.set_unheard(false);
            self.set_unheard(false, out);
        }
    }
}

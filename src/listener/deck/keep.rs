//! Keeping an element in step while it plays: readings go to the drift controller, what it decides goes to the element,
//! and what a start or a seek really cost is learned.

use std::collections::VecDeque;

use super::start::PREROLL_MOST;
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
/// What is put in step unheard is heard once it is this near.
const HEARD_WITHIN: Span = Span::from_millis(1);

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
            Some(Correction::Seek { error }) => {
                if let Some(lesson) = playing.lesson.take() {
                    lesson.teach(learned, &around.policy, error);
                    out.push_back(Output::Remember(*learned));
                }
                let aimed = learned.seek_cost(&around.policy);
                let to = heading.position_at(now + aimed);
                if playing.line.duration - to <= END_GUARD {
                    return;
                }
                playing.seeking = Some(now);
                playing.lesson = Some(Lesson::Seek { aimed });
                if around.policy.prerolls {
                    playing.be_unheard(now + aimed + PREROLL_MOST);
                    self.set_unheard(true, out);
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
                .is_some_and(|estimate| estimate.drift.abs() <= HEARD_WITHIN);
        if in_step || now >= until {
            playing.unheard_until = None;
            playing.controller.set_unheard(false);
            self.set_unheard(false, out);
        }
    }
}

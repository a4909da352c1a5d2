//! Keeping an element in step while it plays: readings go to the drift controller, what it decides goes to the element,
//! and what a start or a seek really cost is learned.

use std::collections::VecDeque;

use super::{DeckPlayer, SEEK_TIMEOUT, State, Surroundings};
use crate::listener::Output;
use crate::listener::media::PlayerCommand;
use crate::sync::drift::Correction;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};
use crate::sync::timeline::END_GUARD;

/// A skew known this well is worth keeping.
const SKEW_WORTH_KEEPING: f64 = 4e-6;

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
    fn teach(self, learned: &mut Learned, drift: Span) {
        match self {
            Self::Start { head_start } => learned.learn_start(head_start - drift),
            Self::Seek { aimed } => learned.learn_seek(aimed - drift),
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
        let Some(room) = around.clock.room_at(now + around.output_offset) else {
            return;
        };
        let expected = playing.line.position_at(room);
        let near_end = playing.line.duration - expected <= END_GUARD;
        if !near_end && room >= playing.line.start_at {
            playing.controller.handle_read(now, (position + around.policy.sound_ahead) - expected);
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
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        if let Some(since) = playing.seeking {
            if now - since >= SEEK_TIMEOUT {
                playing.seeking = None;
                playing.controller.handle_jump(now);
            }
            return;
        }
        if playing.waiting {
            return;
        }
        if let (Some(lesson), Some(estimate)) = (playing.lesson, playing.controller.estimate(now)) {
            playing.lesson = None;
            lesson.teach(learned, estimate.drift);
            out.push_back(Output::Remember(*learned));
        }
        let skew = playing.controller.skew();
        if skew.sigma < SKEW_WORTH_KEEPING && (learned.skew().mean - skew.mean).abs() > SKEW_WORTH_KEEPING {
            learned.learn_skew(skew.mean);
            out.push_back(Output::Remember(*learned));
        }
        match playing.controller.poll_correction(now) {
            None => {}
            Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) => self.set_rate(rate, out),
            Some(Correction::Seek { error }) => {
                if let Some(lesson) = playing.lesson.take() {
                    lesson.teach(learned, error);
                    out.push_back(Output::Remember(*learned));
                }
                let aimed = learned.seek_cost(&around.policy);
                let Some(room) = around.clock.room_at(now + aimed + around.output_offset) else {
                    return;
                };
                let to = playing.line.position_at(room);
                if playing.line.duration - to <= END_GUARD {
                    return;
                }
                playing.seeking = Some(now);
                playing.lesson = Some(Lesson::Seek { aimed });
                self.command(PlayerCommand::Seek(to), out);
            }
        }
    }
}

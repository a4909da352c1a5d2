//! What an element says of itself: loaded, sought, waiting, ended, failed; and what that makes of a deck.

use super::rehearsal::Watch;
use super::{Away, DeckPlayer, State, Surroundings};
use crate::listener::media::MediaEvent;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// The pauses before a failed track is loaded again; then its listener is told, and it is tried now and then.
const RETRIES: [Span; 3] = [Span::from_millis(500), Span::from_secs(2), Span::from_secs(5)];
/// How often a track that failed again and again is tried.
const RETRY_LATER: Span = Span::from_secs(10);
impl DeckPlayer {
    /// Something happened to the element; true when the track is given up.
    pub(in crate::listener) fn handle_media(
        &mut self,
        now: LocalTime,
        event: &MediaEvent,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) -> bool {
        let waited = self.supply.is_wanted();
        let is_starting = matches!(self.state, State::Starting(_) | State::Rehearsing { .. });
        match event {
            MediaEvent::Arriving => self.supply.handle_arrival(now),
            // Some say so whatever they have, and whatever becomes of it.
            MediaEvent::Waiting | MediaEvent::Playing if is_starting && around.policy.starts_untold => {
                return false;
            }
            MediaEvent::Waiting => {
                self.supply.handle_want(now);
                self.watch = Watch::new(now);
            }
            MediaEvent::Playing | MediaEvent::Loaded => self.supply.handle_enough(),
            _ => {}
        }
        match (event, &mut self.state) {
            (MediaEvent::Loaded, State::Loading { .. }) => {
                self.failures = 0;
                self.stirred_at = now;
                self.state = State::Standing { at: Some(MediaTime::ZERO) };
            }
            (MediaEvent::Seeked, State::Seeking { to, since }) => {
                let took = now - *since;
                self.prime += (took - self.prime).scale(0.5);
                self.stirred_at = now;
                self.state = State::Standing { at: Some(*to) };
            }
            (MediaEvent::Seeked, State::Playing(playing))
                if matches!(playing.away, Some(Away::Seeking { .. })) =>
            {
                self.supply.handle_enough();
                // Who is sought twice a second would never get to play, if its data takes longer than that.
                if around.policy.stands_in() {
                    playing.away = Some(Away::Landing { since: now });
                    self.watch = Watch::new(now);
                } else {
                    playing.land(now);
                }
            }
            (MediaEvent::Playing, State::Starting(_)) => self.begin(now, around, learned),
            (MediaEvent::Playing, State::Playing(playing))
                if matches!(playing.away, Some(Away::Resuming { .. })) =>
            {
                playing.land(now);
            }
            // What had to wait for data says nothing of the device.
            (MediaEvent::Waiting, State::Starting(starting)) => starting.teaches = false,
            (MediaEvent::Playing | MediaEvent::Loaded, State::Playing(playing))
                if waited && playing.away.is_none() =>
            {
                playing.lesson = None;
                playing.controller.handle_jump(now);
                // It goes on where it stopped: one jump, and nobody hears how far behind it was.
                if around.policy.prerolls() {
                    // How long the data took is not how long it takes to be put in step.
                    playing.unheard_until = None;
                    playing.be_unheard(now, Span::ZERO);
                }
            }
            (MediaEvent::Waiting, State::Playing(playing))
                if playing.away.is_none() && around.policy.prerolls() =>
            {
                playing.be_unheard(now, Span::ZERO);
            }
            (MediaEvent::Ended | MediaEvent::Interrupted | MediaEvent::Refused, State::Rehearsing { .. }) => {
                self.has_played = *event != MediaEvent::Refused;
                self.state = State::Standing { at: None };
            }
            (
                MediaEvent::Ended | MediaEvent::Interrupted | MediaEvent::Refused,
                State::Starting(_) | State::Playing(_),
            ) => {
                if *event == MediaEvent::Ended {
                    self.ended = self.cue.as_ref().map(|cue| cue.line);
                }
                self.state = State::Standing { at: None };
            }
            (MediaEvent::Failed { .. }, _) => {
                let pause = RETRIES.get(self.failures).copied().unwrap_or(RETRY_LATER);
                self.failures += 1;
                self.loaded = None;
                self.state = State::Failed { retry_at: now + pause };
                // Said once; trying goes on, for the network may come back.
                return self.failures == RETRIES.len() + 1 && self.cue.is_some();
            }
            _ => {}
        }
        false
    }
}

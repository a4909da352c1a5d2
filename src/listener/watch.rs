//! What somebody who watches sees of a listener, and what they may do to it to see it heal: fills the
//! [`diary`](super::diary) while it is watched.

use super::Listener;
use super::diary::{Diary, Direction, Pending, Sample, StateNow, Watcher};
use crate::sync::exchange::Offset;
use crate::sync::profile::Profile;
use crate::sync::time::LocalTime;

impl Listener {
    /// What was kept while somebody watched.
    pub const fn diary(&self) -> &Diary {
        &self.diary
    }

    /// The network profile that this member goes by.
    pub fn profile(&self) -> Profile {
        self.clock.profile()
    }

    /// The one that was chosen by hand.
    pub const fn forced_profile(&self) -> Option<Profile> {
        self.clock.forced()
    }

    /// How things are now.
    pub fn state_now(&self, now: LocalTime) -> StateNow {
        StateNow {
            at: now,
            room: self.view.code,
            member_id: self.view.member_id.as_ref().map(ToString::to_string),
            state: self.view.sync.state,
            stream_id: self.view.playback.stream_id.0,
            revision: self.view.playback.revision.0,
            expected: self.expected_position(now),
            drift: self.player.drift(now, &self.clock),
            offset: self.clock.offset_at(now).map(Offset::span),
            offset_error: self.clock.error(now),
            rtt: self.clock.rtt(),
            rate: self.player.rate(),
            profile: self.clock.profile().as_str(),
            profile_forced: self.clock.forced().is_some(),
            why: self.player.decision().map(|decision| decision.why),
            recorded: self.diary.messages().len(),
        }
    }

    /// What is still to come.
    pub fn pending(&self, now: LocalTime) -> Pending {
        let ahead = |at: Option<LocalTime>| at.filter(|at| *at > now).map(|at| at - now);
        let playback = &self.view.playback;
        let start = playback.timeline().filter(|line| line.running);
        Pending {
            start: ahead(start.and_then(|line| self.clock.local_at(line.start_at))),
            follows: ahead(self.hand_over_due()),
            next_look: self.poll_timeout().map(|at| at - now),
        }
    }

    /// Somebody begins to watch, or is done.
    pub const fn handle_watched(&mut self, watcher: Watcher, watched: bool) {
        self.diary.set_watched(watcher, watched);
    }

    /// Whoever watches wants to begin anew.
    pub fn handle_cleared(&mut self) {
        self.diary.clear();
    }

    /// A message passes: to be told before anything is made of it, while somebody watches.
    pub fn handle_passed(&mut self, at: LocalTime, direction: Direction, text: &str) {
        self.diary.note_message(at, direction, text);
    }

    /// To be called every [`SAMPLE_EVERY`](super::diary::SAMPLE_EVERY) while somebody watches. It looks and touches
    /// nothing, not even the elements, so that who is watched does as who is not.
    pub fn handle_beat(&mut self, now: LocalTime) {
        let sample = Sample {
            at: now,
            offset: self.clock.offset_at(now).map(Offset::span),
            offset_error: self.clock.error(now),
            rtt: self.clock.rtt(),
            drift: self.player.drift(now, &self.clock),
            rate: self.player.rate(),
        };
        self.diary.note_sample(sample);
    }

    /// Somebody wants the clock to be measured now.
    pub fn handle_ping_wanted(&mut self, now: LocalTime) {
        if self.link.is_open() {
            self.clock.burst(now);
        }
        self.settle(now);
    }

    /// Somebody chose the profile of this member, or lets it find its own again.
    pub fn handle_profile(&mut self, now: LocalTime, profile: Option<Profile>) {
        self.clock.force(profile);
        self.settle(now);
    }
}

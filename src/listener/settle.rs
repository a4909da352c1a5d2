//! What follows from all that a listener knows, after anything has happened: what is played, what is shown, what the room
//! is told. Asking twice changes nothing.

use super::player::Wanted;
use super::view::{Connection, Notice, SyncView, View};
use super::{Listener, Output, mirror};
use crate::protocol::snapshot::Status;
use crate::protocol::{ClientMessage, ErrorCode};
use crate::sync::time::{LocalTime, Span};

/// What was last shown of this device: its state of being in step, blocked, silenced, tuning, its output offset.
pub(super) type Shown = (SyncView, bool, bool, bool, Span);

/// Drawing another track takes a page some 10 ms, and where it is slow 100: so long before a start, nothing is drawn.
const DRAWING: Span = Span::from_millis(100);

impl Listener {
    /// Lets everything follow from what is known now. Asking twice changes nothing.
    pub(super) fn settle(&mut self, now: LocalTime) {
        if self.hand_over_due().is_some_and(|due| due <= now) {
            mirror::hand_over_announced(&mut self.view);
            self.health.mark_dirty();
        }
        if !matches!(self.view.connection, Connection::Closed(_)) {
            let wanted = match self.tuning.poll_clicks(now, self.view.tuning, &self.clock) {
                Some(clicks) => clicks,
                None => Wanted::of_room(&self.view.playback),
            };
            let silenced = self.view.silenced && !self.view.tuning;
            self.player.follow(now, wanted, silenced, &self.clock, &mut self.outputs);
        }
        self.view.sync = self.health.judge(&self.view, &self.player, &self.clock, now);
        if self.view.blocked && !matches!(self.view.playback.status, Status::Playing | Status::Preparing) {
            // Nothing to start any more; the next start will find out again.
            self.view.blocked = false;
            self.player.handle_unblocked();
        }
        let position = self.player.position(now, &self.clock).filter(|_| !self.view.tuning);
        if self.link.is_online()
            && let Some(report) = self.health.poll_report(now, &self.view.sync, &self.player, position)
        {
            self.outputs.push_back(Output::Transmit(ClientMessage::SyncReport(report)));
        }
        let here = !matches!(self.view.connection, Connection::Closed(_));
        let wanted = here && !self.view.silenced && !self.view.blocked;
        if let Some(awake) = self.keep_awake.judge(now, self.player.is_heard(), wanted) {
            self.outputs.push_back(Output::KeepAwake(awake));
        }
        if self.diary.is_watched() {
            self.diary.note_decision(now, self.player.decision());
        }
        let View { sync, blocked, silenced, tuning, output_offset, .. } = self.view;
        let shown = (sync, blocked, silenced, tuning, output_offset);
        if std::mem::replace(&mut self.shown, shown) != shown {
            self.health.mark_dirty();
        }
        if !self.player.is_about_to_start(now, DRAWING, &self.clock) && self.health.take_dirty() {
            self.outputs.push_back(Output::Show);
        }
    }

    /// When the announced follower becomes the current track: by our own clock, so that it happens even to a listener
    /// that is cut off just then.
    pub(super) fn hand_over_due(&self) -> Option<LocalTime> {
        let playback = &self.view.playback;
        let upcoming = playback.upcoming.as_ref().filter(|_| playback.status.is_running())?;
        self.clock.local_at(upcoming.start_at)
    }

    /// The machine slept, or the process stood still: the sound is anywhere, and so may be the clock.
    pub(super) fn wake(&mut self, now: LocalTime) {
        self.player.handle_wake(now);
        self.player.try_again();
        self.link.hurry(now, &mut self.outputs);
        if self.link.is_open() {
            self.clock.burst(now);
            self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
        }
    }

    /// Somebody clicked: the browser will let us play.
    pub(super) fn unlock(&mut self) {
        self.outputs.push_back(Output::Unlock);
        self.keep_awake.handle_tap();
        self.view.blocked = false;
        self.player.handle_unblocked();
    }

    pub(super) fn resync(&mut self, now: LocalTime) {
        if self.link.is_open() {
            self.clock.burst(now);
            self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
        }
        self.player.handle_resync(now);
    }

    pub(super) fn notice(&mut self, code: ErrorCode, message: impl Into<String>) {
        let number = self.view.notice.as_ref().map_or(0, |notice| notice.number) + 1;
        self.view.notice = Some(Notice { number, code, message: message.into() });
        self.health.mark_dirty();
    }

    pub(super) fn apply_volume(&mut self) {
        let volume = self.view.playback.volume.get() * self.view.own_volume.get();
        self.player.set_volume(volume, self.view.settings.loudness, &mut self.outputs);
        self.health.mark_dirty();
    }
}

//! How well this device keeps in step, in the words of `sync-status`, and when the room is told.

use super::deck::Condition;
use super::player::Player;
use super::room_clock::RoomClock;
use super::view::{Connection, SyncView, View};
use crate::protocol::snapshot::Status;
use crate::protocol::{ReportedState, SyncReport};
use crate::sync::engine::Engine;
use crate::sync::exchange::Offset;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// In step: the drift (manual/protocol.md) …
const IN_SYNC_DRIFT: Span = Span::from_millis(5);
/// … and the clock are this good.
const IN_SYNC_CLOCK: Span = Span::from_millis(10);
/// Beyond this it is not a matter of correcting.
const OUT_OF_SYNC: Span = Span::from_millis(80);
/// The Resync button calls for attention at this drift, seen twice (manual/sync.md) …
const RESYNC_ADVISED: Span = Span::from_millis(1_500);
const RESYNC_CHECKS: u32 = 2;
const RESYNC_CHECK_EVERY: Span = Span::from_millis(500);
/// … and calms below this.
const RESYNC_CALM: Span = Span::from_millis(800);
/// The room is told of a change at most this often, …
const REPORT_CHANGE: Span = Span::from_secs(2);
/// … and without a change this often.
const REPORT_STEADY: Span = Span::from_secs(20);
/// A smaller change of the drift is not worth showing.
const SHOWN_DRIFT: Span = Span::from_micros(100);

/// Judges and reports.
#[derive(Clone, Debug, Default)]
pub(super) struct Health {
    dirty: bool,
    reported: Option<(LocalTime, ReportedState)>,
    far: u32,
    far_checked: Option<LocalTime>,
    unknown_engine: bool,
    last: SyncView,
}

impl Health {
    pub(super) fn of(engine: Engine) -> Self {
        Self { unknown_engine: engine == Engine::Unknown, ..Self::default() }
    }

    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    pub(super) fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Says how it is. Differences that nobody needs to see keep the old value.
    pub(super) fn judge(
        &mut self,
        view: &View,
        player: &Player,
        clock: &RoomClock,
        now: LocalTime,
    ) -> SyncView {
        let drift = player.drift(now, clock);
        let error = clock.error(now);
        self.advise(now, drift);
        let near = |old: Option<Span>, new: Option<Span>, by: Span| match (old, new) {
            (Some(old), Some(new)) if (old - new).abs() < by => Some(old),
            _ => new,
        };
        self.last = SyncView {
            state: state(view, player.condition(), drift, error),
            drift: near(self.last.drift, drift, SHOWN_DRIFT),
            offset: near(self.last.offset, clock.offset_at(now).map(Offset::span), SHOWN_DRIFT),
            offset_error: near(self.last.offset_error, error, SHOWN_DRIFT * 5),
            rtt: near(self.last.rtt, clock.rtt(), SHOWN_DRIFT),
            unknown_engine: self.unknown_engine,
            resync_advised: self.far >= RESYNC_CHECKS,
        };
        self.last
    }

    /// A report for the room, when one is due.
    pub(super) fn poll_report(
        &mut self,
        now: LocalTime,
        sync: &SyncView,
        player: &Player,
        position: Option<MediaTime>,
    ) -> Option<SyncReport> {
        let due = match self.reported {
            None => true,
            Some((at, state)) if state != sync.state => now - at >= REPORT_CHANGE,
            Some((at, _)) => now - at >= REPORT_STEADY,
        };
        let (true, Some(offset), Some(offset_error), Some(rtt)) =
            (due, sync.offset, sync.offset_error, sync.rtt)
        else {
            return None;
        };
        self.reported = Some((now, sync.state));
        Some(SyncReport {
            offset,
            offset_error,
            rtt,
            drift: sync.drift,
            rate: player.rate(),
            position,
            buffering: sync.state == ReportedState::Buffering,
            state: sync.state,
            unknown_engine: sync.unknown_engine,
        })
    }

    /// When a report is due at the latest.
    pub(super) fn poll_timeout(&self, online: bool) -> Option<LocalTime> {
        let (at, state) = self
            .reported
            .filter(|_| online && self.last.rtt.is_some() && self.last.offset_error.is_some())?;
        Some(at + if state == self.last.state { REPORT_STEADY } else { REPORT_CHANGE })
    }

    fn advise(&mut self, now: LocalTime, drift: Option<Span>) {
        if self.far_checked.is_some_and(|at| now - at < RESYNC_CHECK_EVERY) {
            return;
        }
        self.far_checked = Some(now);
        match drift.map(Span::abs) {
            Some(drift) if drift >= RESYNC_ADVISED => self.far += 1,
            Some(drift) if drift < RESYNC_CALM => self.far = 0,
            _ => {}
        }
    }
}

fn state(view: &View, condition: Condition, drift: Option<Span>, clock_error: Option<Span>) -> ReportedState {
    if view.connection == Connection::Reconnecting {
        return ReportedState::Reconnecting;
    }
    match view.playback.status {
        // Its clicks keep step whatever the room does.
        _ if view.tuning => {}
        Status::Idle | Status::Stopped => return ReportedState::Idle,
        Status::Paused => return ReportedState::Paused,
        Status::Preparing | Status::Playing => {}
    }
    if view.blocked {
        return ReportedState::Blocked;
    }
    if view.silenced && !view.tuning {
        return ReportedState::Paused;
    }
    match (condition, drift.map(Span::abs)) {
        (Condition::Buffering, _) if view.playback.status == Status::Playing && !view.tuning => {
            ReportedState::Buffering
        }
        (Condition::Tracking { .. }, Some(drift)) if drift > OUT_OF_SYNC => ReportedState::OutOfSync,
        (Condition::Tracking { .. }, Some(drift))
            if drift <= IN_SYNC_DRIFT && clock_error.is_some_and(|error| error <= IN_SYNC_CLOCK) =>
        {
            ReportedState::InSync
        }
        (Condition::Tracking { bending: true }, _) => ReportedState::Correcting,
        (Condition::Tracking { bending: false }, Some(drift)) if drift > IN_SYNC_DRIFT => {
            ReportedState::Correcting
        }
        _ => ReportedState::Syncing,
    }
}

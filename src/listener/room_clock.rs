//! What a listener knows of room time: the filter's estimate, steered so that it does not jump while music plays, and
//! the pings that feed it.

use crate::sync::cadence::PingCadence;
use crate::sync::clock::{ClockFilter, Verdict};
use crate::sync::course::Heading;
use crate::sync::exchange::{Exchange, Offset};
use crate::sync::profile::{Profile, Thresholds};
use crate::sync::steer::SteeredClock;
use crate::sync::time::{LocalTime, RoomTime, Span};
use crate::sync::timeline::Timeline;

/// So many exchanges make an estimate that is worth starting by.
const ENOUGH: u32 = 3;
/// A message of the server whose time is this far from what is believed came late, or the server's clock stood still:
/// a ping tells. The sound would have to seek by so much.
const DOUBTED: Span = Span::from_millis(150);

/// Room time, as a listener knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct RoomClock {
    filter: ClockFilter,
    steered: SteeredClock,
    cadence: PingCadence,
    epoch: Option<String>,
    error: Option<Span>,
    /// The profile that somebody chose by hand.
    forced: Option<Profile>,
}

impl RoomClock {
    /// The room's time at a local time; `None` until it is known well enough.
    pub(super) fn room_at(&self, local: LocalTime) -> Option<RoomTime> {
        self.steered.room_at(local)
    }

    /// The local time at a room's time.
    pub(super) fn local_at(&self, room: RoomTime) -> Option<LocalTime> {
        self.steered.local_at(room)
    }

    /// The local time at which to do what is to be heard at a room's time. It goes by the best estimate there is, which
    /// the steered clock may still be working towards.
    pub(super) fn due_at(&self, room: RoomTime) -> Option<LocalTime> {
        let target = self.steered.target()?;
        // The offset changes by ppm: each step is a thousand times nearer.
        let mut local = room - target.offset_at(target.at);
        for _ in 0..3 {
            local = room - target.offset_at(local);
        }
        Some(local)
    }

    /// The room's time of what is heard at a local time, by the best estimate there is.
    pub(super) fn heard_at(&self, local: LocalTime) -> Option<RoomTime> {
        Some(self.steered.target()?.room_at(local))
    }

    /// Where an element should be that follows a line, by the best estimate there is. `ahead`: how much earlier than
    /// the room this device plays.
    pub(super) fn heading(&self, now: LocalTime, line: &Timeline, ahead: Span) -> Option<Heading> {
        let target = self.steered.target()?;
        let position = line.start_position + (target.room_at(now + ahead) - line.start_at);
        let sigma = self.error(now).map_or(Span::ZERO, |error| error / 2);
        Some(Heading { at: now, position, skew: target.skew, sigma })
    }

    /// How much faster than the local clock the room's clock runs, as far as is known.
    pub(super) fn skew(&self) -> f64 {
        self.steered.target().map_or(0.0, |target| target.skew)
    }

    pub(super) fn offset_at(&self, local: LocalTime) -> Option<Offset> {
        self.steered.offset_at(local)
    }

    /// The bound of the offset's error.
    pub(super) fn error(&self, now: LocalTime) -> Option<Span> {
        self.error.map(|error| self.filter.estimate(now).map_or(error, |estimate| estimate.error))
    }

    pub(super) fn rtt(&self) -> Option<Span> {
        self.filter.least_delay()
    }

    /// The profile of this member's own network: as chosen by hand, or as measured.
    pub(super) fn profile(&self) -> Profile {
        self.forced.unwrap_or_else(|| Profile::measured(self.filter.least_delay(), self.filter.jitter()))
    }

    pub(super) const fn forced(&self) -> Option<Profile> {
        self.forced
    }

    /// Goes by this profile, or by what is measured again.
    pub(super) fn force(&mut self, profile: Option<Profile>) {
        self.forced = profile;
    }

    /// The thresholds of this member's own network.
    pub(super) fn thresholds(&self) -> Thresholds {
        self.profile().thresholds()
    }

    pub(super) fn burst(&mut self, now: LocalTime) {
        self.cadence.burst(now);
    }

    /// One ping at once, if none is under way.
    pub(super) fn ping_now(&mut self, now: LocalTime) {
        self.cadence.single(now);
    }

    pub(super) fn stop(&mut self) {
        self.cadence.stop();
    }

    pub(super) fn poll_ping(&mut self, now: LocalTime) -> Option<u64> {
        self.cadence.poll_ping(now)
    }

    pub(super) fn poll_timeout(&self) -> Option<LocalTime> {
        self.cadence.poll_timeout()
    }

    /// Another epoch: the server's clock is another one. The sound goes on by the last estimate until the new one is
    /// there.
    pub(super) fn handle_epoch(&mut self, epoch: &str) {
        if self.epoch.as_deref().is_some_and(|known| known != epoch) {
            self.filter.restart();
        }
        self.epoch = Some(epoch.to_owned());
    }

    /// The server said what time it was when it spoke.
    pub(super) fn handle_told(&mut self, now: LocalTime, told: RoomTime) {
        if self.heard_at(now).is_some_and(|believed| (believed - told).abs() > DOUBTED) {
            self.cadence.single(now);
        }
    }

    pub(super) fn handle_pong(
        &mut self,
        arrived: LocalTime,
        sent: LocalTime,
        ping_id: u64,
        received: RoomTime,
        answered: RoomTime,
        sounding: bool,
    ) {
        let thresholds = self.thresholds();
        let error = self.error(arrived).unwrap_or(thresholds.rtt_gate);
        if !self.cadence.handle_answer(arrived, ping_id, error, thresholds.steady_ping) {
            return;
        }
        let exchange = Exchange { sent, received, answered, arrived };
        // Before anything is known of the network, the widest gate: a slow one must get to know itself.
        let gate = if self.filter.least_delay().is_none() {
            Profile::Wan.thresholds().rtt_gate
        } else {
            thresholds.rtt_gate
        };
        let verdict = self.filter.handle_exchange(&exchange, gate);
        match verdict {
            // The next steady ping may be half a minute away, and all the others' as well, but elsewhere in it.
            Verdict::Contradicts => self.cadence.single(arrived),
            Verdict::Restarted => self.cadence.burst(arrived),
            Verdict::Taken | Verdict::Refused => {}
        }
        if matches!(verdict, Verdict::Taken | Verdict::Restarted)
            && self.filter.taken() >= ENOUGH
            && let Some(estimate) = self.filter.estimate(arrived)
        {
            self.error = Some(estimate.error);
            self.steered.handle_estimate(estimate, sounding);
        }
    }
}

//! The drift controller: measures often, decides rarely, moves little (manual/sync.md).
//!
//! Drift is where an element is minus where it should be; positive is ahead. Where it is, the [`course`](super::course)
//! knows from blocks of reads; where it should be, whoever asks hands in as a [`Heading`], so that a better estimate of
//! the room's clock counts at once and is never mistaken for something that the element did. A correction is one timed
//! excursion of the rate that removes the whole error, and then the resting rate, at which the card keeps step with the
//! room, and hands off: at a constant rate two browsers keep their distance to the sample for minutes, while a rate
//! that is always adjusted never settles (manual/sync.md).
//!
//! It knows nothing of elements: times are local, and what it decides others do.

mod decision;
mod plan;
#[cfg(test)]
mod tests;

use super::course::{Course, Fit, Heading, Skew};
use super::engine::{EnginePolicy, RateUse};
use super::reads::{Block, Read};
use super::time::{LocalTime, Span};
pub use decision::{Act, Decision, Why};
use plan::{
    ASKED, ASKED_SEEKS_BEYOND, BETWEEN_LOST_SEEKS, BETWEEN_SEEKS, BETWEEN_UNHEARD_SEEKS, BlockPlan,
    CERTAINTY, DELAY_MOST, DOUBLINGS, Excursion, FAR_IN_VAIN, FAR_OUT_OF_REACH, FAR_READS, FAR_SPAN,
    GAINED_IN, HEARD_WITHIN, HEARD_WITHIN_ABOVE, LAG_MOST, LANDED_WELL, LEAST_REACH, LOST, LOST_TWICE,
    OUT_OF_REACH, PRESET_SIGMA, READ_GAPS, READ_WHILE_BENDING, RELIEVED_BEYOND, REST_RANGE, REST_TOLERANCE,
    SETTLING, SKIPPED, SLOWEST, SMALL_LANDING, SPARSE_READS, SPARSE_SPAN, SURE_READS, SURE_SPAN,
    UNHEARD_TOLERANCE,
};

/// What to do about the drift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Correction {
    /// Set this rate now; the controller says when it is over.
    Bend {
        /// The rate.
        rate: f64,
        /// The error that it removes.
        error: Span,
    },
    /// Set the resting rate now.
    Rest {
        /// The rate.
        rate: f64,
    },
    /// Seek to where the music should be.
    Seek {
        /// The error as measured.
        error: Span,
        /// The rate to set first; the one that it has, where rates are set otherwise.
        rate: f64,
    },
    /// Pause for so long that the sound comes to be behind by this much more, and play on.
    Delay {
        /// How much too far ahead it is.
        error: Span,
    },
}

/// What is known of the drift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriftEstimate {
    /// Position minus expected position; positive = ahead.
    pub drift: Span,
    /// One standard deviation of the measurement; the error of the room's clock is beside it.
    pub sigma: Span,
}

/// The controller of one element while it plays.
#[derive(Clone, Debug)]
pub struct DriftController {
    policy: EnginePolicy,
    /// Beyond this an error is worth a seek, if bending would take too long.
    seek_beyond: Span,
    /// Nobody hears the element yet.
    unheard: bool,
    started: LocalTime,
    course: Course,
    block: Block,
    rest: f64,
    bend_until: Option<LocalTime>,
    /// A block came in during an excursion, and it has not been asked yet whether the excursion still fits.
    news: bool,
    deaf_until: LocalTime,
    last_write: Option<LocalTime>,
    last_seek: Option<LocalTime>,
    /// Seeks in a row, each within a minute of the one before it.
    fruitless: u32,
    /// Seeks since it was last near where it should be.
    lost: u32,
    next_read: LocalTime,
    reads: usize,
    /// An error beyond this is worth a seek once, because somebody asked.
    demanded: Option<Span>,
    /// Somebody moved where it should be, and listens for it.
    asked: bool,
    /// Why the last look did what it did, and the drift that it saw.
    last_look: (Why, Option<Span>),
}

impl DriftController {
    /// A controller for an element that begins to sound now at this rate. `seek_beyond`: an error beyond this is worth a
    /// seek, if bending would take too long or does harm.
    pub fn new(policy: EnginePolicy, seek_beyond: Span, skew: Skew, rate: f64, now: LocalTime) -> Self {
        Self {
            policy,
            seek_beyond,
            unheard: false,
            started: now,
            course: Course::new(skew, rate),
            block: Block::default(),
            rest: rate,
            bend_until: None,
            news: false,
            deaf_until: now,
            last_write: None,
            last_seek: None,
            fruitless: 0,
            lost: 0,
            next_read: now,
            reads: 0,
            demanded: None,
            asked: false,
            last_look: (Why::Measuring, None),
        }
    }

    /// The rate that the element has now.
    pub const fn rate(&self) -> f64 {
        self.course.rate()
    }

    /// Whether an excursion is under way.
    pub const fn is_bending(&self) -> bool {
        self.bend_until.is_some()
    }

    /// Whether anything was measured since the start or the last jump.
    pub const fn is_tracking(&self) -> bool {
        self.course.is_known()
    }

    /// The skew of the sound card as known now: how much faster than the local clock it plays.
    pub fn skew(&self) -> Skew {
        self.course.skew()
    }

    /// What the last look did, and why.
    pub const fn decision(&self) -> Decision {
        let (why, drift) = self.last_look;
        Decision { why, drift, rate: self.rate() }
    }

    /// The drift as known now; `None` before the first block.
    pub fn estimate(&self, now: LocalTime, heading: &Heading) -> Option<DriftEstimate> {
        let (drift, sigma) = self.course.ahead_of(heading, now)?;
        Some(DriftEstimate { drift, sigma })
    }

    /// The sound comes out of another card: nothing of the old one counts.
    pub fn handle_new_card(&mut self, now: LocalTime, skew: Skew) {
        self.course = Course::new(skew, self.course.rate());
        self.handle_jump(now);
    }

    /// What is worth a seek from now on.
    pub const fn set_seek_beyond(&mut self, seek_beyond: Span) {
        self.seek_beyond = seek_beyond;
    }

    /// Whether it is near enough to be heard.
    pub fn is_near(&self, now: LocalTime, heading: &Heading) -> bool {
        let near = match self.policy.rate {
            RateUse::Bend => HEARD_WITHIN,
            RateUse::BendAbove => HEARD_WITHIN_ABOVE,
            RateUse::Preset | RateUse::Leave => self.seek_beyond,
        };
        let off = |estimate: DriftEstimate| estimate.drift.as_ms() + self.lag(heading);
        !self.is_bending()
            && self.estimate(now, heading).is_some_and(|known| off(known).abs() <= near.as_ms())
    }

    /// Whether another element, put in step unheard, would do better from now on: this one is off, or runs at a rate that
    /// is, and can only be sought.
    pub fn wants_relief(&self, now: LocalTime, heading: &Heading) -> bool {
        let is_off = |known: DriftEstimate| {
            known.drift.abs().as_ms() - CERTAINTY * known.sigma.as_ms() > RELIEVED_BEYOND
        };
        self.policy.rate == RateUse::Preset
            && (self.estimate(now, heading).is_some_and(is_off) || self.preset_better(heading).is_some())
    }

    /// Whether it may relieve another one: it is within this for sure.
    pub fn is_in_step(&self, now: LocalTime, within: Span, heading: &Heading) -> bool {
        let is_off = |known: DriftEstimate| known.drift.abs() + known.sigma > within;
        !self.is_bending() && self.estimate(now, heading).is_some_and(|known| !is_off(known))
    }

    /// Whether anybody hears the element: unheard, it may be bent as much as is useful.
    pub const fn set_unheard(&mut self, unheard: bool) {
        self.unheard = unheard;
    }

    /// The element jumped (a seek, a stall that ended): where it was no longer counts, the skew of its card does.
    pub fn handle_jump(&mut self, now: LocalTime) {
        self.course.handle_jump();
        self.block.clear();
        // What an excursion was for is gone.
        self.bend_until = self.bend_until.map(|_| now);
        self.started = now;
        self.last_write = None;
        self.deaf_until = now + self.policy.settle;
        self.next_read = self.deaf_until;
    }

    /// A read of the element.
    pub fn handle_read(&mut self, read: Read) {
        let at = read.at;
        self.reads = self.reads.wrapping_add(1);
        self.next_read = at + Span::from_millis(READ_GAPS[self.reads % READ_GAPS.len()]);
        if at < self.deaf_until {
            return;
        }
        self.block.push(read);
        let plan = BlockPlan::after(at - self.started);
        if self.block.holds(plan.reads, plan.over) || self.block.holds(SPARSE_READS, SPARSE_SPAN) {
            let fit = self.block.measure().map(|measured| self.course.handle_measured(&measured));
            self.block.clear();
            self.demanded = None;
            self.news = true;
            if fit != Some(Fit::Doubted) {
                self.next_read = self.next_read.max(at + plan.rest);
            }
        }
    }

    /// Forgets the reads at hand, as of a page that was hidden, and reads anew.
    pub fn look_closely(&mut self, now: LocalTime) {
        self.block.clear();
        self.next_read = self.deaf_until.max(now);
    }

    /// Somebody asked for it: measures anew, and the next error beyond this is worth a seek.
    pub fn demand(&mut self, now: LocalTime, seek_beyond: Span) {
        self.look_closely(now);
        self.last_seek = None;
        self.demanded = Some(seek_beyond);
    }

    /// Somebody moved where it should be and listens for it: what was measured stays true, and the way there is short.
    pub fn handle_asked(&mut self, now: LocalTime) {
        if self.policy.bends() {
            self.look_closely(now);
            self.last_seek = None;
            self.asked = true;
        } else {
            self.demand(now, ASKED_SEEKS_BEYOND);
        }
    }

    /// A read that means nothing, as at the very end of a track.
    pub fn skip_read(&mut self, at: LocalTime) {
        self.next_read = at + SKIPPED;
    }

    /// When a read, or [`DriftController::poll_correction`], is wanted next.
    pub fn poll_timeout(&self) -> LocalTime {
        self.bend_until.map_or(self.next_read, |until| until.min(self.next_read))
    }

    /// What to do now, if anything; whoever asks does it at once.
    pub fn poll_correction(&mut self, now: LocalTime, heading: &Heading) -> Option<Correction> {
        let (correction, why, drift) = self.look(now, heading);
        self.last_look = (why, drift);
        correction
    }

    /// What to do, why, and the drift that it is about.
    fn look(&mut self, now: LocalTime, heading: &Heading) -> (Option<Correction>, Why, Option<Span>) {
        if self.bend_until.is_some_and(|until| until <= now) {
            self.bend_until = None;
            self.rest = self.resting_rate(heading);
            self.set_rate(now, self.rest);
            let drift = self.estimate(now, heading).map(|estimate| estimate.drift);
            return (Some(Correction::Rest { rate: self.rest }), Why::Done, drift);
        }
        if let Some(error) = self.far_off(now, heading)
            && self.last_seek.is_none_or(|last| now - last >= self.between_seeks(error))
        {
            let why = if error.abs() > self.seek_beyond { Why::Far } else { Why::Resync };
            return self.jump(now, error, why, heading);
        }
        if self.bend_until.is_some() && !std::mem::take(&mut self.news) && !self.asked {
            return (None, Why::UnderWay, None);
        }
        let Some(estimate) = self.estimate(now, heading) else {
            return (None, Why::Measuring, None);
        };
        let drift = Some(estimate.drift);
        if !self.policy.bends() {
            if estimate.drift.abs() <= SMALL_LANDING {
                self.lost = 0;
            }
            return (None, Why::NotBent, drift);
        }
        if estimate.drift.abs() > self.seek_beyond {
            // A seek is not allowed yet, and bending would take forever.
            return (None, Why::SeekTooSoon, drift);
        }
        if std::mem::take(&mut self.asked) && estimate.drift.abs().as_ms() > UNHEARD_TOLERANCE {
            if self.is_slow(estimate.drift.as_ms(), heading) && estimate.drift.abs() > ASKED_SEEKS_BEYOND {
                return self.jump(now, estimate.drift, Why::Resync, heading);
            }
            let bend = self.bend(now, estimate.drift.as_ms(), ASKED, heading);
            return (Some(bend), Why::Asked, drift);
        }
        // What is left when the excursion that is under way will be over.
        let coming = self
            .bend_until
            .map_or(0.0, |until| (until - now).as_ms() * (self.course.rate() - self.resting_rate(heading)));
        let (left, sigma) = (estimate.drift.as_ms() + coming, estimate.sigma.as_ms());
        // It goes to where it is best, which is not always where the music is.
        let error = left + self.lag(heading);
        let settling = self.unheard || now - self.started < SETTLING;
        let running = now - self.started;
        let pause = plan::between_bends(error, running);
        let rested = settling || self.last_write.is_none_or(|last| now - last >= pause);
        let tolerance = plan::tolerance(running, heading.sigma);
        let off = if self.unheard {
            error.abs() > UNHEARD_TOLERANCE && self.bend_until.is_none()
        } else {
            error.abs() > tolerance && error.abs() > CERTAINTY * sigma
        };
        let mut blocked = Why::TooSoon;
        if off && rested {
            // The excursion that is under way was not the right one: from here, there is another.
            let (here, to_go) = (estimate.drift.as_ms(), error - coming);
            let slow = self.is_slow(to_go, heading);
            if slow && self.is_worth_a_jump(now, here, settling) {
                return self.jump(now, estimate.drift, Why::Far, heading);
            }
            if slow && here.abs() > FAR_OUT_OF_REACH {
                return (None, Why::SeekTooSoon, drift);
            }
            if self.reach(to_go, heading) >= LEAST_REACH {
                let excursion = Excursion::of(to_go, self.unheard, settling);
                let why = match (self.unheard, settling) {
                    (true, _) => Why::Unheard,
                    (false, true) => Why::JustStarted,
                    (false, false) => Why::Off,
                };
                return (Some(self.bend(now, to_go, excursion, heading)), why, drift);
            }
            blocked = Why::NotBent;
        }
        if self.bend_until.is_some() {
            return (None, Why::UnderWay, drift);
        }
        match self.rest_better(now, rested, heading) {
            Some(rest) => (Some(rest), Why::Skew, drift),
            None if off => (None, blocked, drift),
            None if error.abs() > tolerance => (None, Why::Unsure, drift),
            None => (None, Why::Within, drift),
        }
    }

    /// How long after the last seek an error is worth the next one. Where the element is not bent, it is sought ever
    /// more rarely while that does not help; what is farther off than its seeks should land, after some more tries.
    fn between_seeks(&self, error: Span) -> Span {
        if self.unheard && !self.policy.bends() {
            return BETWEEN_UNHEARD_SEEKS;
        }
        if !self.policy.bends() && error.abs() > LOST && self.fruitless < LOST_TWICE {
            return BETWEEN_LOST_SEEKS;
        }
        let in_vain = match error.abs() > SMALL_LANDING {
            _ if self.policy.bends() => 0,
            true => self.lost.saturating_sub(FAR_IN_VAIN),
            false => self.fruitless,
        };
        BETWEEN_SEEKS * (1 << in_vain.min(DOUBLINGS))
    }

    /// Gets rid of an error at once: by a pause, if it is a little ahead and its engine takes that better than a seek.
    fn jump(
        &mut self,
        now: LocalTime,
        error: Span,
        why: Why,
        heading: &Heading,
    ) -> (Option<Correction>, Why, Option<Span>) {
        if self.policy.delay_cost.is_none() || error <= Span::ZERO || error > DELAY_MOST {
            return (Some(self.seek(now, error, heading)), why, Some(error));
        }
        self.last_seek = Some(now);
        self.demanded = None;
        self.block.clear();
        let delay = Correction::Delay { error: error + Span::from_ms_f64(self.lag(heading)) };
        (Some(delay), Why::Ahead, Some(error))
    }

    fn seek(&mut self, now: LocalTime, error: Span, heading: &Heading) -> Correction {
        let again = self.last_seek.is_some_and(|last| now - last < LANDED_WELL);
        self.fruitless = if again { self.fruitless + 1 } else { 0 };
        self.lost += 1;
        self.last_seek = Some(now);
        self.demanded = None;
        self.block.clear();
        if let Some(better) = self.preset_better(heading) {
            self.rest = better;
            self.fruitless = 0;
            self.bend_until = None;
            self.course.handle_rate(now, better);
        }
        Correction::Seek { error, rate: self.rate() }
    }

    /// The resting rate, when the one that was set before it played turns out wrong; with a seek it may be set as it could
    /// not while it plays.
    fn preset_better(&self, heading: &Heading) -> Option<f64> {
        let better = resting_rate(&self.policy, self.skew(), heading.skew);
        let is_known = self.policy.rate == RateUse::Preset && self.skew().sigma < PRESET_SIGMA;
        (is_known && (better - self.rest).abs() > REST_TOLERANCE).then_some(better)
    }

    /// Whether to jump for an error, in ms, that cannot be bent away soon.
    fn is_worth_a_jump(&self, now: LocalTime, error: f64, settling: bool) -> bool {
        let soon = settling || error.abs() > FAR_OUT_OF_REACH;
        let wait = if soon { BETWEEN_SEEKS } else { LANDED_WELL };
        error.abs() > OUT_OF_REACH && self.last_seek.is_none_or(|last| now - last >= wait)
    }

    /// How far behind it is best, in ms: as far as it comes to be ahead later where it may not play as slowly as it should.
    fn lag(&self, heading: &Heading) -> f64 {
        let in_step = 1.0 + heading.skew - self.skew().mean;
        let gains = self.policy.allowed(in_step) - in_step;
        (gains * GAINED_IN.as_ms()).min(LAG_MOST)
    }

    /// Whether an error, in ms, lies where it takes too long to bend to.
    fn is_slow(&self, error: f64, heading: &Heading) -> bool {
        error.abs() > self.reach(error, heading) * SLOWEST.as_ms()
    }

    /// How much of the rate there is to bend an error away with.
    fn reach(&self, error: f64, heading: &Heading) -> f64 {
        let rest = self.resting_rate(heading);
        (self.policy.allowed(rest - error.signum()) - rest).abs()
    }

    fn bend(&mut self, now: LocalTime, error: f64, excursion: Excursion, heading: &Heading) -> Correction {
        let most = excursion.most.min(self.reach(error, heading).max(LEAST_REACH));
        let span = Span::from_ms_f64(error.abs() / most).max(excursion.least_span);
        self.rest = self.resting_rate(heading);
        let aimed = self.rest - error / span.as_ms();
        let rate = self.policy.allowed_from(self.rest, aimed);
        // A rate that is not quite that one takes another while.
        let differs = (rate - aimed).abs() > f64::EPSILON;
        let span = if differs { Span::from_ms_f64(error / (self.rest - rate)) } else { span };
        self.bend_until = Some(now + span);
        self.set_rate(now, rate);
        if span < READ_WHILE_BENDING {
            self.deaf_until = now + span;
            self.next_read = self.deaf_until;
        }
        Correction::Bend { rate, error: Span::from_ms_f64(error) }
    }

    /// The resting rate, when the one that is set turns out wrong.
    fn rest_better(&mut self, now: LocalTime, rested: bool, heading: &Heading) -> Option<Correction> {
        let better = self.resting_rate(heading);
        if !rested || (better - self.rest).abs() < REST_TOLERANCE {
            return None;
        }
        self.rest = better;
        self.set_rate(now, better);
        Some(Correction::Rest { rate: better })
    }

    /// The best rate to rest at while it plays.
    fn resting_rate(&self, heading: &Heading) -> f64 {
        self.policy.allowed(resting_rate(&self.policy, self.skew(), heading.skew))
    }

    fn set_rate(&mut self, now: LocalTime, rate: f64) {
        self.course.handle_rate(now, rate);
        self.block.clear();
        self.last_write = Some(now);
        self.deaf_until = now + self.policy.settle;
        self.next_read = self.next_read.max(self.deaf_until);
    }

    /// The error when a few reads already show that bending would take too long, or, where an engine is not bent, when
    /// what was measured shows it.
    fn far_off(&self, now: LocalTime, heading: &Heading) -> Option<Span> {
        if self.policy.rate != RateUse::Bend
            && let Some(DriftEstimate { drift, sigma }) = self.estimate(now, heading)
            && drift.abs().as_ms() - CERTAINTY * sigma.as_ms() > self.seek_beyond.as_ms()
        {
            return Some(drift);
        }
        let sure = self.block.holds(SURE_READS, SURE_SPAN);
        let limit = match self.demanded {
            Some(demanded) if sure => demanded,
            _ => self.seek_beyond,
        };
        if !(sure || self.policy.rate == RateUse::Bend && self.block.holds(FAR_READS, FAR_SPAN)) {
            return None;
        }
        let measured = self.block.measure()?;
        let error = measured.position - heading.position_at(measured.at);
        (error.abs() > limit).then_some(error)
    }
}

/// The rate at which an element keeps step, as far as is known and its engine may have it. `room`: how much faster than
/// the local clock the room's clock runs.
pub fn resting_rate(policy: &EnginePolicy, card: Skew, room: f64) -> f64 {
    policy.resting(1.0 + (room - card.mean).clamp(-REST_RANGE, REST_RANGE))
}

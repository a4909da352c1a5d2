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

use super::course::{Course, Fit, Heading, Skew};
use super::engine::EnginePolicy;
use super::reads::{Block, Read};
use super::time::{LocalTime, Span};

/// The blocks of reads, by how long ago the element began or jumped: so many reads over so long at least, and the rest
/// after the block. An error of a start is better removed soon than measured well.
const BLOCKS: [BlockPlan; 4] = [
    BlockPlan { until: Span::from_millis(400), reads: 12, over: Span::from_millis(150), rest: Span::ZERO },
    BlockPlan { until: Span::from_secs(6), reads: 24, over: Span::from_millis(360), rest: Span::ZERO },
    BlockPlan {
        until: Span::from_secs(30),
        reads: 40,
        over: Span::from_millis(600),
        rest: Span::from_secs(1),
    },
    BlockPlan {
        until: Span::from_secs(1 << 40),
        reads: 40,
        over: Span::from_millis(600),
        rest: Span::from_secs(4),
    },
];
/// A hidden page reads once a second; then fewer reads over a longer time have to do.
const SPARSE_READS: usize = 6;
const SPARSE_SPAN: Span = Span::from_secs(5);
/// The time between reads of a block in ms, uneven so that it does not fall into step with the audio buffers.
const READ_GAPS: [i64; 7] = [13, 17, 11, 19, 14, 23, 16];
/// After a read that means nothing, the next one.
const SKIPPED: Span = Span::from_millis(50);

/// An error within this is left alone, in ms: what a long average says is good to ±0.4 ms. Soon after a start reads and
/// sound differ by up to a millisecond, which comes and goes by itself (manual/sync.md).
const TOLERANCE: f64 = 0.4;
const TOLERANCE_SOON: f64 = 1.0;
const SOON: Span = Span::from_secs(8);
/// An error within so many standard deviations of the room's clock is left alone, too.
const CLOCK_CERTAINTY: f64 = 0.7;
/// An error is acted on when it is that many standard deviations of the measurement.
const CERTAINTY: f64 = 2.0;
/// Unheard, a correction costs nothing: it removes what is likelier there than not.
const UNHEARD_TOLERANCE: f64 = 0.3;
/// So long after a start or jump larger excursions are forgiven.
const SETTLING: Span = Span::from_secs(5);
/// The excursions. ±0.5 % is not heard on music, ±2 % is (manual/sync.md); unheard, nobody minds. A rate write takes
/// effect with the next audio buffer, 10–20 ms late, so none is too short. In steady state there is time: what is
/// small goes at a rate that not even a recorder finds (80 ppm for 0.5 ms).
const UNHEARD: Excursion = Excursion { up_to: f64::INFINITY, most: 0.05, least_span: Span::from_millis(200) };
const JUST_STARTED: Excursion =
    Excursion { up_to: f64::INFINITY, most: 0.02, least_span: Span::from_millis(800) };
const STEADY: [Excursion; 4] = [
    Excursion { up_to: 0.75, most: 0.003, least_span: Span::from_secs(6) },
    Excursion { up_to: 2.0, most: 0.003, least_span: Span::from_secs(8) },
    Excursion { up_to: 10.0, most: 0.003, least_span: Span::from_secs(1) },
    JUST_STARTED,
];
/// Even right after a start, what is smaller than this, in ms, has time.
const SMALL: f64 = 2.0;
/// After a rate write, reads do not count for this long; nor do they during an excursion that is shorter than this.
const BEND_SETTLE: Span = Span::from_millis(80);
const READ_WHILE_BENDING: Span = Span::from_secs(3);
/// In steady state, corrections are at least this far apart, …
const BETWEEN_BENDS: Span = Span::from_secs(15);
/// … but for an error in ms that is worth more haste, and while the skew of the card is being learned.
const HASTE: f64 = 1.0;
const LEARNING: Span = Span::from_secs(30);
const BETWEEN_HASTY_BENDS: Span = Span::from_secs(4);
/// A resting rate that is off by more than this is worth a write by itself.
const REST_TOLERANCE: f64 = 25e-6;
/// The resting rate stays within what sound cards and clocks need.
const REST_RANGE: f64 = 400e-6;
/// Reads that are enough to see that a seek is needed, and over how long.
const FAR_READS: usize = 8;
const FAR_SPAN: Span = Span::from_millis(100);
/// Where an engine is not bent, or somebody asked, a seek has to be sure of itself.
const SURE_READS: usize = 24;
const SURE_SPAN: Span = Span::from_millis(180);
/// After a seek the next one waits: a seek that did not help will not help again at once.
const BETWEEN_SEEKS: Span = Span::from_secs(3);

#[derive(Clone, Copy, Debug)]
struct BlockPlan {
    until: Span,
    reads: usize,
    over: Span,
    rest: Span,
}

#[derive(Clone, Copy, Debug)]
struct Excursion {
    /// The largest error in ms that it is for.
    up_to: f64,
    /// The largest departure from the resting rate.
    most: f64,
    least_span: Span,
}

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
    next_read: LocalTime,
    reads: usize,
    /// An error beyond this is worth a seek once, because somebody asked.
    demanded: Option<Span>,
}

impl DriftController {
    /// A controller for an element that begins to sound now at this rate.
    pub fn new(policy: EnginePolicy, seek_beyond: Span, skew: Skew, rate: f64, now: LocalTime) -> Self {
        let seek_beyond = if policy.bends { seek_beyond } else { policy.seek_beyond };
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
            next_read: now,
            reads: 0,
            demanded: None,
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
        self.deaf_until = now + BEND_SETTLE;
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
        let plan = self.plan(at);
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
        if self.bend_until.is_some_and(|until| until <= now) {
            self.bend_until = None;
            self.rest = self.resting_rate(heading);
            self.set_rate(now, self.rest);
            return Some(Correction::Rest { rate: self.rest });
        }
        if let Some(error) = self.far_off(heading)
            && self.last_seek.is_none_or(|last| now - last >= BETWEEN_SEEKS)
        {
            self.last_seek = Some(now);
            self.demanded = None;
            self.block.clear();
            return Some(Correction::Seek { error });
        }
        if self.bend_until.is_some() && !std::mem::take(&mut self.news) {
            return None;
        }
        if !self.policy.bends {
            return None;
        }
        let estimate = self.estimate(now, heading)?;
        if estimate.drift.abs() > self.seek_beyond {
            // A seek is not allowed yet, and bending would take forever.
            return None;
        }
        // What is left when the excursion that is under way will be over.
        let coming = self
            .bend_until
            .map_or(0.0, |until| (until - now).as_ms() * (self.course.rate() - self.resting_rate(heading)));
        let (error, sigma) = (estimate.drift.as_ms() + coming, estimate.sigma.as_ms());
        let settling = self.unheard || now - self.started < SETTLING;
        let hasty = error.abs() > HASTE || now - self.started < LEARNING;
        let pause = if hasty { BETWEEN_HASTY_BENDS } else { BETWEEN_BENDS };
        let rested = settling || self.last_write.is_none_or(|last| now - last >= pause);
        let soon = now - self.started < SOON;
        let tolerance = if soon { TOLERANCE_SOON } else { TOLERANCE };
        let tolerance = tolerance.max(CLOCK_CERTAINTY * heading.sigma.as_ms());
        let off = if self.unheard {
            error.abs() > UNHEARD_TOLERANCE && self.bend_until.is_none()
        } else {
            error.abs() > tolerance && error.abs() > CERTAINTY * sigma
        };
        if off && rested {
            return Some(self.bend(now, error - coming, settling, heading));
        }
        if self.bend_until.is_some() {
            return None;
        }
        self.rest_better(now, rested, heading)
    }

    fn bend(&mut self, now: LocalTime, error: f64, settling: bool, heading: &Heading) -> Correction {
        let excursion = match STEADY.into_iter().find(|excursion| error.abs() <= excursion.up_to) {
            _ if self.unheard => UNHEARD,
            Some(steady) if !settling || error.abs() <= SMALL => steady,
            _ => JUST_STARTED,
        };
        let span = Span::from_ms_f64(error.abs() / excursion.most).max(excursion.least_span);
        self.rest = self.resting_rate(heading);
        let rate = self.rest - error / span.as_ms();
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

    fn resting_rate(&self, heading: &Heading) -> f64 {
        resting_rate(&self.policy, self.skew(), heading.skew)
    }

    fn set_rate(&mut self, now: LocalTime, rate: f64) {
        self.course.handle_rate(now, rate);
        self.block.clear();
        self.last_write = Some(now);
        self.deaf_until = now + BEND_SETTLE;
        self.next_read = self.next_read.max(self.deaf_until);
    }

    fn plan(&self, now: LocalTime) -> BlockPlan {
        let running = now - self.started;
        let last = BLOCKS[BLOCKS.len() - 1];
        BLOCKS.into_iter().find(|plan| running < plan.until).unwrap_or(last)
    }

    /// The error when a few reads already show that bending would take too long.
    fn far_off(&self, heading: &Heading) -> Option<Span> {
        let sure = self.block.holds(SURE_READS, SURE_SPAN);
        let limit = match self.demanded {
            Some(demanded) if sure => demanded,
            _ => self.seek_beyond,
        };
        if !(sure || self.policy.bends && self.block.holds(FAR_READS, FAR_SPAN)) {
            return None;
        }
        let measured = self.block.measure()?;
        let error = measured.position - heading.position_at(measured.at);
        (error.abs() > limit).then_some(error)
    }
}

/// The rate at which an element keeps step, as far as is known; 1 where bending does harm. `room`: how much faster than
/// the local clock the room's clock runs.
pub fn resting_rate(policy: &EnginePolicy, card: Skew, room: f64) -> f64 {
    if policy.bends { 1.0 + (room - card.mean).clamp(-REST_RANGE, REST_RANGE) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::Engine;
    use crate::sync::time::MediaTime;
    use proptest::prelude::*;

    const UNKNOWN: Skew = Skew { mean: 0.0, sigma: 80e-6 };
    /// What the element is supposed to do: follow the local clock.
    const HEADING: Heading =
        Heading { at: LocalTime::ZERO, position: MediaTime::ZERO, skew: 0.0, sigma: Span::ZERO };

    /// An element on a sound card, read as Chromium's are: a saw-tooth on top of the truth, and rate writes that take
    /// effect with the next buffer.
    struct Element {
        now: LocalTime,
        /// True drift in ms.
        drift: f64,
        rate: f64,
        coming: Option<(LocalTime, f64)>,
        skew: f64,
        seed: u64,
        tooth: f64,
    }

    impl Element {
        fn new(drift: f64, rate: f64, skew: f64, seed: u64) -> Self {
            let mut element =
                Self { now: LocalTime::ZERO, drift, rate, coming: None, skew, seed, tooth: 0.0 };
            element.tooth = element.random();
            element
        }

        fn random(&mut self) -> f64 {
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.seed >> 11) as f64 / (1u64 << 53) as f64
        }

        fn advance(&mut self, to: LocalTime) {
            if let Some((at, rate)) = self.coming.filter(|(at, _)| *at <= to) {
                self.move_to(at);
                self.rate = rate;
                self.coming = None;
            }
            self.move_to(to);
        }

        fn move_to(&mut self, to: LocalTime) {
            self.drift += (to - self.now).as_ms() * (self.rate * (1.0 + self.skew) - 1.0);
            self.now = to;
        }

        fn write(&mut self, rate: f64) {
            let late = Span::from_ms_f64(20.0 * self.random());
            self.coming = Some((self.now + late, rate));
        }

        /// The saw-tooth that was recorded: falls by 10.5 ms in steps of one audio buffer, then jumps back.
        fn read(&mut self) -> Read {
            let buffer = (self.now.as_ms() / 21.33 + self.tooth).floor() * 21.33;
            let tooth = 5.25 - 10.5 * (buffer / 118.0 + self.tooth).fract();
            let jitter = self.random() * 0.3;
            let position = MediaTime::ZERO + (self.now - LocalTime::ZERO);
            Read { at: self.now, position: position + Span::from_ms_f64(self.drift + tooth + jitter) }
        }
    }

    struct Run {
        drifts: Vec<(f64, f64)>,
        rates: Vec<(f64, f64)>,
        seeks: Vec<f64>,
    }

    fn run(start: f64, skew: f64, seed: u64, secs: i64, known: Skew) -> Run {
        let mut now = LocalTime::ZERO;
        let policy = Engine::Chromium.policy();
        let rate = resting_rate(&policy, known, 0.0);
        let mut controller = DriftController::new(policy, Span::from_millis(80), known, rate, now);
        let mut element = Element::new(start, rate, skew, seed);
        let mut run = Run { drifts: vec![], rates: vec![], seeks: vec![] };
        while now < LocalTime::ZERO + Span::from_secs(secs) {
            now = controller.poll_timeout().max(now + Span::from_millis(1));
            element.advance(now);
            controller.handle_read(element.read());
            match controller.poll_correction(now, &HEADING) {
                Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) => {
                    element.write(rate);
                    run.rates.push((now.as_secs(), rate));
                }
                Some(Correction::Seek { error }) => {
                    element.drift = 12.0;
                    run.seeks.push(error.as_ms());
                    controller.handle_jump(now);
                }
                None => {}
            }
            run.drifts.push((now.as_secs(), element.drift));
        }
        run
    }

    fn worst(run: &Run, from: f64) -> f64 {
        run.drifts.iter().filter(|(at, _)| *at >= from).map(|(_, drift)| drift.abs()).fold(0.0, f64::max)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn an_error_is_removed_and_stays_removed_without_a_seek(
            start in -70.0f64..70.0, ppm in -150.0f64..150.0, seed: u64
        ) {
            let run = run(start, ppm * 1e-6, seed, 90, UNKNOWN);
            prop_assert_eq!(run.seeks.len(), 0);
            prop_assert!(worst(&run, 6.0) < 3.5, "after 6 s: {}", worst(&run, 6.0));
            prop_assert!(worst(&run, 20.0) < 2.5, "after 20 s: {}", worst(&run, 20.0));
            prop_assert!(worst(&run, 60.0) < 1.0, "after a minute: {}", worst(&run, 60.0));
        }

        #[test]
        fn inside_the_dead_band_it_never_seeks_and_its_rate_keeps_its_limits(
            start in -74.0f64..74.0, ppm in -200.0f64..200.0, seed: u64, unheard: bool
        ) {
            let run = run(start, ppm * 1e-6, seed, 20, if unheard { UNKNOWN } else { Skew { mean: ppm * 1e-6, sigma: 5e-6 } });
            prop_assert_eq!(run.seeks.len(), 0);
            for (at, rate) in run.rates {
                let most = if at < 6.0 { JUST_STARTED.most } else { STEADY[0].most };
                prop_assert!((rate - 1.0).abs() <= most + REST_RANGE, "{rate} after {at} s");
            }
        }

        #[test]
        fn what_is_far_off_is_sought_once(
            start in prop_oneof![-900.0f64..-100.0, 100.0f64..900.0], seed: u64
        ) {
            let run = run(start, 0.0, seed, 8, UNKNOWN);
            prop_assert_eq!(run.seeks.len(), 1);
            prop_assert!(worst(&run, 4.0) < 2.5, "after 4 s: {}", worst(&run, 4.0));
        }
    }

    #[test]
    fn once_the_skew_is_known_it_keeps_its_hands_off() {
        for seed in 0..100 {
            let run = run(8.0, 120e-6, seed, 600, UNKNOWN);
            let late = run.rates.iter().filter(|(at, _)| *at > 60.0).count();
            assert!(late <= 27, "seed {seed}: {late} rate writes in 9 minutes: at most one in 20 s");
        }
    }

    #[test]
    fn an_engine_that_bends_badly_is_never_bent() {
        let policy = Engine::Gecko.policy();
        let mut controller =
            DriftController::new(policy, Span::from_millis(80), UNKNOWN, 1.0, LocalTime::ZERO);
        let mut element = Element::new(18.0, 1.0, 0.0, 9);
        for _ in 0..2_000 {
            let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
            element.advance(now);
            controller.handle_read(element.read());
            assert_eq!(controller.poll_correction(now, &HEADING), None);
        }
    }

    #[test]
    fn a_better_clock_is_followed_and_not_taken_for_the_card() {
        let policy = Engine::Chromium.policy();
        let known = Skew { mean: 0.0, sigma: 3e-6 };
        let mut controller = DriftController::new(policy, Span::from_millis(80), known, 1.0, LocalTime::ZERO);
        let mut element = Element::new(0.0, 1.0, 0.0, 4);
        let mut heading = HEADING;
        let mut now = LocalTime::ZERO;
        while now < LocalTime::ZERO + Span::from_secs(80) {
            if now > LocalTime::ZERO + Span::from_secs(40) {
                // The room turns out to be 6 ms further on.
                heading.position = MediaTime::from_secs_f64(0.006);
            }
            now = controller.poll_timeout().max(now + Span::from_millis(1));
            element.advance(now);
            controller.handle_read(element.read());
            if let Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) =
                controller.poll_correction(now, &heading)
            {
                element.write(rate);
            }
        }
        assert!((element.drift - 6.0).abs() < 0.6, "{}", element.drift);
        assert!(controller.skew().mean.abs() < 4e-6, "{:?}", controller.skew());
    }
}

//! The table of the drift controller: how it measures, what it leaves alone, how much and how fast it moves. Nothing is
//! decided here.

use crate::sync::time::Span;

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
pub(super) const SPARSE_READS: usize = 6;
pub(super) const SPARSE_SPAN: Span = Span::from_secs(5);
/// The time between reads of a block in ms, uneven so that it does not fall into step with the audio buffers.
pub(super) const READ_GAPS: [i64; 7] = [13, 17, 11, 19, 14, 23, 16];
/// After a read that means nothing, the next one.
pub(super) const SKIPPED: Span = Span::from_millis(50);

/// An error within this is left alone, in ms: what a long average says is good to ±0.4 ms. Soon after a start reads and
/// sound differ by up to a millisecond, which comes and goes by itself (manual/sync.md).
const TOLERANCE: f64 = 0.4;
const TOLERANCE_SOON: f64 = 1.0;
const SOON: Span = Span::from_secs(8);
/// An error within so many standard deviations of the room's clock is left alone, too.
const CLOCK_CERTAINTY: f64 = 0.7;
/// An error is acted on when it is that many standard deviations of the measurement.
pub(super) const CERTAINTY: f64 = 2.0;
/// Unheard, a correction costs nothing: it removes what is likelier there than not.
pub(super) const UNHEARD_TOLERANCE: f64 = 0.3;
/// So long after a start or jump larger excursions are forgiven.
pub(super) const SETTLING: Span = Span::from_secs(5);
/// The excursions. ±0.5 % is not heard on music, ±2 % is (manual/sync.md); unheard, nobody minds. A rate write takes
/// effect with the next audio buffer, 10–20 ms late, so none is too short. In steady state there is time: what is
/// small goes at a rate that not even a recorder finds (80 ppm for 0.5 ms).
const UNHEARD: Excursion = Excursion { up_to: f64::INFINITY, most: 0.05, least_span: Span::from_millis(200) };
pub(super) const JUST_STARTED: Excursion =
    Excursion { up_to: f64::INFINITY, most: 0.02, least_span: Span::from_millis(800) };
pub(super) const STEADY: [Excursion; 4] = [
    Excursion { up_to: 0.75, most: 0.003, least_span: Span::from_secs(6) },
    Excursion { up_to: 2.0, most: 0.003, least_span: Span::from_secs(8) },
    Excursion { up_to: 10.0, most: 0.003, least_span: Span::from_secs(1) },
    JUST_STARTED,
];
/// What somebody asked for who listens for it: at once, and heard as such.
pub(super) const ASKED: Excursion =
    Excursion { up_to: f64::INFINITY, most: 0.02, least_span: Span::from_millis(200) };
/// Where an engine is not bent, what was asked for is worth a seek beyond this.
pub(super) const ASKED_SEEKS_BEYOND: Span = Span::from_millis(2);
/// What is put in step unheard is heard once it is this near; where it is not bent, once it is worth no seek.
pub(super) const HEARD_WITHIN: Span = Span::from_millis(1);
/// The same where a block says less, and what is left may have to be bent away slowly.
pub(super) const HEARD_WITHIN_ABOVE: Span = Span::from_millis(3);
/// With less than this an excursion takes for ever: 1 ms in 50 s.
pub(super) const LEAST_REACH: f64 = 20e-6;
/// What cannot be bent away within so long is worth a jump a minute beyond this, in ms, …
pub(super) const SLOWEST: Span = Span::from_secs(40);
pub(super) const OUT_OF_REACH: f64 = 5.0;
/// … and beyond this as soon as another one may.
pub(super) const FAR_OUT_OF_REACH: f64 = 12.0;
/// What is ahead by more is sought, though it could be delayed: a seek is silent for 0.15 to 0.24 s (manual/sync.md).
pub(super) const DELAY_MOST: Span = Span::from_millis(200);
/// What cannot play as slowly as its card should is put behind by what it gains in so long, within this many ms: then it
/// is behind for a while, and as far ahead later.
pub(super) const GAINED_IN: Span = Span::from_secs(60);
pub(super) const LAG_MOST: f64 = 4.0;
/// Even right after a start, what is smaller than this, in ms, has time.
const SMALL: f64 = 2.0;
/// During an excursion that is shorter than this, reads do not count.
pub(super) const READ_WHILE_BENDING: Span = Span::from_secs(3);
/// In steady state, corrections are at least this far apart, …
const BETWEEN_BENDS: Span = Span::from_secs(15);
/// … but for an error in ms that is worth more haste, and while the skew of the card is being learned.
const HASTE: f64 = 1.0;
const LEARNING: Span = Span::from_secs(30);
const BETWEEN_HASTY_BENDS: Span = Span::from_secs(4);
/// A resting rate that is off by more than this is worth a write by itself.
pub(super) const REST_TOLERANCE: f64 = 25e-6;
/// Where a rate can only be set with a seek, it is worth one more mark once the skew is known this well.
pub(super) const PRESET_SIGMA: f64 = 20e-6;
/// The resting rate stays within what sound cards and clocks need.
pub(super) const REST_RANGE: f64 = 400e-6;
/// Reads that are enough to see that a seek is needed, and over how long.
pub(super) const FAR_READS: usize = 8;
pub(super) const FAR_SPAN: Span = Span::from_millis(100);
/// Where an engine is not bent, or somebody asked, a seek has to be sure of itself.
pub(super) const SURE_READS: usize = 24;
pub(super) const SURE_SPAN: Span = Span::from_millis(180);
/// After a seek the next one waits: a seek that did not help will not help again at once.
pub(super) const BETWEEN_SEEKS: Span = Span::from_secs(3);
/// Where an engine is not bent, a seek that left it this far off ran into something: the next two wait less.
pub(super) const LOST: Span = Span::from_millis(100);
pub(super) const LOST_TWICE: u32 = 2;
pub(super) const BETWEEN_LOST_SEEKS: Span = Span::from_secs(1);
/// Where an engine is not bent, an error within this may be how its seeks land: each that follows the last one within a
/// minute waits twice as long, up to 48 s. More marks than one a minute are worse than what they remove.
pub(super) const SMALL_LANDING: Span = Span::from_millis(25);
/// Beyond that, too, after so many that did not bring it that near: seeks of phones were told to land 0.1 to 0.5 s off
/// (manual/sync.md).
pub(super) const FAR_IN_VAIN: u32 = 5;
pub(super) const LANDED_WELL: Span = Span::from_secs(60);
pub(super) const DOUBLINGS: u32 = 4;

/// Unheard, a seek costs nothing; this is how long it takes to see where it landed.
pub(super) const BETWEEN_UNHEARD_SEEKS: Span = Span::from_millis(400);
/// What is not bent and off by more than this, in ms, had better be relieved by what is off by less.
pub(super) const RELIEVED_BEYOND: f64 = 1.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct BlockPlan {
    until: Span,
    pub(super) reads: usize,
    pub(super) over: Span,
    pub(super) rest: Span,
}

impl BlockPlan {
    /// So long after the start or jump.
    pub(super) fn after(running: Span) -> Self {
        let last = BLOCKS[BLOCKS.len() - 1];
        BLOCKS.into_iter().find(|plan| running < plan.until).unwrap_or(last)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Excursion {
    /// The largest error in ms that it is for.
    up_to: f64,
    /// The largest departure from the resting rate.
    pub(super) most: f64,
    pub(super) least_span: Span,
}

impl Excursion {
    /// The one that removes an error, in ms.
    pub(super) fn of(error: f64, unheard: bool, settling: bool) -> Self {
        match STEADY.into_iter().find(|excursion| error.abs() <= excursion.up_to) {
            _ if unheard => UNHEARD,
            Some(steady) if !settling || error.abs() <= SMALL => steady,
            _ => JUST_STARTED,
        }
    }
}

/// What is left alone so long after the start or jump, in ms; `clock`: one standard deviation of the room's clock.
pub(super) fn tolerance(running: Span, clock: Span) -> f64 {
    let tolerance = if running < SOON { TOLERANCE_SOON } else { TOLERANCE };
    tolerance.max(CLOCK_CERTAINTY * clock.as_ms())
}

/// How long after the last write an error, in ms, is acted on.
pub(super) fn between_bends(error: f64, running: Span) -> Span {
    if error.abs() > HASTE || running < LEARNING { BETWEEN_HASTY_BENDS } else { BETWEEN_BENDS }
}

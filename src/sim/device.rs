//! What a device's sound is like: the habits of its browser's engine, which are measured constants (manual/sync.md), and
//! its own, which are drawn: how late `play()` is, what a seek takes, and a sound card with a clock of its own.

use super::network::Link;
use super::oscillator::{Oscillator, WANDER_PPB_PER_MINUTE};
use super::random::Random;
use crate::sync::engine::Engine;
use crate::sync::time::{LocalTime, RoomTime, Span};

/// Sound leaves in buffers of this length.
const BUFFER: Span = Span::from_millis(10);

/// How an engine's media element behaves, as recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElementModel {
    /// `currentTime` moves in steps of this much sound; zero: at every read.
    pub step: Span,
    /// How much earlier or later than its turn a step is seen.
    pub step_jitter: Span,
    /// How far the sound is ahead of the mean of `currentTime`.
    pub ahead: Span,
    /// `play()` to sound, the first time in a page, at least and at most.
    pub first_start: (Span, Span),
    /// `play()` to sound, later on.
    pub start: (Span, Span),
    /// The same, the first time that it plays what it has loaded, where that takes longer.
    pub fresh_start: (Span, Span),
    /// It says `playing` before it does, the first time, and later on not at all.
    pub starts_untold: bool,
    /// How much a start differs from the device's usual one, at most.
    pub start_jitter: Span,
    /// A seek, for what is in memory.
    pub seek: (Span, Span),
    /// How much one differs from the device's usual one beside 15 % of it, at most.
    pub seek_jitter: Span,
    /// One seek in ten takes so much more: it missed a block of the sound server.
    pub seek_missed: Span,
    /// Silence at every write of the rate while playing, at least and at most.
    pub write_cost: (Span, Span),
    /// What every return to exactly 1.0 skips, unseen by `currentTime`.
    pub return_skip: Span,
    /// What leaving exactly 1.0 skips, unseen by `currentTime`.
    pub leave_skip: Span,
    /// What a write from or to a rate below 1.0 skips, unseen by `currentTime`, at least and at most.
    pub below_skip: (Span, Span),
    /// How much later than the next buffer a write of the rate is heard.
    pub rate_lag: Span,
    /// What stood for so long takes so much longer to begin.
    pub asleep: Option<(Span, Span)>,
    /// `currentTime` counts what was played in whole frames a second: at rate r, of n, in ⌊n / r⌋.
    pub counts_frames: bool,
}

const fn ms(least: i64, most: i64) -> (Span, Span) {
    (Span::from_millis(least), Span::from_millis(most))
}

impl ElementModel {
    const CHROMIUM: Self = Self {
        step: BUFFER,
        step_jitter: Span::from_micros(500),
        ahead: Span::ZERO,
        // 57–82 ms on the bench, 120–340 ms in published plots; a device has its own within this.
        first_start: ms(50, 160),
        start: ms(50, 160),
        fresh_start: ms(0, 0),
        starts_untold: false,
        start_jitter: Span::from_millis(12),
        seek: ms(20, 90),
        seek_jitter: Span::ZERO,
        seek_missed: Span::ZERO,
        write_cost: ms(0, 0),
        return_skip: Span::ZERO,
        leave_skip: Span::ZERO,
        below_skip: ms(0, 0),
        rate_lag: Span::ZERO,
        asleep: None,
        counts_frames: false,
    };

    const GECKO: Self = Self {
        step: Span::from_micros(40_300),
        step_jitter: Span::from_micros(500),
        // Beside 1; at 1 it is `leave_skip` less.
        ahead: Span::from_micros(37_500),
        first_start: ms(0, 6),
        start: ms(0, 6),
        fresh_start: ms(0, 0),
        starts_untold: false,
        start_jitter: Span::from_millis(3),
        seek: ms(150, 200),
        seek_jitter: Span::ZERO,
        seek_missed: Span::ZERO,
        write_cost: ms(0, 0),
        return_skip: Span::from_millis(16),
        leave_skip: Span::from_micros(9_600),
        below_skip: ms(5, 27),
        rate_lag: Span::from_millis(180),
        // 0.1 s on a quiet machine, 0.5 s on a busy one.
        asleep: Some((Span::from_secs(5), Span::from_millis(300))),
        counts_frames: true,
    };

    const WEBKIT: Self = Self {
        step: Span::ZERO,
        step_jitter: Span::from_micros(200),
        ahead: Span::from_micros(6_400),
        first_start: ms(500, 820),
        start: ms(2, 9),
        fresh_start: ms(100, 540),
        starts_untold: true,
        start_jitter: Span::from_millis(2),
        seek: ms(2, 9),
        seek_jitter: Span::from_millis(4),
        seek_missed: Span::from_millis(20),
        write_cost: ms(10, 25),
        return_skip: Span::ZERO,
        leave_skip: Span::ZERO,
        below_skip: ms(0, 0),
        rate_lag: Span::ZERO,
        asleep: None,
        counts_frames: false,
    };

    /// What nobody has measured: every habit of the others that is awkward, and sound between theirs.
    const UNKNOWN: Self = Self {
        step: Span::from_millis(20),
        step_jitter: Span::from_millis(1),
        ahead: Span::from_millis(15),
        first_start: ms(50, 500),
        start: ms(20, 120),
        fresh_start: ms(20, 300),
        starts_untold: false,
        start_jitter: Span::from_millis(10),
        seek: ms(30, 150),
        seek_jitter: Span::ZERO,
        seek_missed: Span::ZERO,
        write_cost: ms(10, 25),
        return_skip: Span::from_millis(16),
        leave_skip: Span::from_micros(9_600),
        below_skip: ms(0, 0),
        rate_lag: Span::ZERO,
        asleep: Some((Span::from_secs(5), Span::from_millis(300))),
        counts_frames: false,
    };

    /// How an engine behaves.
    pub const fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Chromium => &Self::CHROMIUM,
            Engine::Gecko => &Self::GECKO,
            Engine::WebKit => &Self::WEBKIT,
            Engine::Unknown => &Self::UNKNOWN,
        }
    }
}

/// A device; drawn once per simulated browser.
#[derive(Clone, Debug)]
pub struct Device {
    /// How its engine behaves.
    pub model: &'static ElementModel,
    /// From `play()` to sound, the first time in its page.
    pub first_start: Span,
    /// From `play()` to sound, usually.
    pub start: Span,
    /// What a seek takes.
    pub seek: Span,
    /// What loading a track takes.
    pub load: Span,
    /// Frames a second in which it counts what it played; 0: it does not.
    pub frames: f64,
    /// The clock of the sound card.
    pub card: Oscillator,
    /// When buffers begin, and how their call-backs jitter.
    pub(super) grid: Grid,
}

impl Device {
    /// A device with this engine behind such a link.
    pub fn draw(engine: Engine, link: &Link, now: RoomTime, random: &mut Random) -> Self {
        let model = ElementModel::of(engine);
        let mut within = |(least, most): (Span, Span)| random.span(least, most);
        let round_trip = link.up.base + link.down.base;
        let (first_start, start) = (within(model.first_start), within(model.start));
        // A track begins to play after its headers and its first megabyte came: some round trips.
        let (seek, load) = (within(model.seek), within(ms(40, 200)) + round_trip * 4);
        let skew = random.between(-100e-6, 100e-6);
        let card = Oscillator::new(now, LocalTime::ZERO, skew, WANDER_PPB_PER_MINUTE, random);
        let grid = Grid { step: model.step, jitter: model.step_jitter, seed: random.bits() };
        // What most music is, or most cards.
        let frames = if grid.seed.is_multiple_of(2) { 44_100.0 } else { 48_000.0 };
        Self {
            model,
            first_start: if matches!(engine, Engine::WebKit | Engine::Unknown) { first_start } else { start },
            start,
            seek,
            load,
            frames: if model.counts_frames { frames } else { 0.0 },
            card,
            grid,
        }
    }
}

/// The moments at which sound is handed over and `currentTime` steps, in the time of the sound card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    step: Span,
    jitter: Span,
    seed: u64,
}

impl Grid {
    /// The sound that the latest visible step stands for: the middle of its buffer, seen from the card's time `now`.
    pub(super) fn seen(&self, now: LocalTime) -> LocalTime {
        let step = self.step.micros();
        if step == 0 {
            // The clock of such an engine is read at every read, and a bit noisy.
            return now + self.off(now.micros());
        }
        let phase = (self.seed % step as u64) as i64;
        let at = |turn: i64| turn * step + phase;
        let turn = (now.micros() - phase).div_euclid(step);
        let seen = [turn + 1, turn]
            .into_iter()
            .find(|turn| at(*turn) + self.off(*turn).micros() <= now.micros())
            .unwrap_or(turn - 1);
        LocalTime::from_micros(at(seen) + step / 2)
    }

    /// When a change that is asked for now is heard: not in the buffer that is under way, nor in the one behind it.
    pub(super) fn heard_from(&self, now: LocalTime) -> LocalTime {
        let (buffer, phase) = (BUFFER.micros(), (self.seed % BUFFER.micros() as u64) as i64);
        LocalTime::from_micros(((now.micros() - phase).div_euclid(buffer) + 2) * buffer + phase)
    }

    /// How much later than its turn a step is seen: always the same for the same turn.
    fn off(&self, turn: i64) -> Span {
        let mut random = Random::new(self.seed ^ (turn as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.jitter.scale(random.triangular())
    }
}

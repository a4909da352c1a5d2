//! What a device teaches about itself, kept between visits: how late `play()` is, what a seek costs, how fast its
//! sound card runs.

use serde::{Deserialize, Serialize};

use super::course::Skew;
use super::engine::EnginePolicy;
use super::time::Span;

/// How much a new measurement counts once some were taken.
const WEIGHT: f64 = 0.3;
/// What is so much later than anything that was known is believed when it happens twice: the first start of an engine may
/// take a second, and the next nothing (WebKitGTK: 820 ms, then 2).
const UNLIKELY: Span = Span::from_millis(150);
/// So many seeks say what the next one costs: three of them may be accidents.
const LATEST: usize = 8;
/// What no device is: beyond these bounds something else went wrong.
const LATENCY_RANGE: (Span, Span) = (Span::from_millis(-50), Span::from_millis(1_000));
/// Skews beyond this are no sound card's.
const SKEW_MOST: f64 = 500e-6;
/// So many times farther off than half of the seeks land is an accident: of a normal distribution, two standard deviations.
const LANDING_MARGIN: f64 = 3.0;
/// However seeks land, what is so many times farther off than it may be is worth one.
const LANDING_MOST: i64 = 3;
/// Where a pause costs so much, as in a page whose timers are slowed down or on a card that wakes slowly, a seek is better.
const DELAY_COST_MOST: Span = Span::from_millis(60);
/// Before anything is known: cards run ±20–100 ppm (manual/sync.md).
const SKEW_UNKNOWN: Skew = Skew { mean: 0.0, sigma: 80e-6 };
/// A skew learned on an earlier occasion has to be found again within this.
const SKEW_REMEMBERED_SIGMA: f64 = 10e-6;

/// A learned length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Average {
    value: Span,
    count: u32,
    /// The last measurement was unlikely.
    #[serde(default)]
    doubted: bool,
}

impl Average {
    fn learn(&mut self, measured: Span, default: Span) {
        if measured < LATENCY_RANGE.0 || measured > LATENCY_RANGE.1 {
            return;
        }
        let is_unlikely = measured > self.or(default) + UNLIKELY;
        if is_unlikely && !std::mem::replace(&mut self.doubted, is_unlikely) {
            return;
        }
        if is_unlikely || measured < self.or(default) - UNLIKELY {
            // Another device than it was.
            self.count = 0;
        }
        self.doubted = false;
        let weight = WEIGHT.max(1.0 / f64::from(self.count + 1));
        self.value += (measured - self.value).scale(weight);
        self.count = self.count.saturating_add(1);
    }

    fn or(self, default: Span) -> Span {
        if self.count == 0 { default } else { self.value.clamp(LATENCY_RANGE.0, LATENCY_RANGE.1) }
    }
}

/// The latest measurements of what is much the same each time but for accidents: one seek in ten of WebKitGTK lands a whole
/// block of its sound server, 20 ms, behind the others, which lie within 1 ms (manual/sync.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Latest {
    values: [Span; LATEST],
    count: usize,
}

impl Latest {
    fn learn(&mut self, measured: Span) {
        if measured >= LATENCY_RANGE.0 && measured <= LATENCY_RANGE.1 {
            self.values[self.count % LATEST] = measured;
            self.count = self.count.wrapping_add(1);
        }
    }

    /// The median; `None` before the first one.
    fn usual(&self) -> Option<Span> {
        median(self.seen().collect())
    }

    /// How far from the median half of them lie: unknown of less than three, which is like none.
    fn spread(&self) -> Span {
        let usual = self.usual().filter(|_| self.count > 2);
        let off = |usual| median(self.seen().map(|value| (value - usual).abs()).collect());
        usual.and_then(off).unwrap_or(Span::ZERO)
    }

    fn seen(&self) -> impl Iterator<Item = Span> {
        self.values.into_iter().take(self.count)
    }
}

fn median(mut values: Vec<Span>) -> Option<Span> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    let middle = (values[(values.len() - 1) / 2] + upper).scale(0.5);
    Some(middle.clamp(LATENCY_RANGE.0, LATENCY_RANGE.1))
}

/// What is known of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Learned {
    start: Average,
    /// What seeks cost.
    seeks: Latest,
    /// By how much more than its length a pause of some ms delays the sound.
    delay: Average,
    skew: Option<f64>,
}

impl Learned {
    /// From `play()` to sound.
    pub fn start_latency(&self, policy: &EnginePolicy) -> Span {
        self.start.or(policy.start_latency)
    }

    /// What a seek while playing costs.
    pub fn seek_cost(&self, policy: &EnginePolicy) -> Span {
        self.seeks.usual().unwrap_or(policy.seek_cost)
    }

    /// By how much more than its length a pause of some ms delays the sound; `None` where that is no way to be delayed.
    pub fn delay_cost(&self, policy: &EnginePolicy) -> Option<Span> {
        policy.delay_cost.map(|cost| self.delay.or(cost)).filter(|cost| *cost <= DELAY_COST_MOST)
    }

    /// What is worth a seek: what the profile says, or, where the engine is not bent, what lies well beyond where its seeks
    /// land on this device.
    pub fn seek_beyond(&self, policy: &EnginePolicy, of_profile: Span) -> Span {
        if policy.bends() {
            return of_profile;
        }
        policy
            .seek_beyond
            .max(self.seeks.spread().scale(LANDING_MARGIN).min(policy.seek_beyond * LANDING_MOST))
    }

    /// How fast the sound card runs against the browser's clock, as far as known.
    pub fn skew(&self) -> Skew {
        match self.skew {
            Some(mean) if mean.abs() <= SKEW_MOST => Skew { mean, sigma: SKEW_REMEMBERED_SIGMA },
            _ => SKEW_UNKNOWN,
        }
    }

    /// A start was measured: how late was `play()` really?
    pub fn learn_start(&mut self, policy: &EnginePolicy, latency: Span) {
        self.start.learn(latency, policy.start_latency);
    }

    /// A seek was measured: what did it really cost?
    pub fn learn_seek(&mut self, cost: Span) {
        self.seeks.learn(cost);
    }

    /// A delay was measured: by how much was it more than the pause?
    pub fn learn_delay(&mut self, policy: &EnginePolicy, cost: Span) {
        self.delay.learn(cost, policy.delay_cost.unwrap_or(Span::ZERO));
    }

    /// The sound comes out of another card.
    pub fn forget_card(&mut self) {
        self.skew = None;
        self.delay = Average::default();
    }

    /// The skew was measured well.
    pub fn learn_skew(&mut self, skew: f64) {
        if skew.abs() <= SKEW_MOST {
            self.skew = Some(skew);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::Engine;

    #[test]
    fn a_device_teaches_its_latency() {
        let policy = Engine::Chromium.policy();
        let mut learned = Learned::default();
        assert_eq!(learned.start_latency(&policy), policy.start_latency);
        learned.learn_start(&policy, Span::from_millis(120));
        assert_eq!(learned.start_latency(&policy), Span::from_millis(120));
        for _ in 0..20 {
            learned.learn_start(&policy, Span::from_millis(90));
        }
        assert!((learned.start_latency(&policy) - Span::from_millis(90)).abs() < Span::from_millis(1));
    }

    #[test]
    fn one_late_start_is_an_accident_and_two_are_the_device() {
        let policy = Engine::WebKit.policy();
        let mut learned = Learned::default();
        learned.learn_start(&policy, Span::from_millis(820));
        assert_eq!(learned.start_latency(&policy), policy.start_latency);
        learned.learn_start(&policy, Span::from_millis(2));
        assert_eq!(learned.start_latency(&policy), Span::from_millis(2));
        learned.learn_start(&policy, Span::from_millis(400));
        assert_eq!(learned.start_latency(&policy), Span::from_millis(2));
        learned.learn_start(&policy, Span::from_millis(420));
        assert_eq!(learned.start_latency(&policy), Span::from_millis(420));
        learned.learn_start(&policy, Span::from_millis(10));
        assert_eq!(learned.start_latency(&policy), Span::from_millis(10), "early is worse than late");
    }

    #[test]
    fn who_lands_anywhere_seeks_less() {
        let of_profile = Span::from_millis(80);
        let mut learned = Learned::default();
        let policy = Engine::WebKit.policy();
        assert_eq!(learned.seek_beyond(&policy, of_profile), policy.seek_beyond);
        learned.learn_seek(Span::from_millis(50));
        assert_eq!(learned.seek_beyond(&policy, of_profile), policy.seek_beyond, "one tells what they cost");
        // How far off, either way, and what is worth a seek then.
        for (off, beyond) in [(3, 9), (30, 12)] {
            for _ in 0..20 {
                learned.learn_seek(Span::from_millis(50 - off));
                learned.learn_seek(Span::from_millis(50 + off));
            }
            let limit = learned.seek_beyond(&policy, of_profile);
            assert!(
                (limit - Span::from_millis(beyond)).abs() < Span::from_millis(2),
                "{off} ms off: {limit:?}"
            );
        }
        assert_eq!(learned.seek_beyond(&Engine::Chromium.policy(), of_profile), of_profile, "it is bent");
    }

    #[test]
    fn a_seek_that_lands_a_block_late_is_an_accident_and_five_of_eight_are_the_device() {
        let policy = Engine::WebKit.policy();
        let mut learned = Learned::default();
        assert_eq!(learned.seek_cost(&policy), policy.seek_cost);
        for cost in [4, 24, 5, 3, 4, 25, 4, 3, 24] {
            learned.learn_seek(Span::from_millis(cost));
        }
        assert!((learned.seek_cost(&policy) - Span::from_millis(4)).abs() < Span::from_millis(1));
        assert!(
            learned.seek_beyond(&policy, Span::from_millis(80)) < policy.seek_beyond + Span::from_millis(1)
        );
        for _ in 0..5 {
            learned.learn_seek(Span::from_millis(24));
        }
        assert_eq!(learned.seek_cost(&policy), Span::from_millis(24));
    }

    #[test]
    fn nonsense_is_not_learned() {
        let policy = Engine::Chromium.policy();
        let mut learned = Learned::default();
        learned.learn_start(&policy, Span::from_secs(3_600));
        learned.learn_skew(0.5);
        learned.learn_seek(Span::from_secs(-1));
        assert_eq!(learned.seek_cost(&policy), policy.seek_cost);
        assert_eq!(learned.start_latency(&policy), policy.start_latency);
        assert_eq!(learned.skew(), SKEW_UNKNOWN);
    }

    #[test]
    fn what_was_kept_by_an_older_page_still_reads() {
        assert_eq!(serde_json::from_str::<Learned>(r#"{"x":1}"#).unwrap(), Learned::default());
    }
}

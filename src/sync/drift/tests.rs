//! The controller against an element on a sound card of its own, read as Chromium's are.

use super::plan::{JUST_STARTED, REST_RANGE, STEADY};
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
        let mut element = Self { now: LocalTime::ZERO, drift, rate, coming: None, skew, seed, tooth: 0.0 };
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
            Some(Correction::Seek { error, .. }) => {
                element.drift = 12.0;
                run.seeks.push(error.as_ms());
                controller.handle_jump(now);
            }
            Some(Correction::Delay { error }) => unreachable!("{error:?} of an engine that is slowed"),
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
fn what_somebody_asked_for_is_there_in_a_moment_however_small() {
    for (by, within) in [(1.0, 500), (-1.0, 500), (10.0, 900), (-40.0, 2_600)] {
        let known = Skew { mean: 0.0, sigma: 3e-6 };
        let policy = Engine::Chromium.policy();
        let mut controller = DriftController::new(policy, Span::from_millis(80), known, 1.0, LocalTime::ZERO);
        let mut element = Element::new(0.0, 1.0, 0.0, 4);
        let (mut heading, mut now) = (HEADING, LocalTime::ZERO);
        let asked = LocalTime::ZERO + Span::from_secs(40);
        let mut before = None;
        while now < asked + Span::from_millis(within) {
            now = controller.poll_timeout().max(now + Span::from_millis(1));
            if now >= asked && before.is_none() {
                element.advance(now);
                before = Some(element.drift);
                heading.position = MediaTime::from_secs_f64(by / 1e3);
                controller.handle_asked(now);
            } else {
                element.advance(now);
                controller.handle_read(element.read());
            }
            if let Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) =
                controller.poll_correction(now, &heading)
            {
                element.write(rate);
            }
        }
        let moved = element.drift - before.expect("it was asked");
        assert!((moved - by).abs() < 0.7, "{by} ms were asked for, {moved} came");
    }
}

#[test]
fn an_engine_of_which_nothing_is_known_is_never_bent() {
    let policy = Engine::Unknown.policy();
    let mut controller = DriftController::new(policy, policy.seek_beyond, UNKNOWN, 1.0, LocalTime::ZERO);
    let mut element = Element::new(18.0, 1.0, 0.0, 9);
    for _ in 0..2_000 {
        let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
        element.advance(now);
        controller.handle_read(element.read());
        assert_eq!(controller.poll_correction(now, &HEADING), None);
    }
}

#[test]
fn an_engine_that_is_not_bent_is_sought_soon_when_it_is_far_off() {
    let policy = Engine::WebKit.policy();
    for (seed, start) in [(1, 45.0), (2, -60.0), (3, 270.0), (4, -900.0)] {
        let mut controller = DriftController::new(policy, policy.seek_beyond, UNKNOWN, 1.0, LocalTime::ZERO);
        let mut element = Element::new(start, 1.0, 0.0, seed);
        let sought = loop {
            let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
            element.advance(now);
            controller.handle_read(element.read());
            if let Some(Correction::Seek { error, .. }) = controller.poll_correction(now, &HEADING) {
                break error;
            }
            assert!(now < LocalTime::ZERO + Span::from_millis(700), "{start} ms off, and nothing is done");
        };
        assert!((sought.as_ms() - start).abs() < 6.0, "{start} ms off, sought for {sought:?}");
    }
}

/// The seeks of an element whose seeks land this far off, either way in turn: when.
fn seeks_that_land(off: f64, secs: i64) -> Vec<f64> {
    let policy = Engine::WebKit.policy();
    let mut controller = DriftController::new(policy, policy.seek_beyond, UNKNOWN, 1.0, LocalTime::ZERO);
    let mut element = Element::new(off, 1.0, 0.0, 5);
    let mut seeks = Vec::new();
    while element.now < LocalTime::ZERO + Span::from_secs(secs) {
        let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
        element.advance(now);
        controller.handle_read(element.read());
        if let Some(Correction::Seek { .. }) = controller.poll_correction(now, &HEADING) {
            seeks.push(now.as_secs());
            element.drift = if seeks.len() % 2 == 0 { off } else { -off };
            controller.handle_jump(now);
        }
    }
    seeks
}

#[test]
fn seeks_that_do_not_help_become_rare() {
    for (off, tries) in [(12.0, 0), (60.0, 4), (400.0, 4)] {
        let seeks = seeks_that_land(off, 600);
        assert!(seeks.len() <= 16 + tries, "{off} ms: {seeks:?}");
        let later = seeks.windows(2).skip(5 + tries).map(|two| two[1] - two[0]);
        assert!(later.fold(f64::INFINITY, f64::min) >= 48.0, "{off} ms: {seeks:?}");
    }
    assert_eq!(seeks_that_land(2.0, 600), [] as [f64; 0], "what is near enough is left alone");
}

#[test]
fn seeks_that_help_are_never_rare() {
    let policy = Engine::WebKit.policy();
    let mut controller = DriftController::new(policy, policy.seek_beyond, UNKNOWN, 1.0, LocalTime::ZERO);
    let mut element = Element::new(0.0, 1.0, 0.0, 6);
    for fault in 1..20 {
        let since = LocalTime::ZERO + Span::from_secs(10 * fault);
        let mut off = true;
        while element.now < since + Span::from_secs(9) {
            let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
            if off && now >= since {
                element.drift = -400.0;
                off = false;
            }
            element.advance(now);
            controller.handle_read(element.read());
            if let Some(Correction::Seek { .. }) = controller.poll_correction(now, &HEADING) {
                element.drift = 1.0;
                controller.handle_jump(now);
            }
        }
        assert!(element.drift > -10.0, "what befell it after {fault} times 10 s was left");
    }
}

#[test]
fn what_a_seek_lost_is_sought_again_soon_but_not_for_ever() {
    let gaps = |off| seeks_that_land(off, 20).windows(2).map(|two| two[1] - two[0]).collect::<Vec<_>>();
    let lost = gaps(400.0);
    assert!(lost[0] < 1.5 && lost[1] < 1.5, "{lost:?}");
    assert!(lost[2..].iter().all(|gap| *gap >= 3.0), "{lost:?}");
    assert!(gaps(60.0).iter().all(|gap| *gap >= 3.0));
}

#[test]
fn an_engine_that_is_preset_gets_its_rate_with_a_seek_and_at_no_other_time() {
    let policy = Engine::WebKit.policy();
    let mut controller = DriftController::new(policy, policy.seek_beyond, UNKNOWN, 1.0, LocalTime::ZERO);
    let (mut element, mut rates) = (Element::new(0.0, 1.0, 120e-6, 2), Vec::new());
    while element.now < LocalTime::ZERO + Span::from_secs(600) {
        let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
        element.advance(now);
        controller.handle_read(element.read());
        match controller.poll_correction(now, &HEADING) {
            Some(Correction::Seek { rate, .. }) => {
                element.rate = rate;
                element.drift = 0.0;
                rates.push(rate);
                controller.handle_jump(now);
            }
            Some(other) => panic!("{other:?}"),
            None => {}
        }
    }
    assert!((1..=2).contains(&rates.len()), "{rates:?}");
    assert!(rates.iter().all(|rate| (rate - 1.0 + 120e-6).abs() < 25e-6), "{rates:?}");
}

/// So long an element that is exact above 1 only, on a card whose skew is known; asked for, if so, from the beginning.
/// A delay is as exact as it was recorded to be at worst.
fn above_one(start: f64, ppm: f64, seed: u64, asked: bool, secs: i64) -> (Run, Vec<f64>) {
    let policy = Engine::Gecko.policy();
    let known = Skew { mean: ppm * 1e-6, sigma: 3e-6 };
    let rate = resting_rate(&policy, known, 0.0);
    let mut controller = DriftController::new(policy, Span::from_millis(80), known, rate, LocalTime::ZERO);
    let mut element = Element::new(start, rate, known.mean, seed);
    let mut run = Run { drifts: vec![], rates: vec![(0.0, rate)], seeks: vec![] };
    let mut delays = vec![];
    if asked {
        controller.handle_asked(LocalTime::ZERO);
    }
    while element.now < LocalTime::ZERO + Span::from_secs(secs) {
        let now = controller.poll_timeout().max(element.now + Span::from_millis(1));
        element.advance(now);
        controller.handle_read(element.read());
        match controller.poll_correction(now, &HEADING) {
            Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) => {
                element.write(rate);
                run.rates.push((now.as_secs(), rate));
            }
            Some(Correction::Seek { error, .. }) => {
                run.seeks.push(error.as_ms());
                element.drift = -12.0;
                controller.handle_jump(now);
            }
            Some(Correction::Delay { error }) => {
                delays.push(now.as_secs());
                element.drift -= error.as_ms() + if delays.len() % 2 == 0 { 8.0 } else { -1.0 };
                controller.handle_jump(now);
            }
            None => {}
        }
        run.drifts.push((now.as_secs(), element.drift));
    }
    (run, delays)
}

#[test]
fn an_engine_that_is_exact_above_one_is_bent_forwards_and_delayed_where_it_is_ahead() {
    for (start, ppm, asked, delayed) in [
        (-9.0, 90.0, false, 0),
        (-9.0, -90.0, false, 0),
        (-60.0, 0.0, false, 0),
        (3.0, 0.0, false, 0),
        (4.0, 0.0, true, 1),
        (-4.0, 0.0, true, 0),
        (9.0, 10.0, false, 1),
        (30.0, 10.0, false, 1),
        // It is slowed as far as it rests above 1.
        (3.0, -200.0, false, 0),
    ] {
        for seed in 1..5 {
            let (run, delays) = above_one(start, ppm, seed, asked, 20);
            let case = format!("{start} ms ahead, {ppm} ppm, asked: {asked}, seed {seed}");
            assert_eq!(run.seeks, [] as [f64; 0], "{case}");
            assert_eq!(delays.len(), delayed, "{case}");
            assert!(worst(&run, 12.0) < 5.5, "{case}: {}", worst(&run, 12.0));
            assert!(run.rates.iter().all(|(_, rate)| *rate > 1.0), "{case}: {:?}", run.rates);
        }
    }
}

#[test]
fn a_card_that_gains_where_it_may_not_be_slowed_is_delayed_now_and_then_and_stays_near() {
    for (ppm, at_most) in [(20.0, 3), (50.0, 5), (100.0, 9)] {
        let (run, delays) = above_one(-8.0, ppm, 3, false, 600);
        assert_eq!(run.seeks, [] as [f64; 0], "{ppm} ppm");
        assert!((1..=at_most).contains(&delays.len()), "{ppm} ppm: delayed at {delays:?} s");
        assert!(delays.windows(2).all(|two| two[1] - two[0] >= 59.0), "{ppm} ppm: delayed at {delays:?} s");
        // A pause that was longer than it should be leaves it behind for a moment.
        assert!(worst(&run, 5.0) < 8.0 + LAG_MOST + 1.0, "{ppm} ppm: {}", worst(&run, 5.0));
        let steady: Vec<f64> =
            run.drifts.iter().filter(|(at, _)| *at > 30.0).map(|(_, drift)| *drift).collect();
        let mean = steady.iter().sum::<f64>() / steady.len() as f64;
        assert!(steady.iter().all(|drift| *drift < 7.5), "{ppm} ppm: too far ahead");
        assert!(mean.abs() < 2.5, "{ppm} ppm: {mean} ms in the mean");
    }
}

#[test]
fn what_is_far_ahead_is_sought() {
    let (run, delays) = above_one(400.0, 0.0, 1, false, 10);
    assert_eq!((run.seeks.len(), delays.len()), (1, 0));
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

//! Eight listeners on each kind of network: steady for a minute, then a start, a seek, a resume and a late join.

use std::cell::RefCell;

use super::bounds::{self, Bounds};
use super::{figure, law, seeds};
use crate::sim::network::{Link, NetworkModel};
use crate::sim::statistics::Distribution;
use crate::sim::trial::{Outcome, Trial};
use crate::sim::world::{World, track};
use crate::sync::engine::Engine;
use crate::sync::time::Span;

fn trial(profile: &str, listeners: usize, secs: i64, seed: u64) -> Outcome {
    let link = profile.parse::<Link>().expect("the tests know the names");
    Trial {
        links: vec![(profile.to_owned(), link)],
        engines: vec![Engine::Chromium],
        listeners,
        length: Span::from_secs(secs),
        rounds: 1,
        seed,
    }
    .run()
}

#[derive(Default)]
struct All {
    apart: Distribution,
    clock: Distribution,
    soon: Distribution,
    later: Distribution,
    far: u64,
}

fn keeps(profile: &str, bounds: &Bounds) {
    let all = RefCell::new(All::default());
    law(bounds.seeds, |seed| {
        let outcome = trial(profile, 8, 60, seed);
        let all = &mut *all.borrow_mut();
        let mut later = Distribution::default();
        for after in &outcome.aftermaths {
            all.soon.merge(&after.soon);
            later.merge(&after.later);
        }
        all.apart.merge(&outcome.apart);
        all.far += u64::from(outcome.apart.quantile(0.95) > bounds::FAR);
        all.clock.merge(&outcome.clock);
        all.later.merge(&later);
        vec![
            figure("two apart, p95", outcome.apart.quantile(0.95), bounds.apart_p95),
            figure("clock off, p95", outcome.clock.quantile(0.95), bounds.clock_p95),
            figure("two apart 4 s after an action, p95", later.quantile(0.95), bounds.later_p95),
        ]
    });
    if seeds(2).count() == 1 {
        // One seed is not what the rest is about.
        return;
    }
    let all = all.into_inner();
    for (what, value, bound) in [
        ("seeds with two far apart", all.far as f64, bounds.far_seeds as f64),
        ("two apart, median", all.apart.quantile(0.5), bounds.apart_median_all),
        ("two apart, p95", all.apart.quantile(0.95), bounds.apart_p95_all),
        ("clock off, p95", all.clock.quantile(0.95), bounds.clock_p95_all),
        ("two apart 1.5 s after an action, p95", all.soon.quantile(0.95), bounds.soon_p95_all),
        ("two apart 4 s after an action, p95", all.later.quantile(0.95), bounds.later_p95_all),
    ] {
        println!("{profile}, all seeds: {what} {value:.2} of {bound}");
        assert!(value <= bound, "{profile}, all seeds: {what} {value:.2} > {bound}");
    }
}

#[test]
fn at_home_eight_hear_one_music() {
    keeps("lan", &bounds::LAN);
}

#[test]
fn on_a_wifi_that_naps_eight_hear_one_music() {
    keeps("wifi", &bounds::WIFI);
}

#[test]
fn on_phones_eight_hear_one_music() {
    keeps("4g", &bounds::MOBILE);
}

#[test]
fn while_a_queue_fills_and_drains_eight_hear_one_music() {
    keeps("bufferbloat", &bounds::BUFFERBLOAT);
}

#[test]
fn an_asymmetry_is_the_same_for_all_and_does_not_part_them() {
    keeps("asymmetric", &bounds::ASYMMETRIC);
}

#[test]
fn with_jitter_both_ways_eight_hear_one_music() {
    keeps("jitter", &bounds::JITTER);
}

#[test]
fn through_black_outs_eight_hear_one_music() {
    keeps("blackout", &bounds::BLACKOUT);
}

#[test]
fn ten_minutes_at_home_pass_without_a_seek_and_with_few_writes() {
    law(bounds::TEN_MINUTES.seeds, |seed| {
        let outcome = trial("lan", 4, 600, seed);
        vec![
            figure("seeks", outcome.touches.seeks as f64, 0.0),
            figure(
                "writes an hour",
                outcome.per_hour(outcome.touches.rates),
                bounds::TEN_MINUTES.writes_an_hour,
            ),
            figure("two apart, p95", outcome.apart.quantile(0.95), bounds::TEN_MINUTES.apart_p95),
            figure("two apart, max", outcome.apart.most(), bounds::TEN_MINUTES.apart_most),
        ]
    });
}

#[test]
fn the_same_seed_gives_the_same_evening() {
    for (name, _) in Link::NAMED {
        for seed in seeds(3) {
            let evening = || trial(name, 4, 20, seed);
            let (one, other) = (evening(), evening());
            assert_eq!(one.apart, other.apart, "{name}, seed {seed}");
            assert_eq!(one.to_string(), other.to_string(), "{name}, seed {seed}");
            assert!(one.traces == other.traces, "{name}, seed {seed}");
        }
    }
}

#[test]
fn who_is_on_another_network_hears_the_same_music() {
    law(bounds::MIXED.0, |seed| {
        let mut world = World::new(NetworkModel::LAN, seed);
        for name in ["lan", "wifi", "4g", "wifi"] {
            world.joiners_have(Engine::Chromium, name.parse::<Link>().expect("a known name"));
            world.join();
        }
        world.run(Span::from_secs(2));
        let song = track("song", Span::from_secs(600));
        world.host(crate::room::Command::Play { track: song, position: None });
        world.run(Span::from_secs(20));
        let mut apart = Distribution::default();
        for look in super::hear(&mut world, 40) {
            apart.add(look.apart_ms);
        }
        vec![figure("the farthest two, p95", apart.quantile(0.95), bounds::MIXED.1)]
    });
}

//! Engines other than Chromium, as far as the simulation knows them: their policies, not their every habit.

use super::{bounds, figure, law};
use crate::sim::network::NetworkModel;
use crate::sim::trial::Trial;
use crate::sync::engine::Engine;
use crate::sync::time::Span;

/// Three who listen for ten minutes and touch nothing.
fn at_home(engines: &[Engine], seed: u64) -> Trial {
    Trial {
        links: vec![("lan".to_owned(), NetworkModel::LAN.into())],
        engines: engines.to_vec(),
        listeners: 3,
        length: Span::from_secs(600),
        rounds: 0,
        seed,
    }
}

fn keeps(engines: &[Engine], bounds: &bounds::OfEngine) {
    law(bounds.seeds, |seed| {
        let outcome =
            Trial { listeners: 4, length: Span::from_secs(60), rounds: 1, ..at_home(engines, seed) }.run();
        vec![
            figure("two apart, median", outcome.apart.quantile(0.5), bounds.apart_median),
            figure("two apart, p95", outcome.apart.quantile(0.95), bounds.apart_p95),
            figure("writes an hour", outcome.per_hour(outcome.touches.rates), bounds.writes_an_hour),
        ]
    });
}

fn keeps_still(engines: &[Engine], bounds: &bounds::Still) {
    law(bounds::STILL_SEEDS, |seed| {
        let outcome = at_home(engines, seed).run();
        let marks = outcome.touches.seeks + outcome.touches.pauses;
        vec![
            figure("two apart, median", outcome.apart.quantile(0.5), bounds.apart_median),
            figure("two apart, p95", outcome.apart.quantile(0.95), bounds.apart_p95),
            figure("marks in a minute of one", outcome.per_hour(marks) / 60.0, bounds.marks_a_minute),
        ]
    });
}

#[test]
fn firefox_keeps_still_for_ten_minutes() {
    keeps_still(&[Engine::Chromium, Engine::Gecko], &bounds::GECKO_STILL);
}

#[test]
fn webkit_keeps_still_for_ten_minutes() {
    keeps_still(&[Engine::Chromium, Engine::WebKit], &bounds::WEBKIT_STILL);
}

#[test]
fn all_engines_keep_still_for_ten_minutes() {
    keeps_still(&[Engine::Chromium, Engine::Gecko, Engine::WebKit], &bounds::ALL_STILL);
}

#[test]
fn firefox_is_bent_above_one_and_delayed_where_it_is_ahead() {
    keeps(&[Engine::Gecko], &bounds::GECKO);
}

#[test]
fn webkit_is_not_bent_and_stays_within_its_seeks() {
    keeps(&[Engine::WebKit], &bounds::WEBKIT);
}

#[test]
fn an_unknown_engine_is_never_bent_and_stays_within_its_seeks() {
    keeps(&[Engine::Unknown], &bounds::UNKNOWN);
}

#[test]
fn an_unknown_engine_beside_a_known_one_is_as_far_off_as_its_seeks_and_its_sound_allow() {
    keeps(&[Engine::Chromium, Engine::Unknown], &bounds::UNKNOWN_BESIDE_CHROMIUM);
}

#[test]
fn all_engines_hear_one_music() {
    keeps(&[Engine::Chromium, Engine::Gecko, Engine::WebKit], &bounds::ALL_ENGINES);
}

//! The laws of keeping in step, each over many seeds: 0, 1, 2, … the same in every run. What the laws ask for stands in
//! one table, [`bounds`]. A seed that breaks a law is named; it is tried alone, or other seeds are, by
//!
//! ```sh
//! TUTTI_SIM_SEED=17 cargo test --release sim::tests            # this one only
//! TUTTI_SIM_FROM=100000 cargo test --release sim::tests        # as many, but from there
//! cargo test --release sim::tests -- --nocapture               # how near each law came to its bound
//! ```

mod bounds;
mod engines;
mod people;
mod profiles;
mod room_time;
mod troubles;
mod tuning;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::network::{Link, NetworkModel};
use super::world::{Heard, World, track};
use crate::room::Command;
use crate::sync::time::Span;

/// Something measured that has to stay at or below a bound.
struct Figure {
    what: &'static str,
    value: f64,
    bound: f64,
}

fn figure(what: &'static str, value: f64, bound: f64) -> Figure {
    Figure { what, value, bound }
}

/// So many times something happened that must not.
fn never(what: &'static str, times: usize) -> Figure {
    figure(what, times as f64, 0.0)
}

/// Which seeds to try.
fn seeds(count: u64) -> Range<u64> {
    let told = |name| std::env::var(name).ok().map(|seed| seed.parse::<u64>().expect("a seed is a number"));
    match told("TUTTI_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => told("TUTTI_SIM_FROM").map_or(0..count, |from| from..from + count),
    }
}

/// Every seed keeps its bounds.
fn law(count: u64, measure: impl Fn(u64) -> Vec<Figure>) {
    let test = std::thread::current().name().unwrap_or("sim::tests").to_owned();
    let mut worst: Vec<(Figure, u64)> = Vec::new();
    let mut sums: Vec<f64> = Vec::new();
    let mut broken = Vec::new();
    for seed in seeds(count) {
        let Ok(figures) = catch_unwind(AssertUnwindSafe(|| measure(seed))) else {
            panic!("seed {seed} panics; again: TUTTI_SIM_SEED={seed} cargo test --release {test}");
        };
        for (n, figure) in figures.into_iter().enumerate() {
            if figure.value.is_nan() || figure.value > figure.bound {
                broken.push((seed, format!("{} {:.2} > {}", figure.what, figure.value, figure.bound)));
            }
            match worst.get_mut(n) {
                None => {
                    sums.push(figure.value);
                    worst.push((figure, seed));
                }
                Some(known) => {
                    sums[n] += figure.value;
                    if known.0.value < figure.value {
                        *known = (figure, seed);
                    }
                }
            }
        }
    }
    let tried = seeds(count).count() as f64;
    for ((figure, seed), sum) in worst.iter().zip(sums) {
        println!(
            "{test}: {} {:.2} of {}, by seed {seed}; {:.2} in the mean",
            figure.what,
            figure.value,
            figure.bound,
            sum / tried
        );
    }
    if let Some((seed, what)) = broken.first() {
        let all: Vec<_> = broken.iter().take(8).map(|(seed, what)| format!("seed {seed}: {what}")).collect();
        panic!(
            "{} of {count} seeds, among them\n  {}\nthe first again: TUTTI_SIM_SEED={seed} cargo test --release {test}\n({what})",
            broken.len(),
            all.join("\n  ")
        );
    }
}

fn room_of(listeners: usize, link: impl Into<Link>, seed: u64) -> World {
    let mut world = World::new(link, seed);
    for _ in 0..listeners {
        world.join();
    }
    world.run(Span::from_secs(2));
    world
}

/// A room at home in which one long track has played for so long.
fn playing_for(secs: i64, listeners: usize, seed: u64) -> World {
    let mut world = room_of(listeners, NetworkModel::LAN, seed);
    world.host(Command::Play { track: track("song", Span::from_secs(3_600)), position: None });
    world.run(Span::from_secs(secs));
    world
}

fn hear(world: &mut World, secs: i64) -> Vec<Heard> {
    world.listen(Span::from_secs(secs), Span::from_millis(50))
}

/// How often somebody was silent.
fn silent(heard: &[Heard], listeners: usize) -> usize {
    heard.iter().filter(|look| look.sounding < listeners).count()
}

/// The farthest two at the worst moment, in ms.
fn worst(heard: &[Heard]) -> f64 {
    heard.iter().map(|look| look.apart_ms).fold(0.0, f64::max)
}

/// After so many seconds all sound, within so many ms of each other, and do so for a second; for ever, if not.
fn together_after(heard: &[Heard], listeners: usize, ms: f64) -> f64 {
    let together = |look: &Heard| look.sounding == listeners && look.apart_ms <= ms;
    heard.windows(20).position(|looks| looks.iter().all(together)).map_or(f64::INFINITY, |n| n as f64 * 0.05)
}

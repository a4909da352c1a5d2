//! `tutti simulate`: what the listeners of a room would hear, in a table and a drawing.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::args::{ENGINES, Simulation};
use crate::sim::network::Link;
use crate::sim::plot;
use crate::sim::race;
use crate::sim::trial::Trial;
use crate::sync::engine::Engine;
use crate::sync::time::Span;

/// How often each action is done at the end.
const ROUNDS: usize = 5;
/// How many seeds the clock filters race for.
const RACES: u64 = 50;

pub(super) fn simulate(simulation: Simulation) -> Result<()> {
    let svg = simulation.svg.clone().unwrap_or_else(|| drawing(&simulation));
    let profiles = simulation.profiles.clone();
    let outcome = trial(simulation)?.run();
    print!("{outcome}");
    let rows: Vec<_> = profiles.iter().flat_map(|profile| race::on_named(profile, RACES)).collect();
    println!(
        "\nClock filters on the same traces, {RACES} seeds of 10 min, error beside half the asymmetry:\n"
    );
    print!("{}", race::table(&rows));
    std::fs::write(&svg, plot::svg(&outcome))
        .with_context(|| format!("the drawing {} cannot be written", svg.display()))?;
    println!("\nDrawn in {}.", svg.display());
    Ok(())
}

fn trial(simulation: Simulation) -> Result<Trial> {
    let links = simulation
        .profiles
        .into_iter()
        .map(|name| name.parse::<Link>().map(|link| (name, link)))
        .collect::<Result<_, _>>()?;
    Ok(Trial {
        links,
        engines: simulation.engines.iter().map(|name| engine(name)).collect(),
        listeners: usize::from(simulation.listeners),
        length: Span::from_secs(i64::from(simulation.minutes) * 60),
        rounds: ROUNDS,
        seed: simulation.seed,
    })
}

/// Flags are checked before: it is one of them.
fn engine(name: &str) -> Engine {
    ENGINES.iter().find(|(known, _)| *known == name).map_or(Engine::default(), |(_, engine)| *engine)
}

fn drawing(simulation: &Simulation) -> PathBuf {
    PathBuf::from(format!("simulate-{}-{}.svg", simulation.profiles.join("-"), simulation.seed))
}

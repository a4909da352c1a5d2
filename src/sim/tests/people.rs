//! The laws of a room, walked through by arbitrary people ([`super::super::model`]).

use super::super::model::choices::bytes_of_seed;
use super::super::model::{Walked, browser, walk};

/// Walks, and how many bytes each is of: some 3,600 commands.
const WALKS: u64 = 300;
const BYTES: usize = 48_000;

/// Commands that have to be walked in all.
const COMMANDS: u64 = 1_000_000;

/// To look further, give `TUTTI_WALK_SEED`; a seed that failed is in the message.
const FIRST_SEED: u64 = 20_261_122;

#[test]
fn whatever_a_million_commands_do_the_laws_of_a_room_hold() {
    let first = option_env!("TUTTI_WALK_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(FIRST_SEED);
    let mut all = Walked::default();
    for seed in first..first + WALKS {
        let walked =
            walk(&bytes_of_seed(seed, BYTES)).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        all.steps += walked.steps;
        all.commands += walked.commands;
        all.taken += walked.taken;
        all.crashes += walked.crashes;
        all.starts += walked.starts;
    }
    println!("{all:?}");
    assert!(all.commands >= COMMANDS, "{all:?}");
    // Else most of them were refused, and nothing was tried.
    assert!(
        all.taken * 5 > all.commands && all.crashes * 400 > all.steps && all.starts * 50 > all.commands,
        "{all:?}"
    );
}

#[test]
fn whatever_a_server_and_an_element_do_a_listener_asks_for_nothing_senseless() {
    for seed in FIRST_SEED..FIRST_SEED + 60 {
        browser::walk(&bytes_of_seed(seed, 4_000)).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

//! What the clock of the server's machine may do while a room plays: NTP slews it, the machine moves to another host, it
//! sleeps, it is started anew. Listeners follow room time, which is a clock like any other; what is asked is that they
//! stay together, and that nobody's music is touched more than it has to be.

use super::bounds::{self, TROUBLE_SEEDS};
use super::{figure, hear, law, never, playing_for, silent, worst};
use crate::sim::browser::{Browser, Touches};
use crate::sim::world::{Heard, World};
use crate::sync::time::Span;

/// From one look to the next.
const LOOK_S: f64 = 0.05;

/// The farthest from the room's timeline, in ms.
fn off(heard: &[Heard]) -> f64 {
    heard.iter().map(|look| look.off_ms).fold(0.0, f64::max)
}

/// When for the last time somebody was silent, or farther from the room than this: s from the beginning.
fn out_until(heard: &[Heard], listeners: usize, ms: f64) -> f64 {
    let out = |look: &Heard| look.sounding < listeners || look.off_ms > ms;
    heard.iter().rposition(out).map_or(0.0, |n| (n + 1) as f64 * LOOK_S)
}

/// The most seeks of one listener, heard or not.
fn most_seeks(world: &World) -> f64 {
    let of = |browser: &Browser| browser.touches.seeks + browser.touches.unheard_seeks;
    world.browsers.iter().map(of).max().unwrap_or(0) as f64
}

/// How long somebody was silent, in s.
fn silence(heard: &[Heard]) -> f64 {
    silent(heard, 4) as f64 * LOOK_S
}

/// Four listeners who have settled, and of whom nothing is held against them.
fn settled(seed: u64) -> World {
    let mut world = playing_for(60, 4, seed);
    for browser in &mut world.browsers {
        browser.touches = Touches::default();
    }
    world
}

#[test]
fn a_room_clock_that_is_slewed_for_a_minute_takes_its_room_along() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = settled(seed);
        world.run_server_clock_at(if seed % 2 == 0 { 500e-6 } else { -500e-6 });
        let slewed = hear(&mut world, 60);
        world.run_server_clock_at(0.0);
        let after = hear(&mut world, 90);
        vec![
            never("somebody silent", silent(&slewed, 4) + silent(&after, 4)),
            figure("two apart", worst(&slewed).max(worst(&after)), bounds::SLEWED_APART_MS),
            figure("off the room", off(&slewed).max(off(&after)), bounds::SLEWED_OFF_MS),
            figure("5 ms off the room until s after", out_until(&after, 4, 5.0), bounds::SLEWED_S),
            figure("seeks of one", most_seeks(&world), 0.0),
        ]
    });
}

#[test]
fn a_room_clock_with_another_quartz_is_followed_unheard() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = settled(seed);
        world.run_server_clock_at(if seed % 2 == 0 { 50e-6 } else { -50e-6 });
        let heard = hear(&mut world, 120);
        vec![
            never("somebody silent", silent(&heard, 4)),
            figure("two apart", worst(&heard), bounds::MOVED_HOST_MS),
            figure("off the room", off(&heard), bounds::MOVED_HOST_MS),
            figure("seeks of one", most_seeks(&world), 0.0),
        ]
    });
}

#[test]
fn a_server_that_slept_has_everybody_go_back_once_and_together() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = settled(seed);
        world.suspend_server(Span::from_secs(5));
        let asleep = hear(&mut world, 5);
        let heard = hear(&mut world, 60);
        vec![
            never("somebody silent while it slept", silent(&asleep, 4)),
            figure("two apart while it slept", worst(&asleep), bounds::OFFLINE_MS),
            figure("5 ms off the room until s after", out_until(&heard, 4, 5.0), bounds::SLEPT_S),
            figure("s with somebody silent", silence(&heard), bounds::SLEPT_SILENT_S),
            figure("seeks of one", most_seeks(&world), bounds::SLEPT_SEEKS),
        ]
    });
}

#[test]
fn a_restart_with_a_clock_that_is_right_is_not_heard() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = settled(seed);
        world.restart_server(Span::from_secs(1));
        let heard = hear(&mut world, 60);
        vec![
            never("somebody silent", silent(&heard, 4)),
            figure("two apart", worst(&heard), bounds::RESTART_MS),
            figure("off the room", off(&heard), bounds::RESTART_MS),
            figure("seeks of one", most_seeks(&world), 0.0),
        ]
    });
}

#[test]
fn a_restart_with_a_clock_that_is_off_is_taken_over_with_one_seek() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = settled(seed);
        let by = [-2_000, -300, 300, 2_000][seed as usize % 4];
        world.restart_server_with(Span::from_secs(1), Span::from_millis(by));
        let heard = hear(&mut world, 30);
        vec![
            figure("5 ms off the room until s after", out_until(&heard, 4, 5.0), bounds::RESTART_OFF_S),
            figure("s with somebody silent", silence(&heard), bounds::SLEPT_SILENT_S),
            figure("seeks of one", most_seeks(&world), bounds::SLEPT_SEEKS),
        ]
    });
}

//! Devices that are tuned by ear: the room is silent, or plays on without them, and their clicks fall together.

use super::*;
use crate::listener::made_sound::CLICKS_LENGTH;

#[test]
fn the_clicks_of_two_devices_fall_within_a_few_ms() {
    law(100, |seed| {
        let mut world = room_of(2, NetworkModel::WIFI, seed);
        world.tune(0, true);
        world.run(Span::from_secs(3));
        world.tune(1, true);
        world.run(Span::from_secs(10));
        // Over the end of at least one run of the file.
        let heard = world.listen(CLICKS_LENGTH + Span::from_secs(10), Span::from_millis(50));
        let mut apart: Vec<f64> =
            heard.iter().filter(|look| look.sounding == 2).map(|look| look.apart_ms).collect();
        apart.sort_by(f64::total_cmp);
        vec![
            figure("95th percentile, ms apart", apart[apart.len() * 95 / 100], bounds::TUNED_APART_P95),
            figure("looks at silence", silent(&heard, 2) as f64, bounds::HAND_OVER.silent),
        ]
    });
}

#[test]
fn a_device_that_is_moved_by_ear_clicks_earlier_by_that_much() {
    law(100, |seed| {
        let mut world = room_of(2, NetworkModel::LAN, seed);
        world.tune(0, true);
        world.tune(1, true);
        world.run(Span::from_secs(10));
        let ahead = |world: &World| {
            let heard = |n: usize| world.browsers[n].heard(world.now).unwrap_or(f64::NAN);
            (heard(1) - heard(0)) * 1e3
        };
        let before = ahead(&world);
        world.move_output(1, Span::from_millis(30));
        world.run(Span::from_secs(3));
        vec![figure("off by ms after 3 s", (ahead(&world) - before - 30.0).abs(), bounds::TUNED_OFF_MS)]
    });
}

#[test]
fn who_is_tuned_while_the_room_plays_comes_back_in_step() {
    law(100, |seed| {
        let mut world = playing_for(20, 2, seed);
        world.tune(1, true);
        world.run(Span::from_secs(15));
        world.tune(1, false);
        let heard = hear(&mut world, 8);
        vec![figure("s until both are within 5 ms", together_after(&heard, 2, 5.0), bounds::JOINED_S)]
    });
}

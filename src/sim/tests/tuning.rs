//! Devices that are tuned by ear: the room is silent, or plays on without them, and their clicks fall together.

use super::*;
use crate::listener::made_sound::CLICKS_LENGTH;

/// How far each is from the clicks of the true room time, in ms: nobody is asked to be near that, but near each other.
const CLICKS_APART_P95: f64 = 4.0;

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
            figure("95th percentile, ms apart", apart[apart.len() * 95 / 100], CLICKS_APART_P95),
            figure("looks at silence", silent(&heard, 2) as f64, bounds::HAND_OVER_SILENT),
        ]
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

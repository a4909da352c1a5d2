//! What goes wrong in an evening: a laptop that sleeps, a network that goes, a server that restarts, data that run out,
//! a browser that wants a tap. At home, with new devices each time.

use super::bounds::{self, TROUBLE_SEEDS};
use super::{figure, hear, law, never, playing_for, room_of, silent, together_after, worst};
use crate::listener::view::Connection;
use crate::protocol::{QueuePlace, ReportedState};
use crate::room::Command;
use crate::sim::network::{Link, NetworkModel};
use crate::sim::statistics::Distribution;
use crate::sim::world::{World, track};
use crate::sync::engine::Engine;
use crate::sync::time::{MediaTime, Span};

fn queue(world: &mut World, count: usize, secs: i64) {
    let tracks = (0..count).map(|n| track(&format!("t{n}"), Span::from_secs(secs))).collect();
    world.host(Command::QueueAdd { tracks, at: QueuePlace::End });
    world.host(Command::Next);
}

#[test]
fn a_pause_is_silence_at_one_position_and_a_resume_goes_on_there() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(10, 4, seed);
        world.host(Command::Pause);
        world.run(Span::from_secs(1));
        let sounding = world.heard().sounding;
        let at = world.room.playback(world.now).position;
        let elsewhere = world
            .browsers
            .iter()
            .map(|browser| browser.listener.view())
            .filter(|view| view.sync.state != ReportedState::Paused || view.playback.position != at)
            .count();
        world.host(Command::Resume);
        let heard = hear(&mut world, 10);
        vec![
            never("sounding while paused", sounding),
            never("paused elsewhere", elsewhere),
            figure("together after s", together_after(&heard, 4, 5.0), bounds::RESUMED_S),
        ]
    });
}

#[test]
fn a_seek_happens_everywhere() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(10, 4, seed);
        world.host(Command::Seek { position: MediaTime::from_secs_f64(200.0) });
        let heard = hear(&mut world, 10);
        vec![
            figure("together after s", together_after(&heard, 4, 5.0), bounds::SOUGHT_S),
            figure(
                "off the timeline in the end",
                heard.last().map_or(f64::NAN, |look| look.off_ms),
                bounds::SETTLED_MS,
            ),
        ]
    });
}

#[test]
fn who_joins_late_is_at_the_right_position() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(37, 2, seed);
        world.join();
        let heard = hear(&mut world, 12);
        let heard_after =
            heard.iter().position(|look| look.sounding == 3).map_or(f64::INFINITY, |n| n as f64 * 0.05);
        vec![
            figure("heard after s", heard_after, bounds::JOINED_HEARD_S),
            figure("together after s", together_after(&heard, 3, 5.0), bounds::JOINED_S),
        ]
    });
}

#[test]
fn who_was_asleep_for_half_a_minute_is_back_in_step() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(20, 3, seed);
        world.suspend(1, Span::from_secs(30));
        world.run(Span::from_secs(30) - Span::from_millis(1));
        let asleep = world.heard().sounding;
        let heard = hear(&mut world, 20);
        let online =
            world.browsers.iter().all(|browser| browser.listener.view().connection == Connection::Online);
        vec![
            figure("sounding meanwhile", asleep as f64, 2.0),
            figure("together after s", together_after(&heard, 3, 5.0), bounds::ASLEEP_S),
            never("still not online", usize::from(!online)),
        ]
    });
}

#[test]
fn without_a_network_for_twenty_seconds_the_music_goes_on() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(20, 3, seed);
        world.set_offline(1, true);
        let meanwhile = hear(&mut world, 20);
        world.set_offline(1, false);
        let heard = hear(&mut world, 10);
        vec![
            never("somebody silent", silent(&meanwhile, 3) + silent(&heard, 3)),
            figure("two apart meanwhile", worst(&meanwhile), bounds::OFFLINE_MS),
            figure("two apart afterwards", worst(&heard), bounds::OFFLINE_MS),
        ]
    });
}

#[test]
fn the_music_goes_on_through_a_restart_of_the_server() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = playing_for(10, 3, seed);
        world.restart_server(Span::from_secs(3));
        let heard = hear(&mut world, 15);
        let offline = world
            .browsers
            .iter()
            .filter(|browser| browser.listener.view().connection != Connection::Online)
            .count();
        vec![
            never("somebody silent", silent(&heard, 3)),
            never("not online again", offline),
            figure("two apart", worst(&heard), bounds::RESTART_MS),
        ]
    });
}

/// Three tracks to three listeners, all but the host with this engine.
fn follow_each_other(engine: Engine, bounds: bounds::HandOver) {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = room_of(1, NetworkModel::LAN, seed);
        world.joiners_have(engine, NetworkModel::LAN);
        world.join();
        world.join();
        world.run(Span::from_secs(2));
        queue(&mut world, 3, 20);
        world.run(Span::from_secs(15));
        let heard = hear(&mut world, 30);
        let last = world.room.playback(world.now).track.map(|track| track.title.clone());
        vec![
            figure("looks that find somebody silent", silent(&heard, 3) as f64, bounds.silent),
            figure(
                "looks that find two 30 ms apart",
                heard.iter().filter(|look| look.apart_ms > 30.0).count() as f64,
                bounds.apart,
            ),
            never("not at the last track", usize::from(last.as_deref() != Some("t2"))),
        ]
    });
}

#[test]
fn tracks_follow_each_other_without_a_gap() {
    follow_each_other(Engine::Chromium, bounds::HAND_OVER);
}

#[test]
fn an_engine_whose_elements_fall_asleep_has_what_follows_awake() {
    follow_each_other(Engine::Gecko, bounds::GECKO_HAND_OVER);
}

#[test]
fn an_engine_whose_first_starts_are_anything_has_what_follows_tried() {
    follow_each_other(Engine::WebKit, bounds::WEBKIT_HAND_OVER);
}

#[test]
fn who_is_cut_off_hands_over_alone_and_is_in_step_again_when_the_network_is() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = room_of(3, NetworkModel::LAN, seed);
        queue(&mut world, 2, 30);
        world.run(Span::from_secs(22));
        world.set_offline(2, true);
        let alone = hear(&mut world, 15);
        world.set_offline(2, false);
        let heard = hear(&mut world, 5);
        vec![
            never("silent after the hand-over", silent(&alone[220..], 3)),
            figure("two apart 2 s after", worst(&heard[40..]), bounds::CUT_OFF_MS),
        ]
    });
}

#[test]
fn a_refused_start_waits_for_the_tap_and_joins_at_the_right_position() {
    law(TROUBLE_SEEDS, |seed| {
        let mut world = room_of(2, NetworkModel::LAN, seed);
        world.browsers[1].may_play = false;
        world.host(Command::Play { track: track("song", Span::from_secs(300)), position: None });
        world.run(Span::from_secs(8));
        let view = world.browsers[1].listener.view();
        let unsaid = !view.blocked || view.sync.state != ReportedState::Blocked;
        let sounding = world.heard().sounding;
        world.tap(1);
        let heard = hear(&mut world, 10);
        vec![
            figure("sounding before the tap", sounding as f64, 1.0),
            never("not said", usize::from(unsaid)),
            figure("together after s", together_after(&heard, 2, 5.0), bounds::TAPPED_S),
        ]
    });
}

#[test]
fn who_runs_out_of_data_is_back_in_step() {
    law(TROUBLE_SEEDS, |seed| {
        let link = Link { stalls_per_hour: 120.0, ..Link::from(NetworkModel::LAN) };
        let mut world = room_of(2, link, seed);
        world.host(Command::Play { track: track("song", Span::from_secs(600)), position: None });
        world.run(Span::from_secs(5));
        let mut apart = Distribution::default();
        for look in hear(&mut world, 60).iter().filter(|look| look.sounding == 2) {
            apart.add(look.apart_ms);
        }
        vec![figure("two that sound apart, p90", apart.quantile(0.9), bounds::STALLED_MS)]
    });
}

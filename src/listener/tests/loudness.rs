//! How loud a track is played that is louder, or quieter, than the others.

use super::*;
use crate::protocol::{Decibels, Gain, Loudness};

impl Stage {
    fn announce(&mut self, stream: u64, gain: Option<Gain>) {
        let song = TrackInfo { gain, ..(*track(&format!("song-{stream}"))).clone() };
        let start_at = self.room_now() + Span::from_millis(800);
        self.receive(ServerMessage::PreparePlay {
            stream_id: StreamId(stream),
            revision: Revision(stream + 10),
            track: Arc::new(song),
            queue_entry_id: None,
            start_at,
            start_position: MediaTime::ZERO,
            lead: Span::from_millis(800),
            follows: false,
            server_timestamp: self.room_now(),
        });
    }

    fn choose(&mut self, loudness: Loudness) {
        let settings = RoomSettings { loudness, ..RoomSettings::default() };
        self.receive(ServerMessage::Room { revision: Revision(99), name: "Kitchen".into(), settings });
    }

    /// The last volume that the first element was told.
    fn told_volume(&mut self) -> Option<f64> {
        self.commands().into_iter().rev().find_map(|(deck, command)| match command {
            PlayerCommand::Volume(volume) if deck == Deck::A => Some(volume),
            _ => None,
        })
    }
}

fn gain(track: f64, album: Option<f64>) -> Gain {
    Gain { track: Decibels::new(track), album: album.map(Decibels::new) }
}

fn assert_near(told: Option<f64>, volume: f64) {
    assert!(told.is_some_and(|told| (told - volume).abs() < 0.002), "{told:?} instead of {volume}");
}

#[test]
fn a_loud_track_is_turned_down_before_it_sounds() {
    let mut stage = Stage::online();
    stage.announce(1, Some(gain(-6.02, None)));
    assert_near(stage.told_volume(), 0.5);
}

#[test]
fn a_quiet_track_is_played_as_it_is() {
    let mut stage = Stage::online();
    stage.announce(1, Some(gain(6.0, None)));
    assert_eq!(stage.told_volume(), None, "full volume is what an element begins with");
}

#[test]
fn the_room_chooses_between_track_album_and_nothing() {
    let mut stage = Stage::online();
    stage.announce(1, Some(gain(-6.02, Some(-12.04))));
    stage.take();
    stage.choose(Loudness::Album);
    assert_near(stage.told_volume(), 0.25);
    stage.choose(Loudness::Off);
    assert_near(stage.told_volume(), 1.0);
    stage.choose(Loudness::Track);
    assert_near(stage.told_volume(), 0.5);
}

#[test]
fn the_volumes_of_device_and_track_work_together() {
    let mut stage = Stage::online();
    stage.announce(1, Some(gain(-6.02, None)));
    stage.listener.handle_own_volume(stage.now, Volume::new(0.5).unwrap());
    stage.hear();
    assert_near(stage.told_volume(), 0.25);
}

#[test]
fn each_track_has_its_own_gain_whatever_played_before() {
    let mut stage = Stage::online();
    stage.announce(1, Some(gain(-6.02, None)));
    stage.take();
    stage.announce(2, None);
    let volumes: Vec<f64> = stage
        .commands()
        .into_iter()
        .filter_map(|(_, command)| match command {
            PlayerCommand::Volume(volume) => Some(volume),
            _ => None,
        })
        .collect();
    // The second element begins at full volume; if the first is used again, it is told so.
    assert!(volumes.iter().all(|volume| (volume - 1.0).abs() < 0.002), "{volumes:?}");
}

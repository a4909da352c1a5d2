//! A phone stops a page that falls silent: what the listener does about it, and where it does nothing.

use super::*;

/// A phone in a room that plays.
fn phone() -> Stage {
    Stage::on(true).enter().play()
}

impl Stage {
    fn pause_room(&mut self, revision: u64) {
        self.receive(ServerMessage::PauseAt {
            stream_id: StreamId(1),
            revision: Revision(revision),
            pause_at: self.room_now() + Span::from_millis(100),
            position: MediaTime::from_secs_f64(5.0),
            sync_buffer: Span::from_millis(100),
            server_timestamp: self.room_now(),
        });
        self.pass(Span::from_millis(110));
    }

    /// What it said of keeping awake since it was asked last.
    fn awake(&mut self) -> Vec<bool> {
        let said = self.take().into_iter();
        said.filter_map(|output| if let Output::KeepAwake(on) = output { Some(on) } else { None }).collect()
    }
}

#[test]
fn while_the_room_is_paused_a_phone_plays_silence_until_the_music_sounds() {
    let mut stage = phone();
    stage.pass(Span::from_secs(4));
    assert_eq!(stage.awake(), [] as [bool; 0], "while it plays, the music keeps it awake");
    stage.pause_room(12);
    assert_eq!(stage.awake(), [true]);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(300));
    assert_eq!(stage.awake(), [] as [bool; 0]);
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 13, start_at, 5.0);
    stage.pass(Span::from_millis(100));
    let said = stage.take();
    assert!(said.contains(&Output::Player(Deck::A, PlayerCommand::Play)));
    assert!(!said.contains(&Output::KeepAwake(false)), "not before the music is there");
    stage.media(Deck::A, MediaEvent::Playing);
    assert_eq!(stage.awake(), [false]);
}

#[test]
fn a_silence_of_ten_minutes_is_no_short_pause() {
    let mut stage = phone();
    stage.pause_room(12);
    stage.take();
    stage.pass(Span::from_secs(595));
    assert_eq!(stage.awake(), [] as [bool; 0]);
    stage.pass(Span::from_secs(10));
    assert_eq!(stage.awake(), [false]);
    stage.pass(Span::from_secs(3_600));
    assert_eq!(stage.awake(), [] as [bool; 0]);
}

#[test]
fn a_phone_that_somebody_silenced_is_left_alone() {
    let mut stage = phone();
    stage.listener.handle_silenced(stage.now, true);
    stage.pass(Span::from_secs(5));
    assert_eq!(stage.awake(), [] as [bool; 0]);
}

#[test]
fn silence_is_not_played_before_the_browser_let_anything_play() {
    let mut stage = Stage::on(true).enter();
    stage.prepare(1, "one", 300, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(400));
    stage.media(Deck::A, MediaEvent::Refused);
    stage.pause_room(12);
    assert_eq!(stage.awake(), [] as [bool; 0]);
    assert!(!stage.listener.view().blocked, "nothing to start any more");
}

#[test]
fn once_the_browser_refuses_silence_is_not_tried_either() {
    let mut stage = phone();
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 12, start_at, 50.0);
    stage.pass(Span::from_millis(110));
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(1));
    stage.media(Deck::A, MediaEvent::Refused);
    assert_eq!(stage.awake(), [true, false], "it stood for the seek");
    stage.pause_room(13);
    assert!(!stage.listener.view().blocked);
    assert_eq!(stage.awake(), [] as [bool; 0]);
}

#[test]
fn a_desk_does_not_stop_pages_and_is_not_kept_awake() {
    let mut stage = Stage::playing();
    stage.pause_room(12);
    assert_eq!(stage.awake(), [] as [bool; 0]);
}

#[test]
fn who_leaves_is_not_kept_awake() {
    let mut stage = phone();
    stage.pause_room(12);
    stage.take();
    stage.listener.handle_leave();
    stage.hear();
    assert_eq!(stage.awake(), [false]);
    let mut stage = phone();
    stage.pause_room(12);
    stage.take();
    stage.listener.handle_closed(stage.now, CloseReason::Kicked.code());
    stage.hear();
    assert_eq!(stage.awake(), [false]);
}

#[test]
fn where_the_first_sound_takes_long_it_is_a_silence_before_the_music() {
    for (engine, warms_up) in [(Engine::WebKit, true), (Engine::Chromium, false), (Engine::Gecko, true)] {
        let mut stage = Stage::begun_with(snapshot(), engine, false);
        stage.open();
        let first = stage.awake();
        stage.pass(Span::from_secs(5));
        assert_eq!(
            (first, stage.awake()),
            if warms_up { (vec![true], vec![false]) } else { (vec![], vec![]) }
        );
        stage.listener.handle_tap(stage.now);
        stage.hear();
        assert_eq!(
            stage.awake(),
            if warms_up { vec![true] } else { vec![] },
            "{engine:?}, what was refused before the tap"
        );
    }
}

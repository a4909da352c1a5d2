//! Where what an element says of its starts is not to be believed: it is watched, and rehearsed where there is time.

use super::*;

const MOMENT: Span = Span::from_millis(400);

/// The first deck of a listener in this engine plays in step, and is followed when it ends.
pub(super) fn followed(engine: Engine) -> (Stage, RoomTime) {
    let mut stage = Stage::begun_with(snapshot(), engine, false).enter();
    // So near the end that no deck relieves another any more.
    let ends_at = stage.prepare(1, "one", 800, 76.0) + Span::from_secs(24);
    for event in [MediaEvent::Loaded, MediaEvent::Seeked] {
        stage.media(Deck::A, event);
    }
    stage.rehearse(Deck::A);
    stage.pass(Span::from_millis(810));
    play(&mut stage, Span::ZERO, MOMENT);
    stage.receive(ServerMessage::PreparePlay {
        stream_id: StreamId(2),
        revision: crate::protocol::Revision(20),
        track: track("two"),
        queue_entry_id: None,
        start_at: ends_at,
        start_position: MediaTime::ZERO,
        lead: Span::from_millis(800),
        follows: true,
        server_timestamp: stage.room_now(),
    });
    stage.media(Deck::B, MediaEvent::Loaded);
    (stage, ends_at)
}

/// The first deck plays in step, the second has moved by so much.
pub(super) fn play(stage: &mut Stage, second: Span, for_: Span) {
    let sound_ahead = Engine::WebKit.policy().sound_ahead;
    let until = stage.now + for_;
    while stage.now < until {
        stage.now += Span::from_millis(5);
        let expected = stage.listener.expected_position(stage.now).unwrap() - sound_ahead;
        let decks: Vec<Deck> = stage.listener.playing_decks().collect();
        for deck in decks {
            let position = if deck == Deck::A { expected } else { MediaTime::ZERO + second };
            stage.listener.handle_reading(stage.now, deck, position);
        }
        stage.listener.handle_timeout(stage.now);
        stage.hear();
    }
}

pub(super) fn of_second(stage: &mut Stage) -> Vec<PlayerCommand> {
    stage.commands().into_iter().filter(|(deck, _)| *deck == Deck::B).map(|(_, command)| command).collect()
}

#[test]
fn what_follows_plays_a_moment_unheard_and_goes_back_to_its_beginning() {
    let (mut stage, start_at) = followed(Engine::WebKit);
    let said = of_second(&mut stage);
    assert_eq!(said[said.len() - 2..], [PlayerCommand::Volume(UNHEARD), PlayerCommand::Play]);
    play(&mut stage, Span::ZERO, MOMENT);
    stage.media(Deck::B, MediaEvent::Waiting);
    stage.media(Deck::B, MediaEvent::Playing);
    assert_eq!(of_second(&mut stage), [], "it says that it plays, and does not move");
    play(&mut stage, Span::from_millis(30), Span::from_millis(60));
    play(&mut stage, Span::from_millis(60), Span::from_millis(60));
    assert_eq!(of_second(&mut stage), [PlayerCommand::Pause, PlayerCommand::Seek(MediaTime::ZERO)]);
    stage.media(Deck::B, MediaEvent::Seeked);
    assert_eq!(of_second(&mut stage), [PlayerCommand::Volume(1.0)]);
    assert!(!stage.listener.view().silenced && !stage.listener.view().blocked);
    let left = start_at - stage.room_now();
    play(&mut stage, Span::ZERO, left + Span::from_millis(10));
    let said = of_second(&mut stage);
    assert_eq!(said, [PlayerCommand::Play], "once is enough, and it is heard");
}

#[test]
fn an_engine_that_begins_promptly_rehearses_nothing() {
    for engine in [Engine::Chromium, Engine::Gecko, Engine::Unknown] {
        let (mut stage, _) = followed(engine);
        play(&mut stage, Span::ZERO, MOMENT);
        assert!(!of_second(&mut stage).contains(&PlayerCommand::Play), "{engine:?}");
    }
}

#[test]
fn a_browser_that_plays_one_thing_at_a_time_goes_on_with_that() {
    let (mut stage, start_at) = followed(Engine::WebKit);
    of_second(&mut stage);
    stage.media(Deck::B, MediaEvent::Refused);
    assert!(!stage.listener.view().blocked, "what is heard was not refused");
    assert_eq!(of_second(&mut stage), [PlayerCommand::Pause, PlayerCommand::Seek(MediaTime::ZERO)]);
    stage.media(Deck::B, MediaEvent::Seeked);
    let left = start_at - stage.room_now();
    play(&mut stage, Span::ZERO, left - Span::from_secs(1));
    assert!(!of_second(&mut stage).contains(&PlayerCommand::Play), "not again");
    play(&mut stage, Span::ZERO, Span::from_millis(1_010));
    assert!(of_second(&mut stage).contains(&PlayerCommand::Play));
}

#[test]
fn it_plays_when_it_moves_whatever_it_says() {
    let mut stage = Stage::begun_with(snapshot(), Engine::WebKit, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(796));
    let stand = |stage: &mut Stage| stage.listener.handle_reading(stage.now, Deck::A, MediaTime::ZERO);
    stand(&mut stage);
    stage.media(Deck::A, MediaEvent::Playing);
    stand(&mut stage);
    assert!(!stage.listener.player.is_heard(), "it said so too early");
    play(&mut stage, Span::ZERO, Span::from_millis(50));
    assert!(stage.listener.player.is_heard(), "it never said so again");
}

#[test]
fn what_has_not_moved_when_its_start_is_due_is_put_in_step_unheard_when_it_does() {
    let mut stage = Stage::begun_with(snapshot(), Engine::WebKit, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    let begun = [(Deck::A, PlayerCommand::Volume(UNHEARD)), (Deck::A, PlayerCommand::Play)];
    assert!(stage.commands().ends_with(&begun), "at once");
    for ms in [800, 900] {
        stage.listener.handle_reading(stage.now + Span::from_millis(ms), Deck::A, MediaTime::ZERO);
        stage.listener.handle_timeout(stage.now + Span::from_millis(ms));
        stage.hear();
        assert!(!stage.listener.player.is_heard());
    }
    assert_eq!(stage.commands(), []);
    stage.now += Span::from_millis(900);
    play(&mut stage, Span::ZERO, Span::from_millis(600));
    let said = stage.commands();
    assert_eq!(said.first(), Some(&(Deck::A, PlayerCommand::Volume(1.0))), "{said:?}");
}

#[test]
fn who_joins_late_begins_as_soon_as_it_is_there() {
    let mut stage = Stage::begun_with(snapshot(), Engine::WebKit, false).enter();
    stage.prepare(1, "one", -5_000, 10.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    assert!(matches!(stage.commands().last(), Some((_, PlayerCommand::Seek(_)))));
    stage.media(Deck::A, MediaEvent::Seeked);
    let begun = [(Deck::A, PlayerCommand::Volume(UNHEARD)), (Deck::A, PlayerCommand::Play)];
    assert_eq!(stage.commands(), begun, "not when it is due");
}

#[test]
fn who_may_not_play_at_all_says_so() {
    let mut stage = Stage::begun_with(snapshot(), Engine::WebKit, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Refused);
    assert!(stage.listener.view().blocked);
    stage.take();
    stage.listener.handle_tap(stage.now);
    stage.hear();
    stage.media(Deck::A, MediaEvent::Seeked);
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)), "from its beginning");
}

#[test]
fn who_says_that_it_waits_and_moves_goes_on() {
    let (mut stage, _) = followed(Engine::WebKit);
    stage.media(Deck::A, MediaEvent::Waiting);
    let said = stage.commands();
    assert!(said.contains(&(Deck::A, PlayerCommand::Volume(UNHEARD))), "{said:?}");
    play(&mut stage, Span::ZERO, Span::from_secs(1));
    let said = stage.commands();
    assert!(said.contains(&(Deck::A, PlayerCommand::Volume(1.0))), "{said:?}");
}

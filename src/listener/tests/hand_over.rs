//! One track follows another: what has stood for long begins promptly all the same, and nothing is in the way of its start.

use super::rehearsal::{followed, of_second, play};
use super::*;

/// What is due at the hand-over is done by then.
const AROUND: Span = Span::from_millis(150);

#[test]
fn what_falls_asleep_while_it_stands_is_woken_before_its_start() {
    for (engine, wakes) in [(Engine::Gecko, true), (Engine::Unknown, true), (Engine::Chromium, false)] {
        let mut stage = Stage::begun_with(snapshot(), engine, false).enter();
        stage.prepare(1, "one", 12_000, 0.0);
        stage.media(Deck::A, MediaEvent::Loaded);
        stage.commands();
        stage.pass(Span::from_millis(9_900));
        assert_eq!(stage.commands(), [], "{engine:?}: it would be asleep again by then");
        stage.pass(Span::from_millis(200));
        let woken = [(Deck::A, PlayerCommand::Seek(MediaTime::ZERO))];
        assert_eq!(stage.commands(), woken[..usize::from(wakes)], "{engine:?}");
        stage.media(Deck::A, MediaEvent::Seeked);
        stage.pass(Span::from_millis(1_700));
        assert_eq!(stage.commands(), [], "{engine:?}: once is enough");
        stage.pass(Span::from_millis(250));
        assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)), "{engine:?}");
    }
}

#[test]
fn what_is_loaded_shortly_before_its_start_is_awake() {
    let mut stage = Stage::begun_with(snapshot(), Engine::Gecko, false).enter();
    stage.prepare(1, "one", 4_000, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.commands();
    stage.pass(Span::from_millis(3_900));
    assert_eq!(stage.commands(), []);
}

#[test]
fn what_sleeps_is_not_told_to_be_ready() {
    let mut stage = Stage::begun_with(snapshot(), Engine::Gecko, false).enter();
    let ready = |stage: &mut Stage| {
        let said = stage.take();
        said.iter().any(|output| matches!(output, Output::Transmit(ClientMessage::Ready { .. })))
    };
    stage.prepare(1, "one", 60_000, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    assert!(ready(&mut stage));
    stage.pass(Span::from_secs(8));
    stage.prepare(2, "one", 800, 0.0);
    assert!(!ready(&mut stage));
    stage.media(Deck::A, MediaEvent::Seeked);
    assert!(ready(&mut stage));
}

/// Whether the second deck was told to play before the first one was told to pause for good.
fn begins_first(said: &[(Deck, PlayerCommand)]) -> bool {
    let begins = said.iter().position(|told| *told == (Deck::B, PlayerCommand::Play));
    let ends = said.iter().rposition(|told| *told == (Deck::A, PlayerCommand::Pause));
    begins.zip(ends).is_some_and(|(begins, ends)| begins < ends)
}

#[test]
fn what_begins_comes_before_what_ends() {
    for engine in [Engine::Chromium, Engine::WebKit] {
        let (mut stage, start_at) = followed(engine);
        if engine == Engine::WebKit {
            play(&mut stage, Span::ZERO, AROUND);
            play(&mut stage, Span::from_millis(30), AROUND);
            stage.media(Deck::B, MediaEvent::Seeked);
        }
        let left = start_at - stage.room_now();
        play(&mut stage, Span::ZERO, left - Span::from_millis(10));
        // The page woke up late: both are due.
        if engine == Engine::WebKit {
            stage.commands();
            stage.now += Span::from_millis(12);
            stage.listener.handle_timeout(stage.now);
            stage.hear();
        } else {
            play(&mut stage, Span::ZERO, AROUND);
        }
        let said = stage.commands();
        assert!(begins_first(&said), "{engine:?}: {said:?}");
    }
}

#[test]
fn what_is_skipped_goes_on_until_what_begins_behind_the_room_is_told_to_play() {
    let mut stage = Stage::begun_with(snapshot(), Engine::Gecko, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(900));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.pass(Span::from_secs(3));
    stage.prepare(2, "two", 800, 0.0);
    stage.media(Deck::B, MediaEvent::Loaded);
    stage.commands();
    stage.pass(Span::from_millis(900));
    let said = stage.commands();
    assert!(begins_first(&said), "{said:?}");
}

#[test]
fn an_engine_whose_clock_an_end_disturbs_begins_apart_from_it() {
    let (mut stage, start_at) = followed(Engine::Gecko);
    let left = start_at - stage.room_now();
    stage.commands();
    play(&mut stage, Span::ZERO, left - Span::from_millis(1_100));
    assert_eq!(of_second(&mut stage), []);
    play(&mut stage, Span::ZERO, AROUND);
    let apart = Engine::Gecko.policy().begins_apart.unwrap();
    assert_eq!(of_second(&mut stage), [PlayerCommand::Seek(MediaTime::ZERO + apart)]);
    stage.media(Deck::B, MediaEvent::Seeked);
    let left = start_at - stage.room_now();
    play(&mut stage, Span::ZERO, left + apart - Span::from_millis(50));
    assert_eq!(of_second(&mut stage), [], "the other one has ended by now");
    play(&mut stage, Span::ZERO, Span::from_millis(100));
    let said = of_second(&mut stage);
    assert_eq!(said.last(), Some(&PlayerCommand::Play));
    assert!(!said.contains(&PlayerCommand::Volume(UNHEARD)), "{said:?}");
}

#[test]
fn what_does_not_follow_an_end_begins_at_its_beginning() {
    let mut stage = Stage::begun_with(snapshot(), Engine::Gecko, false).enter();
    stage.prepare(1, "one", 3_000, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.commands();
    stage.pass(Span::from_millis(3_050));
    let said = stage.commands();
    assert!(!said.iter().any(|(_, command)| matches!(command, PlayerCommand::Seek(_))), "{said:?}");
    assert!(said.contains(&(Deck::A, PlayerCommand::Play)), "{said:?}");
}

#[test]
fn nothing_is_drawn_just_before_a_start() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(800) - AROUND - Engine::Chromium.policy().start_latency);
    let call_at = stage.now + AROUND;
    stage.commands();
    while stage.now < call_at - Span::from_millis(5) {
        stage.pass(Span::from_millis(5));
        stage.listener.handle_own_volume(stage.now, Volume::new(0.5).unwrap());
        stage.hear();
    }
    let before = stage.shown_at;
    assert!(before >= call_at - AROUND && before < call_at - Span::from_millis(90), "{before:?} {call_at:?}");
    stage.pass(Span::from_millis(10));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    assert!(stage.shown_at >= call_at - Span::from_millis(5), "and then at once");
}

#[test]
fn what_is_unheard_begins_late_rather_than_elsewhere() {
    let mut stage = Stage::begun_with(snapshot(), Engine::WebKit, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.rehearse(Deck::A);
    stage.commands();
    // The page stood still when it should have begun.
    stage.now += Span::from_millis(900);
    stage.listener.handle_timeout(stage.now);
    stage.hear();
    assert!(matches!(stage.commands()[..], [(Deck::A, PlayerCommand::Seek(_))]), "its beginning is over");
    stage.now += Span::from_millis(250);
    stage.media(Deck::A, MediaEvent::Seeked);
    let begun = [(Deck::A, PlayerCommand::Volume(UNHEARD)), (Deck::A, PlayerCommand::Play)];
    assert_eq!(stage.commands(), begun, "and it stood still again");
}

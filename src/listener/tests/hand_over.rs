//! One track follows another: what has stood for long begins promptly all the same, and nothing is in the way of its start.

use super::rehearsal::{followed, play};
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

#[test]
fn what_begins_comes_before_what_ends() {
    for engine in [Engine::Gecko, Engine::WebKit] {
        let (mut stage, start_at) = followed(engine);
        if engine == Engine::WebKit {
            play(&mut stage, Span::ZERO, AROUND);
            play(&mut stage, Span::from_millis(30), AROUND);
            stage.media(Deck::B, MediaEvent::Seeked);
        }
        let left = start_at - stage.room_now();
        play(&mut stage, Span::ZERO, left - AROUND);
        if engine == Engine::Gecko {
            stage.media(Deck::B, MediaEvent::Seeked);
        }
        stage.commands();
        play(&mut stage, Span::ZERO, AROUND * 2);
        let said = stage.commands();
        let order = |command: &(Deck, PlayerCommand)| said.iter().position(|other| other == command);
        let (begins, ends) =
            (order(&(Deck::B, PlayerCommand::Play)), order(&(Deck::A, PlayerCommand::Pause)));
        assert!(begins.is_some() && begins < ends, "{engine:?}: {said:?}");
    }
}

/// The second deck begins.
fn hand_over(stage: &mut Stage, start_at: RoomTime) {
    let left = start_at - stage.room_now();
    play(stage, Span::ZERO, left - AROUND);
    stage.media(Deck::B, MediaEvent::Seeked);
    while !stage.commands().contains(&(Deck::B, PlayerCommand::Play)) {
        play(stage, Span::ZERO, Span::from_millis(5));
    }
    stage.media(Deck::B, MediaEvent::Playing);
}

#[test]
fn what_firefox_reads_after_a_hand_over_is_not_believed_for_a_while() {
    for (engine, believed_after) in [(Engine::Gecko, 8), (Engine::Chromium, 0)] {
        let (mut stage, start_at) = followed(engine);
        hand_over(&mut stage, start_at);
        let begun = stage.now;
        while stage.listener.view().sync.drift.is_none() && stage.now < begun + Span::from_secs(20) {
            stage.pass(Span::from_millis(50));
        }
        let took = stage.now - begun;
        let least = Span::from_secs(believed_after);
        assert!(took >= least && took < least + Span::from_secs(2), "{engine:?}: {took:?}");
    }
}

#[test]
fn where_its_clock_wandered_its_start_counts() {
    // So many ms ahead its reads come to be, and how fast.
    for (ahead, ms_a_second, is_moved) in [(35.0, 12.0, false), (-35.0, 12.0, false), (35.0, 1e6, true)] {
        let (mut stage, start_at) = followed(Engine::Gecko);
        hand_over(&mut stage, start_at);
        let begun = stage.now;
        while stage.now < begun + Span::from_secs(20) {
            stage.now += Span::from_millis(15);
            let came = ((stage.now - begun).as_secs() * ms_a_second).min(f64::abs(ahead));
            let off = Span::from_ms_f64(came.copysign(ahead)) - Engine::Gecko.policy().sound_ahead;
            let position = stage.listener.expected_position(stage.now).unwrap() + off;
            stage.listener.handle_reading(stage.now, Deck::B, position);
            stage.listener.handle_timeout(stage.now);
            stage.hear();
        }
        let touched = stage.commands().iter().any(|(deck, command)| {
            *deck == Deck::B && matches!(command, PlayerCommand::Pause | PlayerCommand::Seek(_))
        });
        assert_eq!(touched, is_moved, "{ahead} ms at {ms_a_second} a second");
        let believes = stage.listener.view().sync.drift.unwrap().abs();
        assert!(is_moved || believes < Span::from_millis(3), "{believes:?}");
    }
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

//! Starts: on time, late, in the middle; and who waits for a tap.

use super::*;

#[test]
fn a_start_is_loaded_reported_and_played_ahead_of_its_instant_by_the_latency() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    assert!(matches!(&stage.commands()[..], [(Deck::A, PlayerCommand::Load(_))]));
    stage.pass(Span::from_millis(120));
    stage.media(Deck::A, MediaEvent::Loaded);
    let ready = ClientMessage::Ready { stream_id: StreamId(1), took: Span::from_millis(120) };
    assert!(stage.take().contains(&Output::Transmit(ready)));
    // Chromium's default latency is 70 ms.
    stage.pass(Span::from_millis(600));
    assert_eq!(stage.commands(), []);
    stage.pass(Span::from_millis(15));
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Play)]);
}

#[test]
fn nothing_starts_twice_because_two_messages_spoke_of_it() {
    let mut stage = Stage::online();
    let start_at = stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.play_at(1, 11, start_at, 0.0);
    stage.play_at(1, 11, start_at, 0.0);
    stage.pass(Span::from_secs(1));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.play_at(1, 11, start_at, 0.0);
    let plays = stage.commands().into_iter().filter(|(_, command)| *command == PlayerCommand::Play).count();
    assert_eq!(plays, 1);
}

#[test]
fn who_is_late_aims_at_where_the_music_will_be() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    let commands = stage.commands();
    let Some((_, PlayerCommand::Seek(to))) = commands.last() else { panic!("{commands:?}") };
    let ahead = *to - MediaTime::from_secs_f64(15.0);
    assert!(ahead > Span::from_millis(100) && ahead < Span::from_millis(600), "{ahead:?}");
    stage.pass(Span::from_millis(40));
    stage.media(Deck::A, MediaEvent::Seeked);
    assert_eq!(stage.commands(), [], "it waits for its moment");
    stage.pass(ahead);
    let unheard = (Deck::A, PlayerCommand::Volume(UNHEARD));
    assert_eq!(stage.commands(), [unheard, (Deck::A, PlayerCommand::Play)]);
}

#[test]
fn who_joins_in_the_middle_is_put_in_step_before_it_is_heard() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_millis(600));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.media(Deck::A, MediaEvent::Playing);
    // It began 30 ms late.
    let mut behind = 30.0;
    let mut heard = None;
    let (from, mut rate) = (stage.now, 1.0);
    while heard.is_none() && stage.now - from < Span::from_secs(3) {
        let before = stage.now;
        stage.now = stage.listener.poll_timeout().unwrap().max(before + Span::from_millis(1));
        behind -= (stage.now - before).as_ms() * (rate - 1.0);
        let expected = stage.listener.expected_position(stage.now).unwrap();
        let decks: Vec<Deck> = stage.listener.playing_decks().collect();
        for deck in decks {
            stage.listener.handle_reading(stage.now, deck, expected + Span::from_ms_f64(-behind));
        }
        stage.listener.handle_timeout(stage.now);
        stage.hear();
        for (_, command) in stage.commands() {
            match command {
                PlayerCommand::Rate(written) => rate = written,
                PlayerCommand::Volume(volume) => heard = Some((stage.now - from, volume)),
                other => panic!("{other:?}"),
            }
        }
    }
    let (after, volume) = heard.expect("it is heard");
    assert!(behind.abs() < 0.5, "{behind} ms behind");
    assert!(after < Span::from_millis(1_300), "{after:?}");
    assert!((volume - 1.0).abs() < 1e-9);
}

#[test]
fn a_refused_start_waits_for_the_tap() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 300, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(400));
    stage.media(Deck::A, MediaEvent::Refused);
    assert!(stage.listener.view().blocked);
    stage.pass(Span::from_secs(10));
    stage.take();
    stage.listener.handle_tap(stage.now);
    stage.hear();
    assert!(!stage.listener.view().blocked);
    assert_eq!(stage.said.first(), Some(&Output::Unlock), "within the tap");
    assert!(matches!(stage.commands()[..], [(Deck::A, PlayerCommand::Seek(_))]));
}

#[test]
fn a_late_speaker_is_played_to_earlier() {
    let mut stage = Stage::online();
    stage.listener.handle_output_offset(stage.now, Span::from_millis(200));
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.take();
    stage.pass(Span::from_millis(525));
    assert_eq!(stage.commands(), [], "800 − 70 − 200 = 530");
    stage.pass(Span::from_millis(10));
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Play)]);
}

#[test]
fn a_seek_while_a_start_is_under_way_is_followed_and_teaches_nothing() {
    let mut stage = Stage::playing();
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 12, start_at, 50.0);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(1));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 13, start_at, 20.0);
    assert_eq!(stage.commands()[0], (Deck::A, PlayerCommand::Pause));
    assert!(!stage.said.iter().any(|output| matches!(output, Output::Remember(_))));
}

#[test]
fn an_element_that_never_seeks_while_it_stands_is_played_and_told_to_seek_then() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    // Nothing loads, nothing seeks, as before a tap on some phones.
    stage.pass(Span::from_secs(30));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.media(Deck::A, MediaEvent::Refused);
    assert!(stage.listener.view().blocked);
}

#[test]
fn an_element_that_must_not_play_at_one_is_set_beside_it_first() {
    for (engine, sets) in [(Engine::Gecko, true), (Engine::Chromium, false), (Engine::WebKit, false)] {
        let mut stage = Stage::begun_with(snapshot(), engine, false).enter();
        stage.prepare(1, "one", 800, 0.0);
        stage.media(Deck::A, MediaEvent::Loaded);
        stage.rehearse(Deck::A);
        stage.take();
        stage.pass(Span::from_millis(810));
        let commands = stage.commands();
        let rates: Vec<f64> = commands
            .iter()
            .filter_map(
                |(_, command)| if let PlayerCommand::Rate(rate) = command { Some(*rate) } else { None },
            )
            .collect();
        assert_eq!(commands.last(), Some(&(Deck::A, PlayerCommand::Play)), "{engine:?}");
        assert_eq!(rates.len(), usize::from(sets), "{engine:?}: {rates:?}");
        assert!(rates.iter().all(|rate| (rate - 1.0).abs() > 1e-7), "{rates:?}");
    }
}

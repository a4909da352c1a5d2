//! What plays already follows the room: pauses, another track, a sleep, data that ran out.

use super::*;

#[test]
fn a_pause_happens_at_its_instant_and_stands_at_its_position() {
    let mut stage = Stage::playing();
    let position = MediaTime::from_secs_f64(0.5);
    stage.receive(ServerMessage::PauseAt {
        stream_id: StreamId(1),
        revision: crate::protocol::Revision(12),
        pause_at: stage.room_now() + Span::from_millis(100),
        position,
        sync_buffer: Span::from_millis(100),
        server_timestamp: stage.room_now(),
    });
    stage.pass(Span::from_millis(99));
    assert!(!stage.commands().contains(&(Deck::A, PlayerCommand::Pause)));
    stage.pass(Span::from_millis(2));
    let commands = stage.commands();
    assert_eq!(commands, [(Deck::A, PlayerCommand::Pause), (Deck::A, PlayerCommand::Seek(position))]);
}

#[test]
fn another_track_is_loaded_beside_the_one_that_plays() {
    let mut stage = Stage::playing();
    stage.prepare(2, "two", 800, 0.0);
    assert!(matches!(&stage.commands()[..], [(Deck::B, PlayerCommand::Load(_))]), "the first plays on");
    stage.media(Deck::B, MediaEvent::Loaded);
    stage.pass(Span::from_millis(900));
    let commands = stage.commands();
    let of = |command: &PlayerCommand| commands.iter().position(|(_, c)| c == command);
    assert!(of(&PlayerCommand::Play) < of(&PlayerCommand::Pause), "{commands:?}");
}

#[test]
fn after_a_sleep_the_clock_the_room_and_the_element_are_looked_at_anew() {
    let mut stage = Stage::playing();
    stage.pass(Span::from_secs(5));
    stage.said.clear();
    stage.listener.handle_clocks(stage.now, Span::from_secs(1_800_000_000));
    // The clock of the page stood still for a minute, the one on the wall did not.
    stage.listener.handle_clocks(stage.now + Span::from_millis(20), Span::from_secs(1_800_000_060));
    stage.hear();
    let said = stage.take();
    assert!(said.contains(&Output::Transmit(ClientMessage::RequestState)), "{said:?}");
    let deck = stage.listener.playing_decks().next().expect("it plays on");
    // The element stood still, too.
    let asleep = |stage: &Stage| stage.listener.expected_position(stage.now).unwrap() - Span::from_secs(60);
    for _ in 0..20 {
        stage.now += Span::from_millis(20);
        let position = asleep(&stage);
        stage.listener.handle_reading(stage.now, deck, position);
        stage.listener.handle_timeout(stage.now);
        stage.hear();
    }
    let sought = stage.commands().into_iter().any(|(_, command)| matches!(command, PlayerCommand::Seek(_)));
    assert!(sought, "one jump");
}

#[test]
fn who_ran_out_of_data_is_heard_again_when_it_is_in_step() {
    let mut stage = Stage::playing();
    stage.pass(Span::from_secs(8));
    stage.said.clear();
    let deck = stage.listener.playing_decks().next().expect("it plays");
    stage.media(deck, MediaEvent::Waiting);
    assert_eq!(stage.commands(), [(deck, PlayerCommand::Volume(UNHEARD))]);
    stage.pass(Span::from_secs(2));
    stage.media(deck, MediaEvent::Playing);
    let behind = |stage: &Stage| stage.listener.expected_position(stage.now).unwrap() - Span::from_secs(2);
    let mut commands = Vec::new();
    while !commands.iter().any(|(_, command)| matches!(command, PlayerCommand::Seek(_))) {
        stage.now += Span::from_millis(20);
        let position = behind(&stage);
        stage.listener.handle_reading(stage.now, deck, position);
        stage.listener.handle_timeout(stage.now);
        stage.hear();
        commands.extend(stage.commands());
        assert!(commands.len() < 50);
    }
    assert!(!commands.contains(&(deck, PlayerCommand::Volume(1.0))), "not heard two seconds behind");
    stage.media(deck, MediaEvent::Seeked);
    stage.pass(Span::from_secs(1));
    assert!(stage.commands().contains(&(deck, PlayerCommand::Volume(1.0))), "heard in step");
}

/// Whether its file is asked for, by one deck, within a span without any reading.
fn asks_anew(stage: &mut Stage, span: Span) -> bool {
    stage.said.clear();
    stage.pass(span);
    stage.commands().into_iter().any(|(_, command)| matches!(command, PlayerCommand::Load(_)))
}

#[test]
fn what_nothing_arrives_of_is_asked_for_anew() {
    let mut stage = Stage::playing();
    stage.pass(Span::from_secs(8));
    let deck = stage.listener.playing_decks().next().expect("it plays");
    stage.media(deck, MediaEvent::Waiting);
    for _ in 0..5 {
        assert!(!asks_anew(&mut stage, Span::from_secs(3)), "slow is not dead");
        stage.media(deck, MediaEvent::Arriving);
    }
    assert!(asks_anew(&mut stage, Span::from_secs(5)));
}

#[test]
fn who_starves_asks_anew_over_a_new_connection() {
    let mut stage = Stage::playing();
    stage.pass(Span::from_secs(8));
    let deck = stage.listener.playing_decks().next().expect("it plays");
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    stage.said.clear();
    stage.open();
    assert!(stage.commands().is_empty(), "what plays is left alone");
    stage.media(deck, MediaEvent::Waiting);
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    stage.said.clear();
    stage.open();
    assert!(
        stage.commands().iter().any(|(of, command)| *of == deck && matches!(command, PlayerCommand::Load(_)))
    );
}

/// The commands that load something, of what was said since the last look.
fn loads(stage: &mut Stage) -> Vec<Deck> {
    let commands = stage.commands().into_iter();
    commands.filter(|(_, command)| matches!(command, PlayerCommand::Load(_))).map(|(deck, _)| deck).collect()
}

#[test]
fn a_page_that_is_still_loading_asks_anew_over_a_new_connection() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    assert_eq!(loads(&mut stage), [Deck::A]);
    // The network goes before a byte of it is there: no event of the element will ever tell.
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    assert_eq!(loads(&mut stage), [], "without a network there is nobody to ask");
    stage.open();
    assert_eq!(loads(&mut stage), [Deck::A], "what was asked for may never come");
    // And it is heard as if nothing had been: late, and at the right position.
    stage.media(Deck::A, MediaEvent::Loaded);
    let mut commands = Vec::new();
    for _ in 0..40 {
        stage.pass(Span::from_millis(50));
        for (deck, command) in stage.commands() {
            if let PlayerCommand::Seek(to) = command {
                stage.media(deck, MediaEvent::Seeked);
                assert!(to > MediaTime::from_secs_f64(0.2), "it joins where the room is: {to:?}");
            }
            commands.push(command);
        }
    }
    assert!(commands.contains(&PlayerCommand::Play), "{commands:?}");
    assert!(!commands.iter().any(|command| matches!(command, PlayerCommand::Load(_))), "once is enough");
}

#[test]
fn what_loads_for_the_second_deck_is_asked_for_anew_and_what_plays_is_left_alone() {
    let mut stage = Stage::playing();
    stage.prepare(2, "two", 12_000, 0.0);
    assert_eq!(loads(&mut stage), [Deck::B]);
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    stage.said.clear();
    stage.open();
    assert_eq!(stage.commands().into_iter().map(|(deck, _)| deck).collect::<Vec<_>>(), [Deck::B]);
}

#[test]
fn a_page_that_came_with_music_loads_it_once() {
    // It begins to load with what the server wrote into it; the first WELCOME is no reason to doubt that.
    let now = RoomTime::ZERO + AHEAD;
    let playback = Playback {
        status: Status::Playing,
        stream_id: StreamId(1),
        track: Some(track("one")),
        start_at: now - Span::from_secs(10),
        server_timestamp: now,
        ..snapshot().playback
    };
    let mut stage = Stage::begun_with(RoomSnapshot { playback, ..snapshot() }, Engine::Chromium, false);
    stage.open();
    stage.pass(Span::from_secs(1));
    assert_eq!(loads(&mut stage), [Deck::A]);
}

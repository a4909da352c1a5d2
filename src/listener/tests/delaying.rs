//! An element that is ahead and may not be slowed pauses for a moment and plays on.

use super::*;

/// Firefox, whose sound begins.
fn playing() -> Stage {
    let mut stage = Stage::begun_with(snapshot(), Engine::Gecko, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(810));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.take();
    stage
}

/// Lets it be ahead until it is paused; when that was.
fn until_paused(stage: &mut Stage, ahead: Span) -> LocalTime {
    let sound_ahead = Engine::Gecko.policy().sound_ahead;
    for _ in 0..800 {
        stage.play_off_by(ahead - sound_ahead, Span::from_millis(15));
        if let Some((_, command)) = stage.commands().iter().find(|(_, command)| moves(command)) {
            assert_eq!(*command, PlayerCommand::Pause);
            return stage.now;
        }
    }
    panic!("{ahead:?} ahead for 12 s, and nothing came of it");
}

fn moves(command: &PlayerCommand) -> bool {
    matches!(command, PlayerCommand::Pause | PlayerCommand::Play | PlayerCommand::Seek(_))
}

/// How long it stays paused; then it plays again.
fn paused_for(stage: &mut Stage) -> Span {
    let since = stage.now;
    let due = stage.listener.poll_timeout().unwrap();
    stage.pass(due - since);
    let commands: Vec<_> = stage.commands().into_iter().filter(|(_, command)| moves(command)).collect();
    assert_eq!(commands, [(Deck::A, PlayerCommand::Play)]);
    stage.take();
    stage.media(Deck::A, MediaEvent::Playing);
    due - since
}

#[test]
fn it_pauses_for_as_long_as_it_is_ahead_and_a_bit() {
    let mut stage = playing();
    until_paused(&mut stage, Span::from_millis(30));
    assert_eq!(stage.listener.playing_decks().count(), 0, "nobody reads what stands");
    stage.take();
    let paused = paused_for(&mut stage);
    assert!((30..=38).contains(&(paused.micros() / 1_000)), "{paused:?}");
    assert_eq!(stage.listener.playing_decks().collect::<Vec<_>>(), [Deck::A]);
}

#[test]
fn what_a_pause_costs_is_learned() {
    let mut stage = playing();
    until_paused(&mut stage, Span::from_millis(30));
    stage.take();
    let first = paused_for(&mut stage);
    // It was 20 ms longer than it should be, …
    stage.play_off_by(Span::from_millis(-20 - 4) - Engine::Gecko.policy().sound_ahead, Span::from_secs(4));
    assert!(stage.take().iter().any(|output| matches!(output, Output::Remember(_))));
    until_paused(&mut stage, Span::from_millis(30));
    stage.take();
    // … so the next one is shorter.
    let second = paused_for(&mut stage);
    assert!((first - second - Span::from_millis(20)).abs() < Span::from_millis(4), "{first:?}, {second:?}");
}

#[test]
fn the_room_may_pause_meanwhile() {
    let mut stage = playing();
    until_paused(&mut stage, Span::from_millis(150));
    stage.take();
    stage.receive(ServerMessage::PauseAt {
        stream_id: StreamId(1),
        revision: Revision(12),
        pause_at: stage.room_now() + Span::from_millis(50),
        position: MediaTime::from_secs_f64(1.0),
        sync_buffer: Span::from_millis(100),
        server_timestamp: stage.room_now(),
    });
    stage.pass(Span::from_secs(2));
    assert!(stage.commands().iter().all(|(_, command)| *command != PlayerCommand::Play));
}

#[test]
fn one_that_never_says_that_it_plays_is_read_all_the_same() {
    let mut stage = playing();
    until_paused(&mut stage, Span::from_millis(30));
    stage.pass(Span::from_millis(1_600));
    assert_eq!(stage.listener.playing_decks().collect::<Vec<_>>(), [Deck::A]);
}

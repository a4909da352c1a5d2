//! The silence of this device alone, whoever caused it.

use super::*;

#[test]
fn a_pause_that_we_did_not_cause_is_shown_and_not_fought() {
    let mut stage = Stage::playing();
    stage.media(Deck::A, MediaEvent::Interrupted);
    assert!(stage.listener.view().silenced);
    stage.pass(Span::from_secs(20));
    assert!(!stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.listener.handle_silenced(stage.now, false);
    stage.hear();
    let commands = stage.commands();
    assert!(
        matches!(commands[..], [(Deck::A, PlayerCommand::Seek(to))] if to > MediaTime::from_secs_f64(20.0))
    );
}

#[test]
fn play_on_the_headset_joins_the_room_instead_of_going_on_where_it_stood() {
    let mut stage = Stage::playing();
    stage.media(Deck::A, MediaEvent::Interrupted);
    stage.pass(Span::from_secs(30));
    stage.take();
    stage.media(Deck::A, MediaEvent::Playing);
    assert!(!stage.listener.view().silenced);
    let commands = stage.commands();
    assert_eq!(commands[0], (Deck::A, PlayerCommand::Pause));
    assert!(
        matches!(commands[1], (Deck::A, PlayerCommand::Seek(to)) if to > MediaTime::from_secs_f64(30.0)),
        "{commands:?}"
    );
}

#[test]
fn a_pause_event_of_a_deck_that_stands_is_nobodys_wish() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Interrupted);
    assert!(!stage.listener.view().silenced);
}

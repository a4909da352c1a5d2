//! Files that cannot be played, or are not what they said.

use super::*;

#[test]
fn a_track_that_fails_is_tried_again_reported_and_given_up_with_a_word() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    let mut loads = 1;
    for _ in 0..4 {
        stage.media(Deck::A, MediaEvent::Failed { message: "no".into() });
        stage.pass(Span::from_secs(6));
        loads += stage
            .take()
            .iter()
            .filter(|output| matches!(output, Output::Player(_, PlayerCommand::Load(_))))
            .count();
    }
    assert_eq!(loads, 1 + 1 + 3, "the first one, and three more");
    assert!(stage.listener.view().notice.is_some());
}

#[test]
fn after_a_track_that_cannot_be_played_the_next_one_plays() {
    let mut stage = Stage::online();
    stage.prepare(1, "broken", 800, 0.0);
    for _ in 0..4 {
        stage.media(Deck::A, MediaEvent::Failed { message: "no".into() });
        stage.pass(Span::from_secs(6));
    }
    stage.take();
    stage.prepare(2, "good", 800, 0.0);
    assert!(matches!(&stage.commands()[..], [(Deck::A, PlayerCommand::Load(_))]));
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(800));
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Play)]);
}

#[test]
fn a_file_that_is_shorter_than_it_said_is_not_begun_again() {
    let mut stage = Stage::playing();
    stage.pass(Span::from_secs(98));
    stage.media(Deck::A, MediaEvent::Ended);
    stage.take();
    stage.pass(Span::from_secs(1));
    assert_eq!(stage.commands(), []);
}

//! Tuning by ear: clicks at the whole seconds of room time, and the music again where the room is then.

use super::*;
use crate::listener::made_sound::{CLICKS, CLICKS_LENGTH};

/// What a load asks for, if it is one.
fn loaded(command: &(Deck, PlayerCommand)) -> Option<(Deck, &str)> {
    match command {
        (deck, PlayerCommand::Load(renditions)) => Some((*deck, renditions[0].url.as_str())),
        _ => None,
    }
}

impl Stage {
    fn tune(&mut self, tuning: bool) {
        self.listener.handle_tuning(self.now, tuning);
        self.hear();
    }

    /// A listener that hears clicks, 10 s after a run of them began.
    fn clicking() -> Self {
        let mut stage = Self::playing();
        let run = CLICKS_LENGTH.micros();
        let over = stage.room_now().micros().rem_euclid(run);
        stage.pass(Span::from_micros(run - over) + Span::from_secs(10));
        stage.take();
        stage.tune(true);
        stage
    }
}

#[test]
fn the_music_stops_and_clicks_begin_where_room_time_is() {
    let mut stage = Stage::clicking();
    let said = stage.take();
    assert!(said.contains(&Output::Unlock), "it comes of a click");
    assert!(said.contains(&Output::Player(Deck::A, PlayerCommand::Pause)));
    let commands: Vec<_> = said
        .into_iter()
        .filter_map(
            |output| if let Output::Player(deck, command) = output { Some((deck, command)) } else { None },
        )
        .collect();
    let loads: Vec<_> = commands.iter().filter_map(loaded).collect();
    assert_eq!(loads, [(Deck::A, CLICKS), (Deck::B, CLICKS)], "this run, and the next on the other deck");
    stage.media(Deck::A, MediaEvent::Loaded);
    let commands = stage.commands();
    let [(Deck::A, PlayerCommand::Seek(to))] = commands[..] else { panic!("{commands:?}") };
    assert!((to.as_secs() - 10.0).abs() < 1.0, "{to:?}");
}

#[test]
fn the_room_is_not_told_that_clicks_are_ready() {
    let mut stage = Stage::clicking();
    stage.media(Deck::B, MediaEvent::Loaded);
    let ready = |output: &Output| matches!(output, Output::Transmit(ClientMessage::Ready { .. }));
    assert!(!stage.take().iter().any(ready));
}

#[test]
fn one_run_of_clicks_follows_the_other_on_the_other_deck() {
    let mut stage = Stage::clicking();
    stage.media(Deck::B, MediaEvent::Loaded);
    stage.take();
    stage.pass(Span::from_secs(49));
    assert!(!stage.commands().contains(&(Deck::B, PlayerCommand::Play)));
    stage.pass(Span::from_secs(1));
    assert!(stage.commands().contains(&(Deck::B, PlayerCommand::Play)));
    stage.media(Deck::B, MediaEvent::Playing);
    assert_eq!(stage.listener.playing_decks().collect::<Vec<_>>(), [Deck::B]);
}

#[test]
fn whoever_is_done_joins_the_room_where_it_is_by_then() {
    let mut stage = Stage::clicking();
    stage.pass(Span::from_secs(20));
    stage.take();
    stage.tune(false);
    assert_eq!(stage.commands().iter().find_map(loaded), Some((Deck::A, "/media/one/original")));
    let expected = stage.listener.expected_position(stage.now).unwrap();
    stage.media(Deck::A, MediaEvent::Loaded);
    let commands = stage.commands();
    let Some(&(Deck::A, PlayerCommand::Seek(to))) = commands.last() else { panic!("{commands:?}") };
    assert!(to > expected && to < expected + Span::from_secs(1), "{to:?}, {expected:?}");
}

#[test]
fn in_a_silent_room_a_device_can_be_tuned_and_is_silent_again_afterwards() {
    let mut stage = Stage::online();
    stage.tune(true);
    assert!(stage.commands().iter().any(|command| loaded(command).is_some()));
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(2));
    stage.media(Deck::A, MediaEvent::Playing);
    assert_ne!(stage.listener.view().sync.state, crate::protocol::ReportedState::Idle);
    stage.take();
    stage.tune(false);
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Pause)]);
}

#[test]
fn a_silenced_device_clicks_and_is_silenced_again_afterwards() {
    let mut stage = Stage::playing();
    stage.listener.handle_silenced(stage.now, true);
    stage.hear();
    stage.tune(true);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(2));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.tune(false);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_secs(2));
    assert!(stage.listener.view().silenced);
    assert!(!stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
}

#[test]
fn a_pause_on_the_headset_ends_the_clicks_too() {
    let mut stage = Stage::clicking();
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(2));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.media(Deck::A, MediaEvent::Interrupted);
    let view = stage.listener.view();
    assert!(view.silenced && !view.tuning);
}

#[test]
fn a_room_that_is_over_clicks_no_more() {
    let mut stage = Stage::clicking();
    stage.listener.handle_closed(stage.now, CloseReason::Kicked.code());
    stage.hear();
    assert!(!stage.listener.view().tuning);
    // Nor does it ask to be woken for a run that will never be heard, again and again.
    stage.pass(made_sound::CLICKS_LENGTH * 2);
}

#[test]
fn a_nudge_is_carried_out_at_once() {
    let mut stage = Stage::clicking();
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(2));
    stage.media(Deck::A, MediaEvent::Playing);
    // In perfect step with the clicks for a while.
    for _ in 0..400 {
        stage.now += Span::from_millis(20);
        let position = stage.clicks_position();
        stage.listener.handle_reading(stage.now, Deck::A, position);
        stage.listener.handle_timeout(stage.now);
        stage.hear();
    }
    stage.take();
    stage.listener.handle_output_offset(stage.now, Span::from_millis(1));
    stage.hear();
    let commands = stage.commands();
    assert!(matches!(commands[..], [(Deck::A, PlayerCommand::Rate(rate))] if rate > 1.002), "{commands:?}");
}

#[test]
fn the_report_says_where_the_music_is_and_nothing_of_where_clicks_are() {
    let mut stage = Stage::playing();
    let reported = |stage: &mut Stage| {
        let said = stage.take().into_iter().rev();
        let mut reports = said.filter_map(|output| match output {
            Output::Transmit(ClientMessage::SyncReport(report)) => Some(report.position),
            _ => None,
        });
        reports.next().expect("a report every 20 s")
    };
    stage.pass(Span::from_secs(30));
    let position = reported(&mut stage).expect("it plays");
    let expected = stage.listener.expected_position(stage.now).unwrap();
    assert!((expected - position).abs() < Span::from_secs(21), "{position:?} {expected:?}");
    assert!(position > MediaTime::from_secs_f64(5.0));
    stage.tune(true);
    stage.pass(Span::from_secs(30));
    assert_eq!(reported(&mut stage), None);
}

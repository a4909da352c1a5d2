//! A browser of which nothing was measured: it is left alone as far as that goes, and says so.

use super::*;
use crate::protocol::SyncReport;

/// A listener whose first deck plays; engines differ by when they are told to.
fn playing(engine: Engine) -> Stage {
    let mut stage = Stage::begun_with(snapshot(), engine, false).enter();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(810));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)), "{engine:?}");
    stage.media(Deck::A, MediaEvent::Playing);
    stage
}

/// Half a minute with an element that is off by so much.
fn play_off_by(stage: &mut Stage, off: Span) -> Vec<Output> {
    stage.play_off_by(off, Span::from_secs(30));
    stage.take()
}

fn reports(said: &[Output]) -> Vec<&SyncReport> {
    let report = |output| match output {
        &Output::Transmit(ClientMessage::SyncReport(ref report)) => Some(report),
        _ => None,
    };
    said.iter().filter_map(report).collect()
}

fn touches(said: &[Output]) -> (usize, usize) {
    let count = |wanted: fn(&PlayerCommand) -> bool| {
        said.iter().filter(|output| matches!(output, Output::Player(_, command) if wanted(command))).count()
    };
    (
        count(|command| matches!(command, PlayerCommand::Rate(_))),
        count(|command| matches!(command, PlayerCommand::Seek(_))),
    )
}

#[test]
fn its_health_says_that_it_is_unknown_and_that_of_a_known_one_does_not() {
    for (engine, is_unknown) in
        [(Engine::Unknown, true), (Engine::Chromium, false), (Engine::Gecko, false), (Engine::WebKit, false)]
    {
        let mut stage = playing(engine);
        let said = play_off_by(&mut stage, Span::ZERO);
        assert_eq!(stage.listener.view().sync.unknown_engine, is_unknown, "{engine:?}");
        let reports = reports(&said);
        assert!(!reports.is_empty(), "{engine:?}");
        for report in reports {
            assert_eq!(report.unknown_engine, is_unknown, "{engine:?}");
            let wire = serde_json::to_string(&ClientMessage::SyncReport(report.clone())).unwrap();
            assert_eq!(wire.contains("unknownEngine"), is_unknown, "{wire}");
        }
    }
}

#[test]
fn what_may_be_an_error_of_ours_is_left_alone() {
    let mut stage = playing(Engine::Unknown);
    let said = play_off_by(&mut stage, Span::from_millis(45));
    assert_eq!(touches(&said), (0, 0));
}

#[test]
fn what_cannot_be_is_a_seek_and_never_a_rate() {
    let mut stage = playing(Engine::Unknown);
    let (rates, seeks) = touches(&play_off_by(&mut stage, Span::from_millis(120)));
    assert_eq!(rates, 0);
    assert!(seeks > 0);
}

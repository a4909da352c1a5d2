//! What is to come, and what was.

use super::*;
use crate::protocol::{MemberName, QueueEntry, limits};

#[test]
fn repeat_all_goes_round_the_queue() {
    let mut stage = Stage::new();
    stage.host(Command::SetRepeat { mode: Repeat::All });
    stage.add(&["a", "b"]);
    stage.host(Command::Next);
    stage.pass(Span::from_secs(2));
    let mut heard = Vec::new();
    for _ in 0..5 {
        heard.push(stage.playing().1.unwrap());
        stage.pass(Span::from_secs(60));
    }
    assert_eq!(heard, ["a", "b", "a", "b", "a"]);
}

#[test]
fn an_announced_follower_that_is_taken_out_does_not_play() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    stage.play("one", 60);
    stage.add(&["two"]);
    stage.pass(Span::from_secs(55));
    assert!(stage.room.playback(stage.now).upcoming.is_some());
    stage.host(Command::QueueClear);
    assert!(stage.room.playback(stage.now).upcoming.is_none());
    stage.add(&["three"]);
    stage.pass(Span::from_secs(1));
    let upcoming = stage.room.playback(stage.now).upcoming.unwrap();
    assert_eq!(upcoming.stream_id, StreamId(3), "the one that was called off is not reused");
    assert_eq!(upcoming.track.title, "three");
}

#[test]
fn next_and_previous_walk_the_queue_both_ways() {
    let mut stage = Stage::new();
    stage.add(&["a", "b", "c"]);
    stage.host(Command::Next);
    stage.host(Command::Next);
    assert_eq!(stage.playing().1.as_deref(), Some("b"));
    stage.host(Command::Previous);
    assert_eq!(stage.playing().1.as_deref(), Some("a"));
    stage.host(Command::Next);
    assert_eq!(stage.playing().1.as_deref(), Some("b"));
}

#[test]
fn a_full_queue_says_so_and_keeps_what_it_has() {
    let mut stage = Stage::new();
    stage.room.config.max_queue = 2;
    stage.add(&["a"]);
    let tracks = vec![track("b", 9), track("c", 9)];
    let answer = stage.ask(&HOST, Command::QueueAdd { tracks, at: QueuePlace::Next });
    assert_eq!(answer, Err(ErrorCode::QueueFull));
    assert_eq!(stage.room.queue.entries().len(), 1);
}

/// The latest history that was told: titles, and who added them.
fn told_history(stage: &mut Stage) -> Option<Vec<(String, Option<String>)>> {
    let told = stage.broadcasts().into_iter().rev().find_map(|message| match message {
        ServerMessage::History { entries, .. } => Some(entries),
        _ => None,
    });
    told.map(|entries| entries.into_iter().map(|e| (e.track.title.clone(), e.added_by)).collect())
}

#[test]
fn who_added_a_track_is_known_while_it_plays_afterwards_and_when_it_comes_back() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Host);
    stage.ask(&member(&ada), Command::Rename { name: MemberName::parse("Ada").unwrap() }).unwrap();
    let tracks = vec![track("a", 60), track("b", 60)];
    stage.ask(&member(&ada), Command::QueueAdd { tracks, at: QueuePlace::End }).unwrap();
    stage.host(Command::Next);
    stage.restart(Span::from_secs(1));
    stage.join("ada", Role::Host);
    assert_eq!(stage.room.playback.added_by.as_deref(), Some("Ada"));
    stage.broadcasts();
    stage.host(Command::Next);
    assert_eq!(told_history(&mut stage), Some(vec![("a".to_owned(), Some("Ada".to_owned()))]));
    assert_eq!(stage.room.snapshot(stage.now).history.len(), 1);
    stage.host(Command::Previous);
    assert_eq!(told_history(&mut stage), Some(Vec::new()));
    assert_eq!(stage.room.queue.entries()[0].added_by.as_deref(), Some("Ada"));

    // Played to its end, and round again.
    stage.host(Command::SetRepeat { mode: Repeat::All });
    stage.pass(Span::from_secs(62));
    assert_eq!(stage.playing().1.as_deref(), Some("b"));
    assert_eq!(stage.room.playback.added_by.as_deref(), Some("Ada"));
    assert_eq!(stage.room.queue.entries()[0].added_by.as_deref(), Some("Ada"));
    assert_eq!(told_history(&mut stage), None, "it went to the end of the queue and is no history");
}

#[test]
fn only_the_latest_of_a_long_history_is_told() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    for number in 0..limits::HISTORY_TOLD + 5 {
        stage.play(&format!("t{number}"), 60);
    }
    let told = stage.room.snapshot(stage.now).history;
    assert_eq!(told.len(), limits::HISTORY_TOLD);
    assert_eq!(told.last().unwrap().track.title, "t53", "t54 plays");
    let news: Vec<_> = stage
        .broadcasts()
        .into_iter()
        .filter_map(|message| match message {
            ServerMessage::History { entries, whole, .. } => Some((entries.len(), whole)),
            _ => None,
        })
        .collect();
    assert_eq!(news, vec![(1, false); limits::HISTORY_TOLD + 4], "only what came is told");
}

#[test]
fn a_full_queue_loses_nothing_to_a_track_that_comes_back() {
    let mut stage = Stage::new();
    stage.room.config.max_queue = 2;
    stage.play("one", 60);
    stage.play("two", 60);
    stage.add(&["a", "b"]);
    let before = stage.room.record();
    assert_eq!(stage.ask(&HOST, Command::Previous), Err(ErrorCode::QueueFull));
    assert_eq!(stage.room.record(), before);

    // What goes round goes to the history where the queue has no place for it.
    stage.host(Command::SetRepeat { mode: Repeat::All });
    stage.play("three", 60);
    let titles = |entries: &[QueueEntry]| entries.iter().map(|e| e.track.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(stage.room.queue.entries()), ["a", "b"]);
    assert_eq!(titles(stage.room.queue.history()), ["one", "two"]);
    stage.host(Command::Next);
    assert_eq!(titles(stage.room.queue.entries()), ["b", "three"]);
}

//! What is to come, and what was.

use super::*;

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

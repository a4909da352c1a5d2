//! What plays, and when.

use super::*;

#[test]
fn a_start_is_announced_one_lead_ahead_and_confirmed_once_everybody_is_ready() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Host);
    let bob = stage.join("bob", Role::Listener);
    stage.broadcasts();
    let accepted = stage.play("song", 60);
    assert_eq!(accepted.stream_id, StreamId(1));
    assert_eq!(accepted.start_at - stage.now, Span::from_millis(1200));
    assert!(
        matches!(stage.broadcasts()[0], ServerMessage::PreparePlay { start_at, .. } if start_at == accepted.start_at)
    );

    stage.room.handle_ready(stage.now, &ada.member_id, StreamId(1), Span::from_millis(90));
    stage.hear();
    assert!(stage.broadcasts().is_empty(), "one is not ready yet");
    stage.room.handle_ready(stage.now, &bob.member_id, StreamId(1), Span::from_millis(120));
    stage.hear();
    assert!(
        matches!(stage.broadcasts()[..], [ServerMessage::PlayAt { start_at, .. }] if start_at == accepted.start_at)
    );
    assert_eq!(stage.playing().0, Status::Playing);
}

#[test]
fn a_silent_member_never_holds_the_room_up() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    stage.join("bob", Role::Listener);
    let accepted = stage.play("song", 60);
    stage.broadcasts();
    stage.pass(Span::from_millis(1_200));
    let confirmed = stage.broadcasts().into_iter().find(|m| matches!(m, ServerMessage::PlayAt { .. }));
    let Some(ServerMessage::PlayAt { start_at, .. }) = confirmed else { panic!("not confirmed") };
    assert_eq!(start_at, accepted.start_at, "the announced instant stands");
}

#[test]
fn everything_that_is_told_was_written_down_before() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    stage.said.clear();
    stage.play("song", 60);
    assert!(matches!(stage.said[0], Effect::Persist(_)), "{:?}", stage.said[0]);
    stage.said.clear();
    stage.host(Command::Pause);
    assert!(matches!(stage.said[..], [Effect::Persist(_), Effect::Broadcast(_)]), "{:?}", stage.said);
}

#[test]
fn nothing_is_written_as_time_passes() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    stage.play("song", 600);
    stage.said.clear();
    stage.pass(Span::from_secs(300));
    assert!(stage.said.iter().all(|effect| !matches!(effect, Effect::Persist(_))));
    let ticks =
        stage.broadcasts().iter().filter(|m| matches!(m, ServerMessage::MusicStreamTick { .. })).count();
    assert!((58..=60).contains(&ticks), "{ticks} ticks");
}

#[test]
fn pause_and_resume_keep_the_position_to_the_microsecond() {
    let mut stage = Stage::new();
    let accepted = stage.play("song", 60);
    stage.pass(Span::from_secs(10));
    let paused = stage.host(Command::Pause);
    let at_pause = stage.room.playback(stage.now).start_position;
    assert_eq!(at_pause - MediaTime::ZERO, paused.start_at - accepted.start_at);
    stage.pass(Span::from_secs(100));
    let resumed = stage.host(Command::Resume);
    assert_eq!(resumed.stream_id, accepted.stream_id);
    assert!(resumed.revision > paused.revision);
    let playback = stage.room.playback(resumed.start_at + Span::from_secs(1));
    assert_eq!(playback.position - at_pause, Span::from_secs(1));
}

#[test]
fn asking_twice_for_the_same_changes_nothing() {
    let mut stage = Stage::new();
    stage.play("song", 60);
    stage.pass(Span::from_secs(5));
    for command in [Command::Pause, Command::Resume, Command::Stop] {
        let first = stage.host(command.clone());
        let second = stage.host(command.clone());
        assert_eq!(first.revision, second.revision, "{command:?}");
    }
}

#[test]
fn what_needs_a_track_says_so_when_there_is_none() {
    let mut stage = Stage::new();
    for command in
        [Command::Pause, Command::Resume, Command::Stop, Command::Seek { position: MediaTime::ZERO }]
    {
        assert_eq!(stage.ask(&HOST, command.clone()), Err(ErrorCode::NothingLoaded), "{command:?}");
    }
    assert_eq!(stage.ask(&HOST, Command::Next), Err(ErrorCode::NothingNext));
    assert_eq!(stage.room.revision(), Revision(1));
}

#[test]
fn a_seek_beyond_the_end_stays_in_the_track() {
    let mut stage = Stage::new();
    stage.play("song", 60);
    stage.pass(Span::from_secs(2));
    stage.host(Command::Seek { position: MediaTime::from_secs_f64(1e6) });
    assert_eq!(stage.room.playback(stage.now).start_position, MediaTime::from_secs_f64(59.75));
}

#[test]
fn the_follower_is_announced_at_least_ten_seconds_ahead_and_starts_when_the_track_ends() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    let accepted = stage.play("one", 60);
    stage.add(&["two", "three"]);
    stage.pass(Span::from_secs(50));
    let end = accepted.start_at + Span::from_secs(60);
    let announced = stage.broadcasts().into_iter().find_map(|m| match m {
        ServerMessage::PreparePlay { follows: true, start_at, server_timestamp, stream_id, .. } => {
            Some((start_at, start_at - server_timestamp, stream_id))
        }
        _ => None,
    });
    let (start_at, ahead, stream) = announced.expect("the follower is announced");
    assert_eq!((start_at, stream), (end, StreamId(2)));
    assert!(ahead >= Span::from_secs(10));
    stage.pass(Span::from_secs(12));
    assert_eq!(stage.playing(), (Status::Playing, Some("two".into())));
    let playback = stage.room.playback(stage.now);
    assert_eq!((playback.start_at, playback.stream_id), (end, StreamId(2)));
    assert_eq!(stage.room.queue.entries().len(), 1);
}

#[test]
fn the_last_track_comes_to_rest() {
    let mut stage = Stage::new();
    stage.play("one", 60);
    stage.pass(Span::from_secs(62));
    assert_eq!(stage.playing(), (Status::Stopped, Some("one".into())));
}

#[test]
fn repeat_one_goes_round_in_step() {
    let mut stage = Stage::new();
    let accepted = stage.play("one", 10);
    stage.host(Command::SetRepeat { mode: Repeat::One });
    stage.pass(Span::from_secs(26));
    let position = stage.room.playback(accepted.start_at + Span::from_secs(25)).position;
    assert_eq!(position, MediaTime::from_secs_f64(5.0));
}

#[test]
fn the_music_goes_on_while_the_server_is_down() {
    let mut stage = Stage::new();
    let accepted = stage.play("one", 60);
    stage.add(&["two", "three"]);
    stage.pass(Span::from_secs(30));
    stage.restart(Span::from_secs(60));
    assert_eq!(stage.playing(), (Status::Playing, Some("two".into())));
    assert_eq!(stage.room.playback(stage.now).start_at, accepted.start_at + Span::from_secs(60));
}

#[test]
fn after_a_long_outage_the_room_is_paused_where_it_was() {
    let mut stage = Stage::new();
    let accepted = stage.play("one", 3_600);
    stage.pass(Span::from_secs(100));
    let left_at = stage.room.playback(stage.now).position;
    stage.restart(Span::from_secs(601));
    assert_eq!(stage.playing().0, Status::Paused);
    assert_eq!(stage.room.playback(stage.now).position, left_at);
    assert_eq!(stage.room.playback(stage.now).stream_id, accepted.stream_id);
}

#[test]
fn a_room_without_people_stops_playing_after_ten_minutes() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Host);
    stage.play("one", 3_600);
    stage.pass(Span::from_secs(900));
    assert_eq!(stage.playing().0, Status::Playing);
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    stage.pass(Span::from_secs(599));
    assert_eq!(stage.playing().0, Status::Playing);
    stage.pass(Span::from_secs(2));
    assert_eq!(stage.playing().0, Status::Paused);
}

#[test]
fn a_timeline_of_a_clock_that_was_set_back_since_is_paused_where_it_began() {
    let mut stage = Stage::new();
    stage.play("one", 3_600);
    let record = stage.room.record();
    let earlier = stage.now - Span::from_secs(3_000);
    let room = Room::restore(record, RoomConfig::default(), earlier, Some(stage.now));
    assert_eq!(room.playback(earlier).status, Status::Paused);
}

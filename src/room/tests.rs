//! The room's behaviour as sentences; time is an argument, so a whole evening takes no time.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::protocol::snapshot::{Repeat, Status, TrackInfo};
use crate::protocol::{EntryId, QueuePlace, Revision, Role, StreamId, Volume};
use crate::sync::time::Span;

/// A room with a clock, and everything that it said.
struct Stage {
    room: Room,
    now: RoomTime,
    said: Vec<Effect>,
}

const HOST: Actor = Actor::Api(Role::Host);

fn track(name: &str, secs: i64) -> Arc<TrackInfo> {
    Arc::new(TrackInfo {
        track_id: name.parse().unwrap(),
        track_url: format!("/media/{name}/original"),
        renditions: Vec::new(),
        title: name.to_owned(),
        artist: None,
        album: None,
        filename: format!("{name}.flac"),
        duration: MediaTime::from_micros(secs * 1_000_000),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

impl Stage {
    fn new() -> Self {
        let code = RoomCode::from_number(7);
        let now = RoomTime::from_micros(1_800_000_000_000_000);
        let record = RoomRecord::new(code, RoomSettings::default());
        Self { room: Room::restore(record, RoomConfig::default(), now, None), now, said: Vec::new() }
    }

    fn hear(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            self.said.push(effect);
        }
    }

    fn join(&mut self, name: &str, role: Role) -> Joined {
        let request = JoinRequest {
            fresh_id: name.parse().unwrap(),
            identity: Identity([name.len() as u8; 32]),
            role,
            name: None,
            resume: None,
        };
        let joined = self.room.handle_join(self.now, request).unwrap();
        self.hear();
        joined
    }

    fn ask(&mut self, actor: &Actor, command: Command) -> Result<Accepted, ErrorCode> {
        let answer = self.room.handle_command(self.now, actor, command);
        self.hear();
        answer
    }

    fn host(&mut self, command: Command) -> Accepted {
        self.ask(&HOST, command).unwrap()
    }

    fn play(&mut self, name: &str, secs: i64) -> Accepted {
        self.host(Command::Play { track: track(name, secs), position: None })
    }

    fn add(&mut self, names: &[&str]) {
        let tracks = names.iter().map(|name| track(name, 60)).collect();
        self.host(Command::QueueAdd { tracks, at: QueuePlace::End });
    }

    /// Lets time pass, and the room wake whenever it asked to.
    fn pass(&mut self, span: Span) {
        let until = self.now + span;
        while let Some(due) = self.room.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.room.handle_timeout(self.now);
            self.hear();
        }
        self.now = until;
    }

    fn broadcasts(&mut self) -> Vec<ServerMessage> {
        std::mem::take(&mut self.said)
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Broadcast(message) => Some(message),
                _ => None,
            })
            .collect()
    }

    fn playing(&self) -> (Status, Option<String>) {
        let playback = self.room.playback(self.now);
        (playback.status, playback.track.map(|track| track.title.clone()))
    }

    fn restart(&mut self, down: Span) {
        let record = self.room.record();
        let last_alive = self.now;
        self.now += down;
        self.room = Room::restore(record, RoomConfig::default(), self.now, Some(last_alive));
        self.hear();
    }
}

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
fn a_listener_controls_nothing_and_changes_nothing_by_trying() {
    let mut stage = Stage::new();
    let bob = stage.join("bob", Role::Listener);
    stage.play("song", 60);
    let before = stage.room.record();
    for command in [
        Command::Pause,
        Command::Stop,
        Command::Next,
        Command::Seek { position: MediaTime::ZERO },
        Command::SetVolume { volume: Volume::FULL },
        Command::QueueClear,
        Command::SyncAll,
        Command::Kick { member_id: bob.member_id.clone() },
        Command::Play { track: track("other", 5), position: None },
    ] {
        let answer = stage.ask(&Actor::Member(bob.member_id.clone()), command.clone());
        assert_eq!(answer, Err(ErrorCode::Forbidden), "{command:?}");
    }
    assert_eq!(stage.room.record(), before);
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
fn a_member_that_comes_back_is_the_same_member() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Dj);
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    stage.pass(Span::from_secs(30));
    let request = |identity: u8| JoinRequest {
        fresh_id: "new".parse().unwrap(),
        identity: Identity([identity; 32]),
        role: Role::Listener,
        name: None,
        resume: Some("ada".parse().unwrap()),
    };
    let back = stage.room.handle_join(stage.now, request(3)).unwrap();
    assert_eq!(back.member_id, ada.member_id);
    assert_eq!(stage.room.role_of(&back.member_id), Some(Role::Dj));
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    assert!(stage.room.is_attended(), "the old connection's end is not the new one's");
    let stranger = stage.room.handle_join(stage.now, request(9)).unwrap();
    assert_eq!(stranger.member_id.as_str(), "new", "another browser cannot take the place");
}

#[test]
fn a_full_room_says_so() {
    let mut stage = Stage::new();
    stage.room.config.max_members = 1;
    stage.join("ada", Role::Host);
    let request = JoinRequest {
        fresh_id: "bob".parse().unwrap(),
        identity: Identity([0; 32]),
        role: Role::Listener,
        name: None,
        resume: None,
    };
    assert_eq!(stage.room.handle_join(stage.now, request), Err(ErrorCode::RoomFull));
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

fn any_command() -> impl Strategy<Value = Command> {
    let entry = (0u64..12).prop_map(EntryId);
    prop_oneof![
        (0usize..5, 1i64..90)
            .prop_map(|(n, secs)| Command::Play { track: track(&format!("t{n}"), secs), position: None }),
        entry.clone().prop_map(|entry_id| Command::PlayEntry { entry_id, position: None }),
        Just(Command::Pause),
        Just(Command::Resume),
        (0i64..100).prop_map(|s| Command::Seek { position: MediaTime::from_micros(s * 1_000_000) }),
        Just(Command::Stop),
        Just(Command::Next),
        Just(Command::Previous),
        prop_oneof![Just(Repeat::Off), Just(Repeat::One), Just(Repeat::All)]
            .prop_map(|mode| Command::SetRepeat { mode }),
        (1usize..4).prop_map(|n| Command::QueueAdd {
            tracks: (0..n).map(|i| track(&format!("q{i}"), 20)).collect(),
            at: QueuePlace::Next
        }),
        entry.clone().prop_map(|entry_id| Command::QueueRemove { entry_id }),
        (entry.clone(), prop::option::of(entry))
            .prop_map(|(entry_id, before)| Command::QueueMove { entry_id, before }),
        any::<u64>().prop_map(|seed| Command::QueueShuffle { seed }),
    ]
}

proptest! {
    #[test]
    fn whatever_people_do_the_laws_hold(
        steps in prop::collection::vec((any_command(), 0i64..40_000, any::<bool>()), 1..60)
    ) {
        let mut stage = Stage::new();
        stage.join("ada", Role::Host);
        let mut streams = std::collections::BTreeSet::new();
        let mut last_revision = stage.room.revision();
        let mut kept = stage.room.record();
        for (command, ms, restart) in steps {
            let before = stage.room.record();
            if stage.ask(&HOST, command).is_err() {
                prop_assert_eq!(stage.room.record(), before, "a refusal changes nothing");
            }
            stage.pass(Span::from_millis(ms));
            for effect in std::mem::take(&mut stage.said) {
                match effect {
                    Effect::Persist(change) => {
                        prop_assert!(change.revision > last_revision, "a revision is never reused");
                        last_revision = change.revision;
                        if let Some(playback) = change.playback { kept.playback = playback; }
                        if let Some(queue) = change.queue {
                            kept.queue = queue.queue;
                            kept.history = queue.history;
                            kept.last_entry_id = queue.last_entry_id;
                        }
                        kept.revision = change.revision;
                    }
                    Effect::Broadcast(ServerMessage::PreparePlay { stream_id, .. }) => {
                        prop_assert!(streams.insert(stream_id), "a stream id is never reused");
                    }
                    _ => {}
                }
            }
            // What was written down is the room; only whether a start was confirmed is not kept.
            let mut now = stage.room.record();
            if kept.playback.status == Status::Preparing { now.playback.status = Status::Preparing; }
            prop_assert_eq!(&now, &kept);
            let playback = stage.room.playback(stage.now);
            if let Some(track) = &playback.track {
                prop_assert!(playback.position >= MediaTime::ZERO && playback.position <= track.duration);
            }
            if restart {
                stage.restart(Span::from_millis(ms));
                stage.join("ada", Role::Host);
            }
        }
    }
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

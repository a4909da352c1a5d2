//! The listener's behaviour as sentences: a browser that does nothing by itself, and a room that says what the test says.

mod loudness;

use std::sync::Arc;

use super::view::Beginning;
use super::*;
use crate::protocol::snapshot::{
    MemberInfo, Playback, Rendition, Repeat, RoomSettings, RoomSnapshot, Status, TrackInfo,
};
use crate::protocol::{CloseReason, Revision, RoomCode, StreamId};
use crate::sync::time::RoomTime;

/// Room time is this much ahead of the browser's clock.
const AHEAD: Span = Span::from_secs(1_000_000);

struct Stage {
    listener: Listener,
    now: LocalTime,
    said: Vec<Output>,
}

fn track(name: &str) -> Arc<TrackInfo> {
    Arc::new(TrackInfo {
        track_id: name.parse().unwrap(),
        track_url: format!("/media/{name}/original"),
        renditions: vec![Rendition { url: format!("/media/{name}/original"), mime: "audio/flac".into() }],
        title: name.into(),
        artist: None,
        album: None,
        filename: format!("{name}.flac"),
        duration: MediaTime::from_secs_f64(100.0),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

fn snapshot() -> RoomSnapshot {
    let playback = Playback {
        status: Status::Idle,
        stream_id: StreamId::default(),
        revision: Revision(1),
        track: None,
        queue_entry_id: None,
        start_at: RoomTime::ZERO,
        start_position: MediaTime::ZERO,
        position: MediaTime::ZERO,
        server_timestamp: RoomTime::ZERO,
        volume: Volume::FULL,
        repeat: Repeat::Off,
        lead: Span::from_millis(1_200),
        sync_buffer: Span::from_millis(100),
        upcoming: None,
    };
    RoomSnapshot {
        code: RoomCode::from_number(5),
        name: "Kitchen".into(),
        revision: Revision(1),
        settings: RoomSettings::default(),
        members: Vec::new(),
        member_count: 0,
        playback,
        queue: Vec::new(),
        history: Vec::new(),
        chat: Vec::new(),
    }
}

impl Stage {
    /// A listener whose socket is being opened.
    fn new() -> Self {
        let config = ListenerConfig {
            beginning: Beginning { snapshot: snapshot(), role: crate::protocol::Role::Listener, name: None },
            engine: Engine::Chromium,
            learned: Learned::default(),
            name: None,
            resume: None,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            seed: 3,
        };
        let mut stage =
            Self { listener: Listener::new(config, LocalTime::ZERO), now: LocalTime::ZERO, said: Vec::new() };
        stage.hear();
        stage
    }

    /// A listener that is in the room and knows what time it is.
    fn online() -> Self {
        let mut stage = Self::new();
        stage.open();
        stage.pass(Span::from_secs(2));
        stage.said.clear();
        stage
    }

    fn open(&mut self) {
        self.listener.handle_open(self.now);
        self.hear();
        self.receive(ServerMessage::Welcome {
            member_id: "me".parse().unwrap(),
            role: crate::protocol::Role::Listener,
            clock_epoch: "one".into(),
            server_now: self.room_now(),
            version: "0".into(),
        });
    }

    fn room_now(&self) -> RoomTime {
        RoomTime::from_micros(self.now.micros()) + AHEAD
    }

    fn receive(&mut self, message: ServerMessage) {
        self.listener.handle_message(self.now, message);
        self.hear();
    }

    fn media(&mut self, deck: Deck, event: MediaEvent) {
        self.listener.handle_media(self.now, deck, event);
        self.hear();
    }

    /// Collects what it says; pings are answered at once.
    fn hear(&mut self) {
        while let Some(output) = self.listener.poll_output() {
            if let Output::Ping { ping_id } = output {
                let now = self.room_now();
                let pong = ServerMessage::TimePong {
                    client_now: self.now,
                    ping_id,
                    server_received: now,
                    server_now: now,
                };
                self.listener.handle_message(self.now, pong);
            } else if output != Output::Show {
                self.said.push(output);
            }
        }
    }

    fn pass(&mut self, span: Span) {
        let until = self.now + span;
        let mut wakes = 0;
        while let Some(due) = self.listener.poll_timeout().filter(|due| *due <= until) {
            wakes += 1;
            assert!(wakes < 10_000, "it spins at {:?}", self.now);
            self.now = self.now.max(due);
            let decks: Vec<Deck> = self.listener.playing_decks().collect();
            for deck in decks {
                // An element that is perfectly in step.
                let position = self.listener.expected_position(self.now).unwrap();
                self.listener.handle_reading(self.now, deck, position);
            }
            self.listener.handle_timeout(self.now);
            self.hear();
        }
        self.now = until;
    }

    fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.said)
    }

    fn commands(&mut self) -> Vec<(Deck, PlayerCommand)> {
        self.take()
            .into_iter()
            .filter_map(|output| match output {
                Output::Player(deck, command) => Some((deck, command)),
                _ => None,
            })
            .collect()
    }

    fn prepare(&mut self, stream: u64, name: &str, in_ms: i64, at_secs: f64) -> RoomTime {
        let start_at = self.room_now() + Span::from_millis(in_ms);
        self.receive(ServerMessage::PreparePlay {
            stream_id: StreamId(stream),
            revision: crate::protocol::Revision(stream + 10),
            track: track(name),
            queue_entry_id: None,
            start_at,
            start_position: MediaTime::from_secs_f64(at_secs),
            lead: Span::from_millis(in_ms),
            follows: false,
            server_timestamp: self.room_now(),
        });
        start_at
    }

    fn play_at(&mut self, stream: u64, revision: u64, start_at: RoomTime, position: f64) {
        self.receive(ServerMessage::PlayAt {
            stream_id: StreamId(stream),
            revision: crate::protocol::Revision(revision),
            start_at,
            start_position: MediaTime::from_secs_f64(position),
            sync_buffer: Span::from_millis(100),
            server_timestamp: self.room_now(),
        });
    }

    /// A listener whose first deck plays.
    fn playing() -> Self {
        let mut stage = Self::online();
        stage.prepare(1, "one", 800, 0.0);
        stage.media(Deck::A, MediaEvent::Loaded);
        stage.pass(Span::from_millis(760));
        assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
        stage.media(Deck::A, MediaEvent::Playing);
        stage.said.clear();
        stage
    }
}

#[test]
fn it_says_hello_and_measures_the_clock_at_once() {
    let mut stage = Stage::new();
    assert!(matches!(stage.take()[..], [Output::Connect]));
    stage.open();
    assert!(matches!(&stage.take()[..], [Output::Transmit(ClientMessage::Hello { resume: None, .. }), ..]));
    assert_eq!(stage.listener.view().connection, Connection::Online);
    stage.pass(Span::from_secs(1));
    let offset = stage.listener.view().sync.offset.expect("the clock is known");
    assert!((offset - AHEAD).abs() < Span::from_micros(5));
}

#[test]
fn a_broken_socket_is_tried_again_with_growing_pauses() {
    let mut stage = Stage::online();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        stage.listener.handle_closed(stage.now, 1006);
        stage.hear();
        assert_eq!(stage.listener.view().connection, Connection::Reconnecting);
        let from = stage.now;
        while !stage.take().contains(&Output::Connect) {
            stage.pass(Span::from_millis(10));
            assert!(stage.now - from < Span::from_secs(9), "it gave up");
        }
        pauses.push(stage.now - from);
    }
    assert!(pauses[0] <= Span::from_millis(260), "{pauses:?}");
    assert!(pauses[7] >= Span::from_secs(4) && pauses[7] <= Span::from_millis(8_010), "{pauses:?}");
}

#[test]
fn it_comes_back_as_who_it_was() {
    let mut stage = Stage::online();
    stage.listener.handle_closed(stage.now, 1012);
    stage.pass(Span::from_secs(1));
    stage.take();
    stage.listener.handle_open(stage.now);
    stage.hear();
    let hello = stage.take().into_iter().find_map(|output| match output {
        Output::Transmit(ClientMessage::Hello { resume, .. }) => resume,
        _ => None,
    });
    assert_eq!(hello, Some("me".parse().unwrap()));
}

#[test]
fn a_closed_door_is_respected_and_the_elements_are_freed() {
    for reason in [CloseReason::Kicked, CloseReason::NoRoom, CloseReason::Pin, CloseReason::Full] {
        let mut stage = Stage::playing();
        stage.listener.handle_closed(stage.now, reason.code());
        stage.hear();
        assert_eq!(stage.listener.view().connection, Connection::Closed(reason));
        assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Unload)), "{reason:?}");
        stage.pass(Span::from_secs(60));
        assert!(stage.take().is_empty(), "{reason:?}: it leaves the room alone");
    }
}

#[test]
fn a_start_is_loaded_reported_and_played_ahead_of_its_instant_by_the_latency() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    assert!(matches!(&stage.commands()[..], [(Deck::A, PlayerCommand::Load(_))]));
    stage.pass(Span::from_millis(120));
    stage.media(Deck::A, MediaEvent::Loaded);
    let ready = ClientMessage::Ready { stream_id: StreamId(1), took: Span::from_millis(120) };
    assert!(stage.take().contains(&Output::Transmit(ready)));
    // Chromium's default latency is 70 ms.
    stage.pass(Span::from_millis(600));
    assert_eq!(stage.commands(), []);
    stage.pass(Span::from_millis(15));
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Play)]);
}

#[test]
fn nothing_starts_twice_because_two_messages_spoke_of_it() {
    let mut stage = Stage::online();
    let start_at = stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.play_at(1, 11, start_at, 0.0);
    stage.play_at(1, 11, start_at, 0.0);
    stage.pass(Span::from_secs(1));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.play_at(1, 11, start_at, 0.0);
    let plays = stage.commands().into_iter().filter(|(_, command)| *command == PlayerCommand::Play).count();
    assert_eq!(plays, 1);
}

#[test]
fn who_is_late_aims_at_where_the_music_will_be() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    let commands = stage.commands();
    let Some((_, PlayerCommand::Seek(to))) = commands.last() else { panic!("{commands:?}") };
    let ahead = *to - MediaTime::from_secs_f64(15.0);
    assert!(ahead > Span::from_millis(100) && ahead < Span::from_millis(600), "{ahead:?}");
    stage.pass(Span::from_millis(40));
    stage.media(Deck::A, MediaEvent::Seeked);
    assert_eq!(stage.commands(), [], "it waits for its moment");
    stage.pass(ahead);
    let unheard = (Deck::A, PlayerCommand::Volume(UNHEARD));
    assert_eq!(stage.commands(), [unheard, (Deck::A, PlayerCommand::Play)]);
}

#[test]
fn who_joins_in_the_middle_is_put_in_step_before_it_is_heard() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_millis(600));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.media(Deck::A, MediaEvent::Playing);
    // It began 30 ms late.
    let mut behind = 30.0;
    let mut heard = None;
    let (from, mut rate) = (stage.now, 1.0);
    while heard.is_none() && stage.now - from < Span::from_secs(3) {
        let before = stage.now;
        stage.now = stage.listener.poll_timeout().unwrap().max(before + Span::from_millis(1));
        behind -= (stage.now - before).as_ms() * (rate - 1.0);
        let expected = stage.listener.expected_position(stage.now).unwrap();
        let decks: Vec<Deck> = stage.listener.playing_decks().collect();
        for deck in decks {
            stage.listener.handle_reading(stage.now, deck, expected + Span::from_ms_f64(-behind));
        }
        stage.listener.handle_timeout(stage.now);
        stage.hear();
        for (_, command) in stage.commands() {
            match command {
                PlayerCommand::Rate(written) => rate = written,
                PlayerCommand::Volume(volume) => heard = Some((stage.now - from, volume)),
                other => panic!("{other:?}"),
            }
        }
    }
    let (after, volume) = heard.expect("it is heard");
    assert!(behind.abs() < 0.5, "{behind} ms behind");
    assert!(after < Span::from_millis(1_300), "{after:?}");
    assert!((volume - 1.0).abs() < 1e-9);
}

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
fn a_tick_of_something_that_was_missed_asks_for_everything() {
    let mut stage = Stage::playing();
    let tick = |revision| ServerMessage::MusicStreamTick {
        stream_id: StreamId(1),
        revision: crate::protocol::Revision(revision),
        status: Status::Playing,
        start_at: RoomTime::ZERO,
        start_position: MediaTime::ZERO,
        position: MediaTime::ZERO,
        server_timestamp: RoomTime::ZERO,
        track_url: String::new(),
    };
    stage.receive(tick(11));
    assert!(!stage.take().contains(&Output::Transmit(ClientMessage::RequestState)));
    stage.receive(tick(12));
    assert!(stage.take().contains(&Output::Transmit(ClientMessage::RequestState)));
}

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
fn a_refused_start_waits_for_the_tap() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 300, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.pass(Span::from_millis(400));
    stage.media(Deck::A, MediaEvent::Refused);
    assert!(stage.listener.view().blocked);
    stage.pass(Span::from_secs(10));
    stage.take();
    stage.listener.handle_tap(stage.now);
    stage.hear();
    assert!(!stage.listener.view().blocked);
    assert_eq!(stage.said.first(), Some(&Output::Unlock), "within the tap");
    assert!(matches!(stage.commands()[..], [(Deck::A, PlayerCommand::Seek(_))]));
}

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
fn what_is_asked_while_the_room_is_out_of_reach_is_refused_here() {
    let mut stage = Stage::online();
    stage.listener.handle_closed(stage.now, 1006);
    stage.hear();
    stage.take();
    stage.listener.handle_wish(stage.now, ClientMessage::HostPause);
    stage.hear();
    assert_eq!(stage.take(), []);
    assert_eq!(stage.listener.view().notice.as_ref().map(|n| n.code), Some(ErrorCode::Unavailable));
}

#[test]
fn a_late_speaker_is_played_to_earlier() {
    let mut stage = Stage::online();
    stage.listener.handle_output_offset(stage.now, Span::from_millis(200));
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.take();
    stage.pass(Span::from_millis(525));
    assert_eq!(stage.commands(), [], "800 − 70 − 200 = 530");
    stage.pass(Span::from_millis(10));
    assert_eq!(stage.commands(), [(Deck::A, PlayerCommand::Play)]);
}

#[test]
fn a_new_epoch_of_the_server_does_not_stop_the_sound() {
    let mut stage = Stage::playing();
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    stage.listener.handle_open(stage.now);
    let playback = stage.listener.view().playback.clone();
    stage.receive(ServerMessage::Welcome {
        member_id: "me".parse().unwrap(),
        role: crate::protocol::Role::Listener,
        clock_epoch: "two".into(),
        server_now: stage.room_now(),
        version: "0".into(),
    });
    let state =
        RoomSnapshot { playback: (*playback).clone(), members: Vec::<MemberInfo>::new(), ..snapshot() };
    stage.receive(ServerMessage::RoomState(Box::new(state)));
    stage.pass(Span::from_secs(2));
    let commands = stage.commands();
    assert!(
        commands.iter().all(|(_, c)| !matches!(c, PlayerCommand::Pause | PlayerCommand::Load(_))),
        "{commands:?}"
    );
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
fn a_seek_while_a_start_is_under_way_is_followed_and_teaches_nothing() {
    let mut stage = Stage::playing();
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 12, start_at, 50.0);
    stage.media(Deck::A, MediaEvent::Seeked);
    stage.pass(Span::from_secs(1));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    let start_at = stage.room_now() + Span::from_millis(100);
    stage.play_at(1, 13, start_at, 20.0);
    assert_eq!(stage.commands()[0], (Deck::A, PlayerCommand::Pause));
    assert!(!stage.said.iter().any(|output| matches!(output, Output::Remember(_))));
}

#[test]
fn a_pause_event_of_a_deck_that_stands_is_nobodys_wish() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", 800, 0.0);
    stage.media(Deck::A, MediaEvent::Loaded);
    stage.media(Deck::A, MediaEvent::Interrupted);
    assert!(!stage.listener.view().silenced);
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

#[test]
fn an_element_that_never_seeks_while_it_stands_is_played_and_told_to_seek_then() {
    let mut stage = Stage::online();
    stage.prepare(1, "one", -5_000, 10.0);
    // Nothing loads, nothing seeks, as before a tap on some phones.
    stage.pass(Span::from_secs(30));
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
    stage.media(Deck::A, MediaEvent::Refused);
    assert!(stage.listener.view().blocked);
}

#[test]
fn a_socket_that_stays_silent_after_waking_is_given_up_soon() {
    let mut stage = Stage::online();
    stage.listener.handle_page(stage.now, PageEvent::Shown);
    // The network swallows everything.
    while stage.listener.poll_output().is_some() {}
    let until = stage.now + Span::from_secs(5);
    while let Some(due) = stage.listener.poll_timeout().filter(|due| *due <= until) {
        stage.now = stage.now.max(due);
        stage.listener.handle_timeout(stage.now);
        while let Some(output) = stage.listener.poll_output() {
            stage.said.push(output);
        }
    }
    assert!(stage.take().contains(&Output::Disconnect));
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

//! The listener's behaviour as sentences: a browser that does nothing by itself, and a room that says what the
//! test says. One file for each symptom.

mod broken_files;
mod connecting;
mod delaying;
mod following;
mod hand_over;
mod keep_awake;
mod loudness;
mod rehearsal;
mod relief;
mod silence;
mod starting;
mod tuning;
mod unknown_engine;
mod watching;

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
    /// When its view was last to be drawn.
    shown_at: LocalTime,
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
        Self::on(false)
    }

    /// On a device that stops pages which fall silent, or not.
    fn on(dozes: bool) -> Self {
        Self::begun_with(snapshot(), Engine::Chromium, dozes)
    }

    /// The page was made when the room was like this.
    fn begun_with(snapshot: RoomSnapshot, engine: Engine, dozes: bool) -> Self {
        Self::on_device(snapshot, engine, dozes, true)
    }

    fn on_device(snapshot: RoomSnapshot, engine: Engine, dozes: bool, sets_volume: bool) -> Self {
        let config = ListenerConfig {
            beginning: Beginning { snapshot, role: crate::protocol::Role::Listener, name: None },
            engine,
            learned: Learned::default(),
            name: None,
            resume: None,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            dozes,
            sets_volume,
            seed: 3,
        };
        let mut stage = Self {
            listener: Listener::new(config, LocalTime::ZERO),
            now: LocalTime::ZERO,
            said: Vec::new(),
            shown_at: LocalTime::ZERO,
        };
        stage.hear();
        stage
    }

    /// A listener that is in the room and knows what time it is.
    fn online() -> Self {
        Self::new().enter()
    }

    fn enter(self) -> Self {
        let mut stage = self;
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

    /// Where an element is that plays the clicks in step.
    fn clicks_position(&self) -> MediaTime {
        MediaTime::from_micros(self.room_now().micros().rem_euclid(made_sound::CLICKS_LENGTH.micros()))
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
            } else if output == Output::Show {
                self.shown_at = self.now;
            } else {
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
                let position = if self.listener.view().tuning {
                    self.clicks_position()
                } else {
                    self.listener.expected_position(self.now).unwrap()
                };
                self.listener.handle_reading(self.now, deck, position);
            }
            self.listener.handle_timeout(self.now);
            self.hear();
        }
        self.now = until;
    }

    /// What was never played begins, and is back where its start will be, if that is what is asked of it.
    fn rehearse(&mut self, deck: Deck) {
        for ms in [0, 30] {
            self.now += Span::from_millis(5);
            self.listener.handle_reading(self.now, deck, MediaTime::from_micros(ms * 1_000));
            self.listener.handle_timeout(self.now);
        }
        self.media(deck, MediaEvent::Seeked);
    }

    /// Reads as an element would give them that is off by so much, whatever it is told.
    fn play_off_by(&mut self, off: Span, for_: Span) {
        let until = self.now + for_;
        while self.now < until {
            self.now += Span::from_millis(15);
            let expected = self.listener.expected_position(self.now).unwrap();
            self.listener.handle_reading(self.now, Deck::A, expected + off);
            self.listener.handle_timeout(self.now);
            self.hear();
        }
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
        Self::online().play()
    }

    fn play(self) -> Self {
        let mut stage = self;
        stage.prepare(1, "one", 800, 0.0);
        stage.media(Deck::A, MediaEvent::Loaded);
        stage.pass(Span::from_millis(760));
        assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Play)));
        stage.media(Deck::A, MediaEvent::Playing);
        stage.said.clear();
        stage
    }
}

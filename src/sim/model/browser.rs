//! A [`Listener`] under arbitrary messages, elements, people and clocks: a server that lies, an element that jumps, a
//! laptop that sleeps. It may play badly then; what it must not do is spin, or ask for what makes no sense:
//!
//! - it asks to be woken later than now;
//! - what it sends, the server's reader takes;
//! - rates, volumes and positions that it gives to an element are such;
//! - its view stays within the limits of what is told.
//!
//! Called by the tests with seeds and by the fuzz target `listener` with bytes that learn (`end2end/fuzz`).

use std::sync::Arc;

use super::Broken;
use super::choices::Choices;
use crate::listener::view::Beginning;
use crate::listener::{Deck, Listener, ListenerConfig, MediaEvent, Output, PageEvent, PlayerCommand};
use crate::protocol::snapshot::{Rendition, Repeat, RoomSettings, Status, TrackInfo};
use crate::protocol::{
    ClientMessage, EntryId, MemberId, QueueEntry, Revision, Role, RoomCode, RoomRecord, ServerMessage,
    StreamId, Volume, limits, parse_client_frame,
};
use crate::room::{Room, RoomConfig};
use crate::sync::engine::Engine;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MAX_WIRE_MICROS, MediaTime, RoomTime, Span};

/// Room time is this much ahead of the browser's clock, when the server does not lie.
const AHEAD: Span = Span::from_secs(1_800_000_000);

/// How time passes between two steps, in ms.
const PAUSES_MS: [i64; 12] = [0, 0, 1, 20, 100, 300, 1_000, 2_500, 6_000, 15_000, 90_000, 8_000_000];

/// Calls of `handle_timeout` in one moment, beyond which a listener spins.
const WAKES_AT_ONCE: u32 = 12;
/// After so many calls within one step, the browser is throttled: it wakes only at the step's end.
const WAKES: u32 = 300;

/// A rate that no element is asked for (manual/sync.md: briefly more than 0.5 %, never so much).
const RATES: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// Walks until the bytes are at their end.
///
/// # Errors
/// The first law that does not hold.
pub fn walk(bytes: &[u8]) -> Result<(), Broken> {
    let mut choices = Choices::new(bytes);
    let mut stage = Stage::new(&mut choices);
    stage.hear()?;
    let mut last = Vec::new();
    while !choices.is_over() {
        let step = stage.step(&mut choices);
        last.push(format!("{step} at {:?}", stage.now));
        let pause = Span::from_millis(choices.of(&PAUSES_MS));
        let done = stage.hear().and_then(|()| stage.pass(pause, &mut choices));
        done.map_err(|mut broken| {
            broken.steps = last.split_off(last.len().saturating_sub(12));
            broken
        })?;
    }
    Ok(())
}

struct Stage {
    listener: Listener,
    now: LocalTime,
    /// Pings that wait for an answer.
    pings: Vec<(u64, LocalTime)>,
}

impl Stage {
    fn new(choices: &mut Choices<'_>) -> Self {
        let now = LocalTime::ZERO;
        let record = RoomRecord::new(RoomCode::from_number(5), RoomSettings::default());
        let at = RoomTime::ZERO + AHEAD;
        let snapshot = Room::restore(record, RoomConfig::default(), at, None).snapshot(at);
        let config = ListenerConfig {
            beginning: Beginning { snapshot, role: Role::Listener, name: None },
            engine: choices.of(&[Engine::Chromium, Engine::Gecko, Engine::WebKit, Engine::Unknown]),
            learned: Learned::default(),
            name: None,
            resume: None,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            dozes: choices.once_in(2),
            sets_volume: choices.once_in(2),
            seed: 3,
        };
        Self { listener: Listener::new(config, now), now, pings: Vec::new() }
    }

    /// Does something; says what, for who reads of a failure.
    fn step(&mut self, choices: &mut Choices<'_>) -> &'static str {
        let now = self.now;
        match choices.below(24) {
            0 => {
                self.listener.handle_open(now);
                "open"
            }
            1 => {
                let code = choices.of(&[1000, 1006, 1008, 1012, 1013, 4401, 4403, 4404, 4409, 4426]);
                self.listener.handle_closed(now, code);
                "closed"
            }
            2..=4 => {
                if let Some((ping_id, client_now)) = self.pings.pop() {
                    let server_received = wild_room_time(now, choices);
                    let server_now = server_received + Span::from_micros(i64::from(choices.byte()));
                    let pong = ServerMessage::TimePong { client_now, ping_id, server_received, server_now };
                    self.listener.handle_message(now, pong);
                }
                "pong"
            }
            5..=12 => {
                let message = message(now, choices);
                self.listener.handle_message(now, message);
                "message"
            }
            13..=15 => {
                let event = match choices.below(9) {
                    0 => MediaEvent::Loaded,
                    1 => MediaEvent::Seeked,
                    2 => MediaEvent::Playing,
                    3 => MediaEvent::Waiting,
                    4 => MediaEvent::Ended,
                    5 => MediaEvent::Refused,
                    6 => MediaEvent::Interrupted,
                    7 => MediaEvent::Arriving,
                    _ => MediaEvent::Failed { message: "\u{0}".repeat(usize::from(choices.byte()) * 400) },
                };
                self.listener.handle_media(now, deck(choices), event);
                "media"
            }
            16 => {
                let position = wild_position(choices);
                self.listener.handle_reading(now, deck(choices), position);
                "reading"
            }
            17 => {
                let events =
                    [PageEvent::Shown, PageEvent::Hidden, PageEvent::Online, PageEvent::OutputChanged];
                self.listener.handle_page(now, choices.of(&events));
                "page"
            }
            18 => {
                self.listener.handle_tap(now);
                "tap"
            }
            19 => {
                self.listener.handle_tuning(now, choices.once_in(2));
                "tuning"
            }
            20 => {
                match choices.below(4) {
                    0 => self.listener.handle_resync(now),
                    1 => self.listener.handle_silenced(now, choices.once_in(2)),
                    2 => self.listener.handle_own_volume(now, volume(choices)),
                    _ => self.listener.handle_output_offset(now, wild_span(choices)),
                }
                "person"
            }
            21 => {
                let wishes = [ClientMessage::HostPause, ClientMessage::HostNext, ClientMessage::QueueClear];
                self.listener.handle_wish(now, wishes[usize::from(choices.below(3))].clone());
                "wish"
            }
            22 => {
                self.listener.handle_clocks(now, wild_span(choices));
                "clocks"
            }
            _ => {
                if choices.once_in(16) {
                    self.listener.handle_leave();
                }
                "leave"
            }
        }
    }

    fn hear(&mut self) -> Result<(), Broken> {
        let mut outputs = 0;
        while let Some(output) = self.listener.poll_output() {
            outputs += 1;
            if outputs > 1_000 {
                return Err(Broken::new("it never stops asking for things"));
            }
            match output {
                Output::Ping { ping_id } => {
                    self.pings.push((ping_id, self.now));
                    let over = self.pings.len().saturating_sub(8);
                    self.pings.drain(..over);
                }
                Output::Transmit(message) => {
                    let text = serde_json::to_string(&message).map_err(|e| Broken::new(e.to_string()))?;
                    if let Err(error) = parse_client_frame(&text) {
                        return Err(Broken::new(format!("the server refuses {text:.200}: {error}")));
                    }
                }
                Output::Player(_, command) => sensible(&command)?,
                _ => {}
            }
        }
        let view = self.listener.view();
        if view.output_offset.abs() > limits::OUTPUT_OFFSET || view.chat.len() > limits::CHAT_KEPT {
            return Err(Broken::new("the view is beyond its limits"));
        }
        Ok(())
    }

    fn pass(&mut self, span: Span, choices: &mut Choices<'_>) -> Result<(), Broken> {
        let until = self.now + span;
        let (mut wakes, mut at_once) = (0, 0);
        while let Some(due) = self.listener.poll_timeout().filter(|due| *due <= until) {
            let at = if wakes > WAKES { until } else { due.max(self.now) };
            wakes += 1;
            at_once = if at > self.now { 1 } else { at_once + 1 };
            if at_once > WAKES_AT_ONCE {
                return Err(Broken::new("it asks to be woken again and again"));
            }
            self.now = at;
            let decks: Vec<Deck> = self.listener.playing_decks().collect();
            for deck in decks {
                // Mostly in step, as elements are.
                let expected = self.listener.expected_position(at).unwrap_or(MediaTime::ZERO);
                let off = Span::from_micros((i64::from(choices.byte()) - 128) * 40);
                self.listener.handle_reading(at, deck, expected + off);
            }
            self.listener.handle_timeout(at);
            self.hear()?;
        }
        self.now = until;
        Ok(())
    }
}

fn sensible(command: &PlayerCommand) -> Result<(), Broken> {
    let good = match command {
        PlayerCommand::Rate(rate) => RATES.contains(rate),
        PlayerCommand::Volume(volume) => (0.0..=1.0).contains(volume),
        PlayerCommand::Seek(position) => *position >= MediaTime::ZERO,
        PlayerCommand::Load(renditions) => !renditions.is_empty(),
        _ => true,
    };
    if good { Ok(()) } else { Err(Broken::new(format!("an element is asked for {command:?}"))) }
}

fn deck(choices: &mut Choices<'_>) -> Deck {
    if choices.once_in(2) { Deck::B } else { Deck::A }
}

fn volume(choices: &mut Choices<'_>) -> Volume {
    Volume::new(f64::from(choices.below(101)) / 100.0).expect("at most 1")
}

/// As long as the wire lets through, or a moment.
fn wild_span(choices: &mut Choices<'_>) -> Span {
    let small = i64::from(choices.wide()) - 32_768;
    Span::from_micros(match choices.below(8) {
        0 => MAX_WIRE_MICROS as i64 * small.signum(),
        1 | 2 => small * 1_000_000,
        _ => small * 100,
    })
}

/// Near or far, and within what the wire lets through.
fn wild_room_time(now: LocalTime, choices: &mut Choices<'_>) -> RoomTime {
    let far = choices.once_in(12);
    let wild = wild_span(choices);
    let time = if far { RoomTime::ZERO + wild } else { RoomTime::from_micros(now.micros()) + AHEAD + wild };
    let most = MAX_WIRE_MICROS as i64;
    RoomTime::from_micros(time.micros().clamp(-most, most))
}

/// Where an element says that it is.
fn wild_position(choices: &mut Choices<'_>) -> MediaTime {
    MediaTime::ZERO + wild_span(choices)
}

/// What a server says of a track: whatever it is, it is not negative.
fn told_position(choices: &mut Choices<'_>) -> MediaTime {
    MediaTime::ZERO + wild_span(choices).abs()
}

fn track(choices: &mut Choices<'_>) -> Arc<TrackInfo> {
    let url = "/media/t/original".to_owned();
    Arc::new(TrackInfo {
        track_id: "t".parse().expect("a letter is an id"),
        track_url: url.clone(),
        renditions: vec![Rendition { url, mime: "audio/flac".to_owned() }],
        title: "t".to_owned(),
        artist: None,
        album: None,
        filename: "t.flac".to_owned(),
        duration: told_position(choices),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

/// Something that a server may say, true or not. Streams and revisions are few, so that they meet.
fn message(now: LocalTime, choices: &mut Choices<'_>) -> ServerMessage {
    let stream_id = StreamId(u64::from(choices.below(6)));
    let revision = Revision(u64::from(choices.below(8)));
    let start_at = wild_room_time(now, choices);
    let start_position = told_position(choices);
    let server_timestamp = start_at;
    let sync_buffer = Span::from_millis(100);
    match choices.below(14) {
        0..=2 => ServerMessage::PreparePlay {
            stream_id,
            revision,
            track: track(choices),
            queue_entry_id: None,
            start_at,
            start_position,
            lead: wild_span(choices),
            follows: choices.once_in(3),
            server_timestamp,
        },
        3 | 4 => ServerMessage::PlayAt {
            stream_id,
            revision,
            start_at,
            start_position,
            sync_buffer,
            server_timestamp,
        },
        5 => ServerMessage::PauseAt {
            stream_id,
            revision,
            pause_at: start_at,
            position: start_position,
            sync_buffer,
            server_timestamp,
        },
        6 => ServerMessage::Stop { stream_id, revision, stop_at: start_at, server_timestamp },
        7 => ServerMessage::MusicStreamTick {
            stream_id,
            revision,
            status: Status::Playing,
            start_at,
            start_position,
            position: start_position,
            server_timestamp,
            track_url: String::new(),
        },
        8 => ServerMessage::Repeat { revision, mode: choices.of(&[Repeat::Off, Repeat::One, Repeat::All]) },
        9 => ServerMessage::Volume { revision, volume: volume(choices) },
        10 => ServerMessage::Resync,
        11 => ServerMessage::Welcome {
            member_id: somebody(),
            role: choices.of(&[Role::Listener, Role::Dj, Role::Host]),
            clock_epoch: format!("epoch {}", choices.below(3)),
            server_now: start_at,
            version: String::new(),
        },
        12 => {
            let entries =
                vec![QueueEntry { entry_id: EntryId(revision.0), track: track(choices), added_by: None }];
            ServerMessage::History { revision, entries, whole: choices.once_in(2) }
        }
        _ => {
            let record = RoomRecord::new(RoomCode::from_number(5), RoomSettings::default());
            let mut snapshot =
                Room::restore(record, RoomConfig::default(), start_at, None).snapshot(start_at);
            snapshot.playback.status = choices.of(&[Status::Preparing, Status::Playing, Status::Paused]);
            snapshot.playback.stream_id = stream_id;
            snapshot.playback.track = choices.once_in(2).then(|| track(choices));
            snapshot.playback.start_position = start_position;
            ServerMessage::RoomState(Box::new(snapshot))
        }
    }
}

fn somebody() -> MemberId {
    "me".parse().expect("letters are an id")
}

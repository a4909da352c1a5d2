//! One room, its listeners and the network between them, run through true time event by event.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::browser::Browser;
use super::network::NetworkModel;
use super::random::Random;
use crate::listener::view::Beginning;
use crate::listener::{Deck, MediaEvent, Output, PlayerCommand};
use crate::protocol::snapshot::{RoomSettings, TrackInfo};
use crate::protocol::{ClientMessage, RoomCode, RoomRecord, ServerMessage};
use crate::room::{Accepted, Actor, Command, Effect, Identity, JoinRequest, Room, RoomConfig};
use crate::sync::time::{MediaTime, RoomTime, Span};

/// What happens at a moment.
#[derive(Clone, Debug)]
enum Event {
    /// A socket opens.
    Open {
        browser: usize,
        socket: u64,
    },
    /// A socket is found closed.
    Closed {
        browser: usize,
        socket: u64,
    },
    ToServer {
        browser: usize,
        socket: u64,
        message: ClientMessage,
    },
    ToBrowser {
        browser: usize,
        socket: u64,
        message: ServerMessage,
    },
    Media {
        browser: usize,
        deck: Deck,
        event: MediaEvent,
    },
}

/// How late timers of a browser fire at most.
const TIMER_LATENESS: Span = Span::from_millis(4);

/// A simulation.
#[derive(Debug)]
pub struct World {
    /// The true time.
    pub now: RoomTime,
    /// The room.
    pub room: Room,
    /// The listeners; the first is the host.
    pub browsers: Vec<Browser>,
    network: NetworkModel,
    random: Random,
    events: BTreeMap<(RoomTime, u64), Event>,
    wakes: Vec<Option<RoomTime>>,
    sequence: u64,
}

/// How far apart two listeners were, as heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// The moment.
    pub at: RoomTime,
    /// The largest distance between any two that sounded, in ms.
    pub apart_ms: f64,
    /// The largest distance of any of them from the timeline, in ms.
    pub off_ms: f64,
    /// How many sounded.
    pub sounding: usize,
}

/// A track of some length.
pub fn track(name: &str, length: Span) -> Arc<TrackInfo> {
    Arc::new(TrackInfo {
        track_id: name.parse().expect("a simulated track has a plain name"),
        track_url: format!("/media/{name}/original"),
        renditions: Vec::new(),
        title: name.to_owned(),
        artist: None,
        album: None,
        filename: format!("{name}.flac"),
        duration: MediaTime::ZERO + length,
        artwork_url: None,
    })
}

impl World {
    /// An empty room.
    pub fn new(network: NetworkModel, seed: u64) -> Self {
        let now = RoomTime::ZERO + Span::from_secs(1_800_000_000);
        let record = RoomRecord::new(RoomCode::from_number(seed), RoomSettings::default());
        Self {
            now,
            room: Room::restore(record, RoomConfig::default(), now, None),
            browsers: Vec::new(),
            network,
            random: Random::new(seed),
            events: BTreeMap::new(),
            wakes: Vec::new(),
            sequence: 0,
        }
    }

    /// Somebody opens the room's page.
    pub fn join(&mut self) -> usize {
        let number = self.browsers.len();
        let beginning = Beginning { snapshot: self.room.snapshot(self.now), role: Browser::role(number) };
        let browser = Browser::new(number, beginning, self.network, self.now, &mut self.random);
        self.browsers.push(browser);
        self.wakes.push(None);
        self.drain_browser(number);
        number
    }

    /// The host does something.
    ///
    /// # Panics
    /// When the room refuses it: a simulation's host knows what it does.
    pub fn host(&mut self, command: Command) -> Accepted {
        let actor = Actor::Api(Browser::role(0));
        let accepted =
            self.room.handle_command(self.now, &actor, command).expect("the host may, and asks for sense");
        self.drain_room();
        accepted
    }

    /// The network of a browser goes, or comes back. While it is gone messages wait, as in TCP.
    pub fn set_offline(&mut self, browser: usize, offline: bool) {
        self.browsers[browser].offline = offline;
    }

    /// The person at a browser taps *Tap to start*.
    pub fn tap(&mut self, browser: usize) {
        let at = self.browsers[browser].oscillator.local(self.now);
        self.browsers[browser].listener.handle_tap(at);
        self.drain_browser(browser);
    }

    /// The socket of a browser breaks.
    pub fn break_socket(&mut self, browser: usize) {
        let socket = self.browsers[browser].socket;
        self.schedule(self.now, Event::Closed { browser, socket });
    }

    /// The server is killed and comes back later, as it was written down.
    pub fn restart_server(&mut self, down: Span) {
        let record = self.room.record();
        for browser in 0..self.browsers.len() {
            self.browsers[browser].connection = None;
            self.break_socket(browser);
        }
        let last_alive = self.now;
        self.run(down);
        let config = RoomConfig { clock_epoch: format!("epoch at {:?}", self.now), ..RoomConfig::default() };
        self.room = Room::restore(record, config, self.now, Some(last_alive));
        self.drain_room();
    }

    /// Lets time pass.
    pub fn run(&mut self, span: Span) {
        let until = self.now + span;
        while self.step(until) {}
        self.now = until;
    }

    /// Lets time pass and listens every `every`.
    pub fn listen(&mut self, span: Span, every: Span) -> Vec<Heard> {
        let until = self.now + span;
        let mut heard = Vec::new();
        while self.now < until {
            self.run(every.min(until - self.now));
            heard.push(self.heard());
        }
        heard
    }

    /// What is heard now.
    pub fn heard(&self) -> Heard {
        let expected = self.room.playback(self.now).position.as_secs();
        let positions: Vec<f64> =
            self.browsers.iter().filter_map(|browser| browser.heard(self.now)).collect();
        let most = positions.iter().copied().fold(f64::MIN, f64::max);
        let least = positions.iter().copied().fold(f64::MAX, f64::min);
        let off = positions.iter().map(|position| (position - expected).abs()).fold(0.0, f64::max);
        Heard {
            at: self.now,
            apart_ms: if positions.len() > 1 { (most - least) * 1e3 } else { 0.0 },
            off_ms: off * 1e3,
            sounding: positions.len(),
        }
    }

    fn schedule(&mut self, at: RoomTime, event: Event) {
        self.sequence += 1;
        self.events.insert((at, self.sequence), event);
    }

    /// The next thing before a moment; false when there is none.
    fn step(&mut self, until: RoomTime) -> bool {
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        let room = self.room.poll_timeout();
        let wake = self
            .wakes
            .iter()
            .enumerate()
            .filter_map(|(browser, at)| at.map(|at| Reverse((at, browser))))
            .max()
            .map(|Reverse(wake)| wake);
        let next = [event, room, wake.map(|(at, _)| at)].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next <= until) else {
            return false;
        };
        self.now = self.now.max(next);
        if event == Some(next) {
            if let Some((_, event)) = self.events.pop_first() {
                self.happen(event);
            }
        } else if room == Some(next) {
            self.room.handle_timeout(self.now);
            self.drain_room();
        } else if let Some((_, browser)) = wake {
            self.wakes[browser] = None;
            self.wake(browser);
        }
        true
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Open { browser, socket } => {
                let at = self.browsers[browser].oscillator.local(self.now);
                let b = &mut self.browsers[browser];
                if b.socket == socket {
                    b.open = true;
                    b.listener.handle_open(at);
                }
                self.drain_browser(browser);
            }
            Event::Closed { browser, socket } => {
                if self.browsers[browser].socket != socket {
                    return;
                }
                self.disconnect(browser);
                let b = &mut self.browsers[browser];
                let at = b.oscillator.local(self.now);
                b.listener.handle_closed(at, 1006);
                self.drain_browser(browser);
            }
            Event::ToServer { browser, socket, message } => {
                if self.browsers[browser].offline {
                    self.schedule(
                        self.now + Span::from_millis(200),
                        Event::ToServer { browser, socket, message },
                    );
                } else if self.browsers[browser].socket == socket {
                    self.serve(browser, message);
                    self.drain_room();
                }
            }
            Event::ToBrowser { browser, socket, message } => {
                if self.browsers[browser].offline {
                    self.schedule(
                        self.now + Span::from_millis(200),
                        Event::ToBrowser { browser, socket, message },
                    );
                    return;
                }
                let b = &mut self.browsers[browser];
                if b.socket == socket {
                    let at = b.oscillator.local(self.now);
                    b.listener.handle_message(at, message);
                }
                self.drain_browser(browser);
            }
            Event::Media { browser, deck, event } => {
                let b = &mut self.browsers[browser];
                let at = b.oscillator.local(self.now);
                b.listener.handle_media(at, deck, event);
                self.drain_browser(browser);
            }
        }
    }

    /// What the server's socket task does with a message.
    fn serve(&mut self, browser: usize, message: ClientMessage) {
        let (now, b) = (self.now, &mut self.browsers[browser]);
        match (message, b.connection.clone()) {
            (ClientMessage::Hello { resume, name, .. }, _) => {
                let request = JoinRequest {
                    fresh_id: b.name.clone(),
                    identity: Identity([u8::try_from(browser).unwrap_or(u8::MAX); 32]),
                    role: Browser::role(browser),
                    name,
                    resume,
                };
                if let Ok(joined) = self.room.handle_join(now, request) {
                    b.connection = Some((joined.member_id, joined.connection));
                }
            }
            (ClientMessage::TimePing { client_now, ping_id }, Some(_)) => {
                let pong =
                    ServerMessage::TimePong { client_now, ping_id, server_received: now, server_now: now };
                self.deliver(browser, pong);
            }
            (ClientMessage::Ready { stream_id, took }, Some((member, _))) => {
                self.room.handle_ready(now, &member, stream_id, took);
            }
            (ClientMessage::RequestState, Some((member, _))) => self.room.handle_request_state(now, &member),
            (ClientMessage::SyncReport(report), Some((member, _))) => {
                self.room.handle_report(now, &member, &report);
            }
            _ => {}
        }
    }

    fn deliver(&mut self, browser: usize, message: ServerMessage) {
        let b = &mut self.browsers[browser];
        let (socket, at) = (b.socket, b.down.arrival(self.now, &mut self.random));
        self.schedule(at, Event::ToBrowser { browser, socket, message });
    }

    fn disconnect(&mut self, browser: usize) {
        let b = &mut self.browsers[browser];
        b.open = false;
        b.socket += 1;
        if let Some((member, connection)) = b.connection.take() {
            self.room.handle_leave(self.now, &member, connection);
            self.drain_room();
        }
    }

    fn drain_room(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                Effect::Persist(_) => {}
                Effect::Broadcast(message) => {
                    for browser in 0..self.browsers.len() {
                        if self.browsers[browser].connection.is_some() {
                            self.deliver(browser, message.clone());
                        }
                    }
                }
                Effect::Send(member, message) => {
                    if let Some(browser) = self.browser_of(&member) {
                        self.deliver(browser, message);
                    }
                }
                Effect::Close(member, _) => {
                    if let Some(browser) = self.browser_of(&member) {
                        self.break_socket(browser);
                    }
                }
            }
        }
    }

    fn browser_of(&self, member: &crate::protocol::MemberId) -> Option<usize> {
        // A joiner's first messages come before its connection is noted; it is named after its browser.
        self.browsers
            .iter()
            .position(|b| b.connection.as_ref().is_some_and(|(id, _)| id == member) || b.name == *member)
    }

    fn wake(&mut self, browser: usize) {
        let b = &mut self.browsers[browser];
        let decks: Vec<Deck> = b.listener.playing_decks().collect();
        let at = b.oscillator.local(self.now);
        for deck in decks {
            let position = match deck {
                Deck::A => b.elements[0].read(self.now, &mut self.random),
                Deck::B => b.elements[1].read(self.now, &mut self.random),
            };
            b.listener.handle_reading(at, deck, position);
        }
        b.listener.handle_timeout(at);
        self.drain_browser(browser);
    }

    fn drain_browser(&mut self, browser: usize) {
        while let Some(output) = self.browsers[browser].listener.poll_output() {
            let now = self.now;
            let b = &mut self.browsers[browser];
            match output {
                Output::Connect => {
                    b.socket += 1;
                    let socket = b.socket;
                    let at = b.up.arrival(now, &mut self.random) + Span::from_millis(5);
                    self.schedule(at, Event::Open { browser, socket });
                }
                Output::Disconnect => self.disconnect(browser),
                Output::Ping { ping_id } => {
                    let client_now = b.oscillator.local(now);
                    self.transmit(browser, ClientMessage::TimePing { client_now, ping_id });
                }
                Output::Transmit(message) => self.transmit(browser, message),
                Output::Player(deck, PlayerCommand::Play) if !b.may_play => {
                    self.schedule(now, Event::Media { browser, deck, event: MediaEvent::Refused });
                }
                Output::Player(deck, command) => {
                    let random = &mut self.random;
                    let element = match deck {
                        Deck::A => &mut b.elements[0],
                        Deck::B => &mut b.elements[1],
                    };
                    if let Some((at, event)) = element.command(now, &command, random) {
                        self.schedule(at, Event::Media { browser, deck, event });
                    }
                }
                Output::Unlock => b.may_play = true,
                Output::Show | Output::Remember(_) => {}
            }
        }
        let b = &self.browsers[browser];
        self.wakes[browser] = b.listener.poll_timeout().map(|due| {
            let lateness = TIMER_LATENESS.scale(self.random.unit() * self.random.unit());
            b.oscillator.truth(due).max(self.now) + lateness + Span::from_micros(1)
        });
    }

    fn transmit(&mut self, browser: usize, message: ClientMessage) {
        let b = &mut self.browsers[browser];
        if !b.open {
            return;
        }
        let (socket, at) = (b.socket, b.up.arrival(self.now, &mut self.random));
        self.schedule(at, Event::ToServer { browser, socket, message });
    }
}

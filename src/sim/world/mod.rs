//! One room, its listeners and the network between them, run through true time event by event.

mod events;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::browser::Browser;
use super::network::Link;
use super::random::Random;
use super::server_clock::ServerClock;
use crate::listener::view::Beginning;
use crate::protocol::snapshot::{RoomSettings, TrackInfo};
use crate::protocol::{RoomCode, RoomRecord};
use crate::room::{Accepted, Actor, Command, Room, RoomConfig};
use crate::sync::engine::Engine;
use crate::sync::time::{MediaTime, RoomTime, Span};
use events::Event;

/// A simulation.
#[derive(Debug)]
pub struct World {
    /// The true time.
    pub now: RoomTime,
    /// The room.
    pub room: Room,
    /// The listeners; the first is the host.
    pub browsers: Vec<Browser>,
    /// The server's clock, by which the room goes.
    clock: ServerClock,
    /// The server's machine stands still until then.
    stands_until: RoomTime,
    kind: (Engine, Link),
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
        gain: None,
        needs_encoder: false,
    })
}

impl World {
    /// An empty room. Who joins has Chromium and such a network, until [`World::joiners_have`] says otherwise.
    pub fn new(network: impl Into<Link>, seed: u64) -> Self {
        let now = RoomTime::ZERO + Span::from_secs(1_800_000_000);
        let record = RoomRecord::new(RoomCode::from_number(seed), RoomSettings::default());
        Self {
            now,
            room: Room::restore(record, RoomConfig::default(), now, None),
            browsers: Vec::new(),
            clock: ServerClock::true_from(now),
            stands_until: now,
            kind: (Engine::Chromium, network.into()),
            random: Random::new(seed),
            events: BTreeMap::new(),
            wakes: Vec::new(),
            sequence: 0,
        }
    }

    /// Who joins from now on has this engine and this network.
    pub fn joiners_have(&mut self, engine: Engine, network: impl Into<Link>) {
        self.kind = (engine, network.into());
    }

    /// Somebody opens the room's page.
    pub fn join(&mut self) -> usize {
        let number = self.browsers.len();
        let beginning = Beginning {
            snapshot: self.room.snapshot(self.room_now()),
            role: Browser::role(number),
            name: None,
        };
        let browser = Browser::new(number, beginning, self.kind, self.now, &mut self.random);
        self.browsers.push(browser);
        self.wakes.push(None);
        self.schedule_stall(number);
        self.drain_browser(number);
        number
    }

    /// Somebody closes the page.
    pub fn leave(&mut self, browser: usize) {
        self.browsers[browser].listener.handle_leave();
        self.drain_browser(browser);
    }

    /// The host does something.
    ///
    /// # Panics
    /// When the room refuses it: a simulation's host knows what it does.
    pub fn host(&mut self, command: Command) -> Accepted {
        let actor = Actor::Api(Browser::role(0));
        let accepted = self
            .room
            .handle_command(self.room_now(), &actor, command)
            .expect("the host may, and asks for sense");
        self.drain_room();
        accepted
    }

    /// The network of a browser goes, or comes back. While it is gone messages wait, as in TCP.
    pub fn set_offline(&mut self, browser: usize, offline: bool) {
        self.browsers[browser].offline = offline;
    }

    /// The process of a browser stands still for so long: its sound stops, what happens to it waits, its clock goes on.
    pub fn suspend(&mut self, browser: usize, span: Span) {
        let until = self.now + span;
        let b = &mut self.browsers[browser];
        b.suspended = b.suspended.max(until);
        for element in &mut b.elements {
            element.suspend(self.now, until);
        }
    }

    /// The person at a browser taps *Tap to start*.
    pub fn tap(&mut self, browser: usize) {
        let at = self.browsers[browser].oscillator.local(self.now);
        self.browsers[browser].listener.handle_tap(at);
        self.drain_browser(browser);
    }

    /// The person at a browser tunes it by ear, or is done with it.
    pub fn tune(&mut self, browser: usize, tuning: bool) {
        let at = self.browsers[browser].oscillator.local(self.now);
        self.browsers[browser].listener.handle_tuning(at, tuning);
        self.drain_browser(browser);
    }

    /// The person at a browser says how much earlier it shall play.
    pub fn move_output(&mut self, browser: usize, offset: Span) {
        let at = self.browsers[browser].oscillator.local(self.now);
        self.browsers[browser].listener.handle_output_offset(at, offset);
        self.drain_browser(browser);
    }

    /// The socket of a browser breaks.
    pub fn break_socket(&mut self, browser: usize) {
        let socket = self.browsers[browser].socket;
        self.schedule(self.now, Event::Closed { browser, socket });
    }

    /// What the server takes the time to be.
    pub fn room_now(&self) -> RoomTime {
        self.clock.room(self.now)
    }

    /// The server's clock runs this much too fast from now on: NTP slews it, or its machine moved to another host.
    pub fn run_server_clock_at(&mut self, skew: f64) {
        self.clock.run_at(self.now, skew);
    }

    /// The server's machine stands still for so long, and its clock with it, as `CLOCK_MONOTONIC` does while a machine
    /// sleeps. What is sent to it waits.
    pub fn suspend_server(&mut self, span: Span) {
        self.clock.stand_still(self.now, span);
        self.stands_until = self.now + span;
    }

    /// The server is killed and comes back later, as it was written down.
    pub fn restart_server(&mut self, down: Span) {
        self.restart_server_with(down, Span::ZERO);
    }

    /// The same, and its clock is `by` later than it should be: the machine was started anew, and its wall clock was off.
    pub fn restart_server_with(&mut self, down: Span, by: Span) {
        let record = self.room.record();
        for browser in 0..self.browsers.len() {
            self.browsers[browser].connection = None;
            self.break_socket(browser);
        }
        let last_alive = self.room_now();
        self.run(down);
        let config = RoomConfig { clock_epoch: format!("epoch at {:?}", self.now), ..RoomConfig::default() };
        self.clock.begin_anew(self.now, by);
        self.room = Room::restore(record, config, self.room_now(), Some(last_alive));
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
        let expected = self.expected();
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

    /// Where the music should be, in seconds.
    pub fn expected(&self) -> f64 {
        self.room.playback(self.room_now()).position.as_secs()
    }

    /// How far each browser's sound is ahead of the timeline, in ms; `None` while it is silent.
    pub fn errors_ms(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        let expected = self.expected();
        self.browsers.iter().map(move |browser| Some((browser.heard(self.now)? - expected) * 1e3))
    }

    fn schedule_stall(&mut self, browser: usize) {
        let per_hour = self.browsers[browser].link.stalls_per_hour;
        if per_hour > 0.0 {
            let pause = self.random.exponential(Span::from_secs_f64(3_600.0 / per_hour));
            self.schedule(self.now + pause, Event::Stall { browser });
        }
    }

    fn schedule(&mut self, at: RoomTime, event: Event) {
        self.sequence += 1;
        self.events.insert((at, self.sequence), event);
    }
}

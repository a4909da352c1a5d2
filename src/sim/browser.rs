//! A listener with a modelled browser around it: a clock of its own, two elements, and what is under way.

use super::element::{Device, Element};
use super::network::{NetworkModel, Path};
use super::random::Random;
use crate::listener::view::Beginning;
use crate::listener::{Deck, Listener, ListenerConfig};
use crate::protocol::{MemberId, Role, Volume};
use crate::room::ConnectionId;
use crate::sync::engine::Engine;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, RoomTime, Span};

/// A clock that is off, in offset and in rate.
#[derive(Clone, Copy, Debug)]
pub struct Oscillator {
    offset: i64,
    skew: f64,
    origin: RoomTime,
}

impl Oscillator {
    /// What it shows at a true time.
    pub fn local(&self, truth: RoomTime) -> LocalTime {
        let run = (truth - self.origin).micros() as f64;
        LocalTime::from_micros(self.offset + (run * (1.0 + self.skew)).round() as i64)
    }

    /// The true time at which it shows this.
    pub fn truth(&self, local: LocalTime) -> RoomTime {
        let run = (local.micros() - self.offset) as f64;
        self.origin + Span::from_micros((run / (1.0 + self.skew)).ceil() as i64)
    }
}

/// A simulated browser in a room.
#[derive(Debug)]
pub struct Browser {
    /// Who it is.
    pub name: MemberId,
    /// The real listener.
    pub listener: Listener,
    /// Its clock.
    pub oscillator: Oscillator,
    /// Its two elements.
    pub elements: [Element; 2],
    /// Whether the browser lets it play without a tap.
    pub may_play: bool,
    pub(super) up: Path,
    pub(super) down: Path,
    pub(super) connection: Option<(MemberId, ConnectionId)>,
    /// Counts sockets, so that what belongs to an old one is not delivered.
    pub(super) socket: u64,
    pub(super) open: bool,
    /// While the network is gone, nothing is delivered.
    pub(super) offline: bool,
}

impl Browser {
    /// A browser that opens the room's page now.
    pub fn new(
        number: usize,
        beginning: Beginning,
        network: NetworkModel,
        now: RoomTime,
        random: &mut Random,
    ) -> Self {
        let oscillator = Oscillator {
            offset: random.span(Span::ZERO, Span::from_secs(100_000)).micros(),
            skew: random.between(-100e-6, 100e-6),
            origin: now,
        };
        let device = Device {
            start_latency: random.span(Span::from_millis(50), Span::from_millis(160)),
            start_jitter: Span::from_millis(4),
            seek_cost: random.span(Span::from_millis(20), Span::from_millis(90)),
            load_time: random.span(Span::from_millis(40), Span::from_millis(200)),
            card_skew: random.between(-100e-6, 100e-6),
        };
        let config = ListenerConfig {
            beginning,
            engine: Engine::Chromium,
            learned: Learned::default(),
            name: None,
            resume: None,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            seed: random.bits(),
        };
        Self {
            name: format!("b{number}").parse().expect("a letter and a number make an id"),
            listener: Listener::new(config, oscillator.local(now)),
            oscillator,
            elements: [Element::new(device), Element::new(device)],
            may_play: true,
            up: Path::new(network),
            down: Path::new(network),
            connection: None,
            socket: 0,
            open: false,
            offline: false,
        }
    }

    /// What is heard: the position of the element that sounds; of two, the later one.
    pub fn heard(&self, now: RoomTime) -> Option<f64> {
        self.elements.iter().filter_map(|element| element.heard(now)).next_back()
    }

    /// The element of a deck.
    pub const fn element(&mut self, deck: Deck) -> &mut Element {
        match deck {
            Deck::A => &mut self.elements[0],
            Deck::B => &mut self.elements[1],
        }
    }

    pub(super) const fn role(number: usize) -> Role {
        if number == 0 { Role::Host } else { Role::Listener }
    }
}

//! A listener with a modelled browser around it: a clock of its own, two elements, and what is under way.

use super::device::Device;
use super::element::Element;
use super::network::{Link, Path};
use super::oscillator::{Oscillator, WANDER_PPB_PER_MINUTE};
use super::random::Random;
use crate::listener::view::Beginning;
use crate::listener::{Deck, Listener, ListenerConfig};
use crate::protocol::{MemberId, Role, Volume};
use crate::room::ConnectionId;
use crate::sync::engine::Engine;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, RoomTime, Span};
use crate::sync::timeline::END_GUARD;

/// What a listener did to sound that could be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touches {
    /// Writes of the rate.
    pub rates: u64,
    /// Seeks.
    pub seeks: u64,
    /// Seeks of what plays unheard, to be put in step first.
    pub unheard_seeks: u64,
    /// Pauses of what is heard: to delay it, because the other element takes over, or because the room pauses.
    pub pauses: u64,
    /// Times that the data ran out; not the listener's doing.
    pub stalls: u64,
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
    /// What was done to its sound.
    pub touches: Touches,
    /// What it is connected by.
    pub link: Link,
    pub(super) up: Path,
    pub(super) down: Path,
    pub(super) connection: Option<(MemberId, ConnectionId)>,
    /// Counts sockets, so that what belongs to an old one is not delivered.
    pub(super) socket: u64,
    pub(super) open: bool,
    /// While the network is gone, nothing is delivered.
    pub(super) offline: bool,
    /// Its process stands still until then.
    pub(super) suspended: RoomTime,
    /// When the server last heard of it.
    pub(super) heard_at: RoomTime,
}

impl Browser {
    /// A browser of this engine that opens the room's page now.
    pub fn new(
        number: usize,
        beginning: Beginning,
        (engine, link): (Engine, Link),
        now: RoomTime,
        random: &mut Random,
    ) -> Self {
        let shows = LocalTime::ZERO + random.span(Span::ZERO, Span::from_secs(100_000));
        let skew = random.between(-100e-6, 100e-6);
        let oscillator = Oscillator::new(now, shows, skew, WANDER_PPB_PER_MINUTE, random);
        let device = Device::draw(engine, &link, now, random);
        let (up, down) = link.paths(now, random);
        let config = ListenerConfig {
            beginning,
            engine,
            learned: Learned::default(),
            name: None,
            resume: None,
            own_volume: Volume::FULL,
            output_offset: Span::ZERO,
            dozes: false,
            sets_volume: true,
            seed: random.bits(),
        };
        Self {
            name: format!("b{number}").parse().expect("a letter and a number make an id"),
            listener: Listener::new(config, oscillator.local(now)),
            oscillator,
            elements: [Element::new(device.clone()), Element::new(device)],
            may_play: true,
            touches: Touches::default(),
            link,
            up,
            down,
            connection: None,
            socket: 0,
            open: false,
            offline: false,
            suspended: RoomTime::ZERO,
            heard_at: now,
        }
    }

    /// How far its clock is ahead of the room's, in ms; `None` until it knows the time, and while nothing plays.
    pub fn clock_error_ms(&self, now: RoomTime) -> Option<f64> {
        let line = self.listener.view().playback.timeline().filter(|line| line.running)?;
        let believed = self.listener.expected_position(self.oscillator.local(now))?;
        let within = believed > line.start_position && now < line.ends_at()? - END_GUARD * 2;
        within.then(|| (believed - line.position_at(now)).as_ms())
    }

    /// What is heard, as a position in seconds: of the element that sounds; of two, the later one.
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

    /// Its page begins to make sound.
    pub(super) fn warm_up(&mut self, now: RoomTime) {
        for element in &mut self.elements {
            element.warm_up(now);
        }
    }

    pub(super) const fn role(number: usize) -> Role {
        if number == 0 { Role::Host } else { Role::Listener }
    }
}

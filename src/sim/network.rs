//! A TCP connection as messages see it: a delay each way, queueing, losses that come as a retransmission's delay, and
//! nothing that overtakes.

use super::random::Random;
use crate::sync::time::{RoomTime, Span};

/// What a kind of network does to a message, one way.
#[derive(Clone, Copy, Debug)]
pub struct NetworkModel {
    /// What every message takes.
    pub base: Span,
    /// The mean of what queueing adds.
    pub queueing: Span,
    /// The share of messages that is lost and sent again.
    pub loss: f64,
    /// What a retransmission adds.
    pub retransmission: Span,
    /// A radio that sleeps: the share of messages that it holds, and for how long at most.
    pub power_save: (f64, Span),
}

impl NetworkModel {
    /// A cable at home.
    pub const LAN: Self = Self {
        base: Span::from_micros(300),
        queueing: Span::from_micros(150),
        loss: 0.0,
        retransmission: Span::ZERO,
        power_save: (0.0, Span::ZERO),
    };

    /// Wi-Fi at home, with a phone that saves power.
    pub const WIFI: Self = Self {
        base: Span::from_micros(1_500),
        queueing: Span::from_millis(3),
        loss: 0.01,
        retransmission: Span::from_millis(200),
        power_save: (0.1, Span::from_millis(120)),
    };

    /// A phone network.
    pub const MOBILE: Self = Self {
        base: Span::from_millis(25),
        queueing: Span::from_millis(12),
        loss: 0.01,
        retransmission: Span::from_millis(250),
        power_save: (0.0, Span::ZERO),
    };
}

/// One direction of a connection.
#[derive(Clone, Debug)]
pub struct Path {
    model: NetworkModel,
    /// Nothing arrives before what was sent earlier.
    last_arrival: RoomTime,
}

impl Path {
    /// A direction of such a network.
    pub const fn new(model: NetworkModel) -> Self {
        Self { model, last_arrival: RoomTime::ZERO }
    }

    /// When a message that is sent now arrives.
    pub fn arrival(&mut self, now: RoomTime, random: &mut Random) -> RoomTime {
        let model = &self.model;
        let mut delay = model.base + random.exponential(model.queueing);
        if random.chance(model.loss) {
            delay += model.retransmission;
        }
        if random.chance(model.power_save.0) {
            delay += random.span(Span::ZERO, model.power_save.1);
        }
        self.last_arrival = self.last_arrival.max(now + delay);
        self.last_arrival
    }
}

//! What a link does for seconds, to every message alike: a radio that naps, a queue that fills and drains, a black-out.
//! Messages that are sent together suffer together, which is what makes bursts of pings worth less than they look.

use super::random::Random;
use crate::sync::time::{RoomTime, Span};

/// Something that comes now and then and lasts for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spells {
    /// The mean time between two (exponentially distributed).
    pub pause: Span,
    /// How long one lasts at least …
    pub least: Span,
    /// … and at most (evenly distributed).
    pub most: Span,
}

/// A queue before a bottleneck that somebody else fills: it grows, stays full for a while, and drains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swell {
    /// The mean time between two, empty.
    pub pause: Span,
    /// The delay when it is full, at least …
    pub least: Span,
    /// … and at most.
    pub most: Span,
    /// How long it takes to fill, at most; at least a third of that.
    pub fills: Span,
    /// How long it stays full, in the mean.
    pub stays: Span,
    /// How long it takes to drain.
    pub drains: Span,
}

/// The spells of one kind, one after the other.
#[derive(Clone, Debug)]
struct Spell {
    kind: Spells,
    from: RoomTime,
    until: RoomTime,
}

impl Spell {
    fn new(kind: Spells, now: RoomTime, random: &mut Random) -> Self {
        let mut spell = Self { kind, from: now, until: now };
        spell.next(random);
        spell
    }

    fn next(&mut self, random: &mut Random) {
        self.from = self.until + random.exponential(self.kind.pause);
        self.until = self.from + random.span(self.kind.least, self.kind.most);
    }

    /// When something that comes now gets through.
    fn release(&mut self, now: RoomTime, random: &mut Random) -> RoomTime {
        while self.until <= now {
            self.next(random);
        }
        if now >= self.from { self.until } else { now }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Tide {
    Empty,
    Filling,
    /// Until then; it moves about meanwhile.
    Full(RoomTime),
    Draining,
}

/// The level of a queue, as straight lines.
#[derive(Clone, Debug)]
struct Queue {
    kind: Swell,
    tide: Tide,
    from: (RoomTime, Span),
    to: (RoomTime, Span),
}

/// A full queue moves about at this pace.
const SWAY: Span = Span::from_millis(400);

impl Queue {
    fn new(kind: Swell, now: RoomTime, random: &mut Random) -> Self {
        let to = (now + random.exponential(kind.pause), Span::ZERO);
        Self { kind, tide: Tide::Empty, from: (now, Span::ZERO), to }
    }

    fn next(&mut self, random: &mut Random) {
        let (now, level) = self.to;
        self.from = self.to;
        (self.tide, self.to) = match self.tide {
            Tide::Empty => {
                let fills = random.span(self.kind.fills / 3, self.kind.fills);
                (Tide::Filling, (now + fills, random.span(self.kind.least, self.kind.most)))
            }
            Tide::Filling => (Tide::Full(now + random.exponential(self.kind.stays)), (now, level)),
            Tide::Full(until) if now < until => {
                let sways = level.scale(random.between(0.8, 1.25)).clamp(self.kind.least / 2, self.kind.most);
                (Tide::Full(until), (now + SWAY, sways))
            }
            Tide::Full(_) => (Tide::Draining, (now + self.kind.drains, Span::ZERO)),
            Tide::Draining => (Tide::Empty, (now + random.exponential(self.kind.pause), Span::ZERO)),
        };
    }

    fn level(&mut self, now: RoomTime, random: &mut Random) -> Span {
        while self.to.0 <= now {
            self.next(random);
        }
        let share = (now - self.from.0).as_secs() / (self.to.0 - self.from.0).as_secs();
        self.from.1 + (self.to.1 - self.from.1).scale(share)
    }
}

/// What comes and goes on one direction of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Climate {
    /// The radio sleeps: what comes meanwhile waits for the end of the nap.
    pub naps: Option<Spells>,
    /// Nothing gets through, then everything at once.
    pub blackouts: Option<Spells>,
    /// A queue that fills and drains.
    pub swell: Option<Swell>,
}

/// The weather of one direction of a link. The two directions of a link share naps and black-outs, because they share
/// the radio, but not the queues.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    shared: Random,
    own: Random,
    naps: Option<Spell>,
    blackouts: Option<(Random, Spell)>,
    queue: Option<Queue>,
}

impl Weather {
    /// `shared`: the seed that both directions have.
    pub(super) fn new(climate: &Climate, now: RoomTime, shared: u64, own: u64) -> Self {
        let (mut radio, mut own) = (Random::new(shared), Random::new(own));
        let mut line = Random::new(!shared);
        Self {
            naps: climate.naps.map(|kind| Spell::new(kind, now, &mut radio)),
            blackouts: climate
                .blackouts
                .map(|kind| Spell::new(kind, now, &mut line))
                .map(|spell| (line, spell)),
            queue: climate.swell.map(|kind| Queue::new(kind, now, &mut own)),
            shared: radio,
            own,
        }
    }

    /// When a message that is sent now leaves.
    pub(super) fn release(&mut self, now: RoomTime) -> RoomTime {
        let through = match &mut self.blackouts {
            Some((line, spell)) => spell.release(now, line),
            None => now,
        };
        // The nap is looked up at the time of sending: time only goes forward there.
        match &mut self.naps {
            Some(spell) => through.max(spell.release(now, &mut self.shared)),
            None => through,
        }
    }

    /// What the queue adds now.
    pub(super) fn queue(&mut self, now: RoomTime) -> Span {
        self.queue.as_mut().map_or(Span::ZERO, |queue| queue.level(now, &mut self.own))
    }
}

//! What a clock filter is fed with: one browser whose quartz wanders, its pings by the real cadence, and a connection
//! whose two ways are disturbed, each in its manner. A trace is made once and replayed to every filter.

use super::network::{NetworkModel, Path};
use super::random::Random;
use crate::sync::cadence::PingCadence;
use crate::sync::clock::ClockFilter;
use crate::sync::exchange::Exchange;
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, RoomTime, Span};

/// The true time at which traces begin, 2027 in UTC: numbers as large as real ones.
const ORIGIN: RoomTime = RoomTime::from_micros(1_800_000_000_000_000);
/// How a quartz wanders: 1 σ of its skew after a minute, 0.3 ppm.
const WANDER_PER_MINUTE: f64 = 0.3e-6;
/// A browser's timers and messages wait for its event loop: the mean, …
const LOOP_LATENESS: Span = Span::from_micros(40);
/// … and now and then for a long task: the share of cases, and how long at most.
const LONG_TASK: (f64, Span) = (0.02, Span::from_millis(20));
/// What the server takes to answer, in the mean.
const WORK: Span = Span::from_micros(30);
/// The server tells all members of the course of the music; it is what stands in a pong's way.
const TICK: Span = Span::from_secs(5);

/// What is done to messages of one way beyond what its [`NetworkModel`] does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Disturbance {
    /// Nothing.
    None,
    /// A radio that sleeps holds a share of messages for a time between two bounds.
    Held {
        /// The share of messages.
        share: f64,
        /// The shortest and the longest time.
        between: (Span, Span),
    },
    /// A queue that other traffic fills, and that drains again (bufferbloat).
    Swells {
        /// The mean time between two.
        every: Span,
        /// How long they last, between two bounds.
        length: (Span, Span),
        /// What they add at their height, between two bounds.
        height: (Span, Span),
    },
    /// Nothing gets through for a while; what was sent meanwhile comes at its end.
    Gaps {
        /// The mean time between two.
        every: Span,
        /// How long they last, between two bounds.
        length: (Span, Span),
    },
}

/// How messages are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As TCP does: in order, and what is lost is sent again.
    Ordered,
    /// As datagrams: each by itself, and what is lost is lost.
    Datagrams,
}

/// A network to race on: its two ways.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// What it is called in a table.
    pub name: &'static str,
    /// To the server.
    pub up: (NetworkModel, Disturbance),
    /// From the server.
    pub down: (NetworkModel, Disturbance),
}

impl Course {
    /// Half of what the two ways differ by when nothing queues, in µs: no filter can see it. A filter's offset is too
    /// large by it.
    pub fn half_asymmetry(&self) -> f64 {
        (self.up.0.base - self.down.0.base).micros() as f64 / 2.0
    }
}

/// A local clock that is off in offset and rate, and whose rate wanders.
#[derive(Clone, Debug)]
pub struct Quartz {
    /// What it shows at each second of the trace in µs, and its skew in that second.
    seconds: Vec<(f64, f64)>,
    offset: i64,
}

impl Quartz {
    /// A quartz for so many seconds, of a skew within ± `most`.
    pub fn new(secs: i64, most: f64, random: &mut Random) -> Self {
        let offset = random.span(Span::ZERO, Span::from_secs(100_000)).micros();
        let mut skew = random.between(-most, most);
        let step = WANDER_PER_MINUTE / 60f64.sqrt();
        let mut shown = 0.0;
        let seconds = (0..=secs)
            .map(|_| {
                let second = (shown, skew);
                shown += 1e6 * (1.0 + skew);
                // The sum of twelve uniform numbers is normal enough.
                skew += step * ((0..12).map(|_| random.unit()).sum::<f64>() - 6.0);
                second
            })
            .collect();
        Self { seconds, offset }
    }

    /// What it shows at a true time.
    pub fn local(&self, truth: RoomTime) -> LocalTime {
        let run = (truth - ORIGIN).micros().max(0);
        let second = ((run / 1_000_000) as usize).min(self.seconds.len() - 1);
        let (shown, skew) = self.seconds[second];
        let within = (run - second as i64 * 1_000_000) as f64;
        LocalTime::from_micros(self.offset + (shown + within * (1.0 + skew)).round() as i64)
    }

    /// The first true time at which it shows this.
    pub fn truth(&self, local: LocalTime) -> RoomTime {
        let shown = (local.micros() - self.offset) as f64;
        let second = self.seconds.partition_point(|(at, _)| *at <= shown).saturating_sub(1);
        let (at, skew) = self.seconds[second];
        ORIGIN + Span::from_micros(second as i64 * 1_000_000 + ((shown - at) / (1.0 + skew)).ceil() as i64)
    }
}

/// One way of a connection.
struct Way {
    path: Path,
    model: NetworkModel,
    disturbance: Disturbance,
    delivery: Delivery,
    /// Swells and gaps: from, until, height.
    episodes: Vec<(RoomTime, RoomTime, Span)>,
    random: Random,
    /// When the next message of others goes this way.
    tick: RoomTime,
}

impl Way {
    fn new(
        (model, disturbance): (NetworkModel, Disturbance),
        delivery: Delivery,
        secs: i64,
        mut random: Random,
    ) -> Self {
        let mut episodes = Vec::new();
        if let Disturbance::Swells { every, length, .. } | Disturbance::Gaps { every, length } = disturbance {
            let height = match disturbance {
                Disturbance::Swells { height, .. } => height,
                _ => (Span::ZERO, Span::ZERO),
            };
            let mut from = ORIGIN + random.exponential(every);
            while from < ORIGIN + Span::from_secs(secs) {
                let until = from + random.span(length.0, length.1);
                episodes.push((from, until, random.span(height.0, height.1)));
                from = until + random.exponential(every);
            }
        }
        let tick = ORIGIN + random.span(Span::ZERO, TICK);
        Self { path: Path::new(model), model, disturbance, delivery, episodes, random, tick }
    }

    /// When a message that is sent now arrives, if it does. The messages of others that were sent before go before.
    fn arrival(&mut self, now: RoomTime) -> Option<RoomTime> {
        while self.tick <= now {
            let tick = self.tick;
            self.tick += TICK;
            let _ = self.one(tick);
        }
        self.one(now)
    }

    fn one(&mut self, now: RoomTime) -> Option<RoomTime> {
        // A message's fate is its own, so that it is the same however it is delivered.
        let mut random = Random::new(self.random.bits());
        let lost = random.chance(self.model.loss);
        let entered = now + self.disturbed(now, &mut random);
        match self.delivery {
            Delivery::Ordered => Some(self.path.arrival(entered, &mut random)),
            Delivery::Datagrams => {
                let alone = NetworkModel { loss: 0.0, ..self.model };
                let arrival = Path::new(alone).arrival(entered, &mut random);
                (!lost).then_some(arrival)
            }
        }
    }

    fn disturbed(&self, now: RoomTime, random: &mut Random) -> Span {
        let episode = self.episodes.iter().find(|(from, until, _)| *from <= now && now < *until);
        match (self.disturbance, episode) {
            (Disturbance::Held { share, between }, _) if random.chance(share) => {
                random.span(between.0, between.1)
            }
            (Disturbance::Swells { .. }, Some((from, until, height))) => {
                let along = (now - *from).as_secs() / (*until - *from).as_secs();
                height.scale(1.0 - (2.0 * along - 1.0).abs())
            }
            (Disturbance::Gaps { .. }, Some((_, until, _))) => *until - now,
            _ => Span::ZERO,
        }
    }
}

/// The filter as a listener runs it: with the gate of its measured profile.
#[derive(Clone, Debug, Default)]
pub struct Listening {
    /// The filter.
    pub filter: ClockFilter,
}

impl Listening {
    /// The profile of what was measured by now.
    fn profile(&self) -> Profile {
        Profile::measured(self.filter.least_delay(), self.filter.jitter())
    }

    /// Takes an exchange, if it passes the gate.
    pub fn handle_exchange(&mut self, exchange: &Exchange) {
        let profile = if self.filter.least_delay().is_none() { Profile::Wan } else { self.profile() };
        self.filter.handle_exchange(exchange, profile.thresholds().rtt_gate);
    }
}

/// The exchanges of one browser, in the order of their arrival, and its clock.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The clock.
    pub quartz: Quartz,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

impl Trace {
    /// The true time so long after the beginning.
    pub fn at(since: Span) -> RoomTime {
        ORIGIN + since
    }

    /// Makes a trace of so many seconds. `skew`: the largest of the quartz, either way.
    pub fn new(course: &Course, delivery: Delivery, secs: i64, skew: f64, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let quartz = Quartz::new(secs, skew, &mut random);
        let mut up = Way::new(course.up, delivery, secs, Random::new(random.bits()));
        let mut down = Way::new(course.down, delivery, secs, Random::new(random.bits()));
        let mut cadence = PingCadence::default();
        let mut listening = Listening::default();
        let mut exchanges = Vec::new();
        cadence.burst(quartz.local(ORIGIN));
        let end = ORIGIN + Span::from_secs(secs);
        while let Some(due) = cadence.poll_timeout() {
            let now = quartz.truth(due) + lateness(&mut random);
            if now > end {
                break;
            }
            let sent = quartz.local(now);
            let Some(ping) = cadence.poll_ping(sent) else {
                continue;
            };
            let Some(received) = up.arrival(now + random.exponential(LOOP_LATENESS)) else {
                continue;
            };
            let answered = received + random.exponential(WORK);
            let Some(there) = down.arrival(answered) else {
                continue;
            };
            let arrived = quartz.local(there + lateness(&mut random));
            if cadence.poll_timeout().is_some_and(|timeout| timeout <= arrived) {
                continue;
            }
            let exchange = Exchange { sent, received, answered, arrived };
            let steady = listening.profile().thresholds().steady_ping;
            listening.handle_exchange(&exchange);
            let error =
                listening.filter.estimate(arrived).map_or(Span::from_secs(1), |estimate| estimate.error);
            cadence.handle_answer(arrived, ping, error, steady);
            exchanges.push(exchange);
        }
        Self { quartz, exchanges }
    }
}

/// How late a browser does something.
fn lateness(random: &mut Random) -> Span {
    let usual = random.exponential(LOOP_LATENESS);
    if random.chance(LONG_TASK.0) { usual + random.span(Span::ZERO, LONG_TASK.1) } else { usual }
}

//! A TCP connection as messages see it: a delay each way, queueing, losses that come as a retransmission's delay, what
//! comes and goes ([`weather`](super::weather)), and nothing that overtakes.

use std::str::FromStr;

use super::random::Random;
use super::weather::{Climate, Spells, Swell, Weather};
use crate::sync::time::{RoomTime, Span};

/// What a kind of network does to a message, one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkModel {
    /// What every message takes.
    pub base: Span,
    /// What it takes more or less, evenly distributed.
    pub jitter: Span,
    /// The mean of what queueing adds (exponentially distributed).
    pub queueing: Span,
    /// The share of messages that is lost and sent again.
    pub loss: f64,
    /// What a retransmission adds; twice that when it is lost again, as TCP backs off (RFC 6298 §5.5).
    pub retransmission: Span,
    /// What comes and goes.
    pub climate: Climate,
}

/// No jitter, no losses, good weather.
pub(super) const QUIET: NetworkModel = NetworkModel {
    base: Span::ZERO,
    jitter: Span::ZERO,
    queueing: Span::ZERO,
    loss: 0.0,
    retransmission: Span::ZERO,
    climate: Climate { naps: None, blackouts: None, swell: None },
};

impl NetworkModel {
    /// A cable at home.
    pub const LAN: Self = Self { base: Span::from_micros(300), queueing: Span::from_micros(150), ..QUIET };

    /// Wi-Fi at home, with a phone that saves power: its radio naps for one to three beacons (100 ms each).
    pub const WIFI: Self = Self {
        base: Span::from_micros(1_500),
        queueing: Span::from_millis(3),
        loss: 0.01,
        retransmission: Span::from_millis(200),
        climate: Climate {
            naps: Some(Spells {
                pause: Span::from_millis(1_500),
                least: Span::from_millis(100),
                most: Span::from_millis(300),
            }),
            ..QUIET.climate
        },
        ..QUIET
    };

    /// A phone network: slots of the radio, and a queue in it now and then.
    pub const MOBILE: Self = Self {
        base: Span::from_millis(25),
        queueing: Span::from_millis(12),
        loss: 0.01,
        retransmission: Span::from_millis(250),
        climate: Climate {
            swell: Some(Swell {
                pause: Span::from_secs(40),
                least: Span::from_millis(20),
                most: Span::from_millis(120),
                fills: Span::from_secs(3),
                stays: Span::from_secs(4),
                drains: Span::from_secs(1),
            }),
            ..QUIET.climate
        },
        ..QUIET
    };

    /// A home line whose router has too much memory, while somebody else fills it.
    pub const BLOATED: Self = Self {
        base: Span::from_millis(8),
        queueing: Span::from_millis(2),
        loss: 0.003,
        retransmission: Span::from_millis(250),
        climate: Climate {
            swell: Some(Swell {
                pause: Span::from_secs(15),
                least: Span::from_millis(200),
                most: Span::from_millis(700),
                fills: Span::from_secs(6),
                stays: Span::from_secs(10),
                drains: Span::from_secs(2),
            }),
            ..QUIET.climate
        },
        ..QUIET
    };

    /// 80 ± 40 ms, each message on its own.
    pub const JITTERY: Self = Self { base: Span::from_millis(80), jitter: Span::from_millis(40), ..QUIET };

    /// A home line on which nothing moves for 10 s, every minute or two.
    pub const BLACKING_OUT: Self = Self {
        base: Span::from_millis(8),
        queueing: Span::from_millis(1),
        climate: Climate {
            blackouts: Some(Spells {
                pause: Span::from_secs(80),
                least: Span::from_secs(10),
                most: Span::from_secs(10),
            }),
            ..QUIET.climate
        },
        ..QUIET
    };

    /// This, and longer by so much.
    const fn longer(self, by_millis: i64) -> Self {
        Self { base: Span::from_micros(self.base.micros() + by_millis * 1_000), ..self }
    }
}

/// Both directions of a connection, and what else such a network does to a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// From the browser to the server.
    pub up: NetworkModel,
    /// From the server to the browser.
    pub down: NetworkModel,
    /// How often the music has to wait for data, per hour.
    pub stalls_per_hour: f64,
}

impl Link {
    const ASYMMETRIC_UP: NetworkModel =
        NetworkModel { base: Span::from_millis(10), queueing: Span::from_millis(1), ..QUIET };

    /// The networks that have a name.
    pub const NAMED: [(&str, Self); 7] = [
        ("lan", Self::both(NetworkModel::LAN, 0.0)),
        ("wifi", Self::both(NetworkModel::WIFI, 0.5)),
        ("4g", Self::both(NetworkModel::MOBILE, 2.0)),
        ("bufferbloat", Self::both(NetworkModel::BLOATED, 4.0)),
        (
            "asymmetric",
            // 40 ms more down than up.
            Self { up: Self::ASYMMETRIC_UP, down: Self::ASYMMETRIC_UP.longer(40), stalls_per_hour: 0.0 },
        ),
        ("jitter", Self::both(NetworkModel::JITTERY, 0.0)),
        ("blackout", Self::both(NetworkModel::BLACKING_OUT, 0.0)),
    ];

    const fn both(model: NetworkModel, stalls_per_hour: f64) -> Self {
        Self { up: model, down: model, stalls_per_hour }
    }

    /// What nobody can see: half of what the way up is longer than the way down. A clock behind this link is ahead of
    /// the room by so much, on average.
    pub fn bias(&self) -> Span {
        (self.up.base - self.down.base) / 2
    }

    /// The two directions of one connection, up and down.
    pub fn paths(&self, now: RoomTime, random: &mut Random) -> (Path, Path) {
        let shared = random.bits();
        let mut path = |model: &NetworkModel| Path {
            weather: Some(Weather::new(&model.climate, now, shared, random.bits())),
            ..Path::new(*model)
        };
        (path(&self.up), path(&self.down))
    }
}

impl From<NetworkModel> for Link {
    fn from(model: NetworkModel) -> Self {
        Self::both(model, 0.0)
    }
}

/// There is no network of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no network profile `{0}`; known are {known}", known = known_names())]
pub struct UnknownLink(String);

fn known_names() -> String {
    Link::NAMED.map(|(name, _)| name).join(", ")
}

impl FromStr for Link {
    type Err = UnknownLink;

    fn from_str(name: &str) -> Result<Self, UnknownLink> {
        let named = Self::NAMED.iter().find(|(known, _)| *known == name);
        named.map(|(_, link)| *link).ok_or_else(|| UnknownLink(name.to_owned()))
    }
}

/// One direction of a connection.
#[derive(Clone, Debug)]
pub struct Path {
    model: NetworkModel,
    weather: Option<Weather>,
    /// Nothing arrives before what was sent earlier.
    last_arrival: RoomTime,
}

impl Path {
    /// A direction of such a network, whose weather begins with its first message.
    pub const fn new(model: NetworkModel) -> Self {
        Self { model, weather: None, last_arrival: RoomTime::ZERO }
    }

    /// When a message that is sent now arrives.
    pub fn arrival(&mut self, now: RoomTime, random: &mut Random) -> RoomTime {
        let model = &self.model;
        let weather = self
            .weather
            .get_or_insert_with(|| Weather::new(&model.climate, now, random.bits(), random.bits()));
        let mut delay = model.base + random.exponential(model.queueing) + weather.queue(now);
        if model.jitter > Span::ZERO {
            delay += random.span(-model.jitter, model.jitter);
        }
        let mut again = model.retransmission;
        while random.chance(model.loss) {
            delay += again;
            again += again;
        }
        self.last_arrival = self.last_arrival.max(weather.release(now) + delay);
        self.last_arrival
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEDS: u64 = 200;

    /// What messages take that are sent every so often, in ms.
    fn delays(link: &Link, seed: u64, count: i64, every: Span) -> Vec<(RoomTime, RoomTime)> {
        let mut random = Random::new(seed);
        let start = RoomTime::ZERO + Span::from_secs(1_000);
        let (mut up, _) = link.paths(start, &mut random);
        (0..count).map(|n| start + every * n).map(|at| (at, up.arrival(at, &mut random))).collect()
    }

    fn named(name: &str) -> Link {
        name.parse().unwrap()
    }

    fn share_beyond(sent: &[(RoomTime, RoomTime)], bound: Span) -> f64 {
        sent.iter().filter(|(at, arrives)| *arrives - *at > bound).count() as f64 / sent.len() as f64
    }

    #[test]
    fn every_profile_has_a_name_and_a_wrong_name_is_told_which_there_are() {
        for (name, link) in Link::NAMED {
            assert_eq!(name.parse::<Link>().unwrap(), link);
        }
        let error = "dsl".parse::<Link>().unwrap_err().to_string();
        assert!(error.contains("dsl") && error.contains("lan, wifi, 4g"), "{error}");
    }

    #[test]
    fn nothing_overtakes_and_nothing_comes_before_the_shortest_way() {
        for (name, link) in Link::NAMED {
            for seed in 0..SEEDS {
                let sent = delays(&link, seed, 300, Span::from_millis(37));
                let shortest = link.up.base - link.up.jitter;
                assert!(sent.iter().all(|(at, arrives)| *arrives - *at >= shortest), "{name}, seed {seed}");
                assert!(sent.windows(2).all(|two| two[0].1 <= two[1].1), "{name}, seed {seed}");
            }
        }
    }

    #[test]
    fn a_nap_holds_neighbours_together() {
        let (mut held, mut both) = (0, 0);
        for seed in 0..SEEDS {
            let sent = delays(&named("wifi"), seed, 2_000, Span::from_millis(40));
            let late = |n: usize| sent[n].1 - sent[n].0 > Span::from_millis(60);
            held += (0..sent.len() - 1).filter(|n| late(*n)).count();
            both += (0..sent.len() - 1).filter(|n| late(*n) && late(n + 1)).count();
        }
        let share = held as f64 / (SEEDS as usize * 2_000) as f64;
        assert!((0.05..0.3).contains(&share), "{share} of the messages are held");
        let together = f64::from(both as u32) / f64::from(held as u32);
        assert!(together > 2.0 * share, "held after a held one: {together}, at all: {share}");
    }

    #[test]
    fn a_bloated_queue_fills_over_seconds_to_hundreds_of_milliseconds() {
        let mut share = 0.0;
        for seed in 0..SEEDS {
            let sent = delays(&named("bufferbloat"), seed, 3_000, Span::from_millis(100));
            share += share_beyond(&sent, Span::from_millis(150)) / SEEDS as f64;
            let longest = sent.iter().map(|(at, arrives)| *arrives - *at).max().unwrap();
            assert!(longest > Span::from_millis(200), "seed {seed}: {longest:?}");
        }
        assert!((0.3..0.7).contains(&share), "{share} of the messages wait long");
    }

    #[test]
    fn after_a_black_out_everything_comes_at_once_and_both_ways_share_it() {
        for seed in 0..SEEDS {
            let sent = delays(&named("blackout"), seed, 15_000, Span::from_millis(100));
            let longest = sent.iter().map(|(at, arrives)| *arrives - *at).max().unwrap();
            assert!(
                longest > Span::from_secs(9) && longest < Span::from_millis(10_100),
                "seed {seed}: {longest:?}"
            );
            let mut random = Random::new(seed);
            let start = RoomTime::ZERO + Span::from_secs(1_000);
            let (mut up, mut down) = named("blackout").paths(start, &mut random);
            for n in 0..3_000 {
                let at = start + Span::from_millis(100) * n;
                let (a, b) = (up.arrival(at, &mut random), down.arrival(at, &mut random));
                assert!((a - b).abs() < Span::from_millis(100), "seed {seed}: one way only");
            }
        }
    }
}

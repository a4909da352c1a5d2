//! How often something may be done: creating rooms and trying PINs by address, messages by socket. The numbers are
//! here and in [`limits`]; the counting is `governor`'s.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::metrics::Counters;
use crate::protocol::{RoomCode, limits};

/// Rooms that an address may make at once, and then one each so many seconds: enough for a party that tries
/// things out, too slow to fill a server.
const ROOMS: (u32, Duration) = (60, Duration::from_secs(2));

/// PINs that an address may try in one room, and then one each so many seconds: ten thousand PINs take two days.
const PINS: (u32, Duration) = (10, Duration::from_secs(20));

/// PINs that may be tried in one room by all addresses together, so that many addresses do not help much.
const PINS_OF_ROOM: (u32, Duration) = (100, Duration::from_secs(2));

/// The rates of addresses.
#[derive(Debug)]
pub struct Rates {
    rooms: DefaultKeyedRateLimiter<IpAddr>,
    pins: DefaultKeyedRateLimiter<(IpAddr, RoomCode)>,
    pins_of_room: DefaultKeyedRateLimiter<RoomCode>,
    refused: Counters,
}

impl Default for Rates {
    fn default() -> Self {
        Self::counted(Counters::idle())
    }
}

impl Rates {
    /// Rates whose refusals are counted here, as `rooms` and `pins`.
    pub fn counted(refused: Counters) -> Self {
        Self {
            rooms: RateLimiter::keyed(quota(ROOMS)),
            pins: RateLimiter::keyed(quota(PINS)),
            pins_of_room: RateLimiter::keyed(quota(PINS_OF_ROOM)),
            refused,
        }
    }

    /// Whether this address may make a room now.
    pub fn may_create_room(&self, address: IpAddr) -> bool {
        self.counts("rooms", self.rooms.check_key(&household(address)).is_ok())
    }

    /// Whether this address may try a PIN of this room now.
    pub fn may_try_pin(&self, address: IpAddr, room: RoomCode) -> bool {
        let may = self.pins.check_key(&(household(address), room)).is_ok()
            && self.pins_of_room.check_key(&room).is_ok();
        self.counts("pins", may)
    }

    fn counts(&self, what: &str, may: bool) -> bool {
        if !may {
            self.refused.of(what).increment(1);
        }
        may
    }

    /// Forgets who has been quiet long enough.
    pub fn forget_the_quiet(&self) {
        self.rooms.retain_recent();
        self.pins.retain_recent();
        self.pins_of_room.retain_recent();
    }
}

/// The rates of one socket.
#[derive(Debug)]
pub struct SocketRates {
    /// `TIME_PING`s.
    pub pings: DefaultDirectRateLimiter,
    /// All other messages.
    pub messages: DefaultDirectRateLimiter,
}

impl Default for SocketRates {
    fn default() -> Self {
        let direct =
            |burst, per_second| RateLimiter::direct(quota((burst, Duration::from_secs(1) / per_second)));
        Self {
            pings: direct(limits::PING_BURST, limits::PING_PER_SECOND),
            messages: direct(limits::MESSAGE_BURST, limits::MESSAGE_PER_SECOND),
        }
    }
}

/// So many at once, then one each period.
fn quota((burst, period): (u32, Duration)) -> Quota {
    Quota::with_period(period)
        .expect("every period in this file is longer than nothing")
        .allow_burst(NonZeroU32::new(burst).expect("every burst in this file is at least one"))
}

/// Who counts as one: an IPv4 address, or the /64 of an IPv6 address, which one household has to itself.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let network = u128::from(v6) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_makes_so_many_rooms_and_no_more() {
        let rates = Rates::default();
        let (busy, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        for _ in 0..ROOMS.0 {
            assert!(rates.may_create_room(busy));
        }
        assert!(!rates.may_create_room(busy));
        assert!(rates.may_create_room(other));
    }

    #[test]
    fn a_household_has_one_ipv6_network() {
        let address = |text: &str| household(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}

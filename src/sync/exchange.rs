//! One ping and its answer: the four timestamps of RFC 5905 §8, and what follows from them.

use std::ops::{Add, Sub};

use super::time::{LocalTime, RoomTime, Span};

/// Room time minus local time: the only bridge between the two clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offset(Span);

impl Offset {
    /// An offset of so many microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(Span::from_micros(micros))
    }

    /// The difference of the two clocks' readings of one moment.
    pub fn between(local: LocalTime, room: RoomTime) -> Self {
        Self::from_micros(room.micros() - local.micros())
    }

    /// Whole microseconds.
    pub const fn micros(self) -> i64 {
        self.0.micros()
    }

    /// As a length of time.
    pub const fn span(self) -> Span {
        self.0
    }
}

impl Add<Offset> for LocalTime {
    type Output = RoomTime;
    fn add(self, offset: Offset) -> RoomTime {
        RoomTime::from_micros(self.micros() + offset.micros())
    }
}

impl Sub<Offset> for RoomTime {
    type Output = LocalTime;
    fn sub(self, offset: Offset) -> LocalTime {
        LocalTime::from_micros(self.micros() - offset.micros())
    }
}

/// A ping that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// T1: when the browser sent it.
    pub sent: LocalTime,
    /// T2: when the server received it.
    pub received: RoomTime,
    /// T3: when the server wrote the answer.
    pub answered: RoomTime,
    /// T4: when the answer arrived.
    pub arrived: LocalTime,
}

impl Exchange {
    /// `((T2 − T1) + (T3 − T4)) / 2` (RFC 5905 §8); wrong by at most half the delay, and by exactly half the
    /// difference of the two ways.
    pub fn offset(&self) -> Offset {
        let there = self.received.micros() - self.sent.micros();
        let back = self.answered.micros() - self.arrived.micros();
        Offset::from_micros(there + (back - there) / 2)
    }

    /// `(T4 − T1) − (T3 − T2)` (RFC 5905 §8): the time on the way, both ways.
    pub fn delay(&self) -> Span {
        (self.arrived - self.sent) - (self.answered - self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn the_offset_is_wrong_by_half_the_asymmetry(
            offset in -1_000_000_000i64..1_000_000_000, there in 0i64..500_000, back in 0i64..500_000, work in 0i64..10_000
        ) {
            let sent = LocalTime::from_micros(5_000_000);
            let received = sent + Offset::from_micros(offset) + Span::from_micros(there);
            let answered = received + Span::from_micros(work);
            let arrived = (answered + Span::from_micros(back)) - Offset::from_micros(offset);
            let exchange = Exchange { sent, received, answered, arrived };
            prop_assert_eq!(exchange.delay(), Span::from_micros(there + back));
            let error = exchange.offset().micros() - offset;
            prop_assert!((error - (there - back) / 2).abs() <= 1);
            prop_assert!(2 * error.abs() <= there + back + 2);
        }

        #[test]
        fn an_offset_leads_there_and_back(local: i32, room: i32, other: i32) {
            let (local, room) = (LocalTime::from_micros(local.into()), RoomTime::from_micros(room.into()));
            let offset = Offset::between(local, room);
            prop_assert_eq!(local + offset, room);
            prop_assert_eq!(room - offset, local);
            let other = LocalTime::from_micros(other.into());
            prop_assert_eq!((other + offset) - room, other - local);
        }
    }
}

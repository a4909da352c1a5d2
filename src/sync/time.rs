//! Four clocks, four types. A value of one clock cannot be mistaken for another's: there is no conversion
//! here, only in what names an estimate ([`crate::sync::clock::ClockEstimate`]) or a
//! [`crate::sync::timeline::Timeline`].
//!
//! Whole microseconds inside, fractional milliseconds (positions: seconds) on the wire.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The largest magnitude that is taken from the wire: 200 years in µs. What is beyond it is no time.
pub const MAX_WIRE_MICROS: f64 = 200.0 * 366.0 * 86_400.0 * 1e6;

/// A signed length of time, in whole microseconds; on the wire fractional milliseconds.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From whole microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000)
    }

    /// From whole seconds.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000)
    }

    /// From fractional milliseconds, rounded to the microsecond; what is not finite becomes zero.
    pub fn from_ms_f64(ms: f64) -> Self {
        Self((ms * 1e3).round() as i64)
    }

    /// From fractional seconds, rounded to the microsecond; what is not finite becomes zero.
    pub fn from_secs_f64(secs: f64) -> Self {
        Self((secs * 1e6).round() as i64)
    }

    /// Whole microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Fractional milliseconds.
    pub fn as_ms(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// Fractional seconds.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Its size without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    #[must_use]
    /// This span, stretched or shrunk by a factor.
    pub fn scale(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor).round() as i64)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms", self.as_ms())
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Span {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Span {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Mul<i64> for Span {
    type Output = Self;
    fn mul(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Div<i64> for Span {
    type Output = Self;
    fn div(self, divisor: i64) -> Self {
        Self(self.0 / divisor)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_ms())
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire_micros(f64::deserialize(deserializer)? * 1e3).map(Self).map_err(D::Error::custom)
    }
}

/// Rounds a number from the wire to whole microseconds, or says that it is none.
fn wire_micros(micros: f64) -> Result<i64, &'static str> {
    if micros.is_finite() && micros.abs() <= MAX_WIRE_MICROS {
        Ok(micros.round() as i64)
    } else {
        Err("a time out of range")
    }
}

macro_rules! clock {
    ($(#[$doc:meta])* $name:ident, wire $wire:literal per micro) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The clock's zero.
            pub const ZERO: Self = Self(0);

            /// From whole microseconds since the clock's zero.
            pub const fn from_micros(micros: i64) -> Self {
                Self(micros)
            }

            /// From fractional milliseconds since the clock's zero.
            pub fn from_ms_f64(ms: f64) -> Self {
                Self((ms * 1e3).round() as i64)
            }

            /// From fractional seconds since the clock's zero.
            pub fn from_secs_f64(secs: f64) -> Self {
                Self((secs * 1e6).round() as i64)
            }

            /// Whole microseconds since the clock's zero.
            pub const fn micros(self) -> i64 {
                self.0
            }

            /// Fractional milliseconds since the clock's zero.
            pub fn as_ms(self) -> f64 {
                self.0 as f64 / 1e3
            }

            /// Fractional seconds since the clock's zero.
            pub fn as_secs(self) -> f64 {
                self.0 as f64 / 1e6
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:.6} s)", stringify!($name), self.as_secs())
            }
        }

        impl Add<Span> for $name {
            type Output = Self;
            fn add(self, span: Span) -> Self {
                Self(self.0.saturating_add(span.0))
            }
        }

        impl AddAssign<Span> for $name {
            fn add_assign(&mut self, span: Span) {
                *self = *self + span;
            }
        }

        impl Sub<Span> for $name {
            type Output = Self;
            fn sub(self, span: Span) -> Self {
                Self(self.0.saturating_sub(span.0))
            }
        }

        impl Sub for $name {
            type Output = Span;
            fn sub(self, earlier: Self) -> Span {
                Span(self.0.saturating_sub(earlier.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.0 as f64 / $wire)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                wire_micros(f64::deserialize(deserializer)? * $wire)
                    .map(Self)
                    .map_err(D::Error::custom)
            }
        }
    };
}

clock! {
    /// The browser's monotonic clock (`performance.now()`), since the page's time origin.
    LocalTime, wire 1e3 per micro
}
clock! {
    /// The server's clock: monotonic while the process lives and going on after a restart, so that a time in the
    /// database still means the same; UTC on a new server, and near it later.
    RoomTime, wire 1e3 per micro
}
clock! {
    /// A position in a track, since its first sample.
    MediaTime, wire 1e6 per micro
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A hundred years in µs.
    const CENTURY: i64 = 100 * 366 * 86_400 * 1_000_000;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn times_and_spans_add_up(at in -CENTURY..CENTURY, a in -CENTURY..CENTURY, b in -CENTURY..CENTURY) {
            let (start, a, b) = (LocalTime::from_micros(at), Span::from_micros(a), Span::from_micros(b));
            prop_assert_eq!((start + a) - start, a);
            prop_assert_eq!((start + a) - a, start);
            prop_assert_eq!((start + a) + b, (start + b) + a);
            prop_assert_eq!((start + a) - (start + b), a - b);
            prop_assert_eq!(start + a < start + b, a < b);
            let mut moved = start;
            moved += a;
            prop_assert_eq!(moved, start + a);
        }

        #[test]
        fn no_arithmetic_overflows(at: i64, a: i64) {
            let (start, span) = (RoomTime::from_micros(at), Span::from_micros(a));
            if a >= 0 {
                prop_assert!(start + span >= start && start - span <= start);
            } else {
                prop_assert!(start + span <= start && start - span >= start);
            }
            prop_assert!(span.abs() >= Span::ZERO);
            prop_assert!((span + span).abs() >= span.abs());
        }

        #[test]
        fn a_length_in_other_units_is_the_same_length(micros in -CENTURY..CENTURY) {
            let span = Span::from_micros(micros);
            prop_assert_eq!(Span::from_ms_f64(span.as_ms()), span);
            prop_assert_eq!(Span::from_secs_f64(span.as_secs()), span);
            prop_assert_eq!(span.scale(1.0), span);
        }

        #[test]
        fn a_room_time_survives_the_wire_to_the_microsecond(micros in 0i64..4_000_000_000_000_000) {
            let time = RoomTime::from_micros(micros);
            let json = serde_json::to_string(&time).unwrap();
            prop_assert_eq!(serde_json::from_str::<RoomTime>(&json).unwrap(), time);
        }

        #[test]
        fn a_position_survives_the_wire_to_the_microsecond(micros in 0i64..360_000_000_000) {
            let position = MediaTime::from_micros(micros);
            let json = serde_json::to_string(&position).unwrap();
            prop_assert_eq!(serde_json::from_str::<MediaTime>(&json).unwrap(), position);
        }
    }

    #[test]
    fn an_absurd_time_is_refused() {
        for wire in ["1e300", "-1e300", "null", "\"12\""] {
            assert!(serde_json::from_str::<RoomTime>(wire).is_err(), "{wire}");
        }
    }

    #[test]
    fn milliseconds_may_be_fractional() {
        assert_eq!(serde_json::from_str::<Span>("1.5").unwrap(), Span::from_micros(1_500));
        assert_eq!(serde_json::from_str::<Span>("2").unwrap(), Span::from_millis(2));
    }
}

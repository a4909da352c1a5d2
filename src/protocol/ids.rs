//! Names of things: each is its own type, parsed once, and cannot hold a bad value.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The letters of a room code: digits and capitals without those that look alike (0 O, 1 I L).
pub const ROOM_CODE_ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// How many letters a room code has: 31⁶ ≈ 887 million rooms.
pub const ROOM_CODE_LENGTH: usize = 6;

/// A text that is no id of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadId(&'static str);

/// The six characters by which people know a room; typed in any case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomCode([u8; ROOM_CODE_LENGTH]);

impl RoomCode {
    /// A code made of a random number; every 31⁶ consecutive numbers give every code once.
    pub fn from_number(mut number: u64) -> Self {
        let mut letters = [0; ROOM_CODE_LENGTH];
        for letter in &mut letters {
            *letter = ROOM_CODE_ALPHABET[(number % 31) as usize];
            number /= 31;
        }
        Self(letters)
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a room code is ASCII")
    }
}

impl FromStr for RoomCode {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        const BAD: BadId = BadId("a room code has six letters or digits, without 0, O, 1, I and L");
        let typed: Vec<u8> =
            text.bytes().filter(|b| !matches!(b, b' ' | b'-')).map(|b| b.to_ascii_uppercase()).collect();
        let letters: [u8; ROOM_CODE_LENGTH] = typed.try_into().map_err(|_| BAD)?;
        if letters.iter().all(|b| ROOM_CODE_ALPHABET.contains(b)) { Ok(Self(letters)) } else { Err(BAD) }
    }
}

impl TryFrom<String> for RoomCode {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<RoomCode> for String {
    fn from(code: RoomCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $bad:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text: 1 to 64 of `A–Z a–z 0–9 - _`.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
                if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
                    Ok(Self(text))
                } else {
                    Err(BadId($bad))
                }
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id! {
    /// One browser tab in a room.
    MemberId, "not a member id"
}
opaque_id! {
    /// One item of the library.
    TrackId, "not a track id"
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter! {
    /// Counts the starts of tracks in a room; never reused. Zero: nothing was ever started.
    StreamId
}
counter! {
    /// Counts the changes of a room's state.
    Revision
}
counter! {
    /// One entry of a room's queue; never reused in the room.
    EntryId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_code_is_taken_in_any_case_and_with_spaces() {
        for typed in ["abc234", "ABC234", " abc-234 "] {
            assert_eq!(typed.parse::<RoomCode>().unwrap().as_str(), "ABC234");
        }
    }

    #[test]
    fn letters_that_look_alike_are_in_no_room_code() {
        for typed in ["", "ABC23", "ABC2345", "ABC23O", "ABC230", "ABC231", "ABC23I", "ABC23L", "ÄBC23"] {
            assert!(typed.parse::<RoomCode>().is_err(), "{typed}");
        }
    }

    #[test]
    fn every_number_gives_a_valid_room_code() {
        for number in [0, 1, 30, 31, 887_503_680, u64::MAX] {
            let code = RoomCode::from_number(number);
            assert_eq!(code.as_str().parse::<RoomCode>().unwrap(), code);
        }
    }

    #[test]
    fn an_id_cannot_leave_its_folder() {
        for text in ["", "../x", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(text.parse::<TrackId>().is_err(), "{text}");
        }
    }
}

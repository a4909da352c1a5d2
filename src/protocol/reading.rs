//! How the larger forms of the protocol are read from JSON: first into a [`Value`], then field by field, each with its
//! key. [`read_object!`](crate::protocol::reading::read_object) says it for a struct, below the struct.
//!
//! Serde's derived readers are written out once more for every kind of source (text, bytes, a tagged enum's
//! content, what is left of a flattened object), and a browser fetches all of them: 36 KB of its first visit. Here
//! there is one. What is small, a word or a number, keeps serde's own.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What was read is not of the form that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is missing, or is not what it should be")]
pub struct Malformed(
    /// The key, or the kind of value, that was looked for.
    pub &'static str,
);

/// What can be read from JSON.
pub trait Read: Sized {
    /// What a value says.
    ///
    /// # Errors
    /// When it says nothing of this kind.
    fn read(json: &Value) -> Result<Self, Malformed>;

    /// What it is where nothing is said; `None` where something must be.
    fn unsaid() -> Option<Self> {
        None
    }

    /// What an object says whose fields stand among those of another.
    ///
    /// # Errors
    /// When it says nothing of this kind.
    fn read_among(others: &Value) -> Result<Self, Malformed> {
        Self::read(others)
    }
}

/// What an object has at a key; `null` is nothing.
///
/// # Errors
/// When there is nothing and must be something, or when it is of another kind.
pub fn field<T: Read>(object: &Value, key: &'static str) -> Result<T, Malformed> {
    field_or(object, key, T::unsaid())
}

/// What an object has at a key, or something else when it has nothing there.
///
/// # Errors
/// When it is of another kind, or there is nothing and nothing else.
pub fn field_or<T: Read>(object: &Value, key: &'static str, or: Option<T>) -> Result<T, Malformed> {
    match object.get(key) {
        None | Some(Value::Null) => or.ok_or(Malformed(key)),
        Some(value) => T::read(value).map_err(|_| Malformed(key)),
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Some)
    }

    fn unsaid() -> Option<Self> {
        Some(None)
    }

    fn read_among(others: &Value) -> Result<Self, Malformed> {
        Ok(T::read(others).ok())
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_array().ok_or(Malformed("a list"))?.iter().map(T::read).collect()
    }
}

impl<T: Read> Read for Arc<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }
}

/// As serde writes it: `{"Ok": …}` or `{"Err": …}`.
impl<T: Read, E: Read> Read for Result<T, E> {
    fn read(json: &Value) -> Result<Self, Malformed> {
        match json.get("Ok") {
            Some(good) => T::read(good).map(Ok),
            None => field(json, "Err").map(Err),
        }
    }
}

impl Read for bool {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_bool().ok_or(Malformed("yes or no"))
    }
}

impl Read for String {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_str().map(Self::from).ok_or(Malformed("a text"))
    }
}

impl Read for f64 {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_f64().ok_or(Malformed("a number"))
    }
}

impl Read for u64 {
    fn read(json: &Value) -> Result<Self, Malformed> {
        json.as_u64().ok_or(Malformed("a whole number"))
    }
}

macro_rules! read_smaller {
    ($($whole:ty),*) => {$(
        impl Read for $whole {
            fn read(json: &Value) -> Result<Self, Malformed> {
                u64::read(json)?.try_into().map_err(|_| Malformed("a smaller number"))
            }
        }
    )*};
}
read_smaller!(u32, usize);

/// Words and numbers that serde reads.
macro_rules! read_with_serde {
    ($($small:ty),* $(,)?) => {$(
        impl Read for $small {
            fn read(json: &Value) -> Result<Self, Malformed> {
                Self::deserialize(json).map_err(|_| Malformed(stringify!($small)))
            }
        }
    )*};
}
read_with_serde!(
    super::ErrorCode,
    super::RoomCode,
    super::MemberId,
    super::TrackId,
    super::StreamId,
    super::Revision,
    super::EntryId,
    super::Decibels,
    super::Role,
    super::WhoMay,
    super::ChatText,
    super::MemberName,
    super::Reaction,
    super::RoomName,
    super::Volume,
    super::Status,
    super::Repeat,
    crate::sync::time::LocalTime,
    crate::sync::time::RoomTime,
    crate::sync::time::MediaTime,
    crate::sync::time::Span,
    crate::sync::profile::Profile,
    super::Loudness,
);

/// Says how a struct is read: each field with its key, `or` what it is where nothing is said, and after `flat` those
/// whose own fields stand in the same object. Serde reads it then, too.
macro_rules! read_object {
    ($name:ident { $($field:ident: $key:literal $(or $default:expr)?),* $(,)? } $(flat { $($flat:ident),* })?) => {
        impl $crate::protocol::reading::Read for $name {
            fn read(json: &serde_json::Value) -> Result<Self, $crate::protocol::reading::Malformed> {
                Ok(Self {
                    $($field: $crate::protocol::reading::read_object!(@field json $key $($default)?),)*
                    $($($flat: $crate::protocol::reading::Read::read_among(json)?,)*)?
                })
            }
        }
        $crate::protocol::reading::serde_reads!($name);
    };
    (@field $json:ident $key:literal) => { $crate::protocol::reading::field($json, $key)? };
    (@field $json:ident $key:literal $default:expr) => {
        $crate::protocol::reading::field_or($json, $key, Some($default))?
    };
}

/// Lets serde read what is [`Read`].
macro_rules! serde_reads {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let json = <serde_json::Value as serde::Deserialize>::deserialize(source)?;
                $crate::protocol::reading::Read::read(&json).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {read_object, serde_reads};

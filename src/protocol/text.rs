//! Values that people type: names and volumes, cleaned and bounded once.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::limits;

/// A value that was not taken, with the reason for the one who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadValue(String);

/// Trims, folds white space to single spaces and drops control characters.
fn clean(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control()).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether nothing of a text can be seen: as a name it is none.
pub fn is_blank(text: &str) -> bool {
    clean(text).is_empty()
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Cleans the text and takes it when it has 1 to the limit's number of characters.
            ///
            /// # Errors
            /// When nothing visible is left, or too much.
            pub fn parse(text: &str) -> Result<Self, BadValue> {
                let text = clean(text);
                match text.chars().count() {
                    0 => Err(BadValue(concat!($what, " must not be empty").to_owned())),
                    n if n > $max => Err(BadValue(format!(concat!($what, " has at most {} characters"), $max))),
                    _ => Ok(Self(text)),
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadValue;
            fn try_from(text: String) -> Result<Self, BadValue> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// What a member is called.
    MemberName, "a name", limits::MEMBER_NAME_CHARS
}
name! {
    /// What a room is called.
    RoomName, "a room's name", limits::ROOM_NAME_CHARS
}

name! {
    /// One line of the chat: text only, in one paragraph.
    ChatText, "a message", limits::CHAT_CHARS
}

name! {
    /// What an output offset is called, such as "Kitchen speaker".
    PresetName, "a name", limits::PRESET_NAME_CHARS
}

/// A reaction: one emoji, as keyboards give it, with its modifiers and joiners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reaction(String);

impl Reaction {
    /// Those that the page offers; others of newer pages and other clients are taken too.
    pub const OFFERED: [&str; 6] = ["❤️", "🔥", "👏", "😂", "🎉", "🕺"];

    /// Takes 1 to [`limits::REACTION_CHARS`] characters, none of them a letter, a space or a control character: what
    /// could be read as text is for the chat. Digits, `#` and `*` only as keycaps, with U+20E3 at the end.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, BadValue> {
        let keycap = text.ends_with('\u{20e3}');
        let drawn = |c: char| {
            !c.is_alphabetic() && !c.is_whitespace() && !c.is_control() && (keycap || !c.is_ascii())
        };
        let some = text
            .chars()
            .any(|c| c >= '\u{2000}' && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}'));
        if some && text.chars().count() <= limits::REACTION_CHARS && text.chars().all(drawn) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadValue("a reaction is one emoji".to_owned()))
        }
    }

    /// The emoji.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reaction {
    type Error = BadValue;
    fn try_from(text: String) -> Result<Self, BadValue> {
        Self::parse(&text)
    }
}

impl From<Reaction> for String {
    fn from(reaction: Reaction) -> Self {
        reaction.0
    }
}

/// A loudness of 0 (silent) to 1 (as it is).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Volume(f64);

impl Volume {
    /// As the music is.
    pub const FULL: Self = Self(1.0);
    /// Not to be heard.
    pub const SILENT: Self = Self(0.0);

    /// Takes 0 to 1.
    ///
    /// # Errors
    /// For anything else.
    pub fn new(volume: f64) -> Result<Self, BadValue> {
        if (0.0..=1.0).contains(&volume) {
            Ok(Self(volume))
        } else {
            Err(BadValue("a volume is 0 to 1".to_owned()))
        }
    }

    /// 0 to 1.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self::FULL
    }
}

impl TryFrom<f64> for Volume {
    type Error = BadValue;
    fn try_from(volume: f64) -> Result<Self, BadValue> {
        Self::new(volume)
    }
}

impl From<Volume> for f64 {
    fn from(volume: Volume) -> Self {
        volume.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned() {
        assert_eq!(MemberName::parse("  Ada\n\tLovelace\u{7} ").unwrap().as_str(), "Ada Lovelace");
    }

    #[test]
    fn a_name_of_nothing_or_too_much_is_refused() {
        assert!(MemberName::parse(" \n ").is_err());
        assert!(MemberName::parse(&"x".repeat(limits::MEMBER_NAME_CHARS)).is_ok());
        assert!(MemberName::parse(&"x".repeat(limits::MEMBER_NAME_CHARS + 1)).is_err());
    }

    #[test]
    fn a_reaction_is_an_emoji_and_no_text() {
        for good in Reaction::OFFERED.into_iter().chain(["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "3\u{fe0f}\u{20e3}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
        {
            assert!(Reaction::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "lol", "3", "é", "<b>", "\u{200d}", "\u{fe0f}", "🔥 🔥", "ラ", &"🔥".repeat(13)]
        {
            assert!(Reaction::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_volume_is_nought_to_one() {
        for bad in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            assert!(Volume::new(bad).is_err(), "{bad}");
        }
        assert!(Volume::new(0.0).is_ok() && Volume::new(1.0).is_ok());
    }
}

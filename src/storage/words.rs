//! The protocol's words in the database: written by `as_str` where a type has it, read by the same serde names
//! that the wire has, so that the two cannot disagree.

use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::error::{StoreError, unreadable};
use crate::protocol::WhoMay;
use crate::sync::profile::Profile;

/// Reads a word of a protocol enum.
pub(super) fn parse<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    let deserializer: StrDeserializer<'_, WordError> = word.into_deserializer();
    T::deserialize(deserializer).map_err(unreadable)
}

/// The word of a setting.
pub(super) const fn who_may(who: WhoMay) -> &'static str {
    match who {
        WhoMay::Host => "host",
        WhoMay::Djs => "djs",
        WhoMay::Everyone => "everyone",
    }
}

/// The word of a profile.
pub(super) const fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Lan => "lan",
        Profile::Normal => "normal",
        Profile::Wan => "wan",
        Profile::Mobile => "mobile",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Repeat, Role, Status};

    #[test]
    fn every_word_leads_back_to_its_value() {
        for status in [Status::Idle, Status::Preparing, Status::Playing, Status::Paused, Status::Stopped] {
            assert_eq!(parse::<Status>(status.as_str()).unwrap(), status);
        }
        for repeat in [Repeat::Off, Repeat::One, Repeat::All] {
            assert_eq!(parse::<Repeat>(repeat.as_str()).unwrap(), repeat);
        }
        for role in [Role::Listener, Role::Dj, Role::Host] {
            assert_eq!(parse::<Role>(role.as_str()).unwrap(), role);
        }
        for who in [WhoMay::Host, WhoMay::Djs, WhoMay::Everyone] {
            assert_eq!(parse::<WhoMay>(who_may(who)).unwrap(), who);
        }
        for kind in [Profile::Lan, Profile::Normal, Profile::Wan, Profile::Mobile] {
            assert_eq!(parse::<Profile>(profile(kind)).unwrap(), kind);
        }
    }

    #[test]
    fn a_word_of_a_newer_version_is_an_error_and_not_a_guess() {
        assert!(parse::<Status>("rewinding").is_err());
        assert!(parse::<Role>("").is_err());
    }
}

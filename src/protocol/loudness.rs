//! How loud a track is against the others, and what a room makes of it. Sound is only ever made quieter: what is
//! quieter than the reference stays as it is, so nothing clips.

use serde::{Deserialize, Serialize};

use super::reading::read_object;

/// A gain in dB, in steps of a hundredth, −327 to 327.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub struct Decibels(i16);

impl Decibels {
    /// The nearest step. What is not a number is 0.
    pub fn new(db: f64) -> Self {
        // A cast of a float saturates, and takes NaN for 0.
        Self((db * 100.0).round() as i16)
    }

    /// From hundredths.
    pub const fn from_hundredths(hundredths: i16) -> Self {
        Self(hundredths)
    }

    /// In hundredths.
    pub const fn hundredths(self) -> i16 {
        self.0
    }

    /// In dB.
    pub fn db(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// As a factor of the amplitude.
    pub fn factor(self) -> f64 {
        10f64.powf(self.db() / 20.0)
    }
}

impl From<f64> for Decibels {
    fn from(db: f64) -> Self {
        Self::new(db)
    }
}

impl From<Decibels> for f64 {
    fn from(gain: Decibels) -> Self {
        gain.db()
    }
}

/// What brings a track to the reference of −18 LUFS (ReplayGain 2.0): by itself, or as a part of its album.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gain {
    /// Every track as loud as every other.
    #[serde(rename = "trackDb")]
    pub track: Decibels,
    /// Every album as loud as every other; what is quiet on it stays quiet.
    #[serde(rename = "albumDb", skip_serializing_if = "Option::is_none")]
    pub album: Option<Decibels>,
}

read_object!(Gain { track: "trackDb", album: "albumDb" });

/// Which gain a room applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Loudness {
    /// None: files sound as they are.
    Off,
    /// The track's.
    #[default]
    Track,
    /// The album's, or the track's where the album has none.
    Album,
}

impl Loudness {
    /// The word in messages and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Track => "track",
            Self::Album => "album",
        }
    }

    /// What the volume of a track is multiplied by, above 0 and at most 1; 1 when nothing is known of it.
    pub fn factor(self, gain: Option<Gain>) -> f64 {
        let gain = match (self, gain) {
            (Self::Off, _) | (_, None) => return 1.0,
            (Self::Track, Some(gain)) => gain.track,
            (Self::Album, Some(gain)) => gain.album.unwrap_or(gain.track),
        };
        gain.factor().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(track: f64, album: Option<f64>) -> Gain {
        Gain { track: Decibels::new(track), album: album.map(Decibels::new) }
    }

    #[test]
    fn a_loud_track_is_played_quieter_and_a_quiet_one_as_it_is() {
        assert!((Loudness::Track.factor(Some(gain(-6.0, None))) - 0.501).abs() < 0.001);
        assert!((Loudness::Track.factor(Some(gain(6.0, None))) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_room_may_keep_the_differences_within_an_album_or_all() {
        let gain = Some(gain(-2.0, Some(-6.0)));
        assert!((Loudness::Album.factor(gain) - 0.501).abs() < 0.001);
        assert!((Loudness::Track.factor(gain) - 0.794).abs() < 0.001);
        assert!((Loudness::Off.factor(gain) - 1.0).abs() < f64::EPSILON);
        assert!((Loudness::Album.factor(None) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_gain_is_on_the_wire_in_db() {
        let text = serde_json::to_string(&gain(-7.25, None)).unwrap();
        assert_eq!(text, r#"{"trackDb":-7.25}"#);
        assert_eq!(serde_json::from_str::<Gain>(&text).unwrap(), gain(-7.25, None));
    }
}

//! The one table of what a file is offered as, the best first: a browser takes the first that it can play.
//!
//! | the file | offered | because |
//! |---|---|---|
//! | MP3, ADTS | `mp4`, `original` | as bare streams they seek a frame to a second off in every engine |
//! | ADTS that makes no sense without its heads | `original`, `aac` | it cannot be put into MP4 |
//! | FLAC, WAV, AAC and MP3 in MP4 | `original` | exact in every engine |
//! | Opus, Vorbis | `original`, `aac` | older Safari plays no Ogg |
//! | ALAC, FLAC in MP4 | `original`, `aac` | exact where they are played, which is not everywhere |
//! | what is left | `aac` | no browser, or one only, plays it |

use crate::storage::Offer;

/// The rendition that is the frames of the file in MP4, in addresses.
pub(super) const MP4: &str = "mp4";

/// The rendition that an encoder makes, in addresses.
pub(super) const AAC: &str = "aac";

/// AAC of low complexity in MP4.
const AAC_MIME: &str = r#"audio/mp4; codecs="mp4a.40.2""#;

/// MP3 in MP4. Firefox takes this word only, and not `mp4a.6b`; the others take both.
const MP3_MIME: &str = r#"audio/mp4; codecs="mp3""#;

/// AAC without a container, as browsers call it.
pub(super) const ADTS_MIME: &str = "audio/aac";

/// What a file is, as far as browsers differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// MPEG layer III.
    Mp3,
    /// AAC without a container.
    Adts {
        /// Its frames can be put into MP4.
        remuxable: bool,
    },
    /// FLAC, WAV, AAC or MP3 in MP4.
    Everywhere,
    /// Opus or Vorbis in Ogg, ALAC, FLAC in MP4.
    Somewhere,
    /// Everything else that there are decoders for.
    Nowhere,
}

impl Kind {
    /// What it is offered as; `mime` is the file's own.
    pub fn offers(self, mime: &str) -> Vec<Offer> {
        let original = Offer::new(super::ORIGINAL, mime);
        let aac = Offer::new(AAC, AAC_MIME);
        match self {
            Self::Mp3 => vec![Offer::new(MP4, MP3_MIME), original],
            Self::Adts { remuxable: true } => vec![Offer::new(MP4, AAC_MIME), original],
            Self::Everywhere => vec![original],
            Self::Adts { remuxable: false } | Self::Somewhere => vec![original, aac],
            Self::Nowhere => vec![aac],
        }
    }

    /// Whether no browser plays it as it is.
    pub const fn needs_encoder(self) -> bool {
        matches!(self, Self::Nowhere)
    }
}

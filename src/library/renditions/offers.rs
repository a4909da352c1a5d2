//! The one table of what a file is offered as, the best first: a browser takes the first that it can play.
//!
//! | the file | offered | because |
//! |---|---|---|
//! | MP3, ADTS | `mp4`, `original` | as bare streams they seek a frame to a second off in every engine |
//! | ADTS that makes no sense without its heads | `original`, `aac` | it cannot be put into MP4 |
//! | FLAC, WAV, AAC and MP3 in MP4 | `original` | exact in every engine |
//! | Opus | `original`, `aac` | older Safari plays no Ogg |
//! | Vorbis | `aac`, `original` | 21 ms off after every seek in Chromium (manual/sync.md) |
//! | ALAC, FLAC in MP4 | `original`, `aac` | exact where they are played, which is not everywhere |
//! | what is left | `aac` | no browser, or one only, plays it |
//!
//! Where there is no encoder, `aac` is left out, but for what waits for one.

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
    /// Opus in Ogg, ALAC, FLAC in MP4.
    Somewhere,
    /// Vorbis in Ogg.
    Inexact,
    /// Everything else that there are decoders for.
    Nowhere,
}

impl Kind {
    /// What it is offered as; `mime` is the file's own.
    pub fn offers(self, mime: &str) -> Vec<Offer> {
        let original = Offer::new(super::ORIGINAL, mime);
        let aac = Offer::encoded(AAC, AAC_MIME);
        match self {
            Self::Mp3 => vec![Offer::new(MP4, MP3_MIME), original],
            Self::Adts { remuxable: true } => vec![Offer::new(MP4, AAC_MIME), original],
            Self::Everywhere => vec![original],
            Self::Adts { remuxable: false } | Self::Somewhere => vec![original, aac],
            Self::Inexact => vec![aac, original],
            Self::Nowhere => vec![aac],
        }
    }

    /// Whether no browser plays it as it is.
    pub const fn needs_encoder(self) -> bool {
        matches!(self, Self::Nowhere)
    }
}

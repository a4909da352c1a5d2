//! What browsers get of a track: the file as it is, its frames in an MP4 that seeks exactly ([`mp4`]), or what an
//! encoder on this machine made of it ([`Encoder`]). `server` asks for a rendition by its name when a browser wants
//! it, and ahead of that when a room will.

mod audio;
mod encoded;
mod encoder;
mod heads;
pub mod mp4;
mod offers;
mod splice;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

pub use audio::{Audio, FileState};
pub use encoder::Encoder;
pub(super) use encoder::ONE_FILE_ONLY;
pub use offers::Kind;
pub use splice::Splice;

use crate::storage::{Offer, TrackRecord};
use encoded::Encoded;
use heads::Heads;
use offers::{AAC, ADTS_MIME, MP4};

/// The rendition that is the file as it lies on the disk, in addresses.
pub const ORIGINAL: &str = "original";

/// Why there is no such rendition.
#[derive(Debug, Error)]
pub enum NoRendition {
    /// The track is not offered under this name.
    #[error("the track has no such rendition")]
    NoSuch,
    /// It has to be encoded, and there is no encoder.
    #[error("there is no ffmpeg on this machine")]
    NeedsEncoder,
    /// Its file is gone, or is not what the library read.
    #[error("the file is gone or has changed since it was read")]
    Gone,
    /// The system does not give it.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// It could not be made.
    #[error("the rendition could not be made: {0}")]
    Failed(String),
}

/// The renditions of a library. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Renditions(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    heads: Heads,
    encoded: Arc<Encoded>,
}

impl Renditions {
    /// Those whose encoded files are in `folder`, made if need be, and no more than `max_bytes` in all. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: PathBuf, max_bytes: u64, encoder: Option<Encoder>) -> io::Result<Self> {
        let encoded = Arc::new(Encoded::open(folder, max_bytes, encoder)?);
        Ok(Self(Arc::new(Parts { heads: Heads::default(), encoded })))
    }

    /// Whether tracks that no browser plays as they are can be played.
    #[must_use]
    pub fn can_encode(&self) -> bool {
        self.0.encoded.can_encode()
    }

    /// The rendition of this name, made if need be; this waits until it is.
    ///
    /// # Errors
    /// See [`NoRendition`].
    pub async fn get(&self, track: &TrackRecord, name: &str) -> Result<Audio, NoRendition> {
        if name == ORIGINAL {
            return Ok(Audio::whole(track.path.clone(), &track.mime, None).await?);
        }
        let offer = track.renditions.iter().find(|offer| offer.name == name).ok_or(NoRendition::NoSuch)?;
        match name {
            MP4 => self.remuxed(track, offer).await,
            AAC => self.0.encoded.get(track, &offer.mime).await,
            _ => Err(NoRendition::NoSuch),
        }
    }

    /// Whether what a track is best played from is there, or made in no time.
    #[must_use]
    pub fn is_at_hand(&self, track: &TrackRecord) -> bool {
        let encoded = track.renditions.first().is_some_and(|offer| offer.encoded);
        !encoded || !self.can_encode() || self.0.encoded.has(track)
    }

    /// Makes what a track is best played from, ahead of its use.
    ///
    /// # Errors
    /// See [`NoRendition`].
    pub async fn make_ahead(&self, track: &TrackRecord) -> Result<(), NoRendition> {
        match track.renditions.first() {
            Some(offer) if offer.name != ORIGINAL => self.get(track, &offer.name).await.map(|_| ()),
            _ => Ok(()),
        }
    }

    async fn remuxed(&self, track: &TrackRecord, offer: &Offer) -> Result<Audio, NoRendition> {
        let file = Audio::whole(track.path.clone(), &offer.mime, None).await?;
        let state = file.original();
        if state != (FileState { size: track.size, mtime_ns: track.mtime_ns }) {
            return Err(NoRendition::Gone);
        }
        let is_adts = track.mime == ADTS_MIME;
        let kept = self.0.heads.get(&track.info.track_id, track.path.clone(), is_adts, state).await?;
        Ok(file.behind(kept.head, kept.section))
    }
}

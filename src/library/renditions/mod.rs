//! What browsers get of a track: the file as it is, its frames in an MP4 that seeks exactly ([`mp4`]), or what an
//! encoder on this machine made of it. `server` asks for a rendition by its name when a browser wants it, and ahead
//! of that when a room will.

mod audio;
mod heads;
pub mod mp4;
mod splice;

use std::io;
use std::sync::Arc;

use thiserror::Error;

pub use audio::{Audio, FileState};
pub use splice::Splice;

use super::{ADTS_MIME, MP4, ORIGINAL};
use crate::storage::TrackRecord;
use heads::Heads;

/// Why there is no such rendition.
#[derive(Debug, Error)]
pub enum NoRendition {
    /// The track is not offered under this name.
    #[error("the track has no such rendition")]
    NoSuch,
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
#[derive(Clone, Debug, Default)]
pub struct Renditions(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    heads: Heads,
}

impl Renditions {
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
            MP4 => {
                let file = Audio::whole(track.path.clone(), &offer.mime, None).await?;
                let state = file.original();
                if state != (FileState { size: track.size, mtime_ns: track.mtime_ns }) {
                    return Err(NoRendition::Gone);
                }
                let is_adts = track.mime == ADTS_MIME;
                let kept = self.0.heads.get(&track.info.track_id, track.path.clone(), is_adts, state).await?;
                Ok(file.behind(kept.head, kept.section))
            }
            _ => Err(NoRendition::NoSuch),
        }
    }
}

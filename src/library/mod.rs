//! The music on disk: found, read and kept in step with the database. It reads files and never writes any.
//!
//! [`Library::scan`] is called by `server` at start and on change, and by `tutti scan`. What a file is, its
//! content says and not its name ([`mod@probe`]); which files there are, [`walk`] says; where pictures come from,
//! [`artwork`]; what browsers get of a file, [`renditions`] and the [`frames`] under it.

pub mod artwork;
mod flac_end;
pub mod frames;
mod moved;
pub mod probe;
mod progress;
pub mod renditions;
mod scan;
mod version;
pub mod walk;

#[cfg(test)]
mod tests;

pub use artwork::{Artwork, read_artwork};
pub use probe::{Probed, Unusable, probe};
pub use progress::{ScanProgress, ScanReport};
pub use renditions::{Audio, Encoder, NoRendition, ORIGINAL, Renditions};
pub use scan::{AddError, Library, ScanError};

use crate::protocol::TrackId;

/// A new name for a track. Sorts by when it was made, so that new tracks lie together in the database.
///
/// # Panics
/// Never: 32 hexadecimal digits are a track id.
#[must_use]
pub fn new_track_id() -> TrackId {
    uuid::Uuid::now_v7().simple().to_string().try_into().expect("32 hexadecimal digits are a track id")
}

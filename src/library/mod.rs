//! The music on disk: found, read and kept in step with the database. The folders of the operator are read and never
//! written; what people add is written into a folder of its own ([`mod@intake`]).
//!
//! [`Library::scan`] is called by `tutti scan`, and by [`Library::keep_in_step`], which `server` runs beside
//! [`Library::measure_loudness`] for as long as it lives. What a file is, its
//! content says and not its name ([`mod@probe`]); which files there are, [`walk`] says; where pictures come from,
//! [`artwork`], and in which sizes they go out, [`covers`]; what browsers get of a file, [`renditions`] and the
//! [`frames`] under it.

pub mod artwork;
pub mod covers;
pub mod everything;
pub mod fetch;
mod flac_end;
pub mod frames;
pub mod intake;
mod loudness;
mod measuring;
mod moved;
pub mod probe;
mod progress;
mod public_address;
pub mod renditions;
mod scan;
pub mod source;
mod version;
pub mod walk;
mod watch;

#[cfg(test)]
mod tests;

pub use artwork::{Artwork, read_artwork};
pub use covers::{Cover, CoverSize, Covers};
pub use fetch::Fetcher;
pub use intake::{Intake, IntakeLimits};
pub use probe::{Probed, Unusable, probe};
pub use progress::{Phase, ScanEnd, ScanProgress, ScanReport, ScanTimer};
pub use renditions::{Audio, Encoder, NoRendition, ORIGINAL, Renditions};
pub use scan::{AddError, Library, ScanError};
pub use watch::Watch;

use crate::protocol::TrackId;

/// A new name for a track. Sorts by when it was made, so that new tracks lie together in the database.
///
/// # Panics
/// Never: 32 hexadecimal digits are a track id.
#[must_use]
pub fn new_track_id() -> TrackId {
    uuid::Uuid::now_v7().simple().to_string().try_into().expect("32 hexadecimal digits are a track id")
}

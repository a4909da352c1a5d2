//! Everything that reads a file which somebody brings, one after the other, and what must hold of what it says. In
//! production each stands where it is needed; here a file that is none can try them all at once.
//!
//! Called by the tests and by the fuzz target `files` (`end2end/fuzz`).

use std::fs::File;
use std::path::Path;

use super::frames::{self, Frames};
use super::renditions::mp4;
use super::{artwork, covers, loudness, probe};
use crate::sync::time::MediaTime;

/// Reads a file in every way.
///
/// # Errors
/// What does not hold. That a file makes no sense is no error.
pub fn read(path: &Path) -> Result<(), String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    if let Ok(probed) = probe::probe(path) {
        must(probed.duration > MediaTime::ZERO, "a track has no length")?;
        must(!probed.renditions.is_empty(), "a track is offered as nothing")?;
        let texts = [&probed.title, &probed.artist, &probed.album, &probed.album_artist, &probed.genre];
        for text in texts.into_iter().flatten() {
            must(!text.is_empty() && text.chars().count() <= probe::TAG_CHARS, "a tag is beyond its bound")?;
            must(!text.chars().any(char::is_control), "a tag controls something")?;
        }
    }
    let open = || File::open(path).map_err(|error| error.to_string());
    for frames in [frames::mp3(open()?), frames::aac(open()?)].into_iter().flatten().flatten() {
        follow_one_another(&frames, size)?;
        // That they do not fit into an MP4 is told, and no fault.
        if let Ok(head) = mp4::head(&frames) {
            must(head.section == frames.section(), "an MP4 is of other bytes than its frames")?;
        }
    }
    if let Some(picture) = artwork::read_artwork(path)
        && let Ok(small) = covers::smaller(&picture.bytes, covers::SIZES[0])
    {
        must(small.starts_with(&[0xff, 0xd8, 0xff]), "a cover is no JPEG")?;
    }
    let _ = loudness::by_symphonia(path, &|| true);
    Ok(())
}

/// Frames are in the file, each behind the one before it.
fn follow_one_another(frames: &Frames, size: u64) -> Result<(), String> {
    let mut sizes = frames.sizes.iter();
    let mut end = 0;
    for run in &frames.runs {
        if run.at < end {
            return Err(format!("a run begins at {} and the one before it ends at {end}", run.at));
        }
        end = run.at + sizes.by_ref().take(run.frames as usize).map(|size| u64::from(*size)).sum::<u64>();
    }
    if end > size || sizes.next().is_some() || frames.section().end != end {
        return Err(format!("frames end at {end} of {size}, {:?}", frames.section()));
    }
    Ok(())
}

//! Pictures: the front cover in the file, or an image beside it. Read when they are asked for, never stored.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use lofty::config::ParseOptions;
use lofty::file::TaggedFileExt;
use lofty::picture::{Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::Tag;

/// The names of an image that stands for its folder, the best first.
const NAMES: [&str; 3] = ["cover", "folder", "front"];
/// The endings that such an image has.
const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// The largest image beside a file that is served, in bytes: beyond it is a scan for print, which phones should
/// not load.
const LARGEST_IMAGE: u64 = 16 * 1024 * 1024;

/// An image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artwork {
    /// From its content: JPEG, PNG, WebP or GIF, which run nothing in a browser.
    pub mime: &'static str,
    /// The file of the image.
    pub bytes: Vec<u8>,
}

impl Artwork {
    /// Takes what is an image that browsers show.
    fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Some(Self { mime: image_mime(&bytes)?, bytes })
    }
}

/// The artwork of an audio file: the front cover in it, else another picture in it, else `cover`, `folder` or
/// `front` beside it. Blocks: call it where blocking is fine.
#[must_use]
pub fn read_artwork(path: &Path) -> Option<Artwork> {
    embedded(path).or_else(|| beside(path))
}

/// Whether one of a file's pictures would be served.
pub(super) fn has_picture<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> bool {
    pictures.into_iter().any(|picture| image_mime(picture.data()).is_some())
}

/// Whether a file of this name stands for its folder.
pub(super) fn is_folder_image(path: &Path) -> bool {
    folder_image_rank(path).is_some()
}

/// The lower the better.
fn folder_image_rank(path: &Path) -> Option<(usize, usize)> {
    let place = |list: &[&str], part: Option<&std::ffi::OsStr>| {
        let part = part?;
        list.iter().position(|name| part.eq_ignore_ascii_case(name))
    };
    Some((place(&NAMES, path.file_stem())?, place(&ENDINGS, path.extension())?))
}

fn embedded(path: &Path) -> Option<Artwork> {
    let reader = BufReader::new(File::open(path).ok()?);
    let file = Probe::new(reader)
        .options(ParseOptions::new().read_properties(false))
        .guess_file_type()
        .ok()?
        .read()
        .ok()?;
    let pictures: Vec<&Picture> = file.tags().iter().flat_map(Tag::pictures).collect();
    let front = pictures.iter().filter(|picture| picture.pic_type() == PictureType::CoverFront);
    front.chain(&pictures).find_map(|picture| Artwork::from_bytes(picture.data().to_vec()))
}

fn beside(path: &Path) -> Option<Artwork> {
    let mut images: Vec<(_, PathBuf)> = fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter_map(|image| Some((folder_image_rank(&image)?, image)))
        .collect();
    images.sort();
    images.into_iter().find_map(|(_, image)| Artwork::from_bytes(read_bounded(&image)?))
}

fn read_bounded(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LARGEST_IMAGE + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LARGEST_IMAGE).then_some(bytes)
}

/// What an image is by its first bytes. What tags and names say of images is often wrong.
fn image_mime(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

//! Artwork in the sizes that pages show, made once and kept in the data folder; called by `server`.
//!
//! A cover is square in its frame whatever it is: it keeps its shape here and is never cropped or made larger. All
//! are JPEG; what is transparent lies on white. Files are named by what the original holds, so that the tracks of an
//! album share one.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::artwork::{Artwork, read_artwork};
use crate::storage::{ArtworkPlace, TrackRecord};

/// The widths and heights that are made, in pixels: a row, a row on a fine screen, the large cover on a phone, and
/// on a desk.
pub const SIZES: [u32; 4] = [96, 320, 640, 1024];

/// Pixels of a side beyond which an image is not decoded.
const LARGEST_SIDE: u32 = 12_000;

/// Bytes that one image may take when it is decoded: 50 million pixels without transparency. A file of a few kB
/// can claim to be far larger.
const LARGEST_IMAGE_BYTES: u64 = 160 * 1024 * 1024;

/// Images that are worked on at once: that many times the above is what a cold page of covers may take.
const AT_ONCE: usize = 2;

/// Of JPEG, 1 to 100: above it files grow and nobody sees why.
const QUALITY: u8 = 82;

/// Bytes of all covers together; the longest unused go first.
const KEPT_BYTES: u64 = 512 * 1024 * 1024;

/// What is left after clearing up, in percent of that: so that it is not done for each cover.
const LEFT_PERCENT: u64 = 90;

/// Tracks of which it is remembered what their artwork holds; beyond, it is read anew.
const REMEMBERED: usize = 20_000;

/// Bytes of a hash that are in a name.
const NAME_BYTES: usize = 12;

/// A side of a cover, one of [`SIZES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoverSize(u32);

impl CoverSize {
    /// The size that is at least this large, or the largest; `None` for 0.
    #[must_use]
    pub fn at_least(pixels: u32) -> Option<Self> {
        let largest = SIZES.into_iter().max()?;
        (pixels > 0).then(|| Self(SIZES.into_iter().find(|size| *size >= pixels).unwrap_or(largest)))
    }
}

/// An image to be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The image.
    pub image: Artwork,
    /// What tells it from every other: of the original's content and the size.
    pub name: String,
}

/// The covers that were made. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Covers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    kept_bytes: u64,
    working: Semaphore,
    /// By track and version: the name of what its file holds.
    contents: Mutex<HashMap<String, String>>,
    /// Bytes in the folder; `None` until they were counted.
    bytes: Mutex<Option<u64>>,
}

impl Covers {
    /// Covers in this folder, which is made when the first one is.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self::with_room_for(folder, KEPT_BYTES)
    }

    pub(super) fn with_room_for(folder: PathBuf, kept_bytes: u64) -> Self {
        Self(Arc::new(Inner {
            folder,
            kept_bytes,
            working: Semaphore::new(AT_ONCE),
            contents: Mutex::default(),
            bytes: Mutex::default(),
        }))
    }

    /// A track's artwork, in a size or as it is. `None` when there is none, or none that can be made smaller.
    pub async fn get(&self, track: &TrackRecord, size: Option<CoverSize>) -> Option<Cover> {
        // What lies beside a file changes without it; what is in it does not.
        let key = (track.artwork == Some(ArtworkPlace::Embedded) && !track.version.is_empty())
            .then(|| format!("{} {}", track.info.track_id, track.version));
        let (inner, known) = (self.0.clone(), key.clone());
        let kept = move || {
            let content = inner.contents().get(&known?)?.clone();
            inner.kept(&content, size?)
        };
        if let Some(cover) = tokio::task::spawn_blocking(kept).await.ok()? {
            return Some(cover);
        }
        let _turn = self.0.working.acquire().await.ok()?;
        let (inner, path) = (self.0.clone(), track.path.clone());
        tokio::task::spawn_blocking(move || inner.get(&path, key, size)).await.ok()?
    }
}

impl Inner {
    fn get(&self, path: &Path, key: Option<String>, size: Option<CoverSize>) -> Option<Cover> {
        let original = read_artwork(path)?;
        let content = name_of(&original.bytes);
        if let Some(key) = key {
            let mut contents = self.contents();
            if contents.len() >= REMEMBERED {
                contents.clear();
            }
            contents.insert(key, content.clone());
        }
        let Some(size) = size else {
            return Some(Cover { image: original, name: content });
        };
        if let Some(cover) = self.kept(&content, size) {
            return Some(cover);
        }
        let bytes = match smaller(&original.bytes, size.0) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(path = %path.display(), %error, "artwork cannot be made smaller");
                return None;
            }
        };
        let name = name(&content, size);
        if let Err(error) = self.keep(&name, &bytes) {
            tracing::warn!(folder = %self.folder.display(), %error, "a cover could not be kept");
        }
        Some(Cover { image: jpeg(bytes), name })
    }

    fn kept(&self, content: &str, size: CoverSize) -> Option<Cover> {
        let name = name(content, size);
        let path = self.file(&name);
        let bytes = fs::read(&path).ok()?;
        // When it was last used; a cover that cannot say so only goes earlier.
        let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(now()));
        Some(Cover { image: jpeg(bytes), name })
    }

    /// Written beside and renamed, so that it is never half an image.
    fn keep(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let fresh = self.folder.join(format!("{name}.{}.new", uuid::Uuid::now_v7().simple()));
        fs::write(&fresh, bytes)?;
        fs::rename(&fresh, self.file(name))?;
        let mut total = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let now = match *total {
            Some(before) => before + bytes.len() as u64,
            None => self.covers()?.iter().map(|(_, size, _)| size).sum(),
        };
        *total = Some(if now > self.kept_bytes { self.clear_up()? } else { now });
        Ok(())
    }

    /// Removes those that were not used for longest. Returns how many bytes are left.
    fn clear_up(&self) -> std::io::Result<u64> {
        let mut covers = self.covers()?;
        covers.sort();
        let mut left: u64 = covers.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in covers {
            if left <= self.kept_bytes / 100 * LEFT_PERCENT {
                break;
            }
            fs::remove_file(path)?;
            left -= size;
        }
        Ok(left)
    }

    /// When each was last used, its size and its path.
    fn covers(&self) -> std::io::Result<Vec<(SystemTime, u64, PathBuf)>> {
        fs::read_dir(&self.folder)?
            .map(|entry| {
                let entry = entry?;
                let metadata = entry.metadata()?;
                Ok((metadata.modified()?, metadata.len(), entry.path()))
            })
            .collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.jpg"))
    }

    fn contents(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decodes, within limits, and makes it fit into a square of this side. Blocks for some tens of milliseconds.
pub(super) fn smaller(bytes: &[u8], side: u32) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_IMAGE_BYTES);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // Some decoders do not look at the limit before they allocate.
    limits.reserve(decoder.total_bytes())?;
    let colours = decoder.icc_profile()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    if image.width() > side || image.height() > side {
        // Averages first: the fine filter over millions of pixels would take a second.
        if image.width().max(image.height()) > 4 * side {
            image = image.thumbnail(2 * side, 2 * side);
        }
        image = image.resize(side, side, image::imageops::FilterType::Lanczos3);
    }
    image.apply_orientation(orientation);
    let image = on_white(&image);
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    if let Some(colours) = colours {
        // A profile that does not fit is left out.
        let _ = encoder.set_icc_profile(colours);
    }
    encoder.encode_image(&image)?;
    Ok(out)
}

fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        image::Rgb([red, green, blue].map(|part| ((part * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

fn jpeg(bytes: Vec<u8>) -> Artwork {
    Artwork { mime: "image/jpeg", bytes }
}

fn name(content: &str, size: CoverSize) -> String {
    format!("{content}-{}", size.0)
}

/// The beginning of SHA-256, in hexadecimal digits.
fn name_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(NAME_BYTES).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a String takes what is written");
        hex
    })
}

#[expect(clippy::disallowed_methods, reason = "when a file was used; no time of a room hangs on it")]
fn now() -> SystemTime {
    SystemTime::now()
}

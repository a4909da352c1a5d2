//! The library on real files in a folder of their own, each a fraction of a second long.

mod additions;
mod again;
mod covers;
mod folders;
mod links;
mod loudness;
mod pictures;
mod reading;
mod watching;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::*;
use crate::protocol::TrackId;
use crate::storage::{Store, TrackPage, TrackQuery, TrackRecord};
use crate::sync::time::MediaTime;

/// A music folder, a database and a library.
struct House {
    folder: TempDir,
    store: Store,
    library: Library,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("music")).unwrap();
        let store = Store::open_file(&folder.path().join("tutti.db")).await.unwrap();
        Self { folder, store, library: Library::new() }
    }

    fn music(&self) -> PathBuf {
        self.folder.path().join("music")
    }

    /// A path below the music folder, whose folder exists then.
    fn at(&self, name: &str) -> PathBuf {
        let path = self.music().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// A file that was written an hour ago.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.write_now(name, bytes);
        let file = fs::File::options().write(true).open(&path).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_hours(1)).unwrap();
        path
    }

    /// A file that may still be being written.
    fn write_now(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    async fn scan(&self) -> ScanReport {
        self.library.scan(&self.store, &[self.music()]).await.unwrap()
    }

    async fn page(&self) -> TrackPage {
        self.store.tracks(&TrackQuery::default()).await.unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        let mut titles: Vec<_> = self.page().await.tracks.into_iter().map(|track| track.info.title).collect();
        titles.sort();
        titles
    }

    async fn only_track(&self) -> TrackRecord {
        let mut page = self.page().await;
        assert_eq!(page.tracks.len(), 1);
        page.tracks.remove(0)
    }

    async fn id_of(&self, filename: &str) -> TrackId {
        let page = self.page().await;
        let mut found = page.tracks.into_iter().filter(|track| track.info.filename == filename);
        found.next().unwrap().info.track_id
    }
}

/// Silence: 8 kHz, mono, 8 bits, so that a byte is 125 µs.
fn wav(samples: u32) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(8_000u32.to_le_bytes());
    bytes.extend(8_000u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(8u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(samples.to_le_bytes());
    bytes.resize(bytes.len() + samples as usize, 0x80);
    bytes
}

/// Silent frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono: 417 bytes and 26.12 ms each.
fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc0];
    frame.resize(417, 0);
    frame.repeat(frames)
}

/// The head of a FLAC of one second at 44.1 kHz, stereo, 16 bits; players would want frames behind it.
fn flac() -> Vec<u8> {
    let mut bytes = b"fLaC".to_vec();
    bytes.extend([0x80, 0, 0, 34]);
    bytes.extend([0x10, 0, 0x10, 0]);
    bytes.extend([0; 6]);
    // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of samples.
    let fields: u64 = (0xac44 << 44) | (1 << 41) | (0xf << 36) | 0xac44;
    bytes.extend(fields.to_be_bytes());
    bytes.extend([0; 16]);
    bytes.resize(bytes.len() + 1_000, 0);
    bytes
}

const JPEG: [u8; 8] = [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, b'J', b'F'];
const PNG: [u8; 9] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 7];

fn tag(path: &Path, kind: TagType, fill: impl FnOnce(&mut Tag)) {
    let mut tag = Tag::new(kind);
    fill(&mut tag);
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

fn picture(bytes: &[u8], kind: PictureType) -> Picture {
    Picture::unchecked(bytes.to_vec()).pic_type(kind).mime_type(MimeType::Tiff).build()
}

/// The warnings of this thread's scans: their fields as text.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    fn watch() -> (Self, tracing::subscriber::DefaultGuard) {
        let warnings = Self::default();
        let subscriber = tracing_subscriber::registry().with(warnings.clone());
        (warnings, tracing::subscriber::set_default(subscriber))
    }

    fn naming(&self, name: &str) -> usize {
        let warnings = self.0.lock().unwrap();
        warnings.iter().filter(|line| line.contains(name)).count()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                let _ = write!(self.0, "{field}={value:?} ");
            }
        }
        if *event.metadata().level() == tracing::Level::WARN {
            let mut line = Line(String::new());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }
}

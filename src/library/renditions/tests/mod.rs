//! Renditions of real files.

mod encoding;
mod remuxing;

use std::path::{Path, PathBuf};

use crate::library::{Library, Renditions};
use crate::storage::{Store, TrackQuery, TrackRecord};

/// A folder with music, a database and renditions.
struct House {
    folder: tempfile::TempDir,
    store: Store,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("music")).unwrap();
        let store = Store::open_file(&folder.path().join("tutti.db")).await.unwrap();
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("music").join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Scans on a machine with an encoder, and gives the tracks by the names of their files.
    async fn tracks(&self) -> Vec<TrackRecord> {
        let library = Library::new().with_encoder(true);
        library.scan(&self.store, &[self.path("music")]).await.unwrap();
        let mut tracks = self.store.tracks(&TrackQuery::default()).await.unwrap().tracks;
        tracks.sort_by(|a, b| a.info.filename.cmp(&b.info.filename));
        tracks
    }

    fn renditions(&self) -> Renditions {
        Renditions::open(self.path("renditions"), u64::MAX, None).unwrap()
    }
}

/// A demo track: MP3 of a variable rate, with tags and LAME's header.
fn demo() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("public/demo/01-window-seat.mp3")).unwrap()
}

//! The store as its callers see it, each test on a database of its own.

mod access;
mod browsing;
mod opening;
mod released;
mod rooms;
mod tracks;

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::protocol::{
    Decibels, EntryId, Gain, Loudness, PlaybackRecord, QueueChange, QueueEntry, Repeat, Revision, Role,
    RoomChange, RoomCode, RoomName, RoomRecord, RoomSettings, Status, StreamId, TrackId, TrackInfo,
    UpcomingRecord, Volume, WhoMay,
};
use crate::sync::profile::Profile;
use crate::sync::time::{MediaTime, RoomTime};

const NOW: RoomTime = RoomTime::from_micros(1_700_000_000_123_456);
const HASH: SecretHash = [7; 32];
const OTHER: SecretHash = [8; 32];

fn code(number: u64) -> RoomCode {
    RoomCode::from_number(number)
}

fn track_id(name: &str) -> TrackId {
    name.parse().unwrap()
}

fn file(name: &str) -> TrackFile {
    TrackFile {
        id: track_id(&format!("id-{name}")),
        path: PathBuf::from(format!("/music/{name}.flac")),
        folder: String::new(),
        filename: format!("{name}.flac"),
        mime: "audio/flac".to_owned(),
        version: "0123456789abcdef".to_owned(),
        renditions: vec![Offer::new("original", "audio/flac")],
        needs_encoder: false,
        encoder: false,
        gain: None,
        same_audio: false,
        size: 1_234,
        mtime_ns: 5,
        duration: MediaTime::from_micros(180_000_001),
        title: name.to_owned(),
        artist: None,
        album: None,
        album_artist: None,
        disc: None,
        number: None,
        year: None,
        genre: None,
        artwork: None,
    }
}

async fn empty_store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_file(&folder.path().join("data/tutti.db")).await.unwrap();
    (folder, store)
}

/// A store with three tracks, `a`, `b` and `c`.
async fn store() -> (TempDir, Store, Vec<Arc<TrackInfo>>) {
    let (folder, store) = empty_store().await;
    store.put_tracks(&[file("a"), file("b"), file("c")], NOW).await.unwrap();
    let mut infos = Vec::new();
    for name in ["id-a", "id-b", "id-c"] {
        let record = store.track(&track_id(name)).await.unwrap().unwrap();
        infos.push(Arc::new(record.info));
    }
    (folder, store, infos)
}

fn room(code: RoomCode) -> RoomRecord {
    RoomRecord {
        code,
        revision: Revision(0),
        settings: RoomSettings::default(),
        playback: PlaybackRecord::default(),
        queue: Vec::new(),
        history: Vec::new(),
        last_entry_id: EntryId(0),
    }
}

fn entry(id: u64, track: &Arc<TrackInfo>) -> QueueEntry {
    QueueEntry { entry_id: EntryId(id), track: Arc::clone(track), added_by: None }
}

fn change(revision: u64) -> RoomChange {
    RoomChange { revision: Revision(revision), settings: None, playback: None, queue: None }
}

async fn titles(store: &Store, query: &TrackQuery) -> Vec<String> {
    let page = store.tracks(query).await.unwrap();
    assert_eq!(page.total, page.tracks.len() as u64, "the total of one page is its length");
    page.tracks.into_iter().map(|track| track.info.title).collect()
}

async fn search(store: &Store, text: &str) -> Vec<String> {
    let query = TrackQuery { text: Some(text.to_owned()), ..TrackQuery::default() };
    titles(store, &query).await
}

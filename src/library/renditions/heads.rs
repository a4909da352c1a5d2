//! The heads of remuxed files, made when they are first needed and kept in memory: the least recently used go
//! first. Making one reads the original once (10 MB that are in the cache: a millisecond), so none is worth a file of its own.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::NoRendition;
use super::audio::FileState;
use super::mp4;
use crate::library::frames;
use crate::protocol::TrackId;

/// Bytes of heads that are kept: some 1,500 songs.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// What a head is of: a track, in this state of its file.
type Key = (TrackId, FileState);

/// A head, and the bytes of the original behind it.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub head: Arc<[u8]>,
    pub section: Range<u64>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Heads(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    heads: HashMap<Key, Place>,
    uses: u64,
}

#[derive(Debug, Default)]
struct Place {
    head: Arc<OnceCell<Kept>>,
    used: u64,
}

impl Heads {
    /// The head of a track whose file is in this state; made once, however many ask.
    pub(super) async fn get(
        &self,
        id: &TrackId,
        path: PathBuf,
        is_adts: bool,
        state: FileState,
    ) -> Result<Kept, NoRendition> {
        let key = (id.clone(), state);
        let cell = {
            let mut shelf = self.lock();
            shelf.uses += 1;
            let used = shelf.uses;
            let place = shelf.heads.entry(key.clone()).or_default();
            place.used = used;
            place.head.clone()
        };
        let made = cell.get_or_try_init(|| async {
            tokio::task::spawn_blocking(move || make(&path, is_adts, state))
                .await
                .unwrap_or_else(|panic| Err(NoRendition::Failed(panic.to_string())))
        });
        let made = made.await.cloned();
        let mut shelf = self.lock();
        match &made {
            Ok(_) => shelf.bound(KEPT_BYTES),
            Err(_) => {
                shelf.heads.remove(&key);
            }
        }
        made
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Lets go of the least recently used, but never of the last one.
    fn bound(&mut self, bytes: usize) {
        let size = |place: &Place| place.head.get().map_or(0, |kept| kept.head.len());
        let mut kept: usize = self.heads.values().map(size).sum();
        while kept > bytes && self.heads.len() > 1 {
            let made = self.heads.iter().filter(|(_, place)| place.head.initialized());
            let Some(oldest) = made.min_by_key(|(_, place)| place.used).map(|(key, _)| key.clone()) else {
                return;
            };
            kept -= self.heads.remove(&oldest).map_or(0, |place| size(&place));
        }
    }
}

/// Reads the frames of a file that is in this state before and after. Blocks.
fn make(path: &std::path::Path, is_adts: bool, state: FileState) -> Result<Kept, NoRendition> {
    let file = File::open(path)?;
    let frames = if is_adts { frames::aac(&file)? } else { frames::mp3(&file)? };
    let frames = frames.ok_or_else(|| NoRendition::Failed("there are no frames in it".to_owned()))?;
    let head = mp4::head(&frames).map_err(|error| NoRendition::Failed(error.to_string()))?;
    if FileState::of(&file.metadata()?)? != state {
        return Err(NoRendition::Gone);
    }
    Ok(Kept { head: head.bytes.into(), section: head.section })
}

//! The measurer: takes the tracks that have no gain, one after the other, and writes what it finds. Run by `server`
//! beside everything else; a scan goes before it.
//!
//! The work is done in a thread of the lowest priority, so that it gets what nobody else wants. Tracks in queues go
//! first. Dropping [`Library::measure_loudness`] ends it within a packet of audio.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::loudness::{Measured, measure};
use super::{Library, ScanProgress};
use crate::protocol::{Decibels, TrackId};
use crate::storage::{AlbumTrack, Store, StoreError, Unmeasured};

/// How often the thread looks whether the scan that it waits for is done.
const LOOK: Duration = Duration::from_millis(100);

/// How long the measurer waits after the database has failed.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

impl Library {
    /// Measures what has no gain, and then what is added, until it is dropped.
    pub async fn measure_loudness(&self, store: &Store) {
        let mut changes = self.changes();
        let Some(thread) = Thread::start(self.progress()) else {
            tracing::warn!(
                "there is no thread for measuring loudness: tracks without gain stay as loud as they are"
            );
            return;
        };
        loop {
            changes.mark_unchanged();
            match round(store, &thread).await {
                Ok(0) => {}
                Ok(measured) => tracing::info!(measured, "the loudness of the library is measured"),
                Err(error) => {
                    tracing::warn!(%error, "loudness could not be written");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}

/// Measures every track that has no gain, once. Returns how many got one.
pub(super) async fn round(store: &Store, thread: &Thread) -> Result<u64, StoreError> {
    let mut measured = 0;
    // Those that nothing here can measure stay as they are, and are passed by.
    let mut looked_at = HashSet::new();
    let mut behind: Option<TrackId> = None;
    loop {
        let queued = store.unmeasured_in_queues().await?;
        let track = match queued.into_iter().find(|track| !looked_at.contains(&track.id)) {
            Some(track) => track,
            None => match store.next_unmeasured(behind.as_ref()).await? {
                Some(track) => {
                    behind = Some(track.id.clone());
                    track
                }
                None => break,
            },
        };
        if !looked_at.insert(track.id.clone()) {
            continue;
        }
        measured += u64::from(take(store, thread, &track).await?);
    }
    for track in store.albums_without_gain().await? {
        settle_album(store, &track).await?;
    }
    Ok(measured)
}

/// Measures one track and writes it down. Whether it has a gain now.
async fn take(store: &Store, thread: &Thread, track: &Unmeasured) -> Result<bool, StoreError> {
    let gain = match thread.measure(track.path.clone()).await {
        Measured::Gain(gain) => Some(gain),
        Measured::Nothing => None,
        Measured::NotNow => return Ok(false),
    };
    let taken = store.set_measured(track, gain).await?;
    tracing::debug!(track = %track.id, gain_db = gain.map(Decibels::db), taken, "loudness");
    if taken {
        settle_album(store, &track.id).await?;
    }
    Ok(taken && gain.is_some())
}

/// Writes the gain of a track's album once all its tracks are known.
async fn settle_album(store: &Store, track: &TrackId) -> Result<(), StoreError> {
    let album = store.album_of(track).await?;
    let Some(gain) = album_gain(&album) else {
        return Ok(());
    };
    let measured: Vec<TrackId> =
        album.into_iter().filter(|track| track.measured).map(|track| track.id).collect();
    store.set_album_gain(&measured, gain).await
}

/// The gain of an album: of the mean energy of its tracks, each for as long as it is. R128 would gate over the
/// whole album instead; the difference is that of the quiet parts of its tracks. `None` while one still waits.
fn album_gain(album: &[AlbumTrack]) -> Option<Decibels> {
    if album.iter().any(|track| track.waits) {
        return None;
    }
    let (mut energy, mut length) = (0.0, 0.0);
    for track in album {
        // A silent track has no energy, and no say in what the others need.
        if let Some(gain) = track.gain {
            let micros = track.duration.micros() as f64;
            energy += micros * 10f64.powf(-gain.db() / 10.0);
            length += micros;
        }
    }
    (energy > 0.0).then(|| Decibels::new(-10.0 * (energy / length).log10()))
}

/// A file to be measured, and where to say how loud it is.
type Job = (PathBuf, oneshot::Sender<Measured>);

/// The thread that measures. It ends when this is dropped, at the next packet.
pub(super) struct Thread {
    jobs: mpsc::Sender<Job>,
    stop: Arc<AtomicBool>,
}

impl Thread {
    pub(super) fn start(progress: watch::Receiver<ScanProgress>) -> Option<Self> {
        let (jobs, to_do) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let work = move || run(&to_do, &progress, &stopped);
        std::thread::Builder::new().name("loudness".to_owned()).spawn(work).ok()?;
        Some(Self { jobs, stop })
    }

    async fn measure(&self, path: PathBuf) -> Measured {
        let (answer, measured) = oneshot::channel();
        if self.jobs.send((path, answer)).is_err() {
            return Measured::NotNow;
        }
        measured.await.unwrap_or(Measured::NotNow)
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn run(jobs: &mpsc::Receiver<Job>, progress: &watch::Receiver<ScanProgress>, stop: &AtomicBool) {
    lower_priority();
    let go_on = || {
        while progress.borrow().running && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
        }
        !stop.load(Ordering::Relaxed)
    };
    while let Ok((path, answer)) = jobs.recv() {
        // A decoder that panics on a file costs that file.
        let measured = if go_on() {
            catch_unwind(AssertUnwindSafe(|| measure(&path, &go_on))).unwrap_or(Measured::Nothing)
        } else {
            Measured::NotNow
        };
        let _ = answer.send(measured);
    }
}

/// This thread gets what nobody else wants. Children, such as `ffmpeg`, inherit it.
fn lower_priority() {
    // Niceness is a thread's own on Linux, and the whole process's elsewhere.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(19) {
        tracing::debug!(%error, "loudness is measured at the usual priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::time::MediaTime;

    fn track(secs: i64, gain: Option<f64>, waits: bool) -> AlbumTrack {
        AlbumTrack {
            id: super::super::new_track_id(),
            duration: MediaTime::from_micros(secs * 1_000_000),
            gain: gain.map(Decibels::new),
            measured: gain.is_some(),
            waits,
        }
    }

    #[test]
    fn an_album_is_as_loud_as_the_mean_energy_of_its_tracks() {
        let both = [track(100, Some(-6.0), false), track(100, Some(-6.0), false)];
        assert_eq!(album_gain(&both), Some(Decibels::new(-6.0)));
        // A quiet track of the same length: half the energy, 3 dB less, and what the quiet one has.
        let one = [track(100, Some(-6.0), false), track(100, Some(14.0), false)];
        assert_eq!(album_gain(&one), Some(Decibels::new(-3.03)));
        let short = [track(300, Some(-6.0), false), track(1, Some(-16.0), false)];
        assert!((album_gain(&short).unwrap().db() + 6.13).abs() < 0.01);
    }

    #[test]
    fn a_silent_track_has_no_say_and_a_waiting_one_is_waited_for() {
        let silent = [track(100, Some(-6.0), false), track(100, None, false)];
        assert_eq!(album_gain(&silent), Some(Decibels::new(-6.0)));
        assert_eq!(album_gain(&[track(1, Some(-6.0), false), track(1, None, true)]), None);
        assert_eq!(album_gain(&[track(1, None, false)]), None);
    }
}

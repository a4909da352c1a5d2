//! Keeps the library in step with the disk while the server runs: a scan at first, and one whenever something below
//! the music folders has changed and settled. Run by `server` for as long as it lives.
//!
//! A change leads to a whole incremental scan and not to one of what changed: a walk costs little (manual/operations.md),
//! and it alone knows what moved. Changes that come while a scan runs, or right behind it, share the next.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify_debouncer_full::notify::{self, EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::mpsc;

use super::{Library, ScanError};
use crate::storage::Store;

/// How long nothing may happen to a file before it is looked at.
const SETTLES: Duration = Duration::from_secs(2);

/// How often the folders are scanned where the system does not tell of changes.
const POLL: Duration = Duration::from_mins(15);

/// When a folder that was not there is looked for again.
const FOLDER_AGAIN: Duration = Duration::from_mins(1);

/// When a file that was still being written is looked at again: after the first, doubled up to the last.
const NEXT_LOOK: [Duration; 2] = [Duration::from_secs(3), Duration::from_mins(1)];

/// After a scan, this many times as long as it took is rested: a folder in which something happens all the time
/// costs a fifth of one processor at most.
const REST: u32 = 4;

/// File systems of other machines, whose changes the system here does not hear of (as `/proc/self/mountinfo` calls
/// them).
const REMOTE: [&str; 11] =
    ["9p", "afs", "ceph", "cifs", "fuse.davfs", "fuse.rclone", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"];

/// How changes on the disk are noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// The system tells of them, or else they are looked for.
    #[default]
    Auto,
    /// They are looked for every 15 minutes.
    Poll,
    /// Only when somebody asks for a scan.
    Off,
}

impl Library {
    /// Scans the music folders, and again whenever something in them has changed, until it is dropped. See
    /// [`Library::scan`]; the library logs its failures itself.
    pub async fn keep_in_step(&self, store: &Store, roots: &[PathBuf], watch: Watch) {
        let mut look_again = NEXT_LOOK[0];
        let mut eyes = Eyes::open(roots, watch).await;
        loop {
            let started = now();
            let scanned = self.scan(store, roots).await;
            let rest = started.elapsed() * REST;
            let next = match &scanned {
                Err(ScanError::Folder { .. }) => Some(FOLDER_AGAIN),
                Ok(report) if report.unsettled > 0 => {
                    let next = look_again;
                    look_again = (look_again * 2).min(NEXT_LOOK[1]);
                    Some(next)
                }
                _ => {
                    look_again = NEXT_LOOK[0];
                    None
                }
            };
            tokio::time::sleep(rest).await;
            eyes.changed(next).await;
            if matches!(scanned, Err(ScanError::Folder { .. })) {
                // What was watched of a folder that went is watched no more, even when the folder is back.
                eyes = Eyes::open(roots, watch).await;
            }
        }
    }
}

/// What notices changes.
struct Eyes {
    /// Kept: dropping it ends the watch.
    _watcher: Option<Watcher>,
    changes: mpsc::Receiver<()>,
    /// Kept, so that the channel stays open without a watcher.
    _told: mpsc::Sender<()>,
    poll: Option<Duration>,
}

type Watcher = Debouncer<RecommendedWatcher, RecommendedCache>;

impl Eyes {
    async fn open(roots: &[PathBuf], watch: Watch) -> Self {
        let (told, changes) = mpsc::channel(1);
        let (teller, roots) = (told.clone(), roots.to_vec());
        let watcher = match watch {
            // Tens of thousands of folders take a moment.
            Watch::Auto => tokio::task::spawn_blocking(move || watcher(&roots, teller)).await.ok().flatten(),
            Watch::Poll | Watch::Off => None,
        };
        let poll = (watch != Watch::Off && watcher.is_none()).then_some(POLL);
        Self { _watcher: watcher, changes, _told: told, poll }
    }

    /// Waits until something has changed, or is to be looked for.
    async fn changed(&mut self, next: Option<Duration>) {
        let wait = [next, self.poll].into_iter().flatten().min();
        match wait {
            Some(wait) => {
                let _ = tokio::time::timeout(wait, self.changes.recv()).await;
            }
            None => {
                let _ = self.changes.recv().await;
            }
        }
    }
}

/// A watcher of all folders; `None`, with one warning, when one of them cannot be watched. Blocks.
fn watcher(roots: &[PathBuf], told: mpsc::Sender<()>) -> Option<Watcher> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let remote = |root: &PathBuf| {
        let path = root.canonicalize().ok()?;
        file_system(&mounts, &path).filter(|kind| REMOTE.contains(kind)).map(|kind| (root.clone(), kind))
    };
    if let Some((root, kind)) = roots.iter().find_map(remote) {
        tracing::warn!(
            path = %root.display(),
            file_system = kind,
            "changes on a network file system are not told: the music folders are scanned every 15 minutes instead, and on POST /api/library/scan"
        );
        return None;
    }
    let watcher = new_debouncer(SETTLES, None, move |happened: DebounceEventResult| {
        let counts = happened.is_ok_and(|events| events.iter().any(|event| counts(event)));
        if counts {
            // One that waits already is enough.
            let _ = told.try_send(());
        }
    });
    let watched = watcher.and_then(|mut watcher| {
        for root in roots {
            watcher.watch(root, RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    });
    match watched {
        Ok(watcher) => {
            tracing::debug!(folders = roots.len(), "the music folders are watched");
            Some(watcher)
        }
        Err(error) => {
            let advice = match error.kind {
                notify::ErrorKind::MaxFilesWatch => {
                    "raise the limit of the system: sysctl fs.inotify.max_user_watches=524288"
                }
                _ => "--watch poll says that this is as it should be",
            };
            tracing::warn!(
                %error,
                advice,
                "the music folders cannot be watched: they are scanned every 15 minutes instead, and on POST /api/library/scan"
            );
            None
        }
    }
}

/// Whether an event may change what the library has: not that a file was read, and not what happens to hidden
/// files.
fn counts(event: &notify::Event) -> bool {
    let hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    event.need_rescan()
        || (!matches!(event.kind, EventKind::Access(_))
            && (event.paths.is_empty() || !event.paths.iter().all(hidden)))
}

/// The type of the file system that a canonical path is on, from the text of `/proc/self/mountinfo` (proc(5)): the
/// mount point is the fifth field, the type the first behind the dash. Of several on the same point, the last.
fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (place, rest) = line.split_once(" - ")?;
        // Blanks and backslashes are written in octal.
        let point = place.split(' ').nth(4)?.replace("\\040", " ").replace("\\134", "\\");
        path.starts_with(&point).then(|| (point.len(), rest.split(' ').next()))
    };
    mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length)?.1
}

#[expect(clippy::disallowed_methods, reason = "how long a scan took; no time of a room hangs on it")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_another_machine_is_known_by_its_mount() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                      40 22 0:35 / /mnt/nas rw,relatime shared:2 - nfs4 nas:/music rw\n\
                      41 22 0:36 / /mnt/my\\040nas rw - cifs //nas/music rw\n";
        for (path, kind) in [
            ("/home/music", "ext4"),
            ("/mnt/nas/albums", "nfs4"),
            ("/mnt/nas2", "ext4"),
            ("/mnt/my nas", "cifs"),
        ] {
            assert_eq!(file_system(mounts, Path::new(path)), Some(kind), "{path}");
        }
        assert_eq!(file_system("", Path::new("/")), None);
    }

    #[test]
    fn reading_a_file_and_what_happens_to_hidden_ones_is_no_change() {
        let event = |kind, path: &str| notify::Event::new(kind).add_path(path.into());
        assert!(counts(&event(EventKind::Create(notify::event::CreateKind::File), "/m/a.mp3")));
        assert!(counts(&event(EventKind::Remove(notify::event::RemoveKind::Folder), "/m/a")));
        assert!(!counts(&event(EventKind::Access(notify::event::AccessKind::Read), "/m/a.mp3")));
        assert!(!counts(&event(EventKind::Create(notify::event::CreateKind::File), "/m/.part")));
    }
}

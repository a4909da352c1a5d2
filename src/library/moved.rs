//! Files that got another name or place, so that their tracks keep their ids and stay in the queues.

use std::collections::HashMap;
use std::path::PathBuf;

use super::walk::Candidate;
use crate::protocol::TrackId;
use crate::storage::KnownFile;

/// Finds the new files that are known files which are gone: of the same size and, to the nanosecond, of the
/// same time of change. Where two could be meant, none is.
pub(super) fn moved(gone: &[&KnownFile], new: &[&Candidate]) -> Vec<(TrackId, PathBuf)> {
    let mut old: HashMap<(u64, i64), Vec<&KnownFile>> = HashMap::new();
    for file in gone {
        old.entry((file.size, file.mtime_ns)).or_default().push(file);
    }
    let mut now: HashMap<(u64, i64), Vec<&Candidate>> = HashMap::new();
    for file in new {
        now.entry((file.size, file.mtime_ns)).or_default().push(file);
    }
    now.iter()
        .filter_map(|(same, now)| match (old.get(same)?.as_slice(), now.as_slice()) {
            ([old], [new]) => Some((old.id.clone(), new.path.clone())),
            _ => None,
        })
        .collect()
}

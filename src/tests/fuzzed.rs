//! What the fuzz targets of `end2end/fuzz` found worth keeping, tried again in every run: inputs that lead far, and
//! those that once broke something.

use std::path::{Path, PathBuf};

use crate::cli::texts;
use crate::library::everything;
use crate::sim::model::{self, browser, frames};

/// Endings of files, as the target `files` numbers them by the first byte.
const ENDINGS: [&str; 10] = ["mp3", "aac", "flac", "m4a", "wav", "ogg", "opus", "aiff", "ape", "wv"];

/// The kept inputs of a target, each with its name.
fn kept(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end/fuzz/kept").join(target);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> = paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    assert!(all.len() > 5, "nothing is kept of {target}");
    all
}

#[test]
fn kept_frames_are_read() {
    for (path, bytes) in kept("messages") {
        frames::read(&bytes).unwrap_or_else(|broken| panic!("{}: {broken}", path.display()));
    }
}

#[test]
fn kept_walks_through_a_room_keep_its_laws() {
    for (path, bytes) in kept("room") {
        model::walk(&bytes).unwrap_or_else(|broken| panic!("{}: {broken}", path.display()));
    }
}

#[test]
fn kept_walks_of_a_listener_end_well() {
    for (path, bytes) in kept("listener") {
        browser::walk(&bytes).unwrap_or_else(|broken| panic!("{}: {broken}", path.display()));
    }
}

#[test]
fn kept_files_are_read_in_every_way() {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in kept("files") {
        let Some((first, file)) = bytes.split_first() else { continue };
        let name = format!("file.{}", ENDINGS[usize::from(*first) % ENDINGS.len()]);
        let file_path = folder.path().join(name);
        std::fs::write(&file_path, file).unwrap();
        everything::read(&file_path).unwrap_or_else(|broken| panic!("{}: {broken}", path.display()));
    }
}

#[test]
fn kept_texts_mean_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in kept("texts") {
        texts::read(&bytes, folder.path()).unwrap_or_else(|broken| panic!("{}: {broken}", path.display()));
    }
}

//! A configuration, a description of a backup, a mark of life or a range: the first byte says which.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tutti::cli::read_text;

fuzz_target!(|bytes: &[u8]| {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let below = if memory.is_dir() { memory } else { std::env::temp_dir() };
        tempfile::tempdir_in(below).expect("a folder can be made").keep()
    });
    read_text(bytes, folder).unwrap_or_else(|broken| panic!("{broken}"));
});

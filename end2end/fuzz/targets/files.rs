//! A file that somebody brings: the first byte chooses its ending, and everything that reads files reads it.
//!
//! A decoder of others that panics costs that file alone, as the library sees to it; so only panics of our own count.
#![no_main]

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tutti::library::everything;

const ENDINGS: [&str; 10] = ["mp3", "aac", "flac", "m4a", "wav", "ogg", "opus", "aiff", "ape", "wv"];

fuzz_target!(|bytes: &[u8]| {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        set_hook(Box::new(|panic| {
            if panic.location().is_none_or(|place| !place.file().contains(".cargo/registry")) {
                eprintln!("{panic}");
                std::process::abort();
            }
        }));
        let memory = PathBuf::from("/dev/shm");
        let below = if memory.is_dir() { memory } else { std::env::temp_dir() };
        tempfile::tempdir_in(below).expect("a folder can be made").keep()
    });
    let Some((first, file)) = bytes.split_first() else { return };
    let path = folder.join(format!("file.{}", ENDINGS[usize::from(*first) % ENDINGS.len()]));
    std::fs::write(&path, file).expect("a file can be written");
    if let Ok(Err(broken)) = catch_unwind(AssertUnwindSafe(|| everything::read(&path))) {
        eprintln!("{broken}");
        std::process::abort();
    }
});

//! Frames of either side: whatever the text, reading it ends, and what was read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::sim::model::frames;

fuzz_target!(|bytes: &[u8]| frames::read(bytes).unwrap_or_else(|broken| panic!("{broken}")));

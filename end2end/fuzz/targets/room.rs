//! A room under arbitrary people, crashes included.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::sim::model;

fuzz_target!(|bytes: &[u8]| {
    model::walk(bytes).unwrap_or_else(|broken| panic!("{broken}"));
});

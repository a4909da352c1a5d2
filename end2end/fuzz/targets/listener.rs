//! A browser under arbitrary messages, elements, people and clocks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::sim::model::browser;

fuzz_target!(|bytes: &[u8]| browser::walk(bytes).unwrap_or_else(|broken| panic!("{broken}")));

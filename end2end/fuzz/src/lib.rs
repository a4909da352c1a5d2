//! What is fuzzed of Tutti: its own files, taken in by path. Only what a target calls is here.

#[path = "../../../src/listener/mod.rs"]
pub mod listener;
#[path = "../../../src/protocol/mod.rs"]
pub mod protocol;
#[path = "../../../src/room/mod.rs"]
pub mod room;
#[path = "../../../src/sim/mod.rs"]
pub mod sim;
#[path = "../../../src/sync/mod.rs"]
pub mod sync;

#[cfg(feature = "files")]
#[path = "../../../src/library/mod.rs"]
pub mod library;
#[cfg(feature = "files")]
#[path = "../../../src/storage/mod.rs"]
pub mod storage;

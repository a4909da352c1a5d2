//! Tutti: everyone in a room hears the same music at the same instant, in any browser.

#[cfg(feature = "ssr")]
pub mod library;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod storage;
pub mod sync;

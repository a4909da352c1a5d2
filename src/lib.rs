//! Tutti: everyone in a room hears the same music at the same instant, in any browser.

pub mod listener;
pub mod protocol;
pub mod room;
pub mod sim;
pub mod sync;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod library;
#[cfg(feature = "ssr")]
pub mod storage;

#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod server;

#[cfg(feature = "hydrate")]
pub mod client;

#[cfg(all(test, feature = "ssr"))]
mod tests;

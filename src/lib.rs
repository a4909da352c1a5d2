//! Tutti: everyone in a room hears the same music at the same instant, in any browser.

// Views are types, and a page is a deep one.
#![recursion_limit = "256"]

pub mod listener;
#[cfg(doc)]
pub mod manual;
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

/// Where the browser begins: takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::app::App);
}

#[cfg(all(test, feature = "ssr"))]
mod tests;

//! The REST API (manual/protocol.md). What may be asked of a room goes the same way as over its socket, through the same
//! parser and the same permission table; here are only addresses, rights and forms.

mod additions;
mod body;
mod browse;
mod error;
mod form;
mod health;
mod playback;
mod queue;
mod rooms;
mod scan;
mod tracks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, delete, get, post};

pub use error::ApiError;

use super::origin;
use super::state::AppState;
use crate::protocol::limits;

/// The routes below `/api`. What is not one of them is a problem document, not a page.
pub fn api() -> Router<AppState> {
    Router::new()
        .route("/rooms", get(rooms::list).post(rooms::create))
        .route("/rooms/{code}", get(rooms::show).delete(rooms::remove))
        .route("/rooms/{code}/clients", get(rooms::clients))
        .route("/rooms/{code}/playback", get(playback::show))
        .route("/rooms/{code}/playback/{action}", post(playback::act))
        .route("/rooms/{code}/queue", get(queue::show).post(queue::add).delete(queue::clear))
        .route("/rooms/{code}/queue/{entry}", delete(queue::remove).patch(queue::place))
        .route("/folders", get(browse::folders))
        .route("/artists", get(browse::artists))
        .route("/albums", get(browse::albums))
        .route("/tracks", uploads().get(tracks::list))
        .route("/tracks/links", post(additions::link))
        .route("/tracks/{id}", get(tracks::show).delete(additions::remove))
        .route("/tracks/{id}/artwork", get(tracks::artwork))
        .route("/library/scan", get(scan::show).post(scan::start).delete(scan::cancel))
        .fallback(error::no_such_address)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(limits::FRAME_BYTES))
        .layer(from_fn(origin::guard))
}

/// Files are larger than messages, and bounded where they are read.
fn uploads() -> MethodRouter<AppState> {
    post(additions::upload).layer(DefaultBodyLimit::disable())
}

/// Whether the server lives, and whether it can work.
pub fn health() -> Router<AppState> {
    Router::new().route("/healthz", get(health::lives)).route("/readyz", get(health::is_ready))
}

//! Which address leads where.

use std::any::Any;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use super::rest::ApiError;
use super::state::AppState;
use super::{cors, front, headers, media, metrics, origin, pages, requests, rest, socket, trickle};
use crate::protocol::ErrorCode;

/// The whole application.
pub fn app(state: AppState) -> Router {
    // Audio is compressed already, and its ranges count bytes of the file.
    let worth_it = DefaultPredicate::new()
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("video/"));
    let audio = Router::new().route("/media/{track}/{rendition}", get(media::serve));
    let router = Router::new()
        .nest("/api", rest::api(&state))
        .merge(pages::pages(&state).layer(from_fn(origin::guard)))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .merge(rest::health())
        .merge(metrics::scrape::metrics())
        .route("/ws/{code}", get(socket::upgrade))
        .merge(cors::open_to(audio, &state.front.cors_origins))
        .layer(from_fn(trickle::bounded))
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn_with_state(state.clone(), metrics::http::measure));
    let front = state.front.clone();
    requests::logged(router)
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(front, front::look))
        .with_state(state)
}

/// A handler panicked: the others go on, and whoever asked gets an answer.
fn broken(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(what, "a request handler panicked");
    ApiError::from(ErrorCode::Unknown).into_response()
}

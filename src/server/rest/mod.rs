//! The REST API (manual/protocol.md). What may be asked of a room goes the same way as over its socket, through the same
//! parser and the same permission table; here are only addresses, rights and forms. A route is made together with its
//! description ([`openapi`]), so there is none without.

mod additions;
mod body;
mod browse;
mod clients;
mod docs;
mod error;
mod extract;
mod form;
mod health;
mod openapi;
mod outside;
mod playback;
mod queue;
mod refusals;
mod retries;
mod rooms;
mod scan;
mod schema;
mod server;
mod tracks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub use error::ApiError;
pub use retries::Retries;

use super::state::AppState;
use super::{cors, origin};
use crate::protocol::limits;

/// The routes below `/api`. What is not one of them is a problem document, not a page.
pub fn api(state: &AppState) -> Router<AppState> {
    let (router, routes) = described(state).split_for_parts();
    let router = router
        .merge(openapi::served(&openapi::description(routes)))
        .merge(docs::served())
        .fallback(error::no_such_address)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(limits::FRAME_BYTES))
        .layer(from_fn(origin::guard));
    cors::open_to(router, &state.front.cors_origins)
}

fn described(state: &AppState) -> OpenApiRouter<AppState> {
    // What would hurt when it is done twice.
    let once = |route: UtoipaMethodRouter<AppState>| {
        UtoipaMethodRouterExt::layer(route, from_fn_with_state(state.clone(), retries::once))
    };
    OpenApiRouter::new()
        .routes(routes!(rooms::list))
        .routes(once(routes!(rooms::create)))
        .routes(routes!(rooms::show, rooms::change, rooms::remove))
        .routes(routes!(playback::show))
        .routes(once(routes!(playback::play)))
        .routes(once(routes!(playback::pause)))
        .routes(once(routes!(playback::resume)))
        .routes(once(routes!(playback::seek)))
        .routes(once(routes!(playback::stop)))
        .routes(once(routes!(playback::next)))
        .routes(once(routes!(playback::previous)))
        .routes(once(routes!(playback::volume)))
        .routes(once(routes!(playback::repeat)))
        .routes(routes!(queue::show, queue::clear))
        .routes(once(routes!(queue::add)))
        .routes(routes!(queue::remove, queue::place))
        .routes(routes!(queue::shuffle))
        .routes(routes!(queue::history))
        .routes(routes!(clients::list))
        .routes(routes!(clients::show, clients::set_role, clients::kick))
        .routes(routes!(clients::pardon))
        .routes(routes!(clients::sync_all))
        .routes(routes!(clients::chat))
        .routes(routes!(browse::folders))
        .routes(routes!(browse::artists))
        .routes(routes!(browse::albums))
        .routes(routes!(tracks::list))
        // Files are larger than messages, and bounded where they are read.
        .routes(UtoipaMethodRouterExt::layer(routes!(additions::upload), DefaultBodyLimit::disable()))
        .routes(routes!(additions::link))
        .routes(routes!(tracks::show, additions::remove))
        .routes(routes!(tracks::artwork))
        .routes(routes!(scan::show, scan::start, scan::cancel))
        .routes(routes!(server::show))
}

/// Whether the server lives, and whether it can work.
pub fn health() -> Router<AppState> {
    Router::new().route("/healthz", get(health::lives)).route("/readyz", get(health::is_ready))
}

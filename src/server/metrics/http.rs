//! What requests take, by the template of their route: an address that somebody made up makes no new label.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics::SharedString;

use super::{OTHER, histogram, table};
use crate::server::state::AppState;

/// Counts a request once the head of its answer is there.
pub async fn measure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = route(&request);
    let method = method(request.method());
    let began = state.clock.now();
    let response = next.run(request).await;
    let took = state.clock.now() - began;
    let labels =
        [route, SharedString::const_str(method), SharedString::const_str(class(response.status().as_u16()))];
    histogram(&state.metrics.recorder, &table::HTTP, &labels).record(took.as_secs());
    response
}

/// The template of the route, such as `/api/rooms/{code}`.
fn route(request: &Request) -> SharedString {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or(SharedString::const_str(OTHER), |path| path.as_str().to_owned().into())
}

/// Anybody can invent a method.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

const fn class(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

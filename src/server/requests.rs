//! What the log says of a request: every line that is written while it is carried out has its `request_id`, its method
//! and its route. The answer has the id as `X-Request-Id`, so that whoever was refused can say which line is theirs.
//!
//! The address of the page is not written, because what stands in it may be a secret; its route's template is. Who asks is
//! not written at all.

use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Response;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// The longest id of a proxy that is taken over.
const LONGEST_ID: usize = 64;

/// Gives every request of this router an id, and its lines in the log a place.
pub fn logged<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    // What fails says so itself, where it is handled, with more than a status.
    let lines = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(answered)
        .on_failure(())
        .on_body_chunk(())
        .on_eos(());
    router
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(lines)
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str);
    tracing::info_span!(
        "request",
        request_id = id.filter(|id| is_plain(id)).unwrap_or("-"),
        method = %request.method(),
        route
    )
}

/// Anybody can send an id; what is none of a proxy's does not get into the log.
fn is_plain(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn answered<B>(answer: &Response<B>, took: Duration, _: &Span) {
    let took_ms = took.as_secs_f64() * 1_000.0;
    tracing::debug!(status = answer.status().as_u16(), took_ms, "answered");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_somebody_made_up_is_not_written() {
        assert!(is_plain("0190b6b2-6f2f-7cc0-9a49-1f2c3d4e5f60"));
        for id in ["", "a b", "x\u{1b}[31m", &"x".repeat(65)] {
            assert!(!is_plain(id), "{id:?}");
        }
    }
}

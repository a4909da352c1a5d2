//! Pages of other sites that an operator named: they may use the REST API and the audio, by a token. Nobody is let in
//! unless named, and a cookie of ours never counts for such a page: it is taken from the request before anybody looks.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, ORIGIN,
    RANGE,
};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::CorsLayer;

/// How long a browser remembers what it may, before it asks again.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Lets pages of these origins use what this router answers; with none of them, nothing is changed.
pub fn open_to<S: Clone + Send + Sync + 'static>(router: Router<S>, origins: &[String]) -> Router<S> {
    let origins: Arc<[HeaderValue]> = origins.iter().filter_map(|origin| header(origin)).collect();
    if origins.is_empty() {
        return router;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            RANGE,
            IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([LOCATION, ETAG])
        .max_age(REMEMBERED);
    router.layer(from_fn_with_state(origins, without_cookie)).layer(layer)
}

/// An origin as browsers write it: in lower case, and without a slash at the end.
fn header(origin: &str) -> Option<HeaderValue> {
    let plain = origin.trim().trim_end_matches('/').to_ascii_lowercase();
    let named = plain.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
    let header = HeaderValue::from_str(&plain).ok().filter(|_| named);
    if header.is_none() {
        tracing::warn!(origin, "this is no origin, and no page is let in by it");
    }
    header
}

/// A page of another site has no cookie of ours, also when a browser would send one.
async fn without_cookie(
    State(named): State<Arc<[HeaderValue]>>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.headers().get(ORIGIN).is_some_and(|origin| named.contains(origin)) {
        request.headers_mut().remove(COOKIE);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_people_write_it() {
        assert_eq!(header(" https://Home.example/ ").unwrap(), "https://home.example");
        for bad in ["", "*", "home.example", "https://", "https://home.example/app", "https://a\nb"] {
            assert!(header(bad).is_none(), "{bad}");
        }
    }
}

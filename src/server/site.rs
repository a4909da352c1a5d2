//! What was built for browsers: the site's folder as it is, compressed where the build left `.br` or `.gz` beside a
//! file. Names with a hash never change their content and are kept for a year.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::services::ServeDir;

/// The folder of the hashed files.
const PKG: &str = "/pkg/";

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the files of a folder, and else what `otherwise` says.
pub fn files(site_root: &Path, hashed: bool, otherwise: Router) -> Router {
    let files = ServeDir::new(site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(otherwise);
    Router::new()
        .fallback_service(files)
        .layer(axum::middleware::from_fn(move |request: Request, next: Next| cached(request, next, hashed)))
}

async fn cached(request: Request, next: Next, hashed: bool) -> Response {
    let forever = hashed && request.uri().path().starts_with(PKG);
    let mut response = next.run(request).await;
    let status = response.status();
    let good = status.is_success() || status.as_u16() == 304;
    response.headers_mut().entry(CACHE_CONTROL).or_insert(if forever && good { FOREVER } else { ASK_AGAIN });
    response
}

//! A request, answered with one file: ranges, conditions and validators are `tower-http`'s, but for `If-Range`, which it
//! does not know. Called by the route of audio.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ETAG, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::backend::OneFile;
use crate::library::Audio;

/// One file, served.
type Serving = ServeDir<tower_http::services::fs::DefaultServeDirFallback, OneFile>;

/// The file, the part of it that is asked for, or why neither. Its type and for how long it may be kept is not said.
pub async fn answer(audio: Audio, mut request: Request) -> Response {
    // The service finds its file by the address; there is only one.
    *request.uri_mut() = Uri::from_static("/audio");
    let file = ServeDir::with_backend("", OneFile(audio)).ignore_multi_range_requests(true);
    if let Some(condition) = request.headers_mut().remove(IF_RANGE)
        && !is_current(&file, &condition).await
    {
        request.headers_mut().remove(RANGE);
    }
    served(file, request).await
}

/// Whether a validator of `If-Range` is that of the file as it is now (RFC 9110 §13.1.5). What is the file's validator
/// `tower-http` says itself.
async fn is_current(file: &Serving, condition: &HeaderValue) -> bool {
    let head = Request::builder().method(Method::HEAD).uri("/audio").body(Body::empty()).unwrap_or_default();
    let response = served(file.clone(), head).await;
    let equals = |headers: &HeaderMap, name| headers.get(name) == Some(condition);
    equals(response.headers(), ETAG) || equals(response.headers(), LAST_MODIFIED)
}

async fn served(file: Serving, request: Request) -> Response {
    match file.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

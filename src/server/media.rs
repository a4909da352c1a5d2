//! The audio itself: files that the library knows, for members of any room. Ranges, conditions and validators are
//! `tower-http`'s; a path never comes from the request.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::caller::Caller;
use super::rest::ApiError;
use super::state::AppState;
use crate::library::ORIGINAL;
use crate::protocol::ErrorCode;

/// A track may be played for a day without asking again; its validators tell when its file has changed.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=86400");

/// `GET|HEAD /media/{trackId}/{rendition}`.
///
/// # Errors
/// 401, 403 or 404.
pub async fn serve(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, rendition)): Path<(String, String)>,
    mut request: Request,
) -> Result<Response, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    if rendition != ORIGINAL {
        return Err(ErrorCode::NoSuchTrack.into());
    }
    let track = state.track(&id).await?;
    let mime = HeaderValue::from_str(&track.mime).map_err(|_| ErrorCode::NoSuchTrack)?;
    let file = ServeFile::new(&track.path).ignore_multi_range_requests(true);
    if let Some(condition) = request.headers_mut().remove(IF_RANGE)
        && !is_current(&file, &condition).await
    {
        request.headers_mut().remove(RANGE);
    }
    let response = answer(file, request).await;
    let status = response.status();
    if status.is_success() || status.is_redirection() || status.as_u16() == 416 {
        let mut response = response;
        let headers = response.headers_mut();
        if headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, mime);
        }
        headers.insert(CACHE_CONTROL, CACHE);
        return Ok(response);
    }
    if status.is_client_error() && status.as_u16() != 404 {
        return Ok(response);
    }
    tracing::warn!(track = %id, %status, "a file of the library cannot be read");
    Err(ErrorCode::NoSuchTrack.into())
}

/// Whether a validator of `If-Range` is that of the file as it is now (RFC 9110 §13.1.5). `tower-http` knows the
/// other conditions; what is the file's validator it says itself.
async fn is_current(file: &ServeFile, condition: &HeaderValue) -> bool {
    let head = Request::builder().method(Method::HEAD).body(Body::empty()).unwrap_or_default();
    let response = answer(file.clone(), head).await;
    let equals = |headers: &HeaderMap, name| headers.get(name) == Some(condition);
    equals(response.headers(), ETAG) || equals(response.headers(), LAST_MODIFIED)
}

async fn answer(file: ServeFile, request: Request) -> Response {
    match file.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

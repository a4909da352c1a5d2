//! The audio itself: renditions of files that the library knows, for members of any room. Ranges, conditions and
//! validators are `tower-http`'s; a path never comes from the request.

mod backend;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::caller::Caller;
use super::rest::ApiError;
use super::state::AppState;
use crate::library::renditions::FileState;
use crate::library::{Audio, NoRendition};
use crate::protocol::ErrorCode;
use crate::storage::TrackRecord;
use backend::OneFile;

/// What is named by its version never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// What is not may be kept, but is asked for again; its validators tell when it has changed.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// What follows an address of audio.
#[derive(Debug, Deserialize)]
pub struct Which {
    /// The version of the track that is wanted.
    v: Option<String>,
}

/// `GET|HEAD /media/{trackId}/{rendition}?v={version}`.
///
/// # Errors
/// 401, 403 or 404; 409 when it needs an encoder and there is none; 503 when it cannot be made.
pub async fn serve(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, rendition)): Path<(String, String)>,
    Query(which): Query<Which>,
    mut request: Request,
) -> Result<Response, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let track = state.track(&id).await?;
    let audio =
        state.renditions.get(&track, &rendition).await.map_err(|why| refusal(&id, &rendition, &why))?;
    let mime = HeaderValue::from_str(audio.mime()).map_err(|_| ErrorCode::NoSuchTrack)?;
    let cache = if is_named_by_version(&track, &which, &audio) { FOR_EVER } else { ASK_AGAIN };
    // The service finds its file by the address; there is only one.
    *request.uri_mut() = Uri::from_static("/audio");
    let file = ServeDir::with_backend("", OneFile(audio)).ignore_multi_range_requests(true);
    if let Some(condition) = request.headers_mut().remove(IF_RANGE)
        && !is_current(&file, &condition).await
    {
        request.headers_mut().remove(RANGE);
    }
    let mut response = answer(file, request).await;
    let status = response.status();
    if status.is_success() || status.is_redirection() || status.as_u16() == 416 {
        let headers = response.headers_mut();
        if headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, mime);
        }
        headers.insert(CACHE_CONTROL, cache);
        return Ok(response);
    }
    if status.is_client_error() && status.as_u16() != 404 {
        return Ok(response);
    }
    tracing::warn!(track = %id, %status, "a file of the library cannot be read");
    Err(ErrorCode::NoSuchTrack.into())
}

/// Whether the address says which content it wants, and the file is of that content.
fn is_named_by_version(track: &TrackRecord, which: &Which, audio: &Audio) -> bool {
    let version = which.v.as_deref().filter(|version| !version.is_empty());
    version == Some(track.version.as_str())
        && audio.original() == (FileState { size: track.size, mtime_ns: track.mtime_ns })
}

/// What is told of a rendition that there is not. What is wrong with a file is the operator's to know.
fn refusal(id: &str, rendition: &str, why: &NoRendition) -> ApiError {
    match why {
        NoRendition::NeedsEncoder => return ErrorCode::NeedsEncoder.into(),
        NoRendition::NoSuch => return ErrorCode::NoSuchTrack.into(),
        NoRendition::Failed(_) => {
            tracing::warn!(track = %id, rendition, %why, "a rendition cannot be made");
            return ApiError::new(ErrorCode::Unavailable, "This rendition could not be made.");
        }
        NoRendition::Gone | NoRendition::Unreadable(_) => {
            tracing::warn!(track = %id, rendition, %why, "a file of the library cannot be read");
        }
    }
    ErrorCode::NoSuchTrack.into()
}

/// Whether a validator of `If-Range` is that of the file as it is now (RFC 9110 §13.1.5). `tower-http` knows the
/// other conditions; what is the file's validator it says itself.
async fn is_current(file: &Serving, condition: &HeaderValue) -> bool {
    let head = Request::builder().method(Method::HEAD).uri("/audio").body(Body::empty()).unwrap_or_default();
    let response = answer(file.clone(), head).await;
    let equals = |headers: &HeaderMap, name| headers.get(name) == Some(condition);
    equals(response.headers(), ETAG) || equals(response.headers(), LAST_MODIFIED)
}

/// One file, served.
type Serving = ServeDir<tower_http::services::fs::DefaultServeDirFallback, OneFile>;

async fn answer(file: Serving, request: Request) -> Response {
    match file.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

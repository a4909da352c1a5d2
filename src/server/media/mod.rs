//! The audio itself: renditions of files that the library knows, for members of any room. A path never comes from the
//! request; what of the file it wants, [`one_file`] knows.

mod backend;
pub mod one_file;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use serde::Deserialize;

use super::caller::Caller;
use super::rest::ApiError;
use super::state::AppState;
use crate::library::renditions::FileState;
use crate::library::{Audio, NoRendition};
use crate::protocol::ErrorCode;
use crate::storage::TrackRecord;

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
    request: Request,
) -> Result<Response, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let track = state.track(&id).await?;
    let audio =
        state.renditions.get(&track, &rendition).await.map_err(|why| refusal(&id, &rendition, &why))?;
    let mime = HeaderValue::from_str(audio.mime()).map_err(|_| ErrorCode::NoSuchTrack)?;
    let cache = if is_named_by_version(&track, &which, &audio) { FOR_EVER } else { ASK_AGAIN };
    let mut response = one_file::answer(audio, request).await;
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

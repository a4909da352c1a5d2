//! The library, for members of any room: a page of it, one track, its artwork.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::library::CoverSize;
use crate::protocol::ErrorCode;
use crate::protocol::snapshot::TrackInfo;
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::storage::{ArtworkPlace, Order, TrackPage, TrackQuery, TrackRecord};

/// A picture may be shown for a day without asking again.
const ARTWORK_CACHE: HeaderValue = HeaderValue::from_static("private, max-age=86400");

/// One that is in the file, asked for by the version of the file, never becomes another.
const ARTWORK_FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// A track as programs see it: not where it lies on the disk.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    #[serde(flatten)]
    info: TrackInfo,
    folder: String,
    mime: String,
    size_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    album_artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disc: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
}

impl From<TrackRecord> for Shown {
    fn from(track: TrackRecord) -> Self {
        Self {
            info: track.info,
            folder: track.folder,
            mime: track.mime,
            size_bytes: track.size,
            album_artist: track.album_artist,
            disc: track.disc,
            number: track.number,
            year: track.year,
            genre: track.genre,
        }
    }
}

/// A page of tracks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    tracks: Vec<Shown>,
    total: u64,
    /// There are more than `total`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    total_is_least: bool,
    next_cursor: Option<String>,
}

impl From<TrackPage> for Page {
    fn from(page: TrackPage) -> Self {
        Self {
            tracks: page.tracks.into_iter().map(Into::into).collect(),
            total: page.total,
            total_is_least: page.total_is_least,
            next_cursor: page.next_cursor,
        }
    }
}

/// Which tracks somebody wants. The numbers are text here, so that a bad one is refused like every bad value.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Wanted {
    query: Option<String>,
    folder: Option<String>,
    artist: Option<String>,
    album: Option<String>,
    album_artist: Option<String>,
    sort: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// How many lines of a page are wanted.
pub(super) fn page_length(limit: Option<String>) -> Result<Option<u32>, ApiError> {
    limit
        .map(|limit| limit.parse().ok().filter(|limit| *limit > 0).ok_or(ErrorCode::BadValue.into()))
        .transpose()
}

pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let order = match wanted.sort.as_deref() {
        None | Some("library") => Order::Library,
        Some("added") => Order::Added,
        Some(_) => return Err(ErrorCode::BadValue.into()),
    };
    let query = TrackQuery {
        text: wanted.query,
        folder: wanted.folder,
        folder_only: false,
        artist: wanted.artist,
        album: wanted.album,
        album_artist: wanted.album_artist,
        order,
        limit: page_length(wanted.limit)?,
        cursor: wanted.cursor,
    };
    Ok(Json(state.store.tracks(&query).await?.into()))
}

pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Shown>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    Ok(Json(state.track(&id).await?.into()))
}

/// Which picture somebody wants; the number is text, as in [`Wanted`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WantedPicture {
    size: Option<String>,
    v: Option<String>,
}

pub(super) async fn artwork(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(wanted): Query<WantedPicture>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let size = wanted
        .size
        .map(|size| size.parse().ok().and_then(CoverSize::at_least).ok_or(ErrorCode::BadValue))
        .transpose()?;
    let track = state.track(&id).await?;
    let cover = state
        .covers
        .get(&track, size)
        .await
        .ok_or_else(|| ApiError::new(ErrorCode::NoSuchTrack, "This track has no artwork."))?;
    let of_this_state = wanted.v.is_some_and(|version| version == track.version)
        && track.artwork == Some(ArtworkPlace::Embedded);
    let cache = if of_this_state { ARTWORK_FOR_EVER } else { ARTWORK_CACHE };
    let etag = format!("\"{}\"", cover.name);
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let etag = HeaderValue::from_str(&etag).map_err(|_| ErrorCode::Unavailable)?;
    let validators = [(ETAG, etag), (CACHE_CONTROL, cache)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, validators).into_response());
    }
    let mime = HeaderValue::from_static(cover.image.mime);
    Ok((validators, [(CONTENT_TYPE, mime)], Bytes::from(cover.image.bytes)).into_response())
}

impl AppState {
    /// A track that can be played.
    ///
    /// # Errors
    /// 404.
    pub async fn track(&self, id: &str) -> Result<TrackRecord, ApiError> {
        let id = id.parse().map_err(|_| ErrorCode::NoSuchTrack)?;
        self.store
            .track(&id)
            .await?
            .filter(|track| !track.missing)
            .ok_or_else(|| ErrorCode::NoSuchTrack.into())
    }
}

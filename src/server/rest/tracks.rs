//! The library, for members of any room: a page of it, one track, its artwork.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Path, Query};
use super::{ApiError, refusals, schema};
use crate::library::CoverSize;
use crate::protocol::snapshot::TrackInfo;
use crate::protocol::{ErrorCode, TrackId};
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
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TrackPage)]
pub(super) struct Page {
    #[schema(value_type = Vec<schema::LibraryTrack>)]
    pub(super) tracks: Vec<Shown>,
    /// On all pages.
    pub(super) total: u64,
    /// There are more than `total`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(super) total_is_least: bool,
    /// Leads to the next page.
    #[schema(required)]
    pub(super) next_cursor: Option<String>,
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
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Wanted {
    /// Words that begin words of title, artist, album or file name, whatever their case and diacritics.
    #[param(nullable = false)]
    query: Option<String>,
    /// In this folder and below.
    #[param(nullable = false)]
    folder: Option<String>,
    /// By this artist or album artist.
    #[param(nullable = false)]
    artist: Option<String>,
    /// Of this album.
    #[param(nullable = false)]
    album: Option<String>,
    /// Of this name in the list of artists: the album artist, or the artist of what has none. Empty: of nobody.
    #[param(nullable = false)]
    album_artist: Option<String>,
    /// The order: that of the library, or the latest first.
    #[param(value_type = Option<Sort>, nullable = false)]
    sort: Option<String>,
    /// Tracks of a page: 100 unless given, 500 at most.
    #[param(value_type = Option<u32>, minimum = 1, nullable = false)]
    limit: Option<String>,
    /// The `nextCursor` of the page before, of the same request.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// In which order tracks are wanted, for the description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the description reads it")]
enum Sort {
    Library,
    Added,
}

/// How many lines of a page are wanted. More than a page ever has is no mistake.
pub(super) fn page_length(limit: Option<String>) -> Result<Option<u32>, ApiError> {
    let Some(limit) = limit else { return Ok(None) };
    if limit.is_empty() || !limit.bytes().all(|b| b.is_ascii_digit()) || limit.bytes().all(|b| b == b'0') {
        return Err(ApiError::new(ErrorCode::BadValue, "A limit is a number of 1 and more."));
    }
    Ok(Some(limit.parse().unwrap_or(u32::MAX)))
}

/// A track of the library.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OfTrack {
    /// The track.
    #[param(value_type = TrackId)]
    pub(super) id: String,
}

/// The library, page by page. Without an order of their own, the titles that fit the query best come first.
#[utoipa::path(
    get, path = "/tracks", tag = "library", params(Wanted),
    responses((status = 200, description = "A page of tracks.", body = Page), refusals::LibraryPage)
)]
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

/// One track.
#[utoipa::path(
    get, path = "/tracks/{id}", tag = "library", params(OfTrack),
    responses((status = 200, description = "The track.", body = schema::LibraryTrack), refusals::Track)
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfTrack { id }): Path<OfTrack>,
) -> Result<Json<Shown>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    Ok(Json(state.track(&id).await?.into()))
}

/// Which picture somebody wants; the number is text, as in [`Wanted`].
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct WantedPicture {
    /// A JPEG that fits into a square of 96, 320, 640 or 1024 pixels, the next larger of these; absent: the original.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1024, nullable = false)]
    size: Option<String>,
    /// As in `artworkUrl`: the picture may then be kept for ever.
    #[param(nullable = false)]
    v: Option<String>,
}

/// The artwork of a track.
#[utoipa::path(
    get, path = "/tracks/{id}/artwork", tag = "library",
    params(OfTrack, WantedPicture, ("If-None-Match" = Option<String>, Header, description = "An `ETag`.", nullable = false)),
    responses(
        (status = 200, description = "A picture.", content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif"),
        ), headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "It is still the same picture."),
        refusals::Artwork,
    )
)]
pub(super) async fn artwork(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfTrack { id }): Path<OfTrack>,
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

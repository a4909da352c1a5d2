//! The library by folder, artist and album, for members of any room.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::Query;
use super::tracks::{Page, Shown, page_length};
use super::{ApiError, refusals, schema};
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::storage::{AlbumCount, ArtistCount, Folder, GroupQuery, TrackQuery};

/// A folder: what is in it, and a page of the tracks that are directly in it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FolderPage {
    path: String,
    /// All folders that are directly in it.
    folders: Vec<FolderLine>,
    #[schema(value_type = Vec<schema::LibraryTrack>)]
    tracks: Vec<Shown>,
    /// On all pages.
    total: u64,
    /// Leads to the next page.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Folder)]
struct FolderLine {
    path: String,
    name: String,
    /// In it and below.
    tracks: u64,
}

impl From<Folder> for FolderLine {
    fn from(Folder { path, name, tracks }: Folder) -> Self {
        Self { path, name, tracks }
    }
}

/// Which folder somebody wants.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct WantedFolder {
    /// The folder; empty: the uppermost.
    #[param(required = false)]
    path: String,
    /// Tracks of a page: 100 unless given, 500 at most.
    #[param(value_type = Option<u32>, minimum = 1, nullable = false)]
    limit: Option<String>,
    /// The `nextCursor` of the page before, of the same request.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// What is in a folder: all its folders, and a page of the tracks that are directly in it.
#[utoipa::path(
    get, path = "/folders", tag = "library", params(WantedFolder),
    responses((status = 200, description = "The folder.", body = FolderPage), refusals::LibraryPage)
)]
pub(super) async fn folders(
    State(state): State<AppState>,
    caller: Caller,
    Query(wanted): Query<WantedFolder>,
) -> Result<Json<FolderPage>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let path = wanted.path.trim_matches('/').to_owned();
    let query = TrackQuery {
        folder: Some(path.clone()),
        folder_only: true,
        limit: page_length(wanted.limit)?,
        cursor: wanted.cursor,
        ..TrackQuery::default()
    };
    let Page { tracks, total, next_cursor, .. } = state.store.tracks(&query).await?.into();
    let folders = state.store.folders(&path).await?.into_iter().map(Into::into).collect();
    Ok(Json(FolderPage { path, folders, tracks, total, next_cursor }))
}

/// Which artists or albums somebody wants.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Wanted {
    /// Words that begin words of the name, whatever their case and diacritics.
    #[param(nullable = false)]
    query: Option<String>,
    /// Of this artist; counts for albums alone.
    #[param(nullable = false)]
    artist: Option<String>,
    /// Lines of a page: 100 unless given, 500 at most.
    #[param(value_type = Option<u32>, minimum = 1, nullable = false)]
    limit: Option<String>,
    /// The `nextCursor` of the page before, of the same request.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl Wanted {
    fn parse(self) -> Result<GroupQuery, ApiError> {
        let limit = page_length(self.limit)?;
        Ok(GroupQuery { text: self.query, artist: self.artist, limit, cursor: self.cursor })
    }
}

/// A page of artists.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtistPage {
    artists: Vec<ArtistLine>,
    /// On all pages.
    total: u64,
    /// Leads to the next page.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Artist)]
struct ArtistLine {
    artist: String,
    tracks: u64,
    albums: u64,
}

impl From<ArtistCount> for ArtistLine {
    fn from(ArtistCount { artist, tracks, albums }: ArtistCount) -> Self {
        Self { artist, tracks, albums }
    }
}

/// The artists of the library: album artists, and the artists of what has none.
#[utoipa::path(
    get, path = "/artists", tag = "library", params(Wanted),
    responses((status = 200, description = "A page of artists.", body = ArtistPage), refusals::LibraryPage)
)]
pub(super) async fn artists(
    State(state): State<AppState>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ArtistPage>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let page = state.store.artists(&wanted.parse()?).await?;
    let artists = page.groups.into_iter().map(Into::into).collect();
    Ok(Json(ArtistPage { artists, total: page.total, next_cursor: page.next_cursor }))
}

/// A page of albums.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlbumPage {
    albums: Vec<AlbumLine>,
    /// On all pages.
    total: u64,
    /// Leads to the next page.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Album)]
struct AlbumLine {
    album: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    year: Option<u32>,
    tracks: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    artwork_url: Option<String>,
}

impl From<AlbumCount> for AlbumLine {
    fn from(AlbumCount { album, artist, year, tracks, artwork_url }: AlbumCount) -> Self {
        Self { album, artist, year, tracks, artwork_url }
    }
}

/// The albums of the library, or of one artist.
#[utoipa::path(
    get, path = "/albums", tag = "library", params(Wanted),
    responses((status = 200, description = "A page of albums.", body = AlbumPage), refusals::LibraryPage)
)]
pub(super) async fn albums(
    State(state): State<AppState>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<AlbumPage>, ApiError> {
    state.must_be_member_anywhere(&caller).await?;
    let page = state.store.albums(&wanted.parse()?).await?;
    let albums = page.groups.into_iter().map(Into::into).collect();
    Ok(Json(AlbumPage { albums, total: page.total, next_cursor: page.next_cursor }))
}

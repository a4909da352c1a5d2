//! The library by folder, artist and album, for members of any room.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::tracks::{self, page_length};
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::storage::{AlbumCount, ArtistCount, Folder, GroupQuery, TrackQuery};

/// A folder: what is in it, and a page of the tracks that are directly in it.
#[derive(Serialize)]
pub(super) struct FolderPage {
    path: String,
    folders: Vec<FolderLine>,
    #[serde(flatten)]
    page: tracks::Page,
}

#[derive(Serialize)]
struct FolderLine {
    path: String,
    name: String,
    tracks: u64,
}

impl From<Folder> for FolderLine {
    fn from(Folder { path, name, tracks }: Folder) -> Self {
        Self { path, name, tracks }
    }
}

/// Which folder somebody wants.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WantedFolder {
    path: String,
    limit: Option<String>,
    cursor: Option<String>,
}

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
    let page = state.store.tracks(&query).await?.into();
    let folders = state.store.folders(&path).await?.into_iter().map(Into::into).collect();
    Ok(Json(FolderPage { path, folders, page }))
}

/// Which artists or albums somebody wants.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    query: Option<String>,
    artist: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

impl Wanted {
    fn parse(self) -> Result<GroupQuery, ApiError> {
        let limit = page_length(self.limit)?;
        Ok(GroupQuery { text: self.query, artist: self.artist, limit, cursor: self.cursor })
    }
}

/// A page of artists.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtistPage {
    artists: Vec<ArtistLine>,
    total: u64,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
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
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlbumPage {
    albums: Vec<AlbumLine>,
    total: u64,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlbumLine {
    album: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u32>,
    tracks: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artwork_url: Option<String>,
}

impl From<AlbumCount> for AlbumLine {
    fn from(AlbumCount { album, artist, year, tracks, artwork_url }: AlbumCount) -> Self {
        Self { album, artist, year, tracks, artwork_url }
    }
}

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

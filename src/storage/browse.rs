//! The library by folder, artist and album: names and how many tracks are behind each.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};

use super::Store;
use super::error::{StoreError, from_integer};
use super::track_row;
use super::tracks::push_folder;

/// A folder of the library. Several music folders show as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// From the top, `/` between the parts; for [`super::TrackQuery::folder`].
    pub path: String,
    /// Its own name.
    pub name: String,
    /// Tracks in it and below.
    pub tracks: u64,
}

/// An artist of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtistCount {
    /// As the tags have it.
    pub artist: String,
    /// How many tracks.
    pub tracks: u64,
}

/// An album of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumCount {
    /// As the tags have it.
    pub album: String,
    /// The album artist, or the artist.
    pub artist: Option<String>,
    /// How many tracks.
    pub tracks: u64,
}

impl Store {
    /// The folders directly in a folder (`""`: at the top) that have tracks in them or below, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self, parent: &str) -> Result<Vec<Folder>, StoreError> {
        let parent = parent.trim_matches('/');
        let mut sql = QueryBuilder::new("SELECT folder, count(*) AS tracks FROM tracks WHERE NOT missing");
        push_folder(&mut sql, parent, false);
        sql.push(" GROUP BY folder");
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in sql.build().fetch_all(&self.readers).await? {
            let folder: &str = row.try_get("folder")?;
            let below = folder[parent.len()..].trim_start_matches('/');
            if let Some(name) = below.split('/').next().filter(|name| !name.is_empty()) {
                *counts.entry(name.to_owned()).or_default() += from_integer(row.try_get("tracks")?)?;
            }
        }
        let path_of = |name: &str| match parent {
            "" => name.to_owned(),
            parent => format!("{parent}/{name}"),
        };
        let mut folders: Vec<Folder> =
            counts.into_iter().map(|(name, tracks)| Folder { path: path_of(&name), name, tracks }).collect();
        folders.sort_by_cached_key(|folder| track_row::key(&folder.name));
        Ok(folders)
    }

    /// All artists (the album artist where a track has one), by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn artists(&self) -> Result<Vec<ArtistCount>, StoreError> {
        sqlx::query(
            "SELECT coalesce(album_artist, artist) AS artist, count(*) AS tracks FROM tracks
             WHERE NOT missing AND coalesce(album_artist, artist) IS NOT NULL
             GROUP BY coalesce(album_artist_key, artist_key)
             ORDER BY coalesce(album_artist_key, artist_key)",
        )
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(|row| {
            Ok(ArtistCount { artist: row.try_get("artist")?, tracks: from_integer(row.try_get("tracks")?)? })
        })
        .collect()
    }

    /// The albums of an artist or album artist, or all, by artist and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn albums(&self, artist: Option<&str>) -> Result<Vec<AlbumCount>, StoreError> {
        sqlx::query(
            "SELECT album, coalesce(album_artist, artist) AS artist, count(*) AS tracks FROM tracks
             WHERE NOT missing AND album IS NOT NULL
               AND (?1 IS NULL OR artist_key = ?1 OR album_artist_key = ?1)
             GROUP BY coalesce(album_artist_key, artist_key), album_key
             ORDER BY coalesce(album_artist_key, artist_key) IS NULL,
                      coalesce(album_artist_key, artist_key), album_key",
        )
        .bind(artist.map(track_row::key))
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(|row| {
            Ok(AlbumCount {
                album: row.try_get("album")?,
                artist: row.try_get("artist")?,
                tracks: from_integer(row.try_get("tracks")?)?,
            })
        })
        .collect()
    }
}

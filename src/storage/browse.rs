//! The library by folder, artist and album: names, and how many tracks are behind each. Called by `server`.
//!
//! Everything is counted and grouped from an index that has nothing else in it; a row is read for what a page shows.

use sqlx::{QueryBuilder, Row, Sqlite};

use super::Store;
use super::error::{StoreError, from_integer};
use super::listing::{page_length, push_artist, push_folder, push_text};
use super::search::{Place, match_column};
use super::track_row;

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
    /// As the tags of one of the tracks have it.
    pub artist: String,
    /// How many tracks.
    pub tracks: u64,
    /// How many albums.
    pub albums: u64,
}

/// An album of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumCount {
    /// As the tags of one of the tracks have it.
    pub album: String,
    /// The album artist, or the artist; for [`super::TrackQuery::album_artist`], where `None` is empty.
    pub artist: Option<String>,
    /// The latest of its tracks.
    pub year: Option<u32>,
    /// How many tracks.
    pub tracks: u64,
    /// Where the artwork of one of its tracks is served, if one has any.
    pub artwork_url: Option<String>,
}

/// Some of the artists or albums that were asked for, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage<T> {
    /// Of this page.
    pub groups: Vec<T>,
    /// Leads to the page behind; `None` at the end.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Which artists or albums somebody wants to see. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupQuery {
    /// Words that begin words of the name (of an album also: of its artists), whatever their case and diacritics.
    pub text: Option<String>,
    /// Of albums: with tracks by this artist or album artist, whatever the case.
    pub artist: Option<String>,
    /// At most this many, up to [`super::LARGEST_PAGE`]; `None` is [`super::DEFAULT_PAGE`].
    pub limit: Option<u32>,
    /// Behind the page that gave this cursor.
    pub cursor: Option<String>,
}

impl Store {
    /// The folders directly in a folder (`""`: at the top) that have tracks in them or below, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self, parent: &str) -> Result<Vec<Folder>, StoreError> {
        let _timed = self.timed("folders");
        let parent = parent.trim_matches('/');
        let prefix = if parent.is_empty() { String::new() } else { format!("{parent}/") };
        // Distinct folders first, from the index; then what they are called below the parent.
        let mut sql = QueryBuilder::new("SELECT substr(folder, ");
        let begins = prefix.chars().count() as i64 + 1;
        sql.push_bind(begins).push(", instr(substr(folder, ").push_bind(begins);
        sql.push(") || '/', '/') - 1) AS name, sum(here) AS tracks FROM (");
        sql.push("SELECT folder, count(*) AS here FROM tracks WHERE NOT missing");
        push_folder(&mut sql, parent, false);
        sql.push(" GROUP BY folder) GROUP BY name HAVING name <> ''");
        let mut folders = Vec::new();
        for row in sql.build().fetch_all(&self.readers).await? {
            let name: String = row.try_get("name")?;
            let tracks = from_integer(row.try_get("tracks")?)?;
            folders.push(Folder { path: format!("{prefix}{name}"), name, tracks });
        }
        folders.sort_by_cached_key(|folder| track_row::key(&folder.name));
        Ok(folders)
    }

    /// Artists (the album artist where a track has one), by name.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] when the cursor is none.
    pub async fn artists(&self, query: &GroupQuery) -> Result<GroupPage<ArtistCount>, StoreError> {
        let _timed = self.timed("artists");
        let behind = query.cursor.as_deref().map(Place::from_cursor).transpose()?;
        let limit = page_length(query.limit);
        let conditions = |sql: &mut QueryBuilder<Sqlite>| {
            sql.push(" WHERE NOT missing AND by_key < char(1114111)");
            push_text(sql, query.text.as_deref(), |text| match_column("artist", text));
        };
        let mut tx = self.readers.begin().await?;
        let mut counting = QueryBuilder::new("SELECT count(DISTINCT by_key) FROM tracks");
        conditions(&mut counting);
        let total = counting.build().fetch_one(&mut *tx).await?.try_get(0)?;

        let mut sql = QueryBuilder::new(
            "SELECT groups.*, coalesce(tracks.album_artist, tracks.artist) AS artist FROM (
                 SELECT by_key AS name_key, count(*) AS counted, count(DISTINCT album_key) AS albums,
                     min(seq) AS one FROM tracks",
        );
        conditions(&mut sql);
        if let Some(place) = behind {
            sql.push(" AND by_key > ").push_bind(place.key);
        }
        sql.push(" GROUP BY by_key ORDER BY by_key LIMIT ").push_bind(limit + 1);
        sql.push(") AS groups CROSS JOIN tracks ON tracks.seq = groups.one ORDER BY name_key");
        let mut rows = sql.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;

        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_cursor = match rows.last() {
            Some(row) if more => {
                Some(Place { key: row.try_get("name_key")?, ..Place::default() }.to_cursor())
            }
            _ => None,
        };
        let groups = rows
            .iter()
            .map(|row| {
                Ok(ArtistCount {
                    artist: row.try_get("artist")?,
                    tracks: from_integer(row.try_get("counted")?)?,
                    albums: from_integer(row.try_get("albums")?)?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(GroupPage { groups, next_cursor, total: from_integer(total)? })
    }

    /// Albums, by artist and name.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] when the cursor is none.
    pub async fn albums(&self, query: &GroupQuery) -> Result<GroupPage<AlbumCount>, StoreError> {
        let _timed = self.timed("albums");
        let behind = query.cursor.as_deref().map(Place::from_cursor).transpose()?;
        let limit = page_length(query.limit);
        let conditions = |sql: &mut QueryBuilder<Sqlite>| {
            sql.push(" WHERE NOT missing AND album_key IS NOT NULL");
            push_text(sql, query.text.as_deref(), |text| match_column("{album artist}", text));
            if let Some(artist) = &query.artist {
                push_artist(sql, artist);
            }
        };
        let mut tx = self.readers.begin().await?;
        let mut counting = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM tracks");
        conditions(&mut counting);
        counting.push(" GROUP BY by_key, album_key)");
        let total = counting.build().fetch_one(&mut *tx).await?.try_get(0)?;

        let mut sql = QueryBuilder::new(
            "SELECT groups.*, tracks.album, coalesce(tracks.album_artist, tracks.artist) AS artist,
                 (SELECT max(year) FROM tracks AS t WHERE NOT missing
                      AND t.by_key = groups.name_key AND t.album_key = groups.title_key) AS year,
                 (SELECT id FROM tracks AS t WHERE NOT missing AND artwork IS NOT NULL
                      AND t.by_key = groups.name_key AND t.album_key = groups.title_key LIMIT 1) AS pictured
             FROM (SELECT by_key AS name_key, album_key AS title_key, count(*) AS counted, min(seq) AS one
                   FROM tracks",
        );
        conditions(&mut sql);
        if let Some(place) = behind {
            sql.push(" AND (by_key, album_key) > (").push_bind(place.key);
            sql.push(", ").push_bind(place.id).push(")");
        }
        sql.push(" GROUP BY by_key, album_key ORDER BY by_key, album_key LIMIT ").push_bind(limit + 1);
        sql.push(") AS groups CROSS JOIN tracks ON tracks.seq = groups.one ORDER BY name_key, title_key");
        let mut rows = sql.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;

        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_cursor = match rows.last() {
            Some(row) if more => Some(
                Place { tier: 0, key: row.try_get("name_key")?, id: row.try_get("title_key")? }.to_cursor(),
            ),
            _ => None,
        };
        let groups = rows
            .iter()
            .map(|row| {
                let pictured: Option<&str> = row.try_get("pictured")?;
                Ok(AlbumCount {
                    album: row.try_get("album")?,
                    artist: row.try_get("artist")?,
                    year: row.try_get("year")?,
                    tracks: from_integer(row.try_get("counted")?)?,
                    artwork_url: pictured.map(track_row::artwork_url),
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(GroupPage { groups, next_cursor, total: from_integer(total)? })
    }
}

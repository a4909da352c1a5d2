//! Lists of tracks, page by page: what pages and programs browse and search. Called by `server`.
//!
//! A page is found by a keyset (the place behind the last line of the page before), never by an offset, so what is
//! added meanwhile neither repeats nor hides a line.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::Store;
use super::error::{StoreError, from_integer};
use super::search::{Place, match_expression, match_tiers};
use super::track_row::{self, TrackRecord};
use super::tracks::track_id;
use crate::protocol::TrackId;

/// Lines of a page unless asked otherwise.
pub const DEFAULT_PAGE: u32 = 100;
/// Lines of a page at most.
pub const LARGEST_PAGE: u32 = 500;
/// What is found is counted so far, and then said to be more: counting all that has a common letter takes longer
/// than finding the first hundred (manual/operations.md).
const COUNTED: u32 = 1_000;
/// Up to so many matches are looked up and sorted; among more of them the library's order is walked until a page is
/// full. At 100,000 tracks both take the same there (`end2end/bench/library.rs`).
const SORTED: u32 = 4_000;

/// In which order tracks come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By album artist (or artist), album, disc, number, title. What is searched for in the whole library begins
    /// with the titles that fit best.
    #[default]
    Library,
    /// The latest first.
    Added,
}

/// Which tracks somebody wants to see. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackQuery {
    /// Words that begin words of title, artist, album or file name, whatever their case and diacritics. Blank
    /// text asks for nothing.
    pub text: Option<String>,
    /// In this folder and below; as in [`TrackRecord::folder`].
    pub folder: Option<String>,
    /// With `folder`: in it alone, and not below.
    pub folder_only: bool,
    /// By this artist or album artist, whatever the case.
    pub artist: Option<String>,
    /// Of this album, whatever the case.
    pub album: Option<String>,
    /// On the shelf of this artist: the album artist, or the artist of what has none. Empty: of nobody.
    pub album_artist: Option<String>,
    /// In which order.
    pub order: Order,
    /// At most this many, up to [`LARGEST_PAGE`]; `None` is [`DEFAULT_PAGE`].
    pub limit: Option<u32>,
    /// Behind the page that gave this cursor.
    pub cursor: Option<String>,
}

/// Some of the tracks that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackPage {
    /// In the order that was asked for.
    pub tracks: Vec<TrackRecord>,
    /// Leads to the page behind; `None` at the end.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
    /// There are more than `total`: a search is counted up to 1,000.
    pub total_is_least: bool,
}

impl Store {
    /// A page of the tracks that are there.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] when the cursor is none.
    pub async fn tracks(&self, query: &TrackQuery) -> Result<TrackPage, StoreError> {
        let _timed = self.timed("tracks");
        let behind = query.cursor.as_deref().map(Place::from_cursor).transpose()?;
        let limit = page_length(query.limit);
        // One snapshot, so that the page and the total are of the same library.
        let mut tx = self.readers.begin().await?;
        let page = match &query.text {
            Some(text) if query.has_text() && query.is_of_everything() => {
                search(&mut tx, text, behind, limit).await?
            }
            _ => list(&mut tx, query, behind, limit).await?,
        };
        tx.commit().await?;
        Ok(page)
    }

    /// The ids of the tracks of a query that can be played, in the order of the library, `limit` of them at most,
    /// and how many there are; for putting a whole album or folder into a queue. A cursor counts for nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn track_ids(&self, query: &TrackQuery, limit: u32) -> Result<(Vec<TrackId>, u64), StoreError> {
        let _timed = self.timed("track_ids");
        let mut tx = self.readers.begin().await?;
        let mut counting = QueryBuilder::new("SELECT count(*) FROM tracks");
        push_conditions(&mut counting, query);
        counting.push(" AND playable");
        let total = counting.build().fetch_one(&mut *tx).await?.try_get(0)?;
        let mut selecting = QueryBuilder::new("SELECT id FROM tracks");
        push_conditions(&mut selecting, query);
        selecting.push(" AND playable ORDER BY sort_key, id LIMIT ").push_bind(limit);
        let rows = selecting.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok((rows.iter().map(track_id).collect::<Result<_, _>>()?, from_integer(total)?))
    }
}

impl TrackQuery {
    fn has_text(&self) -> bool {
        self.text.as_deref().is_some_and(|text| !text.trim().is_empty())
    }

    /// Whether nothing but the text says which tracks.
    fn is_of_everything(&self) -> bool {
        self.folder.is_none()
            && self.artist.is_none()
            && self.album.is_none()
            && self.album_artist.is_none()
            && self.order == Order::Library
    }
}

/// How many lines a page has.
pub(super) fn page_length(limit: Option<u32>) -> u32 {
    limit.unwrap_or(DEFAULT_PAGE).clamp(1, LARGEST_PAGE)
}

/// A page of a list that has one order throughout.
async fn list(
    connection: &mut SqliteConnection,
    query: &TrackQuery,
    behind: Option<Place>,
    limit: u32,
) -> Result<TrackPage, StoreError> {
    let mut counting = QueryBuilder::new("SELECT count(*) FROM tracks");
    push_conditions(&mut counting, query);
    let total: i64 = counting.build().fetch_one(&mut *connection).await?.try_get(0)?;

    let mut selecting = QueryBuilder::new("SELECT * FROM tracks");
    push_conditions(&mut selecting, query);
    match (query.order, behind) {
        (_, None) => {}
        (Order::Library, Some(place)) => {
            selecting.push(" AND (sort_key, id) > (").push_bind(place.key);
            selecting.push(", ").push_bind(place.id).push(")");
        }
        (Order::Added, Some(place)) => {
            let added_at: i64 = place.key.parse().map_err(|_| StoreError::BadCursor)?;
            selecting.push(" AND (added_at_us, id) < (").push_bind(added_at);
            selecting.push(", ").push_bind(place.id).push(")");
        }
    }
    // A plus keeps SQLite from walking the whole library in this order for a few scattered tracks.
    let few = total <= i64::from(SORTED) && (query.folder.is_some() || query.has_text());
    selecting.push(match (query.order, few) {
        (Order::Library, false) => " ORDER BY sort_key, id LIMIT ",
        (Order::Library, true) => " ORDER BY +sort_key, id LIMIT ",
        (Order::Added, false) => " ORDER BY added_at_us DESC, id DESC LIMIT ",
        (Order::Added, true) => " ORDER BY +added_at_us DESC, id DESC LIMIT ",
    });
    // One more than asked for tells whether there is a page behind.
    selecting.push_bind(limit + 1);
    let mut rows = selecting.build().fetch_all(&mut *connection).await?;

    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = match rows.last() {
        Some(row) if more => {
            let key = match query.order {
                Order::Library => row.try_get("sort_key")?,
                Order::Added => row.try_get::<i64, _>("added_at_us")?.to_string(),
            };
            Some(Place { tier: 0, key, id: row.try_get("id")? }.to_cursor())
        }
        _ => None,
    };
    Ok(TrackPage {
        tracks: rows.iter().map(track_row::record).collect::<Result<_, _>>()?,
        next_cursor,
        total: from_integer(total)?,
        total_is_least: false,
    })
}

/// A page of what is found in the whole library: tier after tier, each in the library's order.
async fn search(
    connection: &mut SqliteConnection,
    text: &str,
    behind: Option<Place>,
    limit: u32,
) -> Result<TrackPage, StoreError> {
    let (Some(all), Some(tiers)) = (match_expression(text), match_tiers(text)) else {
        return Ok(TrackPage::default());
    };
    let total = count_found(connection, &all, COUNTED + 1).await?;
    let total_is_least = total > u64::from(COUNTED);
    let mut page = TrackPage { total: total.min(u64::from(COUNTED)), total_is_least, ..TrackPage::default() };
    let (first, mut behind) = match behind {
        Some(place) => (place.tier, Some(place)),
        None => (0, None),
    };
    for (tier, expression) in tiers.iter().enumerate().skip(first) {
        let missing = limit as usize - page.tracks.len();
        let rows = found(connection, expression, behind.take(), missing as u32 + 1).await?;
        for row in rows.iter().take(missing) {
            page.tracks.push(track_row::record(row)?);
        }
        // A full page ends here; whether something is behind it, the next tier may have to tell.
        if rows.len() > missing {
            page.next_cursor = match missing.checked_sub(1).map(|last| &rows[last]) {
                Some(row) => Some(Place { tier, key: row.try_get("sort_key")?, id: row.try_get("id")? }),
                // Nothing of this tier is shown yet.
                None => Some(Place { tier, ..Place::default() }),
            }
            .map(|place| place.to_cursor());
            break;
        }
    }
    Ok(page)
}

/// How many tracks an expression finds, counted up to `most`.
async fn count_found(
    connection: &mut SqliteConnection,
    expression: &str,
    most: u32,
) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) FROM (SELECT 1 FROM tracks_search CROSS JOIN tracks ON seq = tracks_search.rowid
         WHERE tracks_search MATCH ? AND NOT missing LIMIT ?)",
    )
    .bind(expression)
    .bind(most)
    .fetch_one(connection)
    .await?;
    from_integer(row.try_get(0)?)
}

/// The first that an expression finds behind a place, in the library's order.
async fn found(
    connection: &mut SqliteConnection,
    expression: &str,
    behind: Option<Place>,
    limit: u32,
) -> Result<Vec<sqlx::sqlite::SqliteRow>, StoreError> {
    let matches: u32 =
        sqlx::query("SELECT count(*) FROM (SELECT 1 FROM tracks_search WHERE tracks_search MATCH ? LIMIT ?)")
            .bind(expression)
            .bind(SORTED + 1)
            .fetch_one(&mut *connection)
            .await?
            .try_get(0)?;
    let mut sql = if matches > SORTED {
        let mut sql = QueryBuilder::new(
            "SELECT * FROM tracks INDEXED BY tracks_in_order
             WHERE seq IN (SELECT rowid FROM tracks_search WHERE tracks_search MATCH ",
        );
        sql.push_bind(expression).push(")");
        sql
    } else {
        // A CROSS JOIN is done in the order in which it is written.
        let mut sql = QueryBuilder::new(
            "SELECT tracks.* FROM tracks_search CROSS JOIN tracks ON seq = tracks_search.rowid
             WHERE tracks_search MATCH ",
        );
        sql.push_bind(expression);
        sql
    };
    sql.push(" AND NOT missing");
    if let Some(place) = behind {
        sql.push(" AND (sort_key, id) > (").push_bind(place.key);
        sql.push(", ").push_bind(place.id).push(")");
    }
    sql.push(" ORDER BY sort_key, id LIMIT ").push_bind(limit);
    Ok(sql.build().fetch_all(connection).await?)
}

/// The conditions of a query, beginning with `WHERE`; the cursor is not one of them.
fn push_conditions(sql: &mut QueryBuilder<Sqlite>, query: &TrackQuery) {
    sql.push(" WHERE NOT missing");
    push_text(sql, query.text.as_deref(), match_expression);
    if let Some(folder) = &query.folder {
        push_folder(sql, folder, query.folder_only);
    }
    if let Some(artist) = &query.artist {
        push_artist(sql, artist);
    }
    if let Some(album_artist) = &query.album_artist {
        sql.push(" AND by_key = ").push_bind(track_row::by_key(Some(album_artist)));
    }
    if let Some(album) = &query.album {
        sql.push(" AND album_key = ").push_bind(track_row::key(album));
    }
}

/// What has all words of a text, which `expression` makes an FTS5 expression of.
pub(super) fn push_text(
    sql: &mut QueryBuilder<Sqlite>,
    text: Option<&str>,
    expression: impl Fn(&str) -> Option<String>,
) {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return };
    match expression(text) {
        Some(expression) => {
            sql.push(" AND seq IN (SELECT rowid FROM tracks_search WHERE tracks_search MATCH ");
            sql.push_bind(expression).push(")");
        }
        None => {
            sql.push(" AND FALSE");
        }
    }
}

/// By an artist or album artist, whatever the case.
pub(super) fn push_artist(sql: &mut QueryBuilder<Sqlite>, artist: &str) {
    let artist = track_row::key(artist);
    sql.push(" AND (artist_key = ").push_bind(artist.clone());
    sql.push(" OR album_artist_key = ").push_bind(artist).push(")");
}

/// In a folder, and below unless `only`. As a range, because `LIKE` would read signs in the name.
pub(super) fn push_folder(sql: &mut QueryBuilder<Sqlite>, folder: &str, only: bool) {
    let folder = folder.trim_matches('/').to_owned();
    if only {
        sql.push(" AND folder = ").push_bind(folder);
    } else if !folder.is_empty() {
        // '0' is the character behind '/'. What is between, such as "a-b" beside "a/b", is in the index's range, but
        // no folder below.
        let (from, to) = (format!("{folder}/"), format!("{folder}0"));
        sql.push(" AND folder >= ").push_bind(folder.clone());
        sql.push(" AND folder < ").push_bind(to);
        sql.push(" AND (folder = ").push_bind(folder);
        sql.push(" OR folder >= ").push_bind(from).push(")");
    }
}

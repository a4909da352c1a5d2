//! What a page shows of a place in the library, and all that can be played there: from the page's words to the
//! store's. Called by `page_backend`.

use crate::protocol::limits;
use crate::storage::{
    AlbumCount, ArtistCount, Folder, GroupQuery, LARGEST_PAGE, Order, Store, StoreError, TrackPage,
    TrackQuery,
};
use crate::ui::actions::{AlbumLine, ArtistLine, FolderLine, Listing, Place, Wanted, Whole};

/// A page of what is at a place.
///
/// # Errors
/// [`StoreError::BadCursor`] when the cursor is none.
pub async fn listing(store: &Store, wanted: Wanted) -> Result<Listing, StoreError> {
    let Wanted { place, text, limit, cursor } = wanted;
    let text = Some(text).filter(|text| !text.trim().is_empty());
    let first = cursor.is_none();
    let narrowed = text.is_some();
    match &place {
        Place::Artists => {
            let query = GroupQuery { text, artist: None, limit, cursor };
            let page = store.artists(&query).await?;
            let artists = page.groups.into_iter().map(Into::into).collect();
            let (total, next_cursor) = (page.total, page.next_cursor);
            Ok(Listing { artists, total, next_cursor, ..Listing::default() })
        }
        Place::Albums => {
            let query = GroupQuery { text, artist: None, limit, cursor };
            let page = store.albums(&query).await?;
            let albums = page.groups.into_iter().map(Into::into).collect();
            let (total, next_cursor) = (page.total, page.next_cursor);
            Ok(Listing { albums, total, next_cursor, ..Listing::default() })
        }
        _ => {
            let mut query = TrackQuery { text, limit, cursor, ..of(&place) };
            // A search in a folder looks below it, too.
            query.folder_only = query.folder.is_some() && !narrowed;
            let mut listing: Listing = store.tracks(&query).await?.into();
            if first && !narrowed {
                match &place {
                    Place::Folder { path } => {
                        let folders = store.folders(path).await?;
                        listing.folders = folders.into_iter().map(Into::into).collect();
                    }
                    Place::Artist { artist } => {
                        let query = GroupQuery {
                            artist: Some(artist.clone()),
                            limit: Some(LARGEST_PAGE),
                            ..GroupQuery::default()
                        };
                        let albums = store.albums(&query).await?.groups;
                        listing.albums = albums.into_iter().map(Into::into).collect();
                    }
                    _ => {}
                }
            }
            Ok(listing)
        }
    }
}

/// All that can be played at a place, of a folder also what is below it, as far as a queue could take it.
///
/// # Errors
/// When the database fails.
pub async fn whole(store: &Store, place: &Place) -> Result<Whole, StoreError> {
    let (track_ids, total) = store.track_ids(&of(place), limits::TRACKS_PER_ADD as u32).await?;
    Ok(Whole { track_ids, total })
}

/// The tracks of a place, of a folder also those below it.
fn of(place: &Place) -> TrackQuery {
    let all = TrackQuery::default();
    match place.clone() {
        Place::Everything | Place::Artists | Place::Albums => all,
        Place::Added => TrackQuery { order: Order::Added, ..all },
        Place::Artist { artist } => TrackQuery { artist: Some(artist), ..all },
        Place::Album { album, artist } => {
            TrackQuery { album: Some(album), album_artist: Some(artist.unwrap_or_default()), ..all }
        }
        Place::Folder { path } => TrackQuery { folder: Some(path), ..all },
    }
}

impl From<TrackPage> for Listing {
    fn from(page: TrackPage) -> Self {
        Self {
            tracks: page.tracks.into_iter().map(|track| track.info).collect(),
            total: page.total,
            total_is_least: page.total_is_least,
            next_cursor: page.next_cursor,
            ..Self::default()
        }
    }
}

impl From<Folder> for FolderLine {
    fn from(Folder { path, name, tracks }: Folder) -> Self {
        Self { path, name, tracks }
    }
}

impl From<ArtistCount> for ArtistLine {
    fn from(ArtistCount { artist, tracks, albums }: ArtistCount) -> Self {
        Self { artist, tracks, albums }
    }
}

impl From<AlbumCount> for AlbumLine {
    fn from(AlbumCount { album, artist, year, tracks, artwork_url }: AlbumCount) -> Self {
        Self { album, artist, year, tracks, artwork_url }
    }
}

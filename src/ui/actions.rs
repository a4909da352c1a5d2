//! What pages ask of the server, besides the live session: server functions, which also work as plain forms. They
//! reach the server through [`Backend`], which the server implements and hands in as context, so that no
//! dependency runs upwards.

#![expect(missing_docs, reason = "the server macro makes public argument structs without docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, JsonEncoding};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::listener::view::Beginning;
use crate::protocol::reading::{Malformed, Read, read_object};
use crate::protocol::snapshot::TrackInfo;
use crate::protocol::{ErrorCode, RoomCode, TrackId};

/// Why a room's page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// No such room.
    NotFound,
    /// A PIN is wanted first.
    PinWanted,
    /// The server could not say.
    Failed,
}

impl Read for Closed {
    fn read(json: &Value) -> Result<Self, Malformed> {
        Self::deserialize(json).map_err(|_| Malformed("closed"))
    }
}

/// What a room's page begins with, or why it does not.
pub type Opened = Result<Box<Beginning>, Closed>;

/// A refusal of a server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Why.
    pub code: ErrorCode,
}

read_object!(Refused { code: "code" });

impl From<ErrorCode> for Refused {
    fn from(code: ErrorCode) -> Self {
        Self { code }
    }
}

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self { code: ErrorCode::Unavailable }
    }
}

/// Where in the library somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "camelCase")]
pub enum Place {
    /// All tracks, in the library's order.
    #[default]
    Everything,
    /// All tracks, the latest first.
    Added,
    /// All artists.
    Artists,
    /// The albums and tracks of an artist or album artist.
    Artist {
        /// Its name.
        artist: String,
    },
    /// All albums.
    Albums,
    /// The tracks of an album.
    Album {
        /// Its name.
        album: String,
        /// Its album artist, or artist; `None`: nobody's.
        artist: Option<String>,
    },
    /// What is directly in a folder.
    Folder {
        /// From the top, `/` between the parts; empty: the top.
        path: String,
    },
}

/// Which part of the library a page wants to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Where.
    pub place: Place,
    /// What it is narrowed to; empty: not at all. In a folder, also what is below is found.
    pub text: String,
    /// How many lines at most; `None` is what the server likes.
    pub limit: Option<u32>,
    /// Behind the page that gave this.
    pub cursor: Option<String>,
}

/// A page of the library: one kind of lines is paged, and those above it come with the first page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// The folders in a folder.
    pub folders: Vec<FolderLine>,
    /// Artists.
    pub artists: Vec<ArtistLine>,
    /// Albums; above tracks, those of an artist.
    pub albums: Vec<AlbumLine>,
    /// Tracks.
    pub tracks: Vec<TrackInfo>,
    /// How many lines of the paged kind there are in all.
    pub total: u64,
    /// There are more than `total`.
    pub total_is_least: bool,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
}

read_object!(Listing {
    folders: "folders",
    artists: "artists",
    albums: "albums",
    tracks: "tracks",
    total: "total",
    total_is_least: "totalIsLeast",
    next_cursor: "nextCursor",
});

/// A folder in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FolderLine {
    /// From the top, `/` between the parts.
    pub path: String,
    /// Its own name.
    pub name: String,
    /// Tracks in it and below.
    pub tracks: u64,
}

read_object!(FolderLine { path: "path", name: "name", tracks: "tracks" });

/// An artist in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ArtistLine {
    /// Its name.
    pub artist: String,
    /// How many tracks.
    pub tracks: u64,
    /// How many albums.
    pub albums: u64,
}

read_object!(ArtistLine { artist: "artist", tracks: "tracks", albums: "albums" });

/// An album in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlbumLine {
    /// Its name.
    pub album: String,
    /// Its album artist, or artist.
    pub artist: Option<String>,
    /// The latest of its tracks.
    pub year: Option<u32>,
    /// How many tracks.
    pub tracks: u64,
    /// Where its artwork is served.
    pub artwork_url: Option<String>,
}

read_object!(AlbumLine {
    album: "album",
    artist: "artist",
    year: "year",
    tracks: "tracks",
    artwork_url: "artworkUrl",
});

/// All that can be played at a place, in its order, as far as a queue could take it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Whole {
    /// The first of them, [`TRACKS_PER_ADD`](crate::protocol::limits::TRACKS_PER_ADD) at most.
    pub track_ids: Vec<TrackId>,
    /// How many there are.
    pub total: u64,
}

read_object!(Whole { track_ids: "trackIds", total: "total" });

/// What somebody who may add can add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddingRules {
    /// Bytes of one file; 0 when it is not known.
    pub max_bytes: u64,
    /// Whether links may be added.
    pub links: bool,
}

read_object!(AddingRules { max_bytes: "maxBytes", links: "links" });

/// A room that the home page lists.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedRoom {
    /// The room.
    pub code: RoomCode,
    /// What it is called.
    pub name: String,
    /// How many are in it.
    pub member_count: usize,
    /// The title of what plays.
    pub playing: Option<String>,
}

read_object!(ListedRoom { code: "code", name: "name", member_count: "memberCount", playing: "playing" });

#[cfg(feature = "ssr")]
pub use backend::{Backend, BoxFuture};

#[cfg(feature = "ssr")]
mod backend {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Arc;

    use super::{AddingRules, ListedRoom, Listing, Opened, Place, Wanted, Whole};
    use crate::protocol::{ErrorCode, RoomCode, RoomName};

    /// A future that a trait object can return.
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    /// What the pages need of the server. The one that is asked knows the browser of the current request (its
    /// cookies), so one is made per request.
    pub trait Backend: Send + Sync {
        /// Makes a room whose host this browser is. [`ErrorCode::BadValue`] for a PIN of the wrong length.
        fn create_room(
            &self,
            name: Option<RoomName>,
            pin: Option<String>,
            listed: bool,
        ) -> BoxFuture<'_, Result<RoomCode, ErrorCode>>;
        /// What a room's page begins with; makes this browser a member.
        fn open_room(&self, code: RoomCode) -> BoxFuture<'_, Opened>;
        /// Takes a PIN; afterwards [`Backend::open_room`] opens.
        fn enter_pin(&self, code: RoomCode, pin: String) -> BoxFuture<'_, Result<(), ErrorCode>>;
        /// A page of the library, for a browser that is a member of any room.
        fn browse(&self, wanted: Wanted) -> BoxFuture<'_, Result<Listing, ErrorCode>>;
        /// All that can be played at a place, for a browser that is a member of any room.
        fn whole(&self, place: Place) -> BoxFuture<'_, Result<Whole, ErrorCode>>;
        /// What somebody who may add can add.
        fn adding_rules(&self) -> BoxFuture<'_, AddingRules>;
        /// The rooms of the home page.
        fn listed_rooms(&self) -> BoxFuture<'_, Vec<ListedRoom>>;
    }

    /// The backend of the current request.
    pub fn backend() -> Arc<dyn Backend> {
        leptos::prelude::expect_context()
    }
}

/// Makes a room and goes there. An empty `name` or `pin` is none; a box that is ticked sends `listed=true`, and one
/// that is not sends nothing.
#[server(prefix = "/fn", endpoint = "create-room")]
pub async fn create_room(
    name: String,
    #[server(default)] pin: String,
    #[server(default)] listed: bool,
) -> Result<(), Refused> {
    let name = match name.trim() {
        "" => None,
        name => {
            Some(crate::protocol::RoomName::parse(name).map_err(|_| Refused { code: ErrorCode::BadValue })?)
        }
    };
    let pin = Some(pin).filter(|pin| !pin.trim().is_empty());
    let code = backend::backend().create_room(name, pin, listed).await.map_err(Refused::from)?;
    leptos_axum::redirect(&format!("/r/{code}"));
    Ok(())
}

/// What a room's page begins with, or why it does not.
#[server(prefix = "/fn", endpoint = "open-room")]
pub async fn open_room(code: RoomCode) -> Result<Opened, Refused> {
    Ok(backend::backend().open_room(code).await)
}

/// Takes a room's PIN and goes there.
#[server(prefix = "/fn", endpoint = "enter-pin")]
pub async fn enter_pin(code: RoomCode, pin: String) -> Result<(), Refused> {
    backend::backend().enter_pin(code, pin).await.map_err(Refused::from)?;
    leptos_axum::redirect(&format!("/r/{code}"));
    Ok(())
}

/// A page of the library.
#[server(prefix = "/fn", endpoint = "browse", input = Json)]
pub async fn browse(wanted: Wanted) -> Result<Listing, Refused> {
    backend::backend().browse(wanted).await.map_err(Refused::from)
}

/// All that can be played at a place, in its order.
#[server(prefix = "/fn", endpoint = "all-of", input = Json)]
pub async fn all_of(place: Place) -> Result<Whole, Refused> {
    backend::backend().whole(place).await.map_err(Refused::from)
}

/// What somebody who may add can add.
#[server(prefix = "/fn", endpoint = "rules-for-adding")]
pub async fn rules_for_adding() -> Result<AddingRules, Refused> {
    Ok(backend::backend().adding_rules().await)
}

/// The rooms of the home page.
#[server(prefix = "/fn", endpoint = "listed-rooms")]
pub async fn listed_rooms() -> Result<Vec<ListedRoom>, Refused> {
    Ok(backend::backend().listed_rooms().await)
}

//! What pages ask of the server, besides the live session: server functions, which also work as plain forms. They
//! reach the server through [`Backend`], which the server implements and hands in as context, so that no
//! dependency runs upwards.

#![expect(missing_docs, reason = "the server macro makes public argument structs without docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::listener::view::Beginning;
use crate::protocol::snapshot::TrackInfo;
use crate::protocol::{ErrorCode, RoomCode};

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

/// What a room's page begins with, or why it does not.
pub type Opened = Result<Box<Beginning>, Closed>;

/// A refusal of a server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub code: ErrorCode,
}

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

/// A page of the library.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackPage {
    /// The tracks.
    pub tracks: Vec<TrackInfo>,
    /// How many match in all.
    pub total: u64,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
}

/// What somebody who may add can add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddingRules {
    /// Bytes of one file; 0 when it is not known.
    pub max_bytes: u64,
    /// Whether links may be added.
    pub links: bool,
}

/// A room that the home page lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

#[cfg(feature = "ssr")]
pub use backend::{Backend, BoxFuture};

#[cfg(feature = "ssr")]
mod backend {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Arc;

    use super::{AddingRules, ListedRoom, Opened, TrackPage};
    use crate::protocol::{ErrorCode, RoomCode, RoomName};

    /// A future that a trait object can return.
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    /// What the pages need of the server. The one that is asked knows the browser of the current request (its
    /// cookies), so one is made per request.
    pub trait Backend: Send + Sync {
        /// Makes a room whose host this browser is.
        fn create_room(&self, name: Option<RoomName>) -> BoxFuture<'_, Result<RoomCode, ErrorCode>>;
        /// What a room's page begins with; makes this browser a member.
        fn open_room(&self, code: RoomCode) -> BoxFuture<'_, Opened>;
        /// Takes a PIN; afterwards [`Backend::open_room`] opens.
        fn enter_pin(&self, code: RoomCode, pin: String) -> BoxFuture<'_, Result<(), ErrorCode>>;
        /// A page of the library, for a browser that is a member of any room.
        fn tracks(
            &self,
            query: String,
            cursor: Option<String>,
        ) -> BoxFuture<'_, Result<TrackPage, ErrorCode>>;
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

/// Makes a room and goes there. `name` may be empty.
#[server(prefix = "/fn", endpoint = "create-room")]
pub async fn create_room(name: String) -> Result<(), Refused> {
    let name = match name.trim() {
        "" => None,
        name => {
            Some(crate::protocol::RoomName::parse(name).map_err(|_| Refused { code: ErrorCode::BadValue })?)
        }
    };
    let code = backend::backend().create_room(name).await.map_err(Refused::from)?;
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
#[server(prefix = "/fn", endpoint = "tracks")]
pub async fn tracks(query: String, cursor: Option<String>) -> Result<TrackPage, Refused> {
    backend::backend().tracks(query, cursor).await.map_err(Refused::from)
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

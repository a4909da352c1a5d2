//! What the pages ask of the server, for the browser of one request.

use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use leptos_axum::ResponseOptions;

use super::caller::Caller;
use super::secret::Secret;
use super::shelves;
use super::state::AppState;
use crate::listener::view::Beginning;
use crate::protocol::{ErrorCode, Role, RoomCode, RoomName};
use crate::storage::StoreError;
use crate::ui::actions::{
    AddingRules, Backend, BoxFuture, Closed, ListedRoom, Listing, Opened, Place, Wanted, Whole,
};

/// The server, as the browser of one request sees it.
pub struct PageBackend {
    state: AppState,
    caller: Caller,
    response: ResponseOptions,
    /// A page is rendered, not a server function called: its status is a page's.
    is_page: bool,
    /// The session that this answer gives to the browser, or renews.
    given: Mutex<Option<Secret>>,
}

impl PageBackend {
    /// For this request; cookies go out with this answer.
    pub fn new(state: AppState, caller: Caller, response: ResponseOptions, is_page: bool) -> Self {
        Self { state, caller, response, is_page, given: Mutex::default() }
    }

    /// The browser's session, made if it has none, and kept for another year.
    fn session(&self) -> Secret {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given
            .get_or_insert_with(|| {
                let session = self.caller.session.clone().unwrap_or_else(Secret::random);
                self.response.append_header(SET_COOKIE, self.caller.session_cookie(&session));
                session
            })
            .clone()
    }

    async fn open(&self, code: RoomCode) -> Result<Beginning, Closed> {
        let room = self.state.rooms.open(code).await.map_err(|error| match error {
            ErrorCode::NoSuchRoom => Closed::NotFound,
            _ => Closed::Failed,
        })?;
        let failed = |error: StoreError| match error {
            StoreError::NotFound => Closed::NotFound,
            StoreError::Kicked => Closed::Kicked,
            error => {
                tracing::error!(room = %code, %error, "the database failed");
                Closed::Failed
            }
        };
        let standing = self.state.standing(&self.caller, code).await.map_err(failed)?;
        if standing.kicked {
            return Err(Closed::Kicked);
        }
        if standing.role.is_none() || standing.pin_wanted {
            match self.state.pin_opens(&self.caller, code, None).await {
                Ok(()) => {}
                Err(ErrorCode::PinWrong) => return Err(Closed::PinWanted),
                Err(ErrorCode::NoSuchRoom) => return Err(Closed::NotFound),
                Err(_) => return Err(Closed::Failed),
            }
        }
        let snapshot = room.snapshot().await.map_err(|_| Closed::Failed)?;
        let name = self.state.name_inside(&self.caller, code).await;
        if name.is_none() && snapshot.member_count >= self.state.rooms.max_members() {
            return Err(Closed::Full);
        }
        let role =
            self.state.store.grant(&self.session().hash(), code, Role::Listener).await.map_err(failed)?;
        Ok(Beginning { snapshot, role, name })
    }
}

impl Backend for PageBackend {
    fn create_room(
        &self,
        name: Option<RoomName>,
        pin: Option<String>,
        listed: bool,
    ) -> BoxFuture<'_, Result<RoomCode, ErrorCode>> {
        Box::pin(async move {
            let session = self.session();
            let (code, _) = self.state.create_room(&self.caller, &session, name, pin, listed).await?;
            Ok(code)
        })
    }

    fn open_room(&self, code: RoomCode) -> BoxFuture<'_, Opened> {
        Box::pin(async move {
            let opened = self.open(code).await.map(Box::new);
            if self.is_page {
                match &opened {
                    Err(Closed::NotFound) => self.response.set_status(StatusCode::NOT_FOUND),
                    Err(Closed::Kicked) => self.response.set_status(StatusCode::FORBIDDEN),
                    Err(Closed::Full) => self.response.set_status(StatusCode::CONFLICT),
                    Err(Closed::Failed) => {
                        self.response.set_status(StatusCode::SERVICE_UNAVAILABLE);
                    }
                    // The form that asks for it is a page like others.
                    Ok(_) | Err(Closed::PinWanted) => {}
                }
            }
            opened
        })
    }

    fn enter_pin(&self, code: RoomCode, pin: String) -> BoxFuture<'_, Result<(), ErrorCode>> {
        Box::pin(async move {
            self.state.pin_opens(&self.caller, code, Some(&pin)).await?;
            self.state.store.grant(&self.session().hash(), code, Role::Listener).await.map_err(|error| {
                match error {
                    StoreError::NotFound => ErrorCode::NoSuchRoom,
                    StoreError::Kicked => ErrorCode::Forbidden,
                    _ => ErrorCode::Unavailable,
                }
            })?;
            Ok(())
        })
    }

    fn browse(&self, wanted: Wanted) -> BoxFuture<'_, Result<Listing, ErrorCode>> {
        Box::pin(async move {
            self.state.must_be_member_anywhere(&self.caller).await.map_err(|error| error.code())?;
            shelves::listing(&self.state.store, wanted).await.map_err(unreadable)
        })
    }

    fn whole(&self, place: Place) -> BoxFuture<'_, Result<Whole, ErrorCode>> {
        Box::pin(async move {
            self.state.must_be_member_anywhere(&self.caller).await.map_err(|error| error.code())?;
            shelves::whole(&self.state.store, &place).await.map_err(unreadable)
        })
    }

    fn adding_rules(&self) -> BoxFuture<'_, AddingRules> {
        let max_bytes = self.state.intake.limits().file_bytes;
        let rules = AddingRules { max_bytes, links: self.state.fetcher.is_some() };
        Box::pin(async move { rules })
    }

    fn listed_rooms(&self) -> BoxFuture<'_, Vec<ListedRoom>> {
        Box::pin(async move { self.state.listed_rooms().await.unwrap_or_default() })
    }
}

/// What a page is told when the library could not be read.
fn unreadable(error: StoreError) -> ErrorCode {
    match error {
        StoreError::BadCursor => ErrorCode::BadValue,
        error => {
            tracing::error!(%error, "the library could not be read");
            ErrorCode::Unavailable
        }
    }
}

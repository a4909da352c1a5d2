//! Rooms: made, shown, listed, changed and removed.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, Path, Query};
use super::retries::IdempotencyKey;
use super::tracks::page_length;
use super::{ApiError, body, refusals, schema};
use crate::protocol::text::is_blank;
use crate::protocol::{
    Action, ClientMessage, ErrorCode, Revision, RoomCode, RoomName, RoomSettings, RoomSnapshot,
};
use crate::room::Actor;
use crate::server::caller::Caller;
use crate::server::secret::Secret;
use crate::server::socket::settings;
use crate::server::state::AppState;
use crate::ui::actions::ListedRoom;

/// Rooms of a page, unless asked otherwise, and at most.
const PAGE: (u32, u32) = (100, 500);

/// The room that a request is about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OfRoom {
    /// The code of the room.
    #[param(value_type = RoomCode)]
    pub(super) code: String,
}

/// What a new room is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NewRoom {
    name: Option<String>,
    pin: Option<String>,
    listed: bool,
}

/// A room that was made just now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewRoomMade)]
pub(super) struct Created<'a> {
    code: RoomCode,
    /// The bearer of its host. Shown this once.
    host_token: &'a str,
    /// The page of the room, from the site's root.
    url: String,
}

/// Makes a room. A browser that asks becomes its host by the session cookie that comes with the answer; a program by
/// the token.
#[utoipa::path(
    post, path = "/rooms", tag = "rooms", security((), ("session" = []), ("bearer" = [])),
    params(IdempotencyKey),
    request_body = Option<schema::NewRoom>,
    responses(
        (status = 201, description = "The room is made.", body = Created<'static>, headers(
            ("Location" = String, description = "The page of the room."),
            ("Set-Cookie" = String, description = "The session by which a browser is host."),
        )),
        refusals::NewRoom,
    )
)]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, ApiError> {
    let new: NewRoom = body::form(&body)?;
    let filled = |text: Option<String>| text.filter(|text| !is_blank(text));
    let name = filled(new.name)
        .map(|name| RoomName::parse(&name))
        .transpose()
        .map_err(|error| ApiError::new(ErrorCode::BadValue, error.to_string()))?;
    // The browser that makes a room is its host, without showing the token again.
    let session = caller.session.clone().unwrap_or_else(Secret::random);
    let (code, token) = state.create_room(&caller, &session, name, filled(new.pin), new.listed).await?;
    let url = format!("/r/{code}");
    let created = Created { code, host_token: token.expose(), url: url.clone() };
    Ok((
        StatusCode::CREATED,
        [(header::SET_COOKIE, caller.session_cookie(&session))],
        [(header::LOCATION, url), (header::CACHE_CONTROL, "no-store".to_owned())],
        Json(created),
    )
        .into_response())
}

/// Which rooms somebody wants; the number is text here, so that a bad one is refused like every bad value.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Wanted {
    /// Rooms of a page: 100 unless given, 500 at most.
    #[param(value_type = Option<u32>, minimum = 1, nullable = false)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A page of rooms.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoomPage)]
pub(super) struct Listed {
    rooms: Vec<ListedRoom>,
    /// Leads to the next page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The rooms that want to be found, 50 at most, the last used first. For the operator all rooms, by their codes and
/// page by page.
#[utoipa::path(
    get, path = "/rooms", tag = "rooms", security((), ("bearer" = [])), params(Wanted),
    responses((status = 200, description = "Rooms.", body = Listed), refusals::Rooms)
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed>, ApiError> {
    let limit = page_length(wanted.limit)?;
    let behind: Option<RoomCode> =
        wanted.cursor.map(|cursor| cursor.parse()).transpose().map_err(|_| {
            ApiError::new(ErrorCode::BadValue, "This cursor was not given by a page of rooms.")
        })?;
    if !state.is_operator(&caller) {
        let mut rooms = state.listed_rooms().await?;
        rooms.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        return Ok(Json(Listed { rooms, next_cursor: None }));
    }
    let limit = limit.unwrap_or(PAGE.0).min(PAGE.1);
    let mut rooms = state.rooms_behind(behind, limit + 1).await?;
    let more = rooms.len() > limit as usize;
    rooms.truncate(limit as usize);
    let next_cursor = rooms.last().filter(|_| more).map(|room| room.code.to_string());
    Ok(Json(Listed { rooms, next_cursor }))
}

/// Everything about a room. With a PIN it is for members alone.
#[utoipa::path(
    get, path = "/rooms/{code}", tag = "rooms", security((), ("session" = []), ("bearer" = [])), params(OfRoom),
    responses((status = 200, description = "The room.", body = RoomSnapshot), refusals::Room)
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<RoomSnapshot>, ApiError> {
    let room = state.visible_room(&caller, &code).await?;
    Ok(Json(room.snapshot().await?))
}

/// A room as it is set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoomSettings)]
pub(super) struct Set {
    code: RoomCode,
    /// As shown: the code when it has no name.
    name: String,
    revision: Revision,
    settings: RoomSettings,
}

/// Changes the settings of a room; what is absent stays. For hosts.
#[utoipa::path(
    patch, path = "/rooms/{code}", tag = "rooms", params(OfRoom), request_body = Option<schema::NewSettings>,
    responses((status = 200, description = "The settings after it.", body = Set), refusals::Settings)
)]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
    Body(body): Body,
) -> Result<Json<Set>, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::Administer).await?;
    let mut fields = body::object(&body)?;
    for taken_away in ["name", "pin"] {
        if let Some(null @ Value::Null) = fields.get_mut(taken_away) {
            *null = Value::String(String::new());
        }
    }
    if let ClientMessage::SetRoom(patch) = body::named("SET_ROOM", fields)? {
        let patch = settings::patch(patch).await?;
        room.change_settings(Actor::Api(role), patch).await?;
    }
    let snapshot = room.snapshot().await?;
    Ok(Json(Set {
        code: snapshot.code,
        name: snapshot.name,
        revision: snapshot.revision,
        settings: snapshot.settings,
    }))
}

/// Removes a room with all that is in it; whoever is in it is sent out. For hosts.
#[utoipa::path(
    delete, path = "/rooms/{code}", tag = "rooms", params(OfRoom),
    responses((status = 204, description = "The room is gone."), refusals::Room)
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<StatusCode, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::Administer).await?;
    room.delete().await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Rooms: made, shown, listed, removed; and who is in one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::{ApiError, body};
use crate::protocol::permissions::may;
use crate::protocol::snapshot::{MemberInfo, RoomSnapshot};
use crate::protocol::{Action, ErrorCode, RoomCode, RoomName};
use crate::server::caller::Caller;
use crate::server::secret::Secret;
use crate::server::state::AppState;
use crate::ui::actions::ListedRoom;

/// What a new room is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NewRoom {
    name: Option<String>,
    pin: Option<String>,
    listed: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    code: RoomCode,
    host_token: &'a str,
    url: String,
}

#[derive(Serialize)]
pub(super) struct Listed {
    rooms: Vec<ListedRoom>,
}

pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, ApiError> {
    let new: NewRoom = body::form(&body)?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
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

/// Listed rooms; for the operator all.
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Listed>, ApiError> {
    let rooms =
        if state.is_operator(&caller) { state.all_rooms().await? } else { state.listed_rooms().await? };
    Ok(Json(Listed { rooms }))
}

pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<RoomSnapshot>, ApiError> {
    let room = state.visible_room(&caller, &code).await?;
    Ok(Json(room.snapshot().await?))
}

pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::Administer).await?;
    room.delete().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is there; how well in step, for those who may see that.
pub(super) async fn clients(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Vec<MemberInfo>>, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    let settings = room.snapshot().await?.settings;
    let mut clients = room.clients().await?;
    if !may(role, Action::SeeHealth, &settings) {
        for client in &mut clients {
            client.health = None;
        }
    }
    Ok(Json(clients))
}

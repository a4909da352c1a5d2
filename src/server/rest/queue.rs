//! The queue and the history: shown to whom the room is, changed by whom it lets.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, Path, Query};
use super::retries::IdempotencyKey;
use super::rooms::OfRoom;
use super::tracks::page_length;
use super::{ApiError, body, refusals, schema};
use crate::protocol::{Action, ClientMessage, EntryId, ErrorCode, QueueEntry, Revision};
use crate::room::Actor;
use crate::server::caller::Caller;
use crate::server::state::AppState;

/// Entries of a page of the history, unless asked otherwise.
const PAGE: u32 = 50;

/// What is still to come.
#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct Shown {
    revision: Revision,
    queue: Vec<QueueEntry>,
}

/// An entry of a room's queue.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(super) struct OfEntry {
    /// The code of the room.
    #[param(value_type = crate::protocol::RoomCode)]
    code: String,
    /// The entry.
    #[param(value_type = EntryId)]
    entry_id: String,
}

impl OfEntry {
    /// What is no number is no entry either.
    fn id(&self) -> Result<EntryId, ApiError> {
        self.entry_id.parse().map(EntryId).map_err(|_| ErrorCode::NoSuchEntry.into())
    }
}

/// What is still to come. With a PIN it is for members alone.
#[utoipa::path(
    get, path = "/rooms/{code}/queue", tag = "queue", security((), ("session" = []), ("bearer" = [])), params(OfRoom),
    responses((status = 200, description = "The queue.", body = Shown), refusals::Room)
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Shown>, ApiError> {
    let snapshot = state.visible_room(&caller, &code).await?.snapshot().await?;
    Ok(Json(Shown { revision: snapshot.revision, queue: snapshot.queue }))
}

/// Adds tracks, behind all entries or before them.
#[utoipa::path(
    post, path = "/rooms/{code}/queue", tag = "queue", params(OfRoom, IdempotencyKey),
    request_body = schema::AddToQueue,
    responses((status = 201, description = "The queue after it.", body = Shown), refusals::QueueAdd)
)]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Shown>), ApiError> {
    let message = || {
        let mut fields = body::object(&body)?;
        if let Some(id) = fields.remove("trackId")
            && fields.insert("trackIds".to_owned(), Value::Array(vec![id])).is_some()
        {
            return Err(ApiError::new(ErrorCode::BadValue, "Name a trackId or trackIds."));
        }
        body::named("QUEUE_ADD", fields)
    };
    let shown = change(&state, &caller, &code, Action::Queue, message).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Empties the queue.
#[utoipa::path(
    delete, path = "/rooms/{code}/queue", tag = "queue", params(OfRoom),
    responses((status = 200, description = "The queue after it.", body = Shown), refusals::Room)
)]
pub(super) async fn clear(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Shown>, ApiError> {
    let message = || Ok(ClientMessage::QueueClear);
    Ok(Json(change(&state, &caller, &code, Action::Control, message).await?))
}

/// Shuffles the queue.
#[utoipa::path(
    post, path = "/rooms/{code}/queue/shuffle", tag = "queue", params(OfRoom),
    responses((status = 200, description = "The queue after it.", body = Shown), refusals::Room)
)]
pub(super) async fn shuffle(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Shown>, ApiError> {
    let message = || Ok(ClientMessage::QueueShuffle);
    Ok(Json(change(&state, &caller, &code, Action::Control, message).await?))
}

/// Takes an entry out.
#[utoipa::path(
    delete, path = "/rooms/{code}/queue/{entryId}", tag = "queue", params(OfEntry),
    responses((status = 200, description = "The queue after it.", body = Shown), refusals::QueueEntry)
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(of): Path<OfEntry>,
) -> Result<Json<Shown>, ApiError> {
    let message = || Ok(ClientMessage::QueueRemove { entry_id: of.id()? });
    Ok(Json(change(&state, &caller, &of.code, Action::Control, message).await?))
}

/// Moves an entry before another, or to the end.
#[utoipa::path(
    patch, path = "/rooms/{code}/queue/{entryId}", tag = "queue", params(OfEntry),
    request_body = Option<schema::NewPlace>,
    responses((status = 200, description = "The queue after it.", body = Shown), refusals::QueueEntry)
)]
pub(super) async fn place(
    State(state): State<AppState>,
    caller: Caller,
    Path(of): Path<OfEntry>,
    Body(body): Body,
) -> Result<Json<Shown>, ApiError> {
    let message = || {
        let mut fields = body::object(&body)?;
        fields.insert("entryId".to_owned(), of.id()?.0.into());
        body::named("QUEUE_MOVE", fields)
    };
    Ok(Json(change(&state, &caller, &of.code, Action::Control, message).await?))
}

/// Rights first, then what is asked, then the queue as it is afterwards.
async fn change(
    state: &AppState,
    caller: &Caller,
    code: &str,
    action: Action,
    message: impl FnOnce() -> Result<ClientMessage, ApiError>,
) -> Result<Shown, ApiError> {
    let (room, role) = state.member(caller, code).await?;
    state.must(&room, role, action).await?;
    room.request(Actor::Api(role), message()?).await?;
    let snapshot = room.snapshot().await?;
    Ok(Shown { revision: snapshot.revision, queue: snapshot.queue })
}

/// What somebody wants of the history; the number is text, so that a bad one is refused like every bad value.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Wanted {
    /// Entries of a page: 50 unless given.
    #[param(value_type = Option<u32>, minimum = 1, nullable = false)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// What was played.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    revision: Revision,
    /// The latest first.
    history: Vec<QueueEntry>,
    /// Leads to what was played before.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What was played, the latest first; the last 100 are kept. With a PIN it is for members alone.
#[utoipa::path(
    get, path = "/rooms/{code}/history", tag = "queue", security((), ("session" = []), ("bearer" = [])),
    params(OfRoom, Wanted),
    responses((status = 200, description = "A page of the history.", body = History), refusals::RoomPage)
)]
pub(super) async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<History>, ApiError> {
    let room = state.visible_room(&caller, &code).await?;
    let limit = page_length(wanted.limit)?.unwrap_or(PAGE) as usize;
    // What is told was written down before, so this is what the room knows.
    let record = state.store.load_room(room.code()).await?.ok_or(ErrorCode::NoSuchRoom)?;
    let behind = match wanted.cursor {
        None => 0,
        Some(cursor) => {
            let entry = cursor.parse().ok().map(EntryId);
            let found = record.history.iter().rev().position(|played| Some(played.entry_id) == entry);
            let bad = || ApiError::new(ErrorCode::BadValue, "The history does not go back to this cursor.");
            found.ok_or_else(bad)? + 1
        }
    };
    let history: Vec<_> = record.history.iter().rev().skip(behind).take(limit).cloned().collect();
    let more = record.history.len() > behind + history.len();
    let next_cursor = history.last().filter(|_| more).map(|played| played.entry_id.to_string());
    Ok(Json(History { revision: record.revision, history, next_cursor }))
}

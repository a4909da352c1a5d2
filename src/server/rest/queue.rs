//! The queue: shown to whom the room is, changed by whom it lets.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{ApiError, body};
use crate::protocol::{Action, ClientMessage, EntryId, ErrorCode, QueueEntry, Revision};
use crate::room::Actor;
use crate::server::caller::Caller;
use crate::server::state::AppState;

/// What is still to come.
#[derive(Serialize)]
pub(super) struct Shown {
    revision: Revision,
    queue: Vec<QueueEntry>,
}

pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Shown>, ApiError> {
    let snapshot = state.visible_room(&caller, &code).await?.snapshot().await?;
    Ok(Json(Shown { revision: snapshot.revision, queue: snapshot.queue }))
}

/// `{trackIds, at?}`, or `{trackId}` for one.
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Shown>), ApiError> {
    let message = || {
        let mut fields = body::object(&body)?;
        if let Some(id) = fields.remove("trackId") {
            fields.insert("trackIds".to_owned(), Value::Array(vec![id]));
        }
        body::named("QUEUE_ADD", fields)
    };
    let shown = change(&state, &caller, &code, Action::Queue, message).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

pub(super) async fn clear(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Shown>, ApiError> {
    let message = || Ok(ClientMessage::QueueClear);
    Ok(Json(change(&state, &caller, &code, Action::Control, message).await?))
}

pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path((code, entry)): Path<(String, String)>,
) -> Result<Json<Shown>, ApiError> {
    let message = || Ok(ClientMessage::QueueRemove { entry_id: entry_id(&entry)? });
    Ok(Json(change(&state, &caller, &code, Action::Control, message).await?))
}

/// `{before?}`: moves an entry before another, or to the end.
pub(super) async fn place(
    State(state): State<AppState>,
    caller: Caller,
    Path((code, entry)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Shown>, ApiError> {
    let message = || {
        let mut fields: Map<String, Value> = body::object(&body)?;
        fields.insert("entryId".to_owned(), entry_id(&entry)?.0.into());
        body::named("QUEUE_MOVE", fields)
    };
    Ok(Json(change(&state, &caller, &code, Action::Control, message).await?))
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

/// What is no number is no entry either.
fn entry_id(text: &str) -> Result<EntryId, ApiError> {
    text.parse().map(EntryId).map_err(|_| ErrorCode::NoSuchEntry.into())
}

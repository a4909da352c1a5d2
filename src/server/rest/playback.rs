//! What plays, and what to play: each action is the socket message of the same meaning.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;

use super::{ApiError, body, error};
use crate::protocol::snapshot::Playback;
use crate::protocol::{Action, Revision, StreamId};
use crate::room::{Accepted, Actor};
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::sync::time::{RoomTime, Span};

/// A command was taken, written down and told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taken {
    stream_id: StreamId,
    revision: Revision,
    #[serde(rename = "startAtServerMs")]
    start_at: RoomTime,
    #[serde(rename = "syncBufferMs")]
    sync_buffer: Span,
    #[serde(rename = "serverTimestampMs")]
    server_timestamp: RoomTime,
}

impl From<Accepted> for Taken {
    fn from(accepted: Accepted) -> Self {
        Self {
            stream_id: accepted.stream_id,
            revision: accepted.revision,
            start_at: accepted.start_at,
            sync_buffer: accepted.sync_buffer,
            server_timestamp: accepted.server_timestamp,
        }
    }
}

pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Playback>, ApiError> {
    let room = state.visible_room(&caller, &code).await?;
    Ok(Json(room.snapshot().await?.playback))
}

pub(super) async fn act(
    State(state): State<AppState>,
    caller: Caller,
    Path((code, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<(StatusCode, Json<Taken>), ApiError> {
    let name = match action.as_str() {
        "play" => "HOST_PLAY",
        "pause" => "HOST_PAUSE",
        "resume" => "HOST_RESUME",
        "seek" => "HOST_SEEK",
        "stop" => "HOST_STOP",
        "next" => "HOST_NEXT",
        "previous" => "HOST_PREVIOUS",
        "volume" => "HOST_VOLUME",
        "repeat" => "HOST_REPEAT",
        _ => return Err(error::no_such_address().await),
    };
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::Control).await?;
    let message = body::message(name, &body)?;
    let accepted = room.request(Actor::Api(role), message).await?;
    Ok((StatusCode::ACCEPTED, Json(accepted.into())))
}

//! What plays, and what to play: each action is the socket message of the same meaning.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::{Body, Path};
use super::retries::IdempotencyKey;
use super::rooms::OfRoom;
use super::{ApiError, body, refusals, schema};
use crate::protocol::{Action, Playback, Revision, StreamId};
use crate::room::{Accepted, Actor};
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::sync::time::{RoomTime, Span};

/// A command was taken, written down and told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Accepted)]
pub(super) struct Taken {
    /// The start of a track that it is about.
    stream_id: StreamId,
    /// The room's revision after it.
    revision: Revision,
    /// When it happens.
    #[serde(rename = "startAtServerMs")]
    start_at: RoomTime,
    /// How far ahead actions are scheduled just now.
    #[serde(rename = "syncBufferMs")]
    sync_buffer: Span,
    /// When it was taken.
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

/// What an action answers.
type Answer = Result<(StatusCode, Json<Taken>), ApiError>;

/// What plays, and where it is. With a PIN it is for members alone.
#[utoipa::path(
    get, path = "/rooms/{code}/playback", tag = "playback", security((), ("session" = []), ("bearer" = [])),
    params(OfRoom),
    responses((status = 200, description = "The playback.", body = Playback), refusals::Room)
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Playback>, ApiError> {
    let room = state.visible_room(&caller, &code).await?;
    Ok(Json(room.snapshot().await?.playback))
}

/// Starts a track of the library, or an entry of the queue, one lead ahead.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/play", tag = "playback", params(OfRoom, IdempotencyKey),
    request_body = schema::Play,
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Play)
)]
pub(super) async fn play(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_PLAY", &body).await
}

/// Pauses. What stands already stays so.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/pause", tag = "playback", params(OfRoom, IdempotencyKey),
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Playback)
)]
pub(super) async fn pause(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_PAUSE", &body).await
}

/// Goes on. What runs already stays so.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/resume", tag = "playback", params(OfRoom, IdempotencyKey),
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Playback)
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_RESUME", &body).await
}

/// Goes to a position, at most the end of the track.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/seek", tag = "playback", params(OfRoom, IdempotencyKey),
    request_body = schema::Seek,
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Playback)
)]
pub(super) async fn seek(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_SEEK", &body).await
}

/// Stops, and stands at the beginning of the track.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/stop", tag = "playback", params(OfRoom, IdempotencyKey),
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Playback)
)]
pub(super) async fn stop(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_STOP", &body).await
}

/// Goes on to the first entry of the queue; with an empty queue and a repeat mode on, the same track again.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/next", tag = "playback", params(OfRoom, IdempotencyKey),
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Step)
)]
pub(super) async fn next(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_NEXT", &body).await
}

/// The same track again, when it is further than 3 s or nothing was played before; else the entry before.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/previous", tag = "playback", params(OfRoom, IdempotencyKey),
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Step)
)]
pub(super) async fn previous(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_PREVIOUS", &body).await
}

/// Sets the room's volume.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/volume", tag = "playback", params(OfRoom, IdempotencyKey),
    request_body = schema::NewVolume,
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Setting)
)]
pub(super) async fn volume(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_VOLUME", &body).await
}

/// Sets what comes when a track ends.
#[utoipa::path(
    post, path = "/rooms/{code}/playback/repeat", tag = "playback", params(OfRoom, IdempotencyKey),
    request_body = schema::NewRepeat,
    responses((status = 202, description = "Written down and told.", body = Taken), refusals::Setting)
)]
pub(super) async fn repeat(
    State(state): State<AppState>,
    caller: Caller,
    Path(room): Path<OfRoom>,
    Body(body): Body,
) -> Answer {
    act(&state, &caller, &room, "HOST_REPEAT", &body).await
}

/// Rights first, then what is asked.
async fn act(state: &AppState, caller: &Caller, room: &OfRoom, name: &str, body: &Bytes) -> Answer {
    let (room, role) = state.member(caller, &room.code).await?;
    state.must(&room, role, Action::Control).await?;
    let message = body::message(name, body)?;
    let accepted = room.request(Actor::Api(role), message).await?;
    Ok((StatusCode::ACCEPTED, Json(accepted.into())))
}

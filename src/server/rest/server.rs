//! What a program may know of the server before it asks for anything.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::refusals;
use crate::protocol::{SUBPROTOCOL, limits};
use crate::server::state::AppState;
use crate::sync::time::RoomTime;

/// A server, and what it takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Server)]
pub(super) struct Server {
    /// Always `tutti`.
    #[schema(example = "tutti")]
    name: &'static str,
    /// Of the server.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The subprotocol of the room socket.
    #[schema(example = "tutti.v1")]
    protocol: &'static str,
    /// For how long it has been running.
    #[schema(minimum = 0)]
    uptime_sec: f64,
    /// Room time, now.
    #[serde(rename = "serverTimestampMs")]
    server_timestamp: RoomTime,
    /// Another one than before: the server was restarted.
    clock_epoch: String,
    features: Features,
    limits: Limits,
}

/// What a server can do besides.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Features {
    /// Who may add may upload files.
    uploads: bool,
    /// Who may add may name links.
    links: bool,
    /// What browsers do not play is converted for them.
    encoder: bool,
}

/// How much is taken.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Limits {
    /// Rooms.
    rooms: u64,
    /// Members of a room.
    members_of_room: usize,
    /// Entries of a queue.
    queue_entries: usize,
    /// Tracks that are added to a queue at once.
    tracks_per_add: usize,
    /// Bytes of one file that is added.
    upload_bytes: u64,
    /// Bytes of all files that were added.
    uploads_bytes: u64,
    /// Bytes of the body of other requests.
    body_bytes: usize,
}

/// What this server is, what it can do and what it takes.
#[utoipa::path(
    get, path = "/server", tag = "server", security(()),
    responses((status = 200, description = "The server.", body = Server), refusals::None)
)]
pub(super) async fn show(State(state): State<AppState>) -> Json<Server> {
    let now = state.clock.now();
    let additions = state.intake.limits();
    Json(Server {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        protocol: SUBPROTOCOL,
        uptime_sec: (now - state.clock.started_at()).as_secs(),
        server_timestamp: now,
        clock_epoch: state.clock.epoch().to_owned(),
        features: Features {
            uploads: additions.file_bytes > 0,
            links: state.fetcher.is_some(),
            encoder: state.renditions.can_encode(),
        },
        limits: Limits {
            rooms: state.max_rooms,
            members_of_room: state.rooms.max_members(),
            queue_entries: state.rooms.max_queue(),
            tracks_per_add: limits::TRACKS_PER_ADD,
            upload_bytes: additions.file_bytes,
            uploads_bytes: additions.total_bytes,
            body_bytes: limits::FRAME_BYTES,
        },
    })
}

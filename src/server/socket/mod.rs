//! The room socket, `/ws/{code}`: one task for each member. It stamps and answers pings by itself, at once; all
//! else it hands to the room, and writes what the room says.
//!
//! A refusal that a page must be able to tell apart is a close code, so the socket is accepted first and then
//! closed; browsers see nothing of a refused handshake.

mod conversation;
mod flood;
mod hello;
mod pings;
pub mod settings;

use axum::Extension;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::StreamExt;

use super::caller::Caller;
use super::rest::ApiError;
use super::rooms::{Departure, outlet};
use super::state::AppState;
use super::wire::Outflow;
use crate::protocol::{CloseReason, ErrorCode, SUBPROTOCOL, limits};
use conversation::{Conversation, Line, Pipe};
use hello::Refused;

/// The largest frame that is read at all. Twice what is taken, so that what is only a bit too large gets its
/// `ERROR` and the conversation goes on; what is larger ends it.
const LARGEST_READ: usize = 2 * limits::FRAME_BYTES;
/// Buffers of a socket: ten thousand idle ones must not cost more than 12 KiB each.
const BUFFER: usize = 4 * 1024;
/// What may wait to be written, beyond what the outbox bounds: one snapshot with a full queue is about 1 MiB.
const LARGEST_BACKLOG: usize = 8 * 1024 * 1024;

/// `GET /ws/{code}`.
///
/// # Errors
/// 403 for a page of another site; 429 for an address that has as many sockets as it may.
pub async fn upgrade(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
    outflow: Option<Extension<Outflow>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    if !caller.is_ours {
        return Err(ApiError::new(ErrorCode::Forbidden, "A page of another site may not open this socket."));
    }
    let pass = if state.front.is_uncounted(caller.address) {
        None
    } else {
        let pass = state.sockets.enter(caller.address).ok_or_else(|| {
            state.metrics.rate_limited.of("sockets").increment(1);
            ApiError::new(ErrorCode::RateLimited, "This address has too many sockets.")
        })?;
        Some(pass)
    };
    let outflow = outflow.map(|Extension(outflow)| outflow).unwrap_or_default();
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(LARGEST_READ)
        .max_frame_size(LARGEST_READ)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(LARGEST_BACKLOG);
    // A program that asks for no protocol takes ours; who asks for others only is of another version.
    let understood = upgrade.selected_protocol().is_some() || upgrade.requested_protocols().next().is_none();
    let tasks = state.tasks.clone();
    Ok(upgrade.on_upgrade(move |socket| {
        tasks.track_future(async move {
            serve(state, caller, code, socket, outflow, understood).await;
            drop(pass);
        })
    }))
}

async fn serve(
    state: AppState,
    caller: Caller,
    code: String,
    socket: WebSocket,
    outflow: Outflow,
    understood: bool,
) {
    let _open = state.metrics.sockets.open();
    let (sink, stream) = socket.split();
    let line = Line::new(sink, stream, outflow, state.metrics.clone());
    let (line, why) = if understood {
        visit(&state, &caller, &code, line).await
    } else {
        (line, Departure::Closed(CloseReason::Version))
    };
    state.metrics.sockets.closed(why);
    match why {
        Departure::Closed(reason) => line.close(reason).await,
        Departure::Broken(breach) => line.close_broken(breach).await,
        Departure::Left => line.end().await,
        Departure::Lost | Departure::Silent => {}
    }
}

/// From the first word to the last but the farewell. The room is held no longer than that: a farewell to a slow reader
/// takes its time.
async fn visit<S: Pipe>(
    state: &AppState,
    caller: &Caller,
    code: &str,
    mut line: Line<S>,
) -> (Line<S>, Departure) {
    let room = match state.room(code).await {
        Ok(room) => room,
        Err(error) => {
            let reason = match error.code() {
                ErrorCode::NoSuchRoom => CloseReason::NoRoom,
                _ => CloseReason::Restart,
            };
            return (line, Departure::Closed(reason));
        }
    };
    let refused = |reason| {
        let why = Departure::Closed(reason);
        tracing::debug!(room = %room.code(), reason = why.as_str(), "not let in");
        why
    };
    let hello = match hello::wait(&mut line).await {
        Ok(hello) => hello,
        Err(why) => return (line, why),
    };
    let admitted = match hello::admit(state, caller, room.code(), hello).await {
        Ok(admitted) => admitted,
        Err(Refused { reason, told }) => {
            if let Some(told) = &told {
                line.say(told);
            }
            return (line, refused(reason));
        }
    };
    let (outlet, inbox) = outlet();
    let joined = match room.join(admitted.request, admitted.session, admitted.new_here, outlet).await {
        Ok(joined) => joined,
        Err(reason) => return (line, refused(reason)),
    };
    let (member, connection) = (joined.member_id.clone(), joined.connection);
    let conversation =
        Conversation::new(line, state.clock.clone(), room.clone(), member, inbox, state.patience);
    let (line, why) = conversation.talk().await;
    room.leave(joined.member_id, connection, why).await;
    (line, why)
}

//! The room socket, `/ws/{code}`: one task for each member. It stamps and answers pings by itself, at once; all
//! else it hands to the room, and writes what the room says.
//!
//! A refusal that a page must be able to tell apart is a close code, so the socket is accepted first and then
//! closed; browsers see nothing of a refused handshake.

mod conversation;
mod flood;
mod hello;
mod line;
mod pieces;
mod pings;
pub mod settings;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::caller::Caller;
use super::rest::ApiError;
use super::rooms::{Departure, outlet};
use super::state::AppState;
use super::wire::Outflow;
use crate::protocol::{CloseReason, ErrorCode, SUBPROTOCOL, limits};
use crate::room::Joined;
use conversation::Conversation;
use hello::Refused;
use line::{Line, Pipe};

/// The largest frame that is read at all. Twice what is taken, so that what is only a bit too large gets its
/// `ERROR` and the conversation goes on; what is larger ends it.
const LARGEST_READ: usize = 2 * limits::FRAME_BYTES;
/// What is read at once. Members say little; ten thousand idle ones must not cost more than 12 KiB each.
const READ_BUFFER: usize = 1024;
/// More than a batch is: handing one to the socket never waits.
const WRITE_BUFFER: usize = 2 * pieces::BATCH_BYTES;
/// What may wait to be written, beyond what the outbox bounds: one snapshot with a full queue is about 1 MiB.
const LARGEST_BACKLOG: usize = 8 * 1024 * 1024;

/// `GET /ws/{code}`.
///
/// # Errors
/// 400 for who asks for no WebSocket, 426 where the connection can be none; 403 for a page of another site; 429 for an
/// address that has as many sockets as it may.
pub async fn upgrade(
    State(state): State<AppState>,
    caller: Caller,
    Path(code): Path<String>,
    outflow: Option<Extension<Outflow>>,
    mut request: Request,
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
    let mut answer = match create_response_with_body(&request, Body::empty) {
        Ok(answer) => answer,
        Err(error) => return Ok((StatusCode::BAD_REQUEST, error.to_string()).into_response()),
    };
    let Some(upgraded) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Ok(
            (StatusCode::UPGRADE_REQUIRED, "This connection cannot become a WebSocket.").into_response()
        );
    };
    let asked = Asked::of(request.headers());
    if asked == Asked::Ours {
        answer.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    let tasks = state.tasks.clone();
    tokio::spawn(tasks.track_future(async move {
        match upgraded.await {
            Ok(upgraded) => {
                let socket =
                    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config()))
                        .await;
                serve(state, caller, code, socket, outflow, asked != Asked::Others).await;
            }
            Err(error) => tracing::debug!(%error, "a connection became no WebSocket"),
        }
        drop(pass);
    }));
    Ok(answer)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(LARGEST_READ))
        .max_frame_size(Some(LARGEST_READ))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(LARGEST_BACKLOG)
}

/// Which protocol a socket wants to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// None in particular: a program that takes ours.
    Nothing,
    Ours,
    /// Others only: it is of another version.
    Others,
}

impl Asked {
    fn of(headers: &HeaderMap) -> Self {
        let lists = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|list| list.to_str().ok());
        let mut asked = Self::Nothing;
        for protocol in lists.flat_map(|list| list.split(',')) {
            if protocol.trim() == SUBPROTOCOL {
                return Self::Ours;
            }
            asked = Self::Others;
        }
        asked
    }
}

async fn serve(
    state: AppState,
    caller: Caller,
    code: String,
    socket: impl Pipe,
    outflow: Outflow,
    understood: bool,
) {
    let metrics = state.metrics.clone();
    let _open = metrics.sockets.open();
    let line = Line::new(socket, outflow, metrics.clone());
    // Coming in and parting need much more room than talking, and only for a moment: who talks for hours does not keep it.
    let (line, why) = if understood {
        match Box::pin(come_in(state, caller, code, line)).await {
            Ok(conversation) => visit(conversation).await,
            Err(refused) => refused,
        }
    } else {
        (line, Departure::Closed(CloseReason::Version))
    };
    metrics.sockets.closed(why);
    Box::pin(farewell(line, why)).await;
}

async fn farewell<S: Pipe>(line: Line<S>, why: Departure) {
    match why {
        Departure::Closed(reason) => line.close(reason).await,
        Departure::Broken(breach) => line.close_broken(breach).await,
        Departure::Left => line.end().await,
        Departure::Lost | Departure::Silent => {}
    }
}

/// From the first word to being in the room.
///
/// # Errors
/// How it ends, for who may not come in.
async fn come_in<S: Pipe>(
    state: AppState,
    caller: Caller,
    code: String,
    mut line: Line<S>,
) -> Result<(Box<Conversation<S>>, Joined), (Line<S>, Departure)> {
    let room = match state.room(&code).await {
        Ok(room) => room,
        Err(error) => {
            let reason = match error.code() {
                ErrorCode::NoSuchRoom => CloseReason::NoRoom,
                _ => CloseReason::Restart,
            };
            return Err((line, Departure::Closed(reason)));
        }
    };
    let refused = |reason| {
        let why = Departure::Closed(reason);
        tracing::debug!(room = %room.code(), reason = why.as_str(), "not let in");
        why
    };
    let hello = match hello::wait(&mut line).await {
        Ok(hello) => hello,
        Err(why) => return Err((line, why)),
    };
    let admitted = match hello::admit(&state, &caller, room.code(), hello).await {
        Ok(admitted) => admitted,
        Err(Refused { reason, told }) => {
            if let Some(told) = &told {
                line.say(told);
            }
            return Err((line, refused(reason)));
        }
    };
    let (outlet, inbox) = outlet();
    let joined = match room.join(admitted.request, admitted.session, admitted.new_here, outlet).await {
        Ok(joined) => joined,
        Err(reason) => return Err((line, refused(reason))),
    };
    let member = joined.member_id.clone();
    let conversation = Conversation::new(line, state.clock.clone(), room, member, inbox, state.patience);
    Ok((Box::new(conversation), joined))
}

/// In the room. It is held no longer than that: a farewell to a slow reader takes its time.
async fn visit<S: Pipe>((conversation, joined): (Box<Conversation<S>>, Joined)) -> (Line<S>, Departure) {
    let room = conversation.room();
    let (line, why) = conversation.talk().await;
    room.leave(joined.member_id, joined.connection, why).await;
    (line, why)
}

//! The first message of a socket: who is it, and may it come in?

use std::time::Duration;

use tokio_tungstenite::tungstenite::Message;

use super::line::{Line, Pipe, unreadable};
use crate::protocol::{
    ClientMessage, CloseReason, ErrorCode, MemberId, MemberName, Role, RoomCode, ServerMessage,
};
use crate::room::{Identity, JoinRequest};
use crate::server::caller::Caller;
use crate::server::random;
use crate::server::rooms::Departure;
use crate::server::secret::Secret;
use crate::server::state::AppState;
use crate::storage::{SecretHash, StoreError};

/// Whoever says nothing for so long takes a place away. It may come back: a network that slow is no broken protocol.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// What a socket says of itself.
pub(super) struct Hello {
    name: Option<MemberName>,
    pin: Option<String>,
    host_token: Option<Secret>,
    resume: Option<MemberId>,
    page: Option<u64>,
}

/// Why somebody has to stay outside.
pub(super) struct Refused {
    pub(super) reason: CloseReason,
    /// What is said before the socket is closed, where the close code does not say it all.
    pub(super) told: Option<ServerMessage>,
}

impl From<CloseReason> for Refused {
    fn from(reason: CloseReason) -> Self {
        Self { reason, told: None }
    }
}

/// Somebody who may come in.
pub(super) struct Admitted {
    pub(super) request: JoinRequest,
    pub(super) session: Option<SecretHash>,
    /// The session was nobody in this room, or less, until now.
    pub(super) new_here: bool,
}

/// Waits for `HELLO`.
///
/// # Errors
/// When something else came, or nothing: how it ends.
pub(super) async fn wait<S: Pipe>(line: &mut Line<S>) -> Result<Hello, Departure> {
    let first = tokio::time::timeout(HELLO_WITHIN, async {
        loop {
            match line.next().await {
                Some(Ok(Message::Text(text))) => return Ok(line.read(&text)),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Err(Departure::Left),
                Some(Ok(Message::Binary(_))) => return Err(Departure::Closed(CloseReason::Policy)),
                Some(Err(error)) => return Err(unreadable(error)),
            }
        }
    });
    match first.await.unwrap_or(Err(Departure::Closed(CloseReason::TooSlow)))? {
        Ok(ClientMessage::Hello { name, pin, host_token, resume, page }) => {
            Ok(Hello { name, pin, host_token: host_token.map(Secret::new), resume, page })
        }
        other => {
            line.say(&ServerMessage::Error {
                code: ErrorCode::BadMessage,
                message: other
                    .map_or_else(|error| error.to_string(), |_| "The first message is HELLO.".to_owned()),
            });
            Err(Departure::Closed(CloseReason::Policy))
        }
    }
}

/// What somebody is in this room, or why it has to stay outside.
pub(super) async fn admit(
    state: &AppState,
    caller: &Caller,
    code: RoomCode,
    hello: Hello,
) -> Result<Admitted, Refused> {
    let failed = |error: StoreError| {
        tracing::error!(room = %code, %error, "a role could not be looked up");
        CloseReason::Restart
    };
    let token = hello.host_token.as_ref().map(Secret::hash);
    let session = caller.session.as_ref().map(Secret::hash);
    let is_host = match &token {
        Some(token) => state.is_host_token(code, token).await.map_err(failed)?,
        None => false,
    };
    if token.is_some() && !is_host {
        // Whoever shows a token counts on what it opens.
        let message = "This is not the host token of this room.".to_owned();
        let told = ServerMessage::Error { code: ErrorCode::Forbidden, message };
        return Err(Refused { reason: CloseReason::Policy, told: Some(told) });
    }
    if !is_host && state.standing(caller, code).await.map_err(failed)?.kicked {
        return Err(CloseReason::Kicked.into());
    }
    let known = state.role_of(caller, code).await.map_err(failed)?;
    let role = if is_host {
        Role::Host
    } else if let Some(known) = known {
        known
    } else {
        match state.pin_opens(caller, code, hello.pin.as_deref()).await {
            Ok(()) => Role::Listener,
            Err(ErrorCode::NoSuchRoom) => return Err(CloseReason::NoRoom.into()),
            Err(ErrorCode::Unavailable) => return Err(CloseReason::Restart.into()),
            Err(_) => return Err(CloseReason::Pin.into()),
        }
    };
    let identity = session.or(token.filter(|_| is_host)).map_or_else(random::identity, Identity);
    Ok(Admitted {
        request: JoinRequest {
            fresh_id: random::member_id(),
            identity,
            role,
            name: hello.name,
            resume: hello.resume,
            page: hello.page,
        },
        session,
        new_here: known != Some(role),
    })
}

//! A request that comes twice because its answer was lost is done once: who sends an `Idempotency-Key` gets, for a
//! while, the answer that there was (as in the IETF draft *The Idempotency-Key HTTP Header Field*). In memory only, and
//! bounded: after a restart, or when very much is asked, a retry is a new request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{ApiError, extract};
use crate::protocol::ErrorCode;
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::sync::time::{RoomTime, Span};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Characters of a key, fewest and most. The answer that makes a room has its token in it, so a key must not be
/// guessed by somebody of the same household.
const KEY_CHARS: (usize, usize) = (16, 128);

/// How long an answer is kept.
const KEPT: Span = Span::from_secs(600);

/// Answers kept at most, …
const ANSWERS: usize = 1_000;

/// … and their bytes: a queue that is full is about 1 MiB.
const ANSWERS_BYTES: usize = 16 << 20;

type Digested = [u8; 32];

/// The header, as the description of the API has it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the description reads it")]
pub(super) struct IdempotencyKey {
    /// Chosen anew for each request, a UUID for example. When the request comes again within 10 minutes, by the same
    /// caller and with the same body, it is answered as before and not done again.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 16,
        max_length = 128,
        pattern = "^[A-Za-z0-9._~-]+$"
    )]
    key: String,
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub struct Retries(Mutex<HashMap<Digested, Slot>>);

/// One request: the answer, or a wait for it.
#[derive(Clone, Debug)]
struct Slot {
    made_at: RoomTime,
    bytes: usize,
    answer: Arc<tokio::sync::Mutex<Option<Answer>>>,
}

/// What was answered, and to what.
#[derive(Clone, Debug)]
struct Answer {
    to: Digested,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Retries {
    fn slot(&self, name: Digested, now: RoomTime) -> Slot {
        let mut slots = self.slots();
        forget(&mut slots, now);
        let new = || Slot { made_at: now, bytes: 0, answer: Arc::default() };
        slots.entry(name).or_insert_with(new).clone()
    }

    fn weigh(&self, name: &Digested, bytes: usize, now: RoomTime) {
        let mut slots = self.slots();
        if let Some(slot) = slots.get_mut(name) {
            slot.bytes = bytes;
        }
        forget(&mut slots, now);
    }

    /// Forgets what is older than ten minutes.
    pub fn forget_old(&self, now: RoomTime) {
        forget(&mut self.slots(), now);
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Digested, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what is old, and then the oldest until the rest is within the bounds.
fn forget(slots: &mut HashMap<Digested, Slot>, now: RoomTime) {
    slots.retain(|_, slot| now - slot.made_at < KEPT);
    let mut bytes: usize = slots.values().map(|slot| slot.bytes).sum();
    while slots.len() >= ANSWERS || bytes > ANSWERS_BYTES {
        let Some(oldest) = slots.iter().min_by_key(|(_, slot)| slot.made_at).map(|(name, _)| *name) else {
            return;
        };
        bytes -= slots.remove(&oldest).map_or(0, |slot| slot.bytes);
    }
}

/// Lets a request through once for each key.
pub(super) async fn once(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(key) = request.headers().get(KEY) else {
        return Ok(next.run(request).await);
    };
    if !is_key(key) {
        let (fewest, most) = KEY_CHARS;
        let detail = format!("An Idempotency-Key has {fewest} to {most} letters, digits, or of “._~-”.");
        return Err(ApiError::new(ErrorCode::BadValue, detail));
    }
    let name = name_of(&caller, &request, key);
    let (parts, body) = request.into_parts();
    let extract::Body(body) =
        extract::Body::from_request(Request::from_parts(parts.clone(), body), &state).await?;
    let to: Digested = Sha256::digest(&body).into();
    let request = Request::from_parts(parts, Body::from(body));

    let slot = state.retries.slot(name, state.clock.now());
    // Whoever comes meanwhile waits here for the answer.
    let mut kept = slot.answer.lock_owned().await;
    if let Some(answer) = &*kept {
        return if answer.to == to { Ok(replay(answer)) } else { Err(ErrorCode::KeyReused.into()) };
    }
    // A task of its own: when the one who asks is gone, what was asked is done all the same, and once.
    let done = tokio::spawn(async move {
        let (parts, body) = next.run(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        if parts.status.is_success() {
            state.retries.weigh(&name, body.len(), state.clock.now());
            let (status, headers) = (parts.status, parts.headers.clone());
            *kept = Some(Answer { to, status, headers, body: body.clone() });
        }
        Response::from_parts(parts, Body::from(body))
    });
    done.await.map_err(|_| ErrorCode::Unknown.into())
}

fn is_key(key: &HeaderValue) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._~-".contains(b);
    (KEY_CHARS.0..=KEY_CHARS.1).contains(&key.len()) && key.as_bytes().iter().all(plain)
}

/// The same key of another caller, or for something else, is another.
fn name_of(caller: &Caller, request: &Request, key: &HeaderValue) -> Digested {
    let secret = |secret: &Option<crate::server::Secret>| secret.as_ref().map(crate::server::Secret::hash);
    let mut digest = Sha256::new();
    match secret(&caller.bearer).or_else(|| secret(&caller.session)) {
        Some(hash) => digest.update(hash),
        None => digest.update(caller.address.to_string()),
    }
    for part in [request.method().as_str(), &request.uri().to_string()] {
        digest.update([0]);
        digest.update(part);
    }
    digest.update([0]);
    digest.update(key);
    digest.finalize().into()
}

fn replay(answer: &Answer) -> Response {
    let mut response = (answer.status, answer.body.clone()).into_response();
    *response.headers_mut() = answer.headers.clone();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: RoomTime = RoomTime::ZERO;

    #[test]
    fn a_key_is_long_enough_not_to_be_guessed() {
        let key = |text: &str| is_key(&HeaderValue::from_str(text).unwrap());
        assert!(key("6d7f1c1e-2f5e-4c8a-9a50-0b2d3f1f7a11"));
        for bad in ["", "1", "fifteen-letters", "sixteen letters!", &"x".repeat(129)] {
            assert!(!key(bad), "{bad}");
        }
    }

    #[test]
    fn answers_are_forgotten_when_they_are_old_or_too_many() {
        let retries = Retries::default();
        let name = |number: usize| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_le_bytes());
            name
        };
        for number in 0..2 * ANSWERS {
            retries.slot(name(number), NOW + Span::from_micros(number as i64));
        }
        assert!(retries.slots().len() <= ANSWERS);
        assert!(!retries.slots().contains_key(&name(0)), "the oldest goes first");
        retries.weigh(&name(2 * ANSWERS - 1), ANSWERS_BYTES, NOW + Span::from_secs(1));
        retries.weigh(&name(2 * ANSWERS - 2), 1, NOW + Span::from_secs(1));
        let bytes: usize = retries.slots().values().map(|slot| slot.bytes).sum();
        assert!(bytes <= ANSWERS_BYTES);
        retries.forget_old(NOW + KEPT + Span::from_secs(1));
        assert!(retries.slots().is_empty());
    }
}

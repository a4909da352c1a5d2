//! `/healthz`: the process answers. `/readyz`: it can do its work, so a balancer may send people here.

use std::sync::atomic::Ordering;

use axum::extract::State;

use super::ApiError;
use crate::protocol::ErrorCode;
use crate::server::state::AppState;

pub(super) async fn lives() -> &'static str {
    "ok\n"
}

pub(super) async fn is_ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    if state.stopping.load(Ordering::Relaxed) {
        return Err(ApiError::new(ErrorCode::Unavailable, "The server is stopping."));
    }
    state.store.check().await?;
    Ok("ok\n")
}

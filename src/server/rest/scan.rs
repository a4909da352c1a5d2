//! The library's scan, for the operator: how far it is, again, and no further.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::ApiError;
use crate::server::caller::Caller;
use crate::server::state::AppState;

/// How far the scan is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    running: bool,
    phase: &'static str,
    files_seen: u64,
    files_read: u64,
    tracks: u64,
    warnings: u64,
    error: Option<String>,
    /// Tracks that wait for a measurement of their loudness.
    unmeasured: u64,
}

pub(super) async fn show(State(state): State<AppState>, caller: Caller) -> Result<Json<Status>, ApiError> {
    state.must_be_operator(&caller)?;
    Ok(Json(status(&state).await?))
}

pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Status>), ApiError> {
    state.must_be_operator(&caller)?;
    // One that runs already will not see what changed behind it: another follows it.
    state.scan_in_background();
    Ok((StatusCode::ACCEPTED, Json(status(&state).await?)))
}

/// Ends the scan that runs; without one, nothing happens. What it has read stays.
pub(super) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Status>), ApiError> {
    state.must_be_operator(&caller)?;
    state.library.cancel();
    Ok((StatusCode::ACCEPTED, Json(status(&state).await?)))
}

async fn status(state: &AppState) -> Result<Status, ApiError> {
    let progress = state.library.progress().borrow().clone();
    Ok(Status {
        running: progress.running,
        phase: progress.phase.as_str(),
        files_seen: progress.files_seen,
        files_read: progress.files_read,
        tracks: progress.tracks,
        warnings: progress.warnings,
        error: progress.error,
        unmeasured: state.store.count_unmeasured().await?,
    })
}

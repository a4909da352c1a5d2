//! The library's scan, for the operator: how far it is, and again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::ApiError;
use crate::library::ScanProgress;
use crate::server::caller::Caller;
use crate::server::state::AppState;

/// How far the scan is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    running: bool,
    files_seen: u64,
    files_read: u64,
    tracks: u64,
    warnings: u64,
    error: Option<String>,
}

impl From<ScanProgress> for Status {
    fn from(progress: ScanProgress) -> Self {
        Self {
            running: progress.running,
            files_seen: progress.files_seen,
            files_read: progress.files_read,
            tracks: progress.tracks,
            warnings: progress.warnings,
            error: progress.error,
        }
    }
}

pub(super) async fn show(State(state): State<AppState>, caller: Caller) -> Result<Json<Status>, ApiError> {
    state.must_be_operator(&caller)?;
    Ok(Json(status(&state)))
}

pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Status>), ApiError> {
    state.must_be_operator(&caller)?;
    // One that runs already will not see what changed behind it: another follows it.
    state.scan_in_background();
    Ok((StatusCode::ACCEPTED, Json(status(&state))))
}

fn status(state: &AppState) -> Status {
    state.library.progress().borrow().clone().into()
}

//! The library's scan, for the operator: how far it is, again, and no further.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, refusals};
use crate::server::caller::Caller;
use crate::server::state::AppState;

/// How far the scan is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Scan)]
pub(super) struct Status {
    running: bool,
    /// `idle`, `listing` the folders, or `reading` files.
    phase: &'static str,
    files_seen: u64,
    files_read: u64,
    tracks: u64,
    /// Files that could not be read, and the like; the log says more.
    warnings: u64,
    /// Why the last scan ended before its end.
    #[schema(required)]
    error: Option<String>,
    /// Tracks that wait for a measurement of their loudness.
    unmeasured: u64,
}

/// How far the scan of the library is. For the operator.
#[utoipa::path(
    get, path = "/library/scan", tag = "library", security(("bearer" = [])),
    responses((status = 200, description = "The scan.", body = Status), refusals::Operator)
)]
pub(super) async fn show(State(state): State<AppState>, caller: Caller) -> Result<Json<Status>, ApiError> {
    state.must_be_operator(&caller)?;
    Ok(Json(status(&state).await?))
}

/// Scans the library once more, after the scan that may be under way. For the operator.
#[utoipa::path(
    post, path = "/library/scan", tag = "library", security(("bearer" = [])),
    responses((status = 202, description = "The scan; it begins at once, or after the one that runs.", body = Status), refusals::Operator)
)]
pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Status>), ApiError> {
    state.must_be_operator(&caller)?;
    // One that runs already will not see what changed behind it: another follows it.
    state.scan_in_background();
    Ok((StatusCode::ACCEPTED, Json(status(&state).await?)))
}

/// Ends the scan that runs, if one does; what it has read stays. For the operator.
#[utoipa::path(
    delete, path = "/library/scan", tag = "library", security(("bearer" = [])),
    responses((status = 202, description = "The scan; it ends at the next file.", body = Status), refusals::Operator)
)]
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

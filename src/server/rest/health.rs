//! `/healthz`: the process answers. `/readyz`: it can do its work, so a balancer may send people here; what fails is
//! named.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::server::readiness::Readiness;
use crate::server::state::AppState;

pub(super) async fn lives() -> &'static str {
    "ok\n"
}

pub(super) async fn is_ready(State(state): State<AppState>) -> (StatusCode, Json<Readiness>) {
    let readiness = state.readiness().await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}

//! `GET /metrics`: for the operator, or for everybody where the operator opened it. What nobody counts is asked for
//! here, when somebody looks.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::runtime::Handle;

use super::process::Process;
use super::{METADATA, gauge, key, table};
use crate::server::caller::Caller;
use crate::server::rest::ApiError;
use crate::server::state::AppState;
use crate::storage::StoreError;
use metrics::Recorder;

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The route.
pub fn metrics() -> Router<AppState> {
    Router::new().route("/metrics", get(scrape))
}

async fn scrape(State(state): State<AppState>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    if !state.open_metrics {
        state.must_be_operator(&caller)?;
    }
    look(&state).await?;
    Ok(([(CONTENT_TYPE, FORMAT)], state.metrics.render()))
}

async fn look(state: &AppState) -> Result<(), StoreError> {
    let recorder = &state.metrics.recorder;
    let set = |metric, value: f64| gauge(recorder, metric).set(value);
    let progress = state.library.progress().borrow().clone();
    set(&table::ROOMS, state.store.count_rooms().await? as f64);
    set(&table::TRACKS, progress.tracks as f64);
    set(&table::UNMEASURED, state.store.count_unmeasured().await? as f64);
    set(&table::SCAN_RUNNING, f64::from(u8::from(progress.running)));
    set(&table::SCAN_FILES_SEEN, progress.files_seen as f64);
    set(&table::SCAN_FILES_READ, progress.files_read as f64);
    set(&table::SCAN_WARNINGS, progress.warnings as f64);
    set(&table::TASKS, Handle::current().metrics().num_alive_tasks() as f64);
    set(&table::STARTED, state.clock.started_at().micros() as f64 / 1e6);
    if let Some(process) = Process::look() {
        set(&table::MEMORY, process.resident_bytes as f64);
        set(&table::OPEN_FDS, process.open_fds as f64);
        recorder.register_counter(&key(&table::CPU, &[]), &METADATA).absolute(process.cpu_seconds);
    }
    Ok(())
}

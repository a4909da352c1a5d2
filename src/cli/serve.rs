//! `tutti serve`: until somebody says stop.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::signal;

use super::open_files;
use super::service_manager;
use super::settings::Settings;
use crate::server;

pub(super) async fn serve(settings: Settings) -> Result<()> {
    if let Some(files) = open_files::raise() {
        tracing::debug!(files, "files and sockets may be open");
    }
    let program = std::env::current_exe().ok();
    let running = server::serve(settings.into_config(program.as_deref())?).await?;
    if let Some(token) = &running.new_admin_token {
        println!("The operator's token, shown this once: {}", token.expose());
    }
    let address = web_address(running.address);
    println!("Tutti serves {address}");
    service_manager::ready(&address);
    service_manager::alive_until(wait_for_stop()).await.context("cannot wait for signals")?;
    tracing::info!("stopping");
    service_manager::stopping();
    running.stop().await;
    Ok(())
}

/// The address to type into a browser on this machine.
fn web_address(bound: SocketAddr) -> String {
    if bound.ip().is_loopback() || bound.ip().is_unspecified() {
        format!("http://localhost:{}", bound.port())
    } else {
        format!("http://{bound}")
    }
}

#[cfg(unix)]
async fn wait_for_stop() -> std::io::Result<()> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn wait_for_stop() -> std::io::Result<()> {
    signal::ctrl_c().await
}

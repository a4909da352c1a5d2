//! `tutti serve`: until somebody says stop.

use anyhow::{Context, Result};
use tokio::signal;

use super::greeting::Greeting;
use super::open_files;
use super::service_manager;
use super::settings::Settings;
use crate::server;
use crate::server::machine::Machine;

pub(super) async fn serve(settings: Settings) -> Result<()> {
    if let Some(files) = open_files::raise() {
        tracing::debug!(files, "files and sockets may be open");
    }
    let program = std::env::current_exe().ok();
    let config = settings.into_config(program.as_deref())?;
    let public = config.public_url.as_ref().map(ToString::to_string);
    let is_behind_proxy = !config.trusted_proxies.is_empty();
    let running = server::serve(config).await?;
    if let Some(token) = &running.new_admin_token {
        println!("The operator's token, shown this once: {}", token.expose());
    }
    let greeting = Greeting {
        bound: running.address,
        public,
        https: running.tls.is_some(),
        fingerprint: running.tls.as_ref().filter(|tls| tls.is_self_signed()).map(|tls| tls.fingerprint()),
        is_behind_proxy,
        machine: Machine::here(),
    };
    println!("{greeting}");
    service_manager::ready(&greeting.here());
    service_manager::alive_until(wait_for_stop()).await.context("cannot wait for signals")?;
    tracing::info!("stopping");
    service_manager::stopping();
    running.stop().await;
    Ok(())
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

//! What systemd is told, when it started us (`Type=notify`): that we serve, that we live, that we stop. Without it, in a
//! terminal or a container, nobody listens and nothing is sent. Called by `tutti serve` only.

use std::future::Future;

use sd_notify::NotifyState;

/// Says that requests are answered from now on, and where.
pub(super) fn ready(address: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("serves {address}"))]);
}

/// Says that what is under way is being ended.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

/// Says that the process lives, twice in the time after which it would be thought dead, until `end`. Sent from a task
/// of the runtime that serves: if that hangs, so does this.
pub(super) async fn alive_until<T>(end: impl Future<Output = T>) -> T {
    let Some(limit) = sd_notify::watchdog_enabled() else { return end.await };
    let mut beat = tokio::time::interval(limit / 2);
    tokio::pin!(end);
    loop {
        tokio::select! {
            ended = &mut end => return ended,
            _ = beat.tick() => tell(&[NotifyState::Watchdog]),
        }
    }
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

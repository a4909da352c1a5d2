//! Clients that only ping, in a room of their own and on a thread of their own: what a member next door feels of the
//! load. On the load's own threads, their pings would wait for frames of thousands of others to be read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::super::socket;
use super::figures::Times;
use super::frame;
use super::listener::ping;
use super::stopwatch::Stopwatch;
use super::target::{Room, Target};

/// Each pings as often as a member may.
const CLIENTS: u32 = 4;
const EVERY: Duration = Duration::from_millis(500);

/// The thread of the quiet ones.
pub(super) struct Quiet {
    thread: JoinHandle<Result<Times>>,
    counts: Arc<AtomicBool>,
    stop: CancellationToken,
}

impl Quiet {
    /// They come in.
    pub(super) fn start(target: Target, room: &Room, watch: Stopwatch) -> Result<Self> {
        let (counts, stop) = (Arc::new(AtomicBool::new(false)), CancellationToken::new());
        let (counting, stopping, code) = (Arc::clone(&counts), stop.clone(), room.code.clone());
        let thread = std::thread::Builder::new().name("quiet".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let ones = (0..CLIENTS).map(|n| one(&target, &code, n, watch, &counting, &stopping));
                let mut all = Times::default();
                for times in futures_util::future::try_join_all(ones).await? {
                    all.add(&times);
                }
                Ok(all)
            })
        });
        Ok(Self { thread: thread.context("a thread cannot be started")?, counts, stop })
    }

    /// From now on it counts, or no more.
    pub(super) fn count(&self, counts: bool) {
        self.counts.store(counts, Ordering::Relaxed);
    }

    /// They go, and tell.
    pub(super) async fn end(self) -> Result<Times> {
        self.stop.cancel();
        let thread = self.thread;
        let ended = tokio::task::spawn_blocking(move || thread.join()).await?;
        ended.unwrap_or_else(|_| Err(anyhow::anyhow!("the quiet clients panicked")))
    }
}

async fn one(
    target: &Target,
    code: &str,
    n: u32,
    watch: Stopwatch,
    counts: &AtomicBool,
    stop: &CancellationToken,
) -> Result<Times> {
    let mut socket = socket::open(&target.client, &target.base, &format!("ws/{code}"), None).await?;
    socket.send(Message::text(format!(r#"{{"t":"HELLO","name":"Quiet {n}"}}"#))).await?;
    tokio::time::sleep(EVERY * n / CLIENTS).await;
    let mut times = Times::default();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let (mut id, mut sent) = (0, 0);
    loop {
        tokio::select! {
            frame = socket.next() => match frame.context("the server closed a quiet client")?? {
                Message::Text(text)
                    if frame::name(&text) == "TIME_PONG"
                        && frame::number(&text, "pingId") == Some(id)
                        && counts.load(Ordering::Relaxed) =>
                {
                    times.record(watch.micros() - sent);
                }
                Message::Close(close) => {
                    let why = super::listener::reason(close.map(|close| close.code.into()));
                    anyhow::bail!("a quiet client was closed: {why}");
                }
                _ => {}
            },
            _ = ticks.tick() => {
                id += 1;
                sent = watch.micros();
                socket.send(Message::text(ping(sent, id))).await?;
            }
            () = stop.cancelled() => return Ok(times),
        }
    }
}

//! One listener of a load test: comes in, pings and reports at a page's pace, says that it is ready, and notes when
//! each broadcast arrived. It decides nothing and plays nothing.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::super::socket::{self, Socket};
use super::stopwatch::Stopwatch;
use super::target::Target;
use super::{PACE, Pace, frame};
use crate::protocol::CloseReason;

/// How long coming in may take.
const IN_WITHIN: Duration = Duration::from_secs(30);

/// What a listener went through.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// From the beginning of the connection to the room's state, µs.
    pub(super) connect: Option<u64>,
    /// Why it did not come in.
    pub(super) refused: Option<String>,
    /// Why it was closed before the end.
    pub(super) closed: Option<String>,
    /// The revisions that were told, each with the first moment, µs of the stopwatch.
    pub(super) told: Vec<(u64, u64)>,
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) sent: u64,
}

/// What a listener speaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Speaks {
    /// The protocol, at this pace of pings.
    Tutti(Pace),
    /// Nothing: what it said, the repeater would repeat.
    Nothing,
}

/// Comes in, tells so, and listens until it is stopped.
pub(super) async fn listen(
    target: Target,
    code: String,
    name: String,
    speaks: Speaks,
    watch: Stopwatch,
    inside: tokio::sync::mpsc::UnboundedSender<()>,
    stop: CancellationToken,
) -> Heard {
    let mut heard = Heard::default();
    let began = watch.micros();
    let came_in = timeout(IN_WITHIN, come_in(&target, &code, &name, speaks)).await;
    let mut socket = match came_in.unwrap_or_else(|_| Err("it took longer than 30 s".to_owned())) {
        Ok(socket) => socket,
        Err(why) => {
            heard.refused = Some(why);
            let _ = inside.send(());
            return heard;
        }
    };
    heard.connect = Some(watch.micros() - began);
    let _ = inside.send(());
    drop(inside);
    heard.closed = tokio::select! {
        closed = stay(&mut socket, speaks, watch, &mut heard) => Some(closed),
        () = stop.cancelled() => None,
    };
    heard
}

async fn come_in(target: &Target, code: &str, name: &str, speaks: Speaks) -> Result<Socket, String> {
    let mut socket = socket::open(&target.client, &target.base, &format!("ws/{code}"), None)
        .await
        .map_err(|error| error.to_string())?;
    if matches!(speaks, Speaks::Nothing) {
        return Ok(socket);
    }
    let hello = format!(r#"{{"t":"HELLO","name":"{name}"}}"#);
    socket.send(Message::text(hello)).await.map_err(|error| error.to_string())?;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if frame::name(&text) == "ROOM_STATE" => return Ok(socket),
            Some(Ok(Message::Close(close))) => return Err(reason(close.map(|close| close.code.into()))),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err(reason(None)),
        }
    }
}

/// Listens; why it ended.
async fn stay(socket: &mut Socket, speaks: Speaks, watch: Stopwatch, heard: &mut Heard) -> String {
    let mut due = Due::new(speaks);
    loop {
        let at = due.next();
        let said = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let now = watch.micros();
                    heard.messages += 1;
                    heard.bytes += text.len() as u64;
                    note(&text, now, heard).filter(|_| matches!(speaks, Speaks::Tutti(_)))
                }
                Some(Ok(Message::Close(close))) => return reason(close.map(|close| close.code.into())),
                // The answer to the server's keep-alive goes out with the next thing that is written or read.
                Some(Ok(_)) => None,
                Some(Err(error)) => return error.to_string(),
                None => return reason(None),
            },
            () = sleep_until(at) => Some(due.say(watch)),
        };
        if let Some(said) = said {
            heard.sent += 1;
            if let Err(error) = socket.send(Message::text(said)).await {
                return error.to_string();
            }
        }
    }
}

/// Notes what tells of a command; the answer, if it wants one.
fn note(text: &str, now: u64, heard: &mut Heard) -> Option<String> {
    let name = frame::name(text);
    if !matches!(name, "PAUSE_AT" | "PLAY_AT" | "PREPARE_PLAY" | "VOLUME") {
        return None;
    }
    let revision = frame::number(text, "revision")?;
    if heard.told.last().is_none_or(|(last, _)| *last != revision) {
        heard.told.push((revision, now));
    }
    let stream = frame::number(text, "streamId").filter(|_| name == "PREPARE_PLAY")?;
    Some(format!(r#"{{"t":"READY","streamId":{stream},"tookMs":80}}"#))
}

/// When to say the next thing unasked.
struct Due {
    ping: Instant,
    report: Instant,
    left_in_burst: u32,
    every: Duration,
    pings: u64,
    silent: bool,
}

impl Due {
    #[expect(clippy::disallowed_methods, reason = "timers of a load test run by the clock of the system")]
    fn new(speaks: Speaks) -> Self {
        let now = Instant::now();
        let (every, silent) = match speaks {
            Speaks::Tutti(pace) => (pace.ping_every, false),
            Speaks::Nothing => (Duration::from_hours(24), true),
        };
        let ping = if silent { now + every } else { now };
        let report = if silent { now + every } else { now + PACE.report_every };
        Self { ping, report, left_in_burst: PACE.first_burst, every, pings: 0, silent }
    }

    fn next(&self) -> Instant {
        self.ping.min(self.report)
    }

    fn say(&mut self, watch: Stopwatch) -> String {
        if self.report <= self.ping && !self.silent {
            self.report += PACE.report_every;
            return r#"{"t":"SYNC_REPORT","offsetMs":1.5,"offsetErrorMs":0.8,"rttMs":3,"driftMs":0.2,"rate":1,"buffering":false,"state":"in-sync"}"#
                .to_owned();
        }
        self.left_in_burst = self.left_in_burst.saturating_sub(1);
        self.ping += if self.left_in_burst > 0 {
            PACE.spacing
        } else {
            self.left_in_burst = PACE.later_burst;
            self.every
        };
        self.pings += 1;
        ping(watch.micros(), self.pings)
    }
}

/// A ping.
pub(super) fn ping(now_micros: u64, id: u64) -> String {
    format!(
        r#"{{"t":"TIME_PING","clientNowMs":{}.{:03},"pingId":{id}}}"#,
        now_micros / 1_000,
        now_micros % 1_000
    )
}

/// Why a socket ended, in words.
pub(super) fn reason(code: Option<u16>) -> String {
    match code.map(|code| (code, CloseReason::from_code(code))) {
        Some((code, Some(reason))) => format!("{code} {reason:?}"),
        Some((code, None)) => code.to_string(),
        None => "the connection was lost".to_owned(),
    }
}

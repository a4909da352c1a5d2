//! The host of a room in a load test: does something every so often, and notes when it said so and which revision came
//! of it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::super::socket::{self, Socket};
use super::stopwatch::Stopwatch;
use super::target::{Room, Target};
use super::{Action, frame, listener};

/// How long the server may take to do what it was told.
const DONE_WITHIN: Duration = Duration::from_secs(10);

/// What a host does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) every: Duration,
    pub(super) chat_every: Option<Duration>,
    /// From the first action on.
    pub(super) length: Duration,
    /// When it begins: rooms take turns.
    pub(super) begin_after: Duration,
}

/// What a host did.
#[derive(Debug, Default)]
pub(super) struct Acted {
    /// When the command was given of which each revision came, µs of the stopwatch.
    pub(super) commands: HashMap<u64, u64>,
    /// Commands of which nothing came before the next.
    pub(super) unanswered: u64,
    /// A broadcast that a command led to.
    pub(super) sample: Option<String>,
}

/// A host who has come in, and plays something if there is something to play.
pub(super) struct Actor {
    socket: Socket,
    track: Option<String>,
    action: Action,
}

impl Actor {
    /// Comes in and gets the room ready for the action; without a track, volume is all that can be changed.
    pub(super) async fn come_in(
        target: &Target,
        room: &Room,
        track: Option<String>,
        action: Action,
    ) -> Result<Self> {
        let action = if track.is_none() { Action::Volume } else { action };
        let socket = socket::open(&target.client, &target.base, &format!("ws/{}", room.code), None).await?;
        let mut actor = Self { socket, track, action };
        actor.say(&format!(r#"{{"t":"HELLO","name":"Host","hostToken":"{}"}}"#, room.token)).await?;
        actor.hear("ROOM_STATE").await?;
        if let Some(track) = actor.track.clone().filter(|_| action != Action::Volume) {
            actor.say(r#"{"t":"HOST_REPEAT","mode":"one"}"#).await?;
            actor.say(&format!(r#"{{"t":"HOST_PLAY","trackId":"{track}"}}"#)).await?;
            actor.hear("PLAY_AT").await?;
        }
        Ok(actor)
    }

    /// Reads and does nothing, so that the server does not take it for somebody who does not read. Ends only when that
    /// cannot go on.
    ///
    /// # Errors
    /// When the socket ends.
    pub(super) async fn wait(&mut self) -> Result<Infallible> {
        while let Some(frame) = self.socket.next().await {
            if let Message::Close(close) = frame? {
                bail!("the host was sent away: {}", listener::reason(close.map(|close| close.code.into())));
            }
        }
        bail!("the server closed the host's socket")
    }

    async fn say(&mut self, text: &str) -> Result<()> {
        Ok(self.socket.send(Message::text(text.to_owned())).await?)
    }

    async fn hear(&mut self, name: &str) -> Result<()> {
        let heard = timeout(DONE_WITHIN, async {
            while let Some(frame) = self.socket.next().await {
                if let Message::Text(text) = frame? {
                    match frame::name(&text) {
                        heard if heard == name => return Ok(()),
                        "ERROR" => bail!("the server refuses: {text}"),
                        _ => {}
                    }
                }
            }
            bail!("the server closed the host's socket")
        });
        heard
            .await
            .map_err(|_| anyhow!("the server does not say {name} within {} s", DONE_WITHIN.as_secs()))?
    }

    /// The `turn`th command, and the name of the broadcast that it leads to.
    fn command(&self, turn: u64) -> (String, &'static str) {
        match (self.action, &self.track) {
            (Action::Pause, Some(_)) if turn.is_multiple_of(2) => {
                (r#"{"t":"HOST_PAUSE"}"#.to_owned(), "PAUSE_AT")
            }
            (Action::Pause, Some(_)) => (r#"{"t":"HOST_RESUME"}"#.to_owned(), "PLAY_AT"),
            (Action::Play, Some(track)) => {
                (format!(r#"{{"t":"HOST_PLAY","trackId":"{track}"}}"#), "PREPARE_PLAY")
            }
            _ => (format!(r#"{{"t":"HOST_VOLUME","volume":0.{:02}}}"#, 10 + turn % 90), "VOLUME"),
        }
    }

    /// Acts until the time is over, and a moment longer, so that the last command is heard of.
    #[expect(clippy::disallowed_methods, reason = "timers of a load test run by the clock of the system")]
    pub(super) async fn act(mut self, plan: Plan, watch: Stopwatch) -> Result<Acted> {
        let mut acted = Acted::default();
        let begin = Instant::now() + plan.begin_after;
        let end = begin + plan.length;
        let mut next = begin;
        let mut next_chat = plan.chat_every.map(|every| begin + every / 2);
        let mut waits: Option<(&'static str, u64)> = None;
        let mut turn = 0;
        loop {
            let chat_at = next_chat.unwrap_or(end).min(end);
            tokio::select! {
                frame = self.socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => {
                        if let Some((name, sent)) = waits
                            && frame::name(&text) == name
                            && let Some(revision) = frame::number(&text, "revision")
                        {
                            acted.commands.insert(revision, sent);
                            acted.sample = Some(text.as_str().to_owned());
                            waits = None;
                        }
                    }
                    Some(Ok(Message::Close(_))) | None => bail!("the server closed the host's socket"),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                },
                () = sleep_until(next), if next < end => {
                    acted.unanswered += u64::from(waits.is_some());
                    let (command, answer) = self.command(turn);
                    waits = Some((answer, watch.micros()));
                    self.say(&command).await?;
                    turn += 1;
                    next += plan.every;
                }
                () = sleep_until(chat_at), if chat_at < end => {
                    self.say(&format!(r#"{{"t":"CHAT","text":"line {turn}"}}"#)).await?;
                    next_chat = plan.chat_every.map(|every| chat_at + every);
                }
                () = sleep_until(end) => break,
            }
        }
        acted.unanswered += u64::from(waits.is_some());
        Ok(acted)
    }
}

/// The same at a repeater: says what is to be repeated, and the revision is its own count.
#[expect(clippy::disallowed_methods, reason = "timers of a load test run by the clock of the system")]
pub(super) async fn repeat(
    target: &Target,
    code: &str,
    sample: &str,
    plan: Plan,
    watch: Stopwatch,
) -> Result<Acted> {
    let mut socket = socket::open(&target.client, &target.base, &format!("ws/{code}"), None).await?;
    let mut acted = Acted::default();
    let begin = Instant::now() + plan.begin_after;
    let end = begin + plan.length;
    let mut next = begin;
    let mut turn = 0;
    while next < end {
        tokio::select! {
            frame = socket.next() => if !matches!(frame, Some(Ok(_))) { bail!("the repeater is gone") },
            () = sleep_until(next) => {
                let text = frame::with_revision(sample, turn);
                acted.commands.insert(turn, watch.micros());
                socket.send(Message::text(text)).await?;
                turn += 1;
                next += plan.every;
            }
        }
    }
    sleep_until(end).await;
    Ok(acted)
}

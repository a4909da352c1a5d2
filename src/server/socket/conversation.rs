//! Reading and writing one member's socket, in one task.
//!
//! Order of care: a close; a frame that came (a ping is stamped the moment it is read); what is being written; the
//! room's messages; the keep-alive. While a write waits for the network, frames are still read and stamped, so a
//! ping's time never includes our own queue, and its answer goes out before everything that waits.

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::flood::{Flood, Verdict};
use super::line::{Line, Pipe, unreadable};
use super::pieces::{BATCH_BYTES, Pieces};
use super::pings::Pings;
use super::settings;
use crate::protocol::{
    Action, ClientMessage, CloseReason, ErrorCode, MemberId, RoomPatch, ServerMessage, limits,
};
use crate::server::clock::Clock;
use crate::server::config::Patience;
use crate::server::rates::SocketRates;
use crate::server::rooms::{Departure, Inbox, Outgoing, RoomHandle};
use crate::sync::time::{RoomTime, Span};

/// Our own answers that wait; beyond, nothing more is read until they are written.
const ANSWERS: usize = 32;
/// "Too much at once" is said once in so long.
const TELL_EVERY: Span = Span::from_secs(10);
/// While something is being written, it is looked at so often whether it moves.
const LOOK_EVERY: Span = Span::from_millis(500);
/// When a timer fires so much too late, it was the server that stood still, and no silence of the other side.
const OVERSLEPT: Span = Span::from_secs(2);
/// Characters of a page's error that get into the log.
const LOGGED_CHARS: usize = 200;

/// What there is to do.
enum Event {
    Close(CloseReason),
    /// Something came, or nothing will any more.
    Frame(Option<Result<Message, Error>>),
    /// What was to be written cannot be.
    Lost,
    /// The keep-alive's time has come.
    Alarm,
}

/// A member's conversation with its room.
pub(super) struct Conversation<S> {
    line: Line<S>,
    clock: Clock,
    room: Arc<RoomHandle>,
    member: MemberId,
    inbox: Inbox,
    patience: Patience,
    rates: SocketRates,
    pings: Pings,
    flood: Flood,
    /// Nothing is read until then, because too much came.
    rests_until: Option<RoomTime>,
    /// Something is on its way to the network.
    writing: bool,
    /// What of it was taken when that last moved, and when.
    moved: (u64, RoomTime),
    /// When to look at it next.
    look_at: RoomTime,
    /// The room's message that is written next.
    next: Option<Outgoing>,
    /// Messages of the room of which this share is on its way.
    flights: Vec<Outgoing>,
    bad_frames: u32,
    told_limited_at: Option<RoomTime>,
    heard_at: RoomTime,
    ping_at: RoomTime,
    /// Our last ping, if it is not answered yet.
    pinged_at: Option<RoomTime>,
    /// The first of those after the last answer.
    unanswered_since: Option<RoomTime>,
}

impl<S: Pipe> Conversation<S> {
    pub(super) fn new(
        line: Line<S>,
        clock: Clock,
        room: Arc<RoomHandle>,
        member: MemberId,
        inbox: Inbox,
        patience: Patience,
    ) -> Self {
        let now = clock.now();
        Self {
            line,
            clock,
            room,
            member,
            inbox,
            patience,
            rates: SocketRates::default(),
            pings: Pings::default(),
            flood: Flood::new(now),
            rests_until: None,
            writing: false,
            moved: (0, now),
            look_at: now,
            next: None,
            flights: Vec::new(),
            bad_frames: 0,
            told_limited_at: None,
            heard_at: now,
            ping_at: now,
            pinged_at: None,
            unanswered_since: None,
        }
    }

    /// Where it takes place.
    pub(super) fn room(&self) -> Arc<RoomHandle> {
        self.room.clone()
    }

    /// Talks until one side ends it.
    pub(super) async fn talk(mut self: Box<Self>) -> (Line<S>, Departure) {
        // One for the whole conversation: a broadcast would otherwise take a thousand out of the timers' wheel, and put
        // a thousand back.
        let mut alarm = pin!(sleep_until(self.wake_at()));
        let why = loop {
            if let Err(why) = self.step(alarm.as_mut()).await {
                break why;
            }
        };
        (self.line, why)
    }

    /// When the keep-alive has something to do.
    fn wake_at(&self) -> Instant {
        let mut at = self.ping_at.min(self.heard_at + self.patience.timeout);
        if self.writing {
            at = at.min(self.look_at);
        }
        if let Some(until) = self.rests_until {
            at = at.min(until);
        }
        self.clock.instant_of(at)
    }

    async fn step(&mut self, mut alarm: Pin<&mut Sleep>) -> Result<(), Departure> {
        match poll_fn(|cx| self.poll_event(alarm.as_mut(), cx)).await {
            Event::Close(reason) => Err(Departure::Closed(reason)),
            Event::Frame(frame) => {
                let received = self.clock.now();
                self.heard_at = received;
                match self.flood.frame(received) {
                    Verdict::Go => {}
                    Verdict::Rest(until) => self.rests_until = Some(until),
                    Verdict::Enough => {
                        tracing::info!(room = %self.room.code(), member = %self.member, "sent more than anybody has to say");
                        return Err(Departure::Closed(CloseReason::Policy));
                    }
                }
                self.take(frame, received)?;
                // What follows at once must not keep its answer back.
                if !self.writing {
                    self.write_batch()?;
                }
                Ok(())
            }
            Event::Lost => Err(Departure::Lost),
            Event::Alarm => self.keep_alive(),
        }
    }

    /// The next thing to do. A message of the room is written in passing: who is one of thousands wakes up once for it,
    /// and looks at everything once.
    fn poll_event(&mut self, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<Event> {
        if let Poll::Ready(reason) = self.inbox.close.poll_unpin(cx) {
            return Poll::Ready(Event::Close(reason.unwrap_or(CloseReason::Restart)));
        }
        loop {
            let reads = self.reads();
            if reads && let Poll::Ready(frame) = self.line.socket.poll_next_unpin(cx) {
                return Poll::Ready(Event::Frame(frame));
            }
            if self.poll_write(cx).is_ready() {
                return Poll::Ready(Event::Lost);
            }
            // Enough may have been written meanwhile to read on, of which nobody else would tell us.
            if reads || !self.reads() {
                break;
            }
        }
        // What is set already and comes before is left as it is: then there is nothing to do yet.
        let wake_at = self.wake_at();
        if alarm.is_elapsed() || alarm.deadline() > wake_at {
            alarm.as_mut().reset(wake_at);
        }
        alarm.poll(cx).map(|()| Event::Alarm)
    }

    /// Whether there is room for answers, and the member may speak.
    fn reads(&self) -> bool {
        self.line.answers.len() < ANSWERS && self.rests_until.is_none()
    }

    /// Writes what waits, and what comes meanwhile, as long as the system takes it. Ready: it takes nothing any more.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.writing {
                let written = ready!(self.line.socket.poll_flush_unpin(cx));
                if written.is_err() {
                    return Poll::Ready(());
                }
                self.finish_writing();
            }
            if self.write_batch().is_err() {
                return Poll::Ready(());
            }
            if !self.writing {
                match self.inbox.messages.poll_recv(cx) {
                    Poll::Ready(Some(message)) => self.next = Some(message),
                    // When the room lets go, it says why, and that wakes us.
                    Poll::Ready(None) | Poll::Pending => return Poll::Pending,
                }
            }
        }
    }

    /// Hands what waits to the socket, as much as goes out in one write: answers to pings first, stamped now.
    fn write_batch(&mut self) -> Result<(), Departure> {
        let mut bytes = 0;
        while bytes < BATCH_BYTES
            && let Some(mut pieces) = self.line.under_way.take().or_else(|| self.next_text().map(Pieces::of))
        {
            let before = pieces.len();
            let frame = pieces.next(BATCH_BYTES - bytes);
            bytes += before - pieces.len();
            if !pieces.is_over() {
                self.line.under_way = Some(pieces);
            }
            match frame {
                Some(frame) => self.feed(frame)?,
                None => break,
            }
        }
        if bytes > 0 {
            self.line.metrics.sockets.sent_bytes.increment(bytes as u64);
        }
        Ok(())
    }

    /// What is to be said next, if anything.
    fn next_text(&mut self) -> Option<Utf8Bytes> {
        if let Some(pong) = self.pings.answer(&self.clock) {
            return Some(self.line.write(&pong));
        }
        self.line.answers.pop_front().or_else(|| {
            let message = self.next.take().or_else(|| self.inbox.messages.try_recv().ok())?;
            let text = message.text.clone();
            self.flights.push(message);
            Some(text)
        })
    }

    /// Hands a frame to the socket, which has room for a batch once the last one is written.
    fn feed(&mut self, message: Message) -> Result<(), Departure> {
        if !self.writing {
            self.writing = true;
            let now = self.clock.now();
            self.moved = (self.line.outflow.taken(), now);
            self.look_at = now + LOOK_EVERY;
        }
        self.line.socket.start_send_unpin(message).map_err(|_| Departure::Lost)
    }

    /// The system has all that was handed to the socket.
    fn finish_writing(&mut self) {
        self.writing = false;
        if self.line.under_way.is_none() {
            self.flights.clear();
        }
        if self.pings.are_under_way() {
            self.pings.written(self.clock.now(), &self.line.metrics.sockets.turnaround);
        }
    }

    /// Whether what is being written stands still for too long. A slow network that moves is given its time.
    fn is_stuck(&mut self, now: RoomTime) -> bool {
        if self.writing && now >= self.look_at {
            self.look_at = now + LOOK_EVERY;
            let taken = self.line.outflow.taken();
            if taken != self.moved.0 {
                self.moved = (taken, now);
            }
        }
        self.writing && now - self.moved.1 >= limits::READER_STUCK
    }

    /// Pings now and then, with the time in the payload, and gives up on who is silent for too long, or reads nothing.
    fn keep_alive(&mut self) -> Result<(), Departure> {
        let now = self.clock.now();
        if now - self.ping_at.min(self.heard_at + self.patience.timeout) > OVERSLEPT {
            // Nobody could be heard meanwhile: whoever is there answers the ping of now.
            self.heard_at = now;
            self.ping_at = now;
            self.unanswered_since = None;
            self.moved.1 = now;
        }
        if now - self.heard_at >= self.patience.timeout {
            return Err(Departure::Silent);
        }
        // Who talks and does not answer does not read.
        let is_deaf = self.unanswered_since.is_some_and(|since| now - since >= self.patience.timeout);
        if is_deaf || self.is_stuck(now) {
            self.line.metrics.rooms.evictions.increment(1);
            tracing::warn!(room = %self.room.code(), member = %self.member, "reads too slowly and is sent away");
            return Err(Departure::Closed(CloseReason::TooSlow));
        }
        if self.rests_until.is_some_and(|until| until <= now) {
            self.rests_until = None;
        }
        if let Some(burst) = self.pings.burst(now) {
            let took_ms = (burst.ended - burst.began).as_ms();
            tracing::debug!(
                room = %self.room.code(), member = %self.member, pings = burst.pings, took_ms, "ping burst"
            );
        }
        if now >= self.ping_at {
            self.ping_at = now + self.patience.keep_alive;
            // A write that waits is a silent reader: the time-out will tell.
            if !self.writing {
                self.pinged_at = Some(now);
                self.unanswered_since.get_or_insert(now);
                let payload = Bytes::copy_from_slice(&now.micros().to_be_bytes());
                self.feed(Message::Ping(payload))?;
            }
        }
        Ok(())
    }
}

// What the member says.
impl<S: Pipe> Conversation<S> {
    fn take(&mut self, frame: Option<Result<Message, Error>>, received: RoomTime) -> Result<(), Departure> {
        match frame {
            Some(Ok(Message::Text(text))) => match self.line.read(&text) {
                Ok(message) => {
                    self.take_message(message, received);
                    Ok(())
                }
                Err(error) => self.bad_frame(error.to_string()),
            },
            Some(Ok(Message::Binary(_))) => self.bad_frame("Frames are text.".to_owned()),
            Some(Ok(Message::Pong(payload))) => {
                self.take_pong(&payload, received);
                Ok(())
            }
            Some(Ok(Message::Ping(_) | Message::Frame(_))) => Ok(()),
            Some(Err(error)) => {
                // Nothing behind it can be understood.
                let why = unreadable(error);
                if why != Departure::Lost {
                    self.refuse(ErrorCode::BadMessage, "This frame cannot be read.");
                }
                Err(why)
            }
            Some(Ok(Message::Close(_))) | None => Err(Departure::Left),
        }
    }

    fn take_message(&mut self, message: ClientMessage, received: RoomTime) {
        if let ClientMessage::TimePing { client_now, ping_id } = message {
            if self.rates.pings.check().is_ok() {
                self.pings.take(client_now, ping_id, received);
            } else {
                self.line.metrics.rate_limited.of("pings").increment(1);
                self.tell_limited(received);
            }
            return;
        }
        if self.rates.messages.check().is_err() {
            self.line.metrics.rate_limited.of("messages").increment(1);
            return self.tell_limited(received);
        }
        match message {
            ClientMessage::Unknown => {}
            ClientMessage::Hello { .. } => {
                self.refuse(ErrorCode::BadMessage, "HELLO was said already.");
            }
            ClientMessage::ClientError { code, message } => self.log_error(&code, &message),
            ClientMessage::SetRoom(wanted) => self.change_settings(wanted),
            message => {
                if let Err(code) = self.room.tell(self.member.clone(), message) {
                    self.refuse(code, code.message());
                }
            }
        }
    }

    /// Hashing a PIN takes long, so it does not happen here, and only for who may.
    fn change_settings(&mut self, wanted: RoomPatch) {
        let (room, member) = (self.room.clone(), self.member.clone());
        tokio::spawn(async move {
            let patch = if room.may(&member, Action::Administer).await {
                settings::patch(wanted).await
            } else {
                Err(ErrorCode::Forbidden)
            };
            let told = patch.and_then(|patch| room.tell_settings(member.clone(), patch));
            if let Err(code) = told {
                room.refuse(member, code).await;
            }
        });
    }

    fn take_pong(&mut self, payload: &Bytes, received: RoomTime) {
        let Some(pinged_at) = self.pinged_at else {
            return;
        };
        if payload[..] == pinged_at.micros().to_be_bytes() {
            self.pinged_at = None;
            self.unanswered_since = None;
            let rtt = received - pinged_at;
            self.line.metrics.sockets.rtt.record(rtt.as_secs());
            self.room.tell_rtt(self.member.clone(), rtt);
        }
    }

    fn bad_frame(&mut self, detail: String) -> Result<(), Departure> {
        self.bad_frames += 1;
        self.refuse(ErrorCode::BadMessage, detail);
        if self.bad_frames >= limits::BAD_FRAMES {
            tracing::info!(room = %self.room.code(), member = %self.member, "broke the protocol too often");
            return Err(Departure::Closed(CloseReason::Policy));
        }
        Ok(())
    }

    fn tell_limited(&mut self, now: RoomTime) {
        if self.told_limited_at.is_none_or(|told| now - told >= TELL_EVERY) {
            self.told_limited_at = Some(now);
            self.refuse(ErrorCode::RateLimited, ErrorCode::RateLimited.message());
        }
    }

    fn refuse(&mut self, code: ErrorCode, message: impl Into<String>) {
        self.line.say(&ServerMessage::Error { code, message: message.into() });
    }

    fn log_error(&self, code: &str, message: &str) {
        let short = |text: &str| -> String {
            let visible = text.chars().filter(|c| !c.is_control());
            visible.take(LOGGED_CHARS).collect()
        };
        let (code, message) = (short(code), short(message));
        tracing::info!(room = %self.room.code(), member = %self.member, code, message, "a page reports an error");
    }
}

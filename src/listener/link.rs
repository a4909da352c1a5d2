//! The socket's life: opening, hello, reconnecting with a growing, jittered pause, and knowing when to give up.

use std::collections::VecDeque;

use super::Output;
use super::back_off::BackOff;
use super::view::Connection;
use crate::protocol::{ClientMessage, CloseReason, MemberId, MemberName};
use crate::sync::time::{LocalTime, Span};

/// A socket that does not open within this is tried again: TCP repeats a lost first packet after 1 and 3 s, and next
/// after 7 …
const OPEN_TIMEOUT: Span = Span::from_secs(4);
/// … but each third time it may take so long, because some networks are that slow.
const PATIENT_TIMEOUT: Span = Span::from_secs(9);
/// Who has heard nothing for so long asks whether the socket still lives. Music is told of every 5 s.
const QUIET: Span = Span::from_secs(10);
/// It does not, when nothing is heard for so long after that: a half-open one is noticed within 18 s.
const ASKED: Span = Span::from_secs(8);

/// After waking, pings are under way at once: a socket that stays silent for so long is dead.
const DOUBT: Span = Span::from_secs(4);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Opening {
        since: LocalTime,
    },
    /// Open, hello is said.
    Greeting {
        since: LocalTime,
    },
    Online,
    Pausing {
        until: LocalTime,
    },
    Over,
}

/// The socket of a listener.
#[derive(Clone, Debug)]
pub(super) struct Link {
    state: State,
    name: Option<MemberName>,
    resume: Option<MemberId>,
    page: u64,
    heard: LocalTime,
    /// The socket may be dead without our knowing: silence until then proves it.
    doubt_until: Option<LocalTime>,
    back_off: BackOff,
}

impl Link {
    pub(super) const fn new(name: Option<MemberName>, resume: Option<MemberId>, seed: u64) -> Self {
        Self {
            state: State::Over,
            name,
            resume,
            page: seed,
            heard: LocalTime::ZERO,
            doubt_until: None,
            back_off: BackOff::new(seed),
        }
    }

    pub(super) fn set_name(&mut self, name: MemberName) {
        self.name = Some(name);
    }

    /// Whether messages can be sent.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.state, State::Greeting { .. } | State::Online)
    }

    /// Whether the room has welcomed us.
    pub(super) const fn is_online(&self) -> bool {
        matches!(self.state, State::Online)
    }

    pub(super) fn connect(&mut self, now: LocalTime, outputs: &mut VecDeque<Output>) {
        self.state = State::Opening { since: now };
        self.doubt_until = None;
        outputs.push_back(Output::Connect);
    }

    pub(super) fn handle_open(&mut self, now: LocalTime, outputs: &mut VecDeque<Output>) {
        self.state = State::Greeting { since: now };
        self.heard = now;
        outputs.push_back(Output::Transmit(ClientMessage::Hello {
            name: self.name.clone(),
            pin: None,
            host_token: None,
            resume: self.resume.clone(),
            page: Some(self.page),
        }));
    }

    pub(super) fn handle_welcome(&mut self, member: &MemberId) {
        self.state = State::Online;
        self.back_off.reset();
        self.resume = Some(member.clone());
    }

    pub(super) fn handle_sign_of_life(&mut self, now: LocalTime) {
        self.heard = now;
        self.doubt_until = None;
    }

    pub(super) fn handle_closed(&mut self, now: LocalTime, code: u16) -> Connection {
        if self.state == State::Over {
            return CloseReason::from_code(code).map_or(Connection::Reconnecting, Connection::Closed);
        }
        if let Some(reason) = CloseReason::from_code(code)
            && !reason.may_come_back()
        {
            self.state = State::Over;
            return Connection::Closed(reason);
        }
        self.pause(now);
        Connection::Reconnecting
    }

    /// The page woke or the network is back: try at once, and doubt a socket that seems open.
    pub(super) fn hurry(&mut self, now: LocalTime, outputs: &mut VecDeque<Output>) {
        match self.state {
            State::Pausing { .. } => {
                self.back_off.reset();
                self.connect(now, outputs);
            }
            State::Online => self.doubt_until = Some(now + DOUBT),
            State::Opening { .. } | State::Greeting { .. } | State::Over => {}
        }
    }

    pub(super) fn leave(&mut self, outputs: &mut VecDeque<Output>) {
        self.state = State::Over;
        outputs.push_back(Output::Disconnect);
    }

    pub(super) fn poll_timeout(&self) -> Option<LocalTime> {
        match self.state {
            State::Opening { since } | State::Greeting { since } => Some(since + self.open_timeout()),
            State::Online => Some(self.doubt_until.unwrap_or(self.heard + QUIET)),
            State::Pausing { until } => Some(until),
            State::Over => None,
        }
    }

    /// Nothing was heard for a while: whether to ask now. The answer is a sign of life, and so is everything else.
    pub(super) fn poll_doubt(&mut self, now: LocalTime) -> bool {
        let asks = self.is_online() && self.doubt_until.is_none() && self.heard + QUIET <= now;
        if asks {
            self.doubt_until = Some(now + ASKED);
        }
        asks
    }

    const fn open_timeout(&self) -> Span {
        if self.back_off.attempts() % 3 == 2 { PATIENT_TIMEOUT } else { OPEN_TIMEOUT }
    }

    pub(super) fn handle_timeout(
        &mut self,
        now: LocalTime,
        connection: Connection,
        outputs: &mut VecDeque<Output>,
    ) -> Connection {
        if self.poll_timeout().is_none_or(|due| due > now) {
            return connection;
        }
        match self.state {
            State::Pausing { .. } => {
                self.connect(now, outputs);
                connection
            }
            // Quiet, but not asked yet.
            State::Online if self.doubt_until.is_none() => connection,
            State::Opening { .. } | State::Greeting { .. } | State::Online => {
                outputs.push_back(Output::Disconnect);
                self.pause(now);
                Connection::Reconnecting
            }
            State::Over => connection,
        }
    }

    fn pause(&mut self, now: LocalTime) {
        self.state = State::Pausing { until: now + self.back_off.pause() };
    }
}

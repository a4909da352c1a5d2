//! What happens, one event after the other: messages on their way, sockets, media, timers; and what the server's socket
//! task and the browser's adapters do about them, which is what `server` and `client` do for real.

use std::cmp::Reverse;

use super::World;
use crate::listener::{Deck, MediaEvent, Output, PlayerCommand};
use crate::protocol::{ClientMessage, MemberId, Role, ServerMessage, limits};
use crate::room::{Effect, Identity, JoinRequest};
use crate::sync::time::{RoomTime, Span};

/// What happens at a moment.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A socket opens.
    Open {
        browser: usize,
        socket: u64,
    },
    /// A socket is found closed.
    Closed {
        browser: usize,
        socket: u64,
    },
    ToServer {
        browser: usize,
        socket: u64,
        message: ClientMessage,
    },
    ToBrowser {
        browser: usize,
        socket: u64,
        message: ServerMessage,
    },
    /// The server looks after a socket: pings it, or gives it up.
    KeepAlive {
        browser: usize,
        socket: u64,
    },
    /// The server's ping is at the browser, …
    Ping {
        browser: usize,
        socket: u64,
        sent: RoomTime,
    },
    /// … and its answer at the server.
    Pong {
        browser: usize,
        socket: u64,
        sent: RoomTime,
    },
    /// The music runs out of data.
    Stall {
        browser: usize,
    },
    Media {
        browser: usize,
        deck: Deck,
        event: MediaEvent,
    },
}

impl Event {
    /// The browser that has to be awake for it.
    const fn awaits(&self) -> Option<usize> {
        match self {
            Self::Open { browser, .. }
            | Self::Closed { browser, .. }
            | Self::ToBrowser { browser, .. }
            | Self::Ping { browser, .. }
            | Self::Stall { browser }
            | Self::Media { browser, .. } => Some(*browser),
            Self::ToServer { .. } | Self::KeepAlive { .. } | Self::Pong { .. } => None,
        }
    }

    /// Whether the server has to be awake for it.
    const fn awaits_server(&self) -> bool {
        matches!(self, Self::ToServer { .. } | Self::KeepAlive { .. } | Self::Pong { .. })
    }

    /// The browser that has to have a network for it.
    const fn travels(&self) -> Option<usize> {
        match self {
            Self::Open { browser, .. }
            | Self::ToServer { browser, .. }
            | Self::ToBrowser { browser, .. }
            | Self::Ping { browser, .. }
            | Self::Pong { browser, .. } => Some(*browser),
            _ => None,
        }
    }
}

/// While there is no network, what is under way is looked at again after this.
const OFFLINE_POLL: Span = Span::from_millis(200);
/// How long data that ran out is waited for.
const STALL: (Span, Span) = (Span::from_millis(300), Span::from_millis(2_500));
/// How late timers of a browser fire at most.
const TIMER_LATENESS: Span = Span::from_millis(4);

impl World {
    /// The next thing before a moment; false when there is none.
    pub(super) fn step(&mut self, until: RoomTime) -> bool {
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        let room = self.room.poll_timeout().map(|due| self.clock.truth(due));
        let wake = self
            .wakes
            .iter()
            .enumerate()
            .filter_map(|(browser, at)| at.map(|at| Reverse((at, browser))))
            .max()
            .map(|Reverse(wake)| wake);
        let next = [event, room, wake.map(|(at, _)| at)].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next <= until) else {
            return false;
        };
        self.now = self.now.max(next);
        if event == Some(next) {
            if let Some((_, event)) = self.events.pop_first() {
                self.happen(event);
            }
        } else if room == Some(next) {
            self.room.handle_timeout(self.room_now());
            self.drain_room();
        } else if let Some((_, browser)) = wake {
            let suspended = self.browsers[browser].suspended;
            self.wakes[browser] = (suspended > self.now).then_some(suspended);
            if suspended <= self.now {
                self.wake(browser);
            }
        }
        true
    }

    fn happen(&mut self, event: Event) {
        if let Some(browser) = event.awaits()
            && self.browsers[browser].suspended > self.now
        {
            return self.schedule(self.browsers[browser].suspended, event);
        }
        if event.awaits_server() && self.stands_until > self.now {
            return self.schedule(self.stands_until, event);
        }
        if let Some(browser) = event.travels()
            && self.browsers[browser].offline
        {
            return self.schedule(self.now + OFFLINE_POLL, event);
        }
        match event {
            Event::Open { browser, socket } => {
                let b = &mut self.browsers[browser];
                if b.socket == socket {
                    b.open = true;
                    b.listener.handle_open(b.oscillator.local(self.now));
                }
                self.drain_browser(browser);
            }
            Event::Closed { browser, socket } => {
                if self.browsers[browser].socket != socket {
                    return;
                }
                self.disconnect(browser);
                let b = &mut self.browsers[browser];
                b.listener.handle_closed(b.oscillator.local(self.now), 1006);
                self.drain_browser(browser);
            }
            Event::ToServer { browser, socket, message } => {
                if self.browsers[browser].socket == socket {
                    self.browsers[browser].heard_at = self.now;
                    self.serve(browser, message);
                    self.drain_room();
                }
            }
            Event::ToBrowser { browser, socket, message } => {
                let b = &mut self.browsers[browser];
                if b.socket == socket {
                    b.listener.handle_message(b.oscillator.local(self.now), message);
                }
                self.drain_browser(browser);
            }
            Event::KeepAlive { browser, socket } => self.keep_alive(browser, socket),
            Event::Ping { browser, socket, sent } => {
                let at = self.browsers[browser].up.arrival(self.now, &mut self.random);
                self.schedule(at, Event::Pong { browser, socket, sent });
            }
            Event::Pong { browser, socket, sent } => {
                let now = self.room_now();
                let b = &mut self.browsers[browser];
                if b.socket == socket
                    && let Some((member, _)) = &b.connection
                {
                    b.heard_at = self.now;
                    self.room.handle_rtt(now, member, self.now - sent);
                }
            }
            Event::Stall { browser } => self.stall(browser),
            Event::Media { browser, deck, event } => {
                let b = &mut self.browsers[browser];
                if event != MediaEvent::Playing || b.element(deck).is_playing() {
                    b.listener.handle_media(b.oscillator.local(self.now), deck, event);
                    self.drain_browser(browser);
                }
            }
        }
    }

    /// What the server's socket task does now and then.
    fn keep_alive(&mut self, browser: usize, socket: u64) {
        let (now, b) = (self.now, &mut self.browsers[browser]);
        if b.socket != socket || b.connection.is_none() {
            return;
        }
        let silent_at = b.heard_at + limits::SOCKET_TIMEOUT;
        if silent_at <= now {
            if let Some((member, connection)) = b.connection.take() {
                self.room.handle_leave(self.clock.room(now), &member, connection);
                self.drain_room();
            }
            return self.break_socket(browser);
        }
        let at = b.down.arrival(now, &mut self.random);
        self.schedule(at, Event::Ping { browser, socket, sent: now });
        self.schedule(silent_at.min(now + limits::KEEP_ALIVE), Event::KeepAlive { browser, socket });
    }

    fn stall(&mut self, browser: usize) {
        let lasts = self.random.span(STALL.0, STALL.1);
        let at = self.browsers[browser].oscillator.local(self.now);
        for deck in Deck::BOTH {
            let b = &mut self.browsers[browser];
            if let Some(until) = b.element(deck).stall(self.now, lasts) {
                b.touches.stalls += 1;
                b.listener.handle_media(at, deck, MediaEvent::Waiting);
                self.schedule(until, Event::Media { browser, deck, event: MediaEvent::Playing });
            }
        }
        self.drain_browser(browser);
        self.schedule_stall(browser);
    }

    /// What the server's socket task does with a message.
    fn serve(&mut self, browser: usize, message: ClientMessage) {
        let (now, b) = (self.room_now(), &mut self.browsers[browser]);
        match (message, b.connection.clone()) {
            (ClientMessage::Hello { resume, name, page, .. }, _) => {
                let request = JoinRequest {
                    fresh_id: b.name.clone(),
                    identity: Identity([u8::try_from(browser).unwrap_or(u8::MAX); 32]),
                    // The host acts by its token. What members are told who may see the others' health has nothing to
                    // do with the sound, and would only take part in the drawing of delays.
                    role: Role::Listener,
                    name,
                    resume,
                    page,
                };
                if let Ok(joined) = self.room.handle_join(now, request) {
                    b.connection = Some((joined.member_id, joined.connection));
                    let socket = b.socket;
                    self.schedule(now, Event::KeepAlive { browser, socket });
                }
            }
            (ClientMessage::TimePing { client_now, ping_id }, Some(_)) => {
                let pong =
                    ServerMessage::TimePong { client_now, ping_id, server_received: now, server_now: now };
                self.deliver(browser, pong);
            }
            (ClientMessage::Ready { stream_id, took }, Some((member, _))) => {
                self.room.handle_ready(now, &member, stream_id, took);
            }
            (ClientMessage::RequestState, Some((member, _))) => self.room.handle_request_state(now, &member),
            (ClientMessage::SyncReport(report), Some((member, _))) => {
                self.room.handle_report(now, &member, &report);
            }
            _ => {}
        }
    }

    fn deliver(&mut self, browser: usize, message: ServerMessage) {
        let b = &mut self.browsers[browser];
        let (socket, at) = (b.socket, b.down.arrival(self.now, &mut self.random));
        self.schedule(at, Event::ToBrowser { browser, socket, message });
    }

    pub(super) fn disconnect(&mut self, browser: usize) {
        let b = &mut self.browsers[browser];
        b.open = false;
        b.socket += 1;
        if let Some((member, connection)) = b.connection.take() {
            self.room.handle_leave(self.clock.room(self.now), &member, connection);
            self.drain_room();
        }
    }

    pub(super) fn drain_room(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                // The history goes out in one write with the queue before it, and takes no time of its own.
                Effect::Persist(_) | Effect::Broadcast(ServerMessage::History { .. }) => {}
                Effect::Broadcast(message) => {
                    for browser in 0..self.browsers.len() {
                        if self.browsers[browser].connection.is_some() {
                            self.deliver(browser, message.clone());
                        }
                    }
                }
                Effect::Tell(members, message) => {
                    for browser in
                        members.iter().filter_map(|member| self.browser_of(member)).collect::<Vec<_>>()
                    {
                        self.deliver(browser, message.clone());
                    }
                }
                Effect::TellOthers(members, message) => {
                    for browser in 0..self.browsers.len() {
                        let connection = self.browsers[browser].connection.as_ref();
                        if connection.is_some_and(|(member, _)| !members.contains(member)) {
                            self.deliver(browser, message.clone());
                        }
                    }
                }
                Effect::Send(member, message) => {
                    if let Some(browser) = self.browser_of(&member) {
                        self.deliver(browser, message);
                    }
                }
                Effect::Close(member, _) => {
                    if let Some(browser) = self.browser_of(&member) {
                        self.break_socket(browser);
                    }
                }
            }
        }
    }

    fn browser_of(&self, member: &MemberId) -> Option<usize> {
        // A joiner's first messages come before its connection is noted; it is named after its browser.
        self.browsers
            .iter()
            .position(|b| b.connection.as_ref().is_some_and(|(id, _)| id == member) || b.name == *member)
    }

    fn wake(&mut self, browser: usize) {
        let b = &mut self.browsers[browser];
        let decks: Vec<Deck> = b.listener.playing_decks().collect();
        let at = b.oscillator.local(self.now);
        for deck in decks {
            let position = b.element(deck).read(self.now);
            b.listener.handle_reading(at, deck, position);
        }
        b.listener.handle_timeout(at);
        self.drain_browser(browser);
    }

    pub(super) fn drain_browser(&mut self, browser: usize) {
        while let Some(output) = self.browsers[browser].listener.poll_output() {
            let now = self.now;
            let b = &mut self.browsers[browser];
            match output {
                Output::Connect => {
                    b.socket += 1;
                    let socket = b.socket;
                    let at = b.up.arrival(now, &mut self.random) + Span::from_millis(5);
                    self.schedule(at, Event::Open { browser, socket });
                }
                Output::Disconnect => self.disconnect(browser),
                Output::Ping { ping_id } => {
                    let client_now = b.oscillator.local(now);
                    self.transmit(browser, ClientMessage::TimePing { client_now, ping_id });
                }
                Output::Transmit(message) => self.transmit(browser, message),
                Output::Player(deck, PlayerCommand::Play) if !b.may_play => {
                    self.schedule(now, Event::Media { browser, deck, event: MediaEvent::Refused });
                }
                Output::Player(deck, command) => {
                    if command == PlayerCommand::Play {
                        b.warm_up(now);
                    }
                    if b.element(deck).heard(now).is_some() {
                        match command {
                            PlayerCommand::Rate(_) => b.touches.rates += 1,
                            PlayerCommand::Seek(_) => b.touches.seeks += 1,
                            PlayerCommand::Pause => b.touches.pauses += 1,
                            _ => {}
                        }
                    } else if b.element(deck).is_playing() && matches!(command, PlayerCommand::Seek(_)) {
                        b.touches.unheard_seeks += 1;
                    }
                    if let Some((at, event)) = b.element(deck).command(now, &command, &mut self.random) {
                        self.schedule(at, Event::Media { browser, deck, event });
                    }
                }
                Output::Unlock => b.may_play = true,
                Output::KeepAwake(true) if b.may_play => b.warm_up(now),
                Output::Show | Output::Remember(_) | Output::KeepAwake(_) => {}
            }
        }
        let b = &self.browsers[browser];
        self.wakes[browser] = b.listener.poll_timeout().map(|due| {
            let lateness = TIMER_LATENESS.scale(self.random.unit() * self.random.unit());
            b.oscillator.truth(due).max(self.now) + lateness + Span::from_micros(1)
        });
    }

    fn transmit(&mut self, browser: usize, message: ClientMessage) {
        let b = &mut self.browsers[browser];
        if !b.open {
            return;
        }
        let (socket, at) = (b.socket, b.up.arrival(self.now, &mut self.random));
        self.schedule(at, Event::ToServer { browser, socket, message });
    }
}

//! One browser as a state machine: connection, clock, playback, health; the mirror of `room`. It decides everything
//! about a listener and does nothing: no socket, no element, no clock, no randomness of its own.
//!
//! **The contract: time comes in as an argument; after every `handle_*` drain [`Listener::poll_output`] and carry the
//! outputs out in order; call [`Listener::handle_timeout`] at [`Listener::poll_timeout`], after handing in a reading
//! of every element that plays.**
//!
//! - getters: [`Listener::view`], [`Listener::expected_position`], …
//! - `handle_*`: [`Listener::handle_message`], [`Listener::handle_media`], [`Listener::handle_reading`], …
//! - `poll_*`: [`Listener::poll_output`], [`Listener::poll_timeout`]
//!
//! Called by `client` with a real browser and by `sim` with a modelled one.

mod deck;
mod health;
mod link;
mod media;
mod mirror;
mod player;
mod room_clock;
mod sleep;
#[cfg(test)]
mod tests;
pub mod view;

use std::collections::VecDeque;

pub use deck::UNHEARD;
pub use media::{MediaEvent, PlayerCommand};
pub use player::Deck;

use crate::protocol::snapshot::Status;
use crate::protocol::{ClientMessage, ErrorCode, MemberId, MemberName, ServerMessage, Volume};
use crate::sync::engine::Engine;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};
use health::Health;
use link::Link;
use player::Player;
use room_clock::RoomClock;
use sleep::Sleep;
use view::{Beginning, Connection, Notice, View};

/// What the browser has to do for a listener, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open the socket.
    Connect,
    /// Close the socket: it is dead.
    Disconnect,
    /// Send a ping, stamped at the moment that it is handed to the socket.
    Ping {
        /// Its id.
        ping_id: u64,
    },
    /// Send a message.
    Transmit(ClientMessage),
    /// Do something with an element.
    Player(Deck, PlayerCommand),
    /// Within the tap: let both elements play for a moment, so that the browser allows them to later.
    Unlock,
    /// The view has changed.
    Show,
    /// Keep this until the next visit.
    Remember(Learned),
}

/// What a listener brings with it.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    /// What the page began with.
    pub beginning: Beginning,
    /// The browser's engine.
    pub engine: Engine,
    /// What the device taught on earlier visits.
    pub learned: Learned,
    /// What the listener is called, from earlier visits.
    pub name: Option<MemberName>,
    /// Who this tab was before a reload.
    pub resume: Option<MemberId>,
    /// The listener's own volume, from earlier visits.
    pub own_volume: Volume,
    /// How much earlier this device plays, from earlier visits.
    pub output_offset: Span,
    /// For the jitter of reconnecting.
    pub seed: u64,
}

/// What happened to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// It can be seen again, was thawed, or came back from the cache.
    Shown,
    /// It is hidden.
    Hidden,
    /// The browser says that there is a network again.
    Online,
    /// A speaker or a headset was plugged in or out.
    OutputChanged,
}

/// A listener. See the module's contract.
#[derive(Debug)]
pub struct Listener {
    view: View,
    link: Link,
    clock: RoomClock,
    player: Player,
    health: Health,
    sleep: Sleep,
    outputs: VecDeque<Output>,
}

// Getters.
impl Listener {
    /// A listener that connects at once.
    pub fn new(config: ListenerConfig, now: LocalTime) -> Self {
        let mut view = View::new(config.beginning);
        view.own_volume = config.own_volume;
        view.output_offset = config.output_offset;
        let mut listener = Self {
            link: Link::new(config.name, config.resume, config.seed),
            clock: RoomClock::default(),
            player: Player::new(config.engine.policy(), config.learned, config.output_offset),
            health: Health::default(),
            sleep: Sleep::default(),
            outputs: VecDeque::new(),
            view,
        };
        listener.link.connect(now, &mut listener.outputs);
        listener.apply_volume();
        listener
    }

    /// Everything that a page shows.
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// Where the music should be, by this listener's estimate of room time.
    pub fn expected_position(&self, now: LocalTime) -> Option<MediaTime> {
        Some(self.view.playback.timeline()?.position_at(self.clock.room_at(now)?))
    }

    /// The decks whose elements play now, and so have to be read.
    pub fn playing_decks(&self) -> impl Iterator<Item = Deck> + '_ {
        self.player.playing_decks()
    }
}

// What happens.
impl Listener {
    /// The socket is open.
    pub fn handle_open(&mut self, now: LocalTime) {
        self.link.handle_open(now, &mut self.outputs);
        self.clock.burst(now);
        self.settle(now);
    }

    /// The socket is closed, or could not be opened.
    pub fn handle_closed(&mut self, now: LocalTime, code: u16) {
        self.clock.stop();
        self.view.connection = self.link.handle_closed(now, code);
        if matches!(self.view.connection, Connection::Closed(_)) {
            self.player.leave(&mut self.outputs);
        }
        self.settle(now);
    }

    /// A message of the server; `now` is when it arrived, before anything was made of it.
    pub fn handle_message(&mut self, now: LocalTime, message: ServerMessage) {
        self.link.handle_sign_of_life(now);
        match message {
            ServerMessage::TimePong { client_now, ping_id, server_received, server_now } => {
                let sounding = self.player.is_sounding();
                self.clock.handle_pong(now, client_now, ping_id, server_received, server_now, sounding);
            }
            ServerMessage::Welcome { member_id, role, clock_epoch, .. } => {
                self.link.handle_welcome(&member_id);
                self.player.try_again();
                self.view.connection = Connection::Online;
                self.view.member_id = Some(member_id);
                self.view.role = role;
                self.clock.handle_epoch(&clock_epoch);
            }
            ServerMessage::Resync => self.resync(now),
            ServerMessage::Error { code, message } => self.notice(code, message),
            message => {
                if mirror::reflect(&mut self.view, message) == mirror::Reflection::Outdated {
                    self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
                }
                self.apply_volume();
            }
        }
        self.settle(now);
    }

    /// Something happened to an element.
    pub fn handle_media(&mut self, now: LocalTime, deck: Deck, event: MediaEvent) {
        match &event {
            MediaEvent::Refused => self.view.blocked = true,
            MediaEvent::Interrupted if self.player.is_deck_sounding(deck) => self.view.silenced = true,
            MediaEvent::Playing if !self.player.is_deck_sounding(deck) => {
                // Started again by a headset or the lock screen: not from where it stands, but in step.
                self.view.silenced = false;
                self.outputs.push_back(Output::Player(deck, PlayerCommand::Pause));
            }
            MediaEvent::Failed { message } => {
                self.outputs.push_back(Output::Transmit(ClientMessage::ClientError {
                    code: "media-error".to_owned(),
                    message: message.clone(),
                }));
            }
            _ => {}
        }
        let given_up = self.player.handle_media(now, deck, &event, &self.clock);
        if given_up {
            self.notice(ErrorCode::NoSuchTrack, "This track cannot be played here.");
        }
        self.settle(now);
    }

    /// A reading of an element: where it was at that moment. `now` is the moment of the reading.
    pub fn handle_reading(&mut self, now: LocalTime, deck: Deck, position: MediaTime) {
        self.player.handle_reading(now, deck, position, &self.clock);
    }

    /// Something happened to the page.
    pub fn handle_page(&mut self, now: LocalTime, event: PageEvent) {
        match event {
            PageEvent::Hidden => self.sleep.set_hidden(true),
            PageEvent::OutputChanged => self.player.handle_output_changed(now),
            PageEvent::Shown | PageEvent::Online => {
                if event == PageEvent::Shown {
                    self.sleep.set_hidden(false);
                    self.player.look_closely(now);
                }
                self.player.try_again();
                self.link.hurry(now, &mut self.outputs);
                if self.link.is_open() {
                    self.clock.burst(now);
                    if event == PageEvent::Shown {
                        self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
                    }
                }
            }
        }
        self.settle(now);
    }

    /// The person tapped *Tap to start*.
    pub fn handle_tap(&mut self, now: LocalTime) {
        self.outputs.push_back(Output::Unlock);
        self.view.blocked = false;
        self.view.silenced = false;
        self.player.handle_unblocked();
        self.settle(now);
    }

    /// The person asked for *Resync*.
    pub fn handle_resync(&mut self, now: LocalTime) {
        self.resync(now);
        self.settle(now);
    }

    /// The person set this device's own volume.
    pub fn handle_own_volume(&mut self, now: LocalTime, volume: Volume) {
        self.view.own_volume = volume;
        self.apply_volume();
        self.settle(now);
    }

    /// The person says how much earlier this device shall play; −500 to 500 ms.
    pub fn handle_output_offset(&mut self, now: LocalTime, offset: Span) {
        let most = Span::from_millis(500);
        self.view.output_offset = offset.clamp(-most, most);
        self.player.set_output_offset(self.view.output_offset);
        self.settle(now);
    }

    /// The person pauses this device only, or lets it join again.
    pub fn handle_silenced(&mut self, now: LocalTime, silenced: bool) {
        self.view.silenced = silenced;
        self.settle(now);
    }

    /// The person asks something of the room. What needs the room while it cannot be reached is refused here.
    pub fn handle_wish(&mut self, now: LocalTime, message: ClientMessage) {
        if self.link.is_online() {
            if let ClientMessage::Rename { name } = &message {
                self.link.set_name(name.clone());
            }
            self.outputs.push_back(Output::Transmit(message));
        } else {
            self.notice(ErrorCode::Unavailable, "The room cannot be reached just now.");
        }
        self.settle(now);
    }

    /// The page goes away.
    pub fn handle_leave(&mut self) {
        self.player.leave(&mut self.outputs);
        self.clock.stop();
        self.link.leave(&mut self.outputs);
    }

    /// What both clocks of the browser say: the one that everything goes by, and the time since 1970 by the wall clock,
    /// which nothing goes by. Called now and then, as before [`Listener::handle_timeout`], so that a sleep is noticed.
    pub fn handle_clocks(&mut self, now: LocalTime, wall: Span) {
        let due = self.poll_timeout();
        if self.sleep.handle_clocks(now, wall, due) {
            self.wake(now);
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: LocalTime) {
        self.view.connection = self.link.handle_timeout(now, self.view.connection, &mut self.outputs);
        if !self.link.is_open() {
            self.clock.stop();
        }
        if let Some(ping_id) = self.clock.poll_ping(now) {
            self.outputs.push_back(Output::Ping { ping_id });
        }
        self.settle(now);
    }
}

// What to do now.
impl Listener {
    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Listener::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<LocalTime> {
        [
            self.link.poll_timeout(),
            self.clock.poll_timeout(),
            self.player.poll_timeout(&self.clock),
            self.health.poll_timeout(self.link.is_online()),
            self.hand_over_due(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Lets everything follow from what is known now. Asking twice changes nothing.
    fn settle(&mut self, now: LocalTime) {
        if self.hand_over_due().is_some_and(|due| due <= now) {
            mirror::hand_over_announced(&mut self.view);
            self.health.mark_dirty();
        }
        if !matches!(self.view.connection, Connection::Closed(_)) {
            self.player.follow(now, &self.view, &self.clock, &mut self.outputs);
        }
        let before = (self.view.sync, self.view.blocked);
        self.view.sync = self.health.judge(&self.view, &self.player, &self.clock, now);
        if self.view.blocked && !matches!(self.view.playback.status, Status::Playing | Status::Preparing) {
            // Nothing to start any more; the next start will find out again.
            self.view.blocked = false;
            self.player.handle_unblocked();
        }
        if self.link.is_online()
            && let Some(report) = self.health.poll_report(now, &self.view.sync, &self.player)
        {
            self.outputs.push_back(Output::Transmit(ClientMessage::SyncReport(report)));
        }
        if before != (self.view.sync, self.view.blocked) || self.health.take_dirty() {
            self.outputs.push_back(Output::Show);
        }
    }

    /// When the announced follower becomes the current track: by our own clock, so that it happens even to a listener
    /// that is cut off just then.
    fn hand_over_due(&self) -> Option<LocalTime> {
        let playback = &self.view.playback;
        let upcoming = playback.upcoming.as_ref().filter(|_| playback.status.is_running())?;
        self.clock.local_at(upcoming.start_at)
    }

    /// The machine slept, or the process stood still: the sound is anywhere, and so may be the clock.
    fn wake(&mut self, now: LocalTime) {
        self.player.handle_wake(now);
        self.player.try_again();
        self.link.hurry(now, &mut self.outputs);
        if self.link.is_open() {
            self.clock.burst(now);
            self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
        }
    }

    fn resync(&mut self, now: LocalTime) {
        if self.link.is_open() {
            self.clock.burst(now);
            self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
        }
        self.player.handle_resync(now);
    }

    fn notice(&mut self, code: ErrorCode, message: impl Into<String>) {
        let number = self.view.notice.as_ref().map_or(0, |notice| notice.number) + 1;
        self.view.notice = Some(Notice { number, code, message: message.into() });
        self.health.mark_dirty();
    }

    fn apply_volume(&mut self) {
        let volume = self.view.playback.volume.get() * self.view.own_volume.get();
        self.player.set_volume(volume, self.view.settings.loudness, &mut self.outputs);
        self.health.mark_dirty();
    }
}

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

pub mod back_off;
mod deck;
pub mod diary;
mod health;
mod keep_awake;
mod link;
pub mod made_sound;
mod media;
mod mirror;
mod player;
pub mod presets;
mod room_clock;
mod settle;
mod sleep;
#[cfg(test)]
mod tests;
pub mod trends;
mod tuning;
pub mod view;
mod watch;

use std::collections::VecDeque;
use std::sync::Arc;

pub use deck::UNHEARD;
pub use media::{MediaEvent, PlayerCommand};
pub use mirror::{Reflection, reflect};
pub use player::Deck;

use crate::protocol::{ClientMessage, ErrorCode, MemberId, MemberName, ServerMessage, Volume, limits};
use crate::sync::engine::Engine;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};
use diary::Diary;
use health::Health;
use keep_awake::KeepAwake;
use link::Link;
use player::Player;
use room_clock::RoomClock;
use settle::Shown;
use sleep::Sleep;
use tuning::Tuning;
use view::{Beginning, Connection, View};

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
    /// Within the tap: let all elements play for a moment, so that the browser allows them to later.
    Unlock,
    /// Play silence beside the two decks, so that the page is not stopped; or no longer.
    KeepAwake(bool),
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
    /// Whether this device stops pages that fall silent, as phones and tablets do.
    pub dozes: bool,
    /// Whether the page may set how loud its elements are; on iOS it may not.
    pub sets_volume: bool,
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
    keep_awake: KeepAwake,
    tuning: Tuning,
    shown: Shown,
    diary: Diary,
    outputs: VecDeque<Output>,
}

// Getters.
impl Listener {
    /// A listener that connects at once.
    pub fn new(config: ListenerConfig, now: LocalTime) -> Self {
        let mut view = View::new(config.beginning);
        view.own_volume = config.own_volume;
        view.output_offset = config.output_offset;
        let policy = config.engine.policy();
        let policy = if config.sets_volume { policy } else { policy.without_volume() };
        let mut listener = Self {
            link: Link::new(config.name, config.resume, config.seed),
            clock: RoomClock::default(),
            player: Player::new(policy, config.learned, config.output_offset),
            health: Health::of(config.engine),
            sleep: Sleep::default(),
            keep_awake: KeepAwake::new(config.dozes, policy.warms_up),
            tuning: Tuning::default(),
            shown: (view.sync, false, false, false, view.output_offset),
            diary: Diary::default(),
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
        self.health.mark_dirty();
        if matches!(self.view.connection, Connection::Closed(_)) {
            self.view.tuning = false;
            // Else the end of its run would be due again and again.
            self.tuning = Tuning::default();
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
                // The first one is no reason to doubt what the page began to load by itself.
                if self.view.member_id.is_some() {
                    self.player.ask_anew();
                }
                self.view.connection = Connection::Online;
                self.view.member_id = Some(member_id);
                self.view.role = role;
                self.clock.handle_epoch(&clock_epoch);
            }
            ServerMessage::Resync => self.resync(now),
            ServerMessage::Error { code, message } => self.notice(code, message),
            message => {
                if let ServerMessage::MusicStreamTick { server_timestamp, .. } = &message {
                    self.clock.handle_told(now, *server_timestamp);
                }
                let of_members = trends::tells_of_members(&message);
                if mirror::reflect(&mut self.view, message) == mirror::Reflection::Outdated {
                    self.outputs.push_back(Output::Transmit(ClientMessage::RequestState));
                }
                if of_members {
                    Arc::make_mut(&mut self.view.trends).note(now, &self.view.members);
                }
                self.apply_volume();
            }
        }
        self.settle(now);
    }

    /// Something happened to an element.
    pub fn handle_media(&mut self, now: LocalTime, deck: Deck, event: MediaEvent) {
        let nobody_hears_it = match event {
            MediaEvent::Refused | MediaEvent::Interrupted | MediaEvent::Ended => {
                self.player.is_standing_in(deck) || self.player.is_rehearsing_beside(deck)
            }
            MediaEvent::Failed { .. } => self.player.is_standing_in(deck),
            _ => false,
        };
        if nobody_hears_it {
            self.player.forgo_relief(now, &mut self.outputs);
            return self.settle(now);
        }
        match &event {
            MediaEvent::Refused => {
                self.view.blocked = true;
                self.view.tuning = false;
                self.keep_awake.set_unlocked(false);
            }
            MediaEvent::Interrupted if self.player.is_deck_sounding(deck) => {
                self.view.silenced = true;
                self.view.tuning = false;
            }
            MediaEvent::Playing if !self.player.is_deck_sounding(deck) => {
                // Started again by a headset or the lock screen: not from where it stands, but in step.
                self.view.silenced = false;
                self.outputs.push_back(Output::Player(deck, PlayerCommand::Pause));
            }
            MediaEvent::Failed { message } => {
                self.outputs.push_back(Output::Transmit(ClientMessage::ClientError {
                    code: "media-error".to_owned(),
                    message: message.chars().take(limits::CLIENT_ERROR_CHARS).collect(),
                }));
            }
            _ => {}
        }
        if event == MediaEvent::Playing {
            self.keep_awake.set_unlocked(true);
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
        self.unlock();
        self.view.silenced = false;
        self.settle(now);
    }

    /// The person tunes this device by ear, or is done with it. To be called from within a click: in place of the
    /// music there are clicks, at the whole seconds of room time on every device that is being tuned.
    pub fn handle_tuning(&mut self, now: LocalTime, tuning: bool) {
        if tuning == self.view.tuning {
            return;
        }
        if tuning {
            self.unlock();
        }
        self.view.tuning = tuning;
        self.player.release(&mut self.outputs);
        self.health.mark_dirty();
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
        self.view.output_offset = offset.clamp(-limits::OUTPUT_OFFSET, limits::OUTPUT_OFFSET);
        self.player.set_output_offset(now, self.view.output_offset);
        self.settle(now);
    }

    /// The person pauses this device only, or lets it join again.
    pub fn handle_silenced(&mut self, now: LocalTime, silenced: bool) {
        self.view.silenced = silenced;
        self.view.tuning &= !silenced;
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
        self.outputs.push_back(Output::KeepAwake(false));
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
        if self.link.poll_doubt(now) {
            self.clock.ping_now(now);
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
            self.keep_awake.poll_timeout(),
            self.tuning.poll_timeout(&self.clock),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

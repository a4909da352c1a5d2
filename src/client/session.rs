//! A listener with its socket, its elements and its timer: whatever happens is handed in, and what comes out is carried
//! out, until nothing is left to do. One at a time: what happens meanwhile waits its turn.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};

use super::console::Console;
use super::elements::Elements;
use super::keepsake::{Keepsake, keep_member, recall_member};
use super::life_cycle::LifeCycle;
use super::media_session::{MediaKey, MediaSession};
use super::now::{now, wall};
use super::socket::{Socket, SocketEvent};
use super::wake_lock::WakeLock;
use super::watch::OnBeat;
use crate::listener::diary::Direction;
use crate::listener::presets::Presets;
use crate::listener::view::{Beginning, View};
use crate::listener::{Deck, Listener, ListenerConfig, MediaEvent, Output, PageEvent};
use crate::protocol::{ClientMessage, MemberName, RoomCode, Volume, parse_server_frame};
use crate::sync::engine::Engine;
use crate::sync::profile::Profile;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// What browsers say of a socket that ended without a word (RFC 6455 §7.4.1).
const CLOSED_ABNORMALLY: u16 = 1006;

/// The live session of a room page. Clones are the same session.
#[derive(Clone)]
pub struct Session(pub(super) Rc<Inner>);

pub(super) struct Inner {
    code: RoomCode,
    pub(super) listener: RefCell<Listener>,
    /// What happened while something else was being carried out.
    waiting: RefCell<VecDeque<Happening>>,
    busy: Cell<bool>,
    /// The page is gone.
    left: Cell<bool>,
    socket: RefCell<Option<Socket>>,
    /// Counts sockets, so that the last words of an old one are not taken for the new one's.
    sockets: Cell<u64>,
    elements: RefCell<Option<Elements>>,
    life_cycle: RefCell<Option<LifeCycle>>,
    media_session: RefCell<Option<MediaSession>>,
    wake_lock: Option<WakeLock>,
    timer: RefCell<Option<Timeout>>,
    keepsake: RefCell<Keepsake>,
    pub(super) beat: RefCell<Option<Interval>>,
    pub(super) on_beat: RefCell<Option<OnBeat>>,
    console: RefCell<Option<Console>>,
    show: Box<dyn Fn(&View)>,
}

/// Something to tell the listener.
pub(super) enum Happening {
    Socket(LocalTime, u64, SocketEvent),
    Media(LocalTime, Deck, MediaEvent),
    Page(LocalTime, PageEvent),
    Time,
    Tap,
    Resync,
    Silenced(bool),
    OwnVolume(Volume),
    OutputOffset(Span),
    Tuning(bool),
    /// For who watches: measure the clock, …
    Ping,
    /// … lose the connection, …
    Drop,
    /// … move what sounds by so much behind the listener's back, …
    Jump(Span),
    /// … go by this network profile.
    Profile(Option<Profile>),
    Wish(ClientMessage),
    Leave,
}

impl Session {
    /// Starts: finds the elements, opens the socket. `show` is called whenever the view has changed.
    pub fn start(beginning: Beginning, show: impl Fn(&View) + 'static) -> Self {
        let keepsake = Keepsake::recall();
        let code = beginning.snapshot.code;
        let agent = web_sys::window().and_then(|w| w.navigator().user_agent().ok()).unwrap_or_default();
        let engine = Engine::of_user_agent(&agent);
        let config = ListenerConfig {
            beginning,
            engine,
            learned: keepsake.learned,
            name: keepsake.name.clone(),
            resume: recall_member(code),
            own_volume: keepsake.own_volume,
            output_offset: keepsake.output_offset,
            dozes: has_coarse_pointer(),
            sets_volume: may_set_volume(),
            seed: js_sys::Math::random().to_bits(),
        };
        let session = Self(Rc::new(Inner {
            code,
            listener: RefCell::new(Listener::new(config, now())),
            waiting: RefCell::default(),
            busy: Cell::new(false),
            left: Cell::new(false),
            socket: RefCell::new(None),
            sockets: Cell::new(0),
            elements: RefCell::new(None),
            life_cycle: RefCell::new(None),
            media_session: RefCell::new(None),
            wake_lock: WakeLock::find(),
            timer: RefCell::new(None),
            keepsake: RefCell::new(keepsake),
            beat: RefCell::default(),
            on_beat: RefCell::default(),
            console: RefCell::default(),
            show: Box::new(show),
        }));
        let told = session.clone();
        let elements = Elements::find(engine.policy(), move |at, deck, event| {
            told.happen(Happening::Media(at, deck, event));
        });
        session.0.elements.replace(elements);
        let told = session.clone();
        let life_cycle = LifeCycle::listen(move |event| {
            if let (PageEvent::Shown, Some(lock)) = (event, &told.0.wake_lock) {
                lock.seen();
            }
            told.happen(Happening::Page(now(), event));
        });
        session.0.life_cycle.replace(Some(life_cycle));
        let told = session.clone();
        session.0.media_session.replace(MediaSession::find(move |key| told.press(key)));
        session.0.console.replace(Console::install(&session));
        session.happen(Happening::Time);
        session
    }

    /// Asks something of the room.
    pub fn ask(&self, message: ClientMessage) {
        if let ClientMessage::Rename { name } = &message {
            self.keep_name(name);
        }
        self.happen(Happening::Wish(message));
    }

    /// *Tap to start*; to be called from within a click.
    pub fn tap(&self) {
        self.happen(Happening::Tap);
    }

    /// *Resync*.
    pub fn resync(&self) {
        self.happen(Happening::Resync);
    }

    /// This device's own volume.
    pub fn set_own_volume(&self, volume: Volume) {
        self.keep(|keepsake| keepsake.own_volume = volume);
        self.happen(Happening::OwnVolume(volume));
    }

    /// How much earlier this device plays.
    pub fn set_output_offset(&self, offset: Span) {
        self.keep(|keepsake| keepsake.output_offset = offset);
        self.happen(Happening::OutputOffset(offset));
    }

    /// The output offsets that this browser keeps under a name.
    pub fn presets(&self) -> Presets {
        self.0.keepsake.borrow().presets.clone()
    }

    /// Keeps these instead.
    pub fn keep_presets(&self, presets: &Presets) {
        self.keep(|keepsake| keepsake.presets = presets.clone());
    }

    /// Whether single keys do something in the pages of this browser.
    pub fn has_shortcuts(&self) -> bool {
        !self.0.keepsake.borrow().shortcuts_off
    }

    /// Lets single keys do something, or nothing.
    pub fn set_shortcuts(&self, on: bool) {
        self.keep(|keepsake| keepsake.shortcuts_off = !on);
    }

    /// Plays clicks instead of the music, to tune this device by ear, or the music again. To be called from within a
    /// click.
    pub fn set_tuning(&self, tuning: bool) {
        self.happen(Happening::Tuning(tuning));
    }

    /// Pauses this device only, or lets it join again. To be called from within a click.
    pub fn set_silenced(&self, silenced: bool) {
        self.happen(Happening::Silenced(silenced));
    }

    /// Where the music should be now; `None` until the clock is known.
    pub fn expected_position(&self) -> Option<MediaTime> {
        self.0.listener.try_borrow().ok()?.expected_position(now())
    }

    /// The page goes away: falls silent and says goodbye.
    pub fn leave(&self) {
        self.happen(Happening::Leave);
    }

    /// A button outside of the page.
    fn press(&self, key: MediaKey) {
        match key {
            MediaKey::Play => self.set_silenced(false),
            MediaKey::Pause => self.set_silenced(true),
            MediaKey::Next => self.ask(ClientMessage::HostNext),
            MediaKey::Previous => self.ask(ClientMessage::HostPrevious),
            MediaKey::Seek(position) => self.ask(ClientMessage::HostSeek { position }),
        }
    }

    fn keep(&self, change: impl FnOnce(&mut Keepsake)) {
        let mut keepsake = self.0.keepsake.borrow_mut();
        change(&mut keepsake);
        keepsake.keep();
    }

    fn keep_name(&self, name: &MemberName) {
        self.keep(|keepsake| keepsake.name = Some(name.clone()));
    }

    pub(super) fn happen(&self, happening: Happening) {
        if self.0.left.get() {
            return;
        }
        self.0.waiting.borrow_mut().push_back(happening);
        if self.0.busy.replace(true) {
            return;
        }
        loop {
            let next = self.0.waiting.borrow_mut().pop_front();
            let Some(happening) = next else { break };
            self.tell(happening);
            self.carry_out();
        }
        self.0.busy.set(false);
        if self.0.left.get() {
            // What calls back holds the session: let go of all of it.
            self.0.timer.replace(None);
            self.0.socket.replace(None);
            self.0.elements.replace(None);
            self.0.media_session.replace(None);
            self.0.beat.replace(None);
            self.0.on_beat.replace(None);
            self.0.console.replace(None);
            if let Some(lock) = &self.0.wake_lock {
                lock.want(false);
            }
        } else {
            self.set_timer();
        }
    }

    fn tell(&self, happening: Happening) {
        let mut listener = self.0.listener.borrow_mut();
        match happening {
            Happening::Socket(_, socket, _) if socket != self.0.sockets.get() => {}
            Happening::Socket(at, _, SocketEvent::Open) => listener.handle_open(at),
            Happening::Socket(at, _, SocketEvent::Text(text)) => {
                listener.handle_passed(at, Direction::Received, &text);
                // What is no message of this protocol is a newer server's affair.
                if let Ok(message) = parse_server_frame(&text) {
                    listener.handle_message(at, message);
                }
            }
            Happening::Socket(at, _, SocketEvent::Closed(code)) => {
                self.0.socket.replace(None);
                listener.handle_closed(at, code);
            }
            Happening::Media(at, deck, event) => listener.handle_media(at, deck, event),
            Happening::Page(at, event) => listener.handle_page(at, event),
            Happening::Time => {
                listener.handle_clocks(now(), wall());
                let decks: Vec<Deck> = listener.playing_decks().collect();
                if let Some(elements) = &*self.0.elements.borrow() {
                    for deck in decks {
                        let (at, position) = elements.read(deck);
                        listener.handle_reading(at, deck, position);
                    }
                }
                listener.handle_timeout(now());
            }
            Happening::Tap => listener.handle_tap(now()),
            Happening::Resync => listener.handle_resync(now()),
            Happening::Silenced(silenced) => listener.handle_silenced(now(), silenced),
            Happening::OwnVolume(volume) => listener.handle_own_volume(now(), volume),
            Happening::OutputOffset(offset) => listener.handle_output_offset(now(), offset),
            Happening::Tuning(tuning) => listener.handle_tuning(now(), tuning),
            Happening::Ping => listener.handle_ping_wanted(now()),
            Happening::Drop => {
                // Nobody tells of the end of a socket that was let go.
                self.0.sockets.set(self.0.sockets.get() + 1);
                self.0.socket.replace(None);
                listener.handle_closed(now(), CLOSED_ABNORMALLY);
            }
            Happening::Jump(by) => {
                if let Some(elements) = &*self.0.elements.borrow() {
                    for deck in listener.playing_decks() {
                        elements.jump(deck, by);
                    }
                }
            }
            Happening::Profile(profile) => listener.handle_profile(now(), profile),
            Happening::Wish(message) => listener.handle_wish(now(), message),
            Happening::Leave => {
                self.0.life_cycle.replace(None);
                self.0.left.set(true);
                listener.handle_leave();
            }
        }
    }

    fn carry_out(&self) {
        let mut changed = false;
        loop {
            let output = self.0.listener.borrow_mut().poll_output();
            match output {
                None => break,
                Some(Output::Connect) => self.connect(),
                Some(Output::Disconnect) => {
                    self.0.sockets.set(self.0.sockets.get() + 1);
                    self.0.socket.replace(None);
                }
                Some(Output::Ping { ping_id }) => {
                    let sent = self.0.socket.borrow().as_ref().and_then(|socket| socket.ping(ping_id));
                    self.note_sent(sent);
                }
                Some(Output::Transmit(message)) => {
                    let sent = self.0.socket.borrow().as_ref().and_then(|socket| socket.send(&message));
                    self.note_sent(sent);
                }
                Some(Output::Player(deck, command)) => {
                    if let Some(elements) = &*self.0.elements.borrow() {
                        elements.command(deck, command);
                    }
                }
                Some(Output::Unlock) => {
                    if let Some(elements) = &*self.0.elements.borrow() {
                        elements.unlock();
                    }
                }
                Some(Output::KeepAwake(awake)) => {
                    if let Some(elements) = &*self.0.elements.borrow() {
                        elements.keep_awake(awake);
                    }
                }
                Some(Output::Show) => changed = true,
                Some(Output::Remember(learned)) => self.keep(|keepsake| keepsake.learned = learned),
            }
        }
        if changed {
            let view = self.0.listener.borrow().view().clone();
            if let Some(member) = &view.member_id {
                keep_member(self.0.code, member);
            }
            if let Some(media) = &mut *self.0.media_session.borrow_mut() {
                media.show(&view, self.expected_position());
            }
            if let Some(lock) = &self.0.wake_lock {
                lock.want(view.is_heard());
            }
            (self.0.show)(&view);
        }
    }

    fn connect(&self) {
        let number = self.0.sockets.get() + 1;
        self.0.sockets.set(number);
        let told = self.clone();
        let socket =
            Socket::open(self.0.code, move |at, event| told.happen(Happening::Socket(at, number, event)));
        if socket.is_none() {
            let closed = SocketEvent::Closed(CLOSED_ABNORMALLY);
            self.0.waiting.borrow_mut().push_back(Happening::Socket(now(), number, closed));
        }
        self.0.socket.replace(socket);
    }

    /// One timer, set anew after everything that happens.
    fn set_timer(&self) {
        let due = self.0.listener.borrow().poll_timeout();
        let timer = due.map(|due| {
            let wait = (due - now()).micros().clamp(0, 60_000_000);
            // A timer that fires early would only have to be set again.
            let wait_ms = u32::try_from((wait + 999) / 1_000).unwrap_or(60_000);
            let session = self.clone();
            Timeout::new(wait_ms, move || session.happen(Happening::Time))
        });
        self.0.timer.replace(timer);
    }
}

/// Whether an element's volume is the page's: where it is the user's, it says 1 whatever is set.
fn may_set_volume() -> bool {
    web_sys::HtmlAudioElement::new().is_ok_and(|audio| {
        audio.set_volume(0.5);
        (audio.volume() - 0.5).abs() < 0.1
    })
}

/// Whether this is a phone or a tablet: they stop pages that fall silent. Asked of the pointer, because user agents of
/// tablets say that they are desks.
fn has_coarse_pointer() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse)").ok().flatten())
        .is_some_and(|query| query.matches())
}

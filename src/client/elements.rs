//! The `<audio>` elements of the room page, two decks and the one that keeps it awake: carries out what the listener asks of them and tells what happened to
//! them. A pause that we did not cause is told apart from one that we did.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomException, Event, HtmlAudioElement};

use super::keeper::Keeper;
use super::made_sound::MadeSound;
use super::now::now;
use crate::listener::made_sound::CLICKS;
use crate::listener::{Deck, MediaEvent, PlayerCommand};
use crate::protocol::snapshot::Rendition;
use crate::sync::engine::EnginePolicy;
use crate::sync::time::{LocalTime, MediaTime, Span};

/// `MediaError.MEDIA_ERR_ABORTED`: the load was given up for another one.
const ABORTED: u16 = 1;

type Tell = Rc<dyn Fn(LocalTime, Deck, MediaEvent)>;
type Registration = (&'static str, Closure<dyn FnMut(Event)>);
/// What an event of an element means to the listener, if anything.
type Meaning = Box<dyn Fn(&HtmlAudioElement) -> Option<MediaEvent>>;

/// All of them.
pub(super) struct Elements {
    decks: [Element; 2],
    keeper: Option<Keeper>,
}

impl Elements {
    /// Finds the elements of the page; `None` when it has none.
    pub(super) fn find(
        policy: EnginePolicy,
        tell: impl Fn(LocalTime, Deck, MediaEvent) + 'static,
    ) -> Option<Self> {
        let tell: Tell = Rc::new(tell);
        let document = web_sys::window()?.document()?;
        let sounds = Rc::new(MadeSound::default());
        let find = |selector: &str| document.query_selector(selector).ok().flatten()?.dyn_into().ok();
        let deck = |deck, selector: &str| {
            Some(Element::new(deck, find(selector)?, policy.opus_late, &tell, &sounds))
        };
        Some(Self {
            decks: [deck(Deck::A, "audio[data-deck=a]")?, deck(Deck::B, "audio[data-deck=b]")?],
            keeper: find("audio[data-keeper]").map(|audio| Keeper::new(audio, sounds.clone())),
        })
    }

    /// Where an element is, and the moment of that very read.
    pub(super) fn read(&self, deck: Deck) -> (LocalTime, MediaTime) {
        let element = self.deck(deck);
        let position = element.audio.current_time();
        (now(), MediaTime::from_secs_f64(position) - element.late.get())
    }

    /// Moves an element from where it is, as nothing but a fault would.
    pub(super) fn jump(&self, deck: Deck, by: Span) {
        let audio = &self.deck(deck).audio;
        audio.set_current_time(audio.current_time() + by.as_secs());
    }

    pub(super) fn command(&self, deck: Deck, command: PlayerCommand) {
        self.deck(deck).command(command);
    }

    /// Plays silence beside the decks, or no longer.
    pub(super) fn keep_awake(&self, awake: bool) {
        if let Some(keeper) = &self.keeper {
            keeper.set_playing(awake);
        }
    }

    /// Within a tap: all elements play a moment of silence, or of what they hold, so that they may later.
    pub(super) fn unlock(&self) {
        for element in &self.decks {
            element.unlock();
        }
        if let Some(keeper) = &self.keeper {
            keeper.unlock();
        }
    }

    const fn deck(&self, deck: Deck) -> &Element {
        match deck {
            Deck::A => &self.decks[0],
            Deck::B => &self.decks[1],
        }
    }
}

struct Element {
    deck: Deck,
    audio: HtmlAudioElement,
    tell: Tell,
    /// `pause` events that are still to come because of us.
    own_pauses: Rc<Cell<u32>>,
    /// A file is loaded that the listener knows of; else events are nobody's business.
    in_use: Rc<Cell<bool>>,
    /// By how much its file sounds later than `currentTime` says: that much farther it is sent, and that much less it is
    /// read.
    late: Rc<Cell<Span>>,
    /// What that is for a file in Opus.
    opus_late: Span,
    sounds: Rc<MadeSound>,
    // Kept alive as long as the element may call them.
    listeners: Vec<Registration>,
}

impl Element {
    fn new(
        deck: Deck,
        audio: HtmlAudioElement,
        opus_late: Span,
        tell: &Tell,
        sounds: &Rc<MadeSound>,
    ) -> Self {
        // Resampling instead of stretching: exact in time, and never changed while playing (manual/sync.md).
        for name in ["preservesPitch", "webkitPreservesPitch", "mozPreservesPitch"] {
            let _ = Reflect::set(&audio, &JsValue::from_str(name), &JsValue::FALSE);
        }
        let own_pauses = Rc::new(Cell::new(0));
        let in_use = Rc::new(Cell::new(false));
        let late = Rc::new(Cell::new(Span::ZERO));
        let mut listeners = Vec::new();
        let mut on = |name: &'static str, what: Meaning| {
            let (audio_, tell, in_use) = (audio.clone(), tell.clone(), in_use.clone());
            let listener = Closure::<dyn FnMut(Event)>::new(move |_| {
                let at = now();
                if let Some(event) = what(&audio_).filter(|_| in_use.get()) {
                    tell(at, deck, event);
                }
            });
            let _ = audio.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            listeners.push((name, listener));
        };
        // What was never sent anywhere sounds elsewhere: until its first seek, Chromium plays an Opus file 6.5 ms early
        // (manual/sync.md).
        let late_ = late.clone();
        on(
            "loadedmetadata",
            Box::new(move |audio| {
                if !audio.seeking() && audio.current_time() == 0.0 {
                    audio.set_current_time(late_.get().as_secs());
                }
                None
            }),
        );
        on("canplay", Box::new(|_| Some(MediaEvent::Loaded)));
        on("seeked", Box::new(|_| Some(MediaEvent::Seeked)));
        // One that comes after our pause is of the past.
        on("playing", Box::new(|audio| (!audio.paused()).then_some(MediaEvent::Playing)));
        on("waiting", Box::new(|_| Some(MediaEvent::Waiting)));
        on("progress", Box::new(|_| Some(MediaEvent::Arriving)));
        on("ended", Box::new(|_| Some(MediaEvent::Ended)));
        let owed = own_pauses.clone();
        on(
            "pause",
            Box::new(move |audio| {
                if owed.get() > 0 {
                    owed.set(owed.get() - 1);
                    return None;
                }
                // At the end of a file the browser pauses by itself, and `ended` tells; a pause that was followed by
                // play() already is over.
                (audio.paused() && !audio.ended()).then_some(MediaEvent::Interrupted)
            }),
        );
        on(
            "error",
            Box::new(|audio| {
                let error = audio.error()?;
                (error.code() != ABORTED).then(|| MediaEvent::Failed {
                    message: format!("media error {}: {}", error.code(), error.message()),
                })
            }),
        );
        Self {
            deck,
            audio,
            tell: tell.clone(),
            own_pauses,
            in_use,
            late,
            opus_late,
            sounds: sounds.clone(),
            listeners,
        }
    }

    fn command(&self, command: PlayerCommand) {
        match command {
            PlayerCommand::Load(renditions) => self.load(&renditions),
            PlayerCommand::Play => self.play(),
            PlayerCommand::Pause => self.pause(),
            PlayerCommand::Seek(position) => {
                self.audio.set_current_time((position + self.late.get()).as_secs());
            }
            PlayerCommand::Rate(rate) => {
                self.audio.set_default_playback_rate(rate);
                self.audio.set_playback_rate(rate);
            }
            PlayerCommand::Volume(volume) => self.audio.set_volume(volume),
            PlayerCommand::Unload => {
                self.in_use.set(false);
                self.pause();
                let _ = self.audio.remove_attribute("src");
                self.audio.load();
            }
        }
    }

    fn load(&self, renditions: &[Rendition]) {
        let playable =
            renditions.iter().find(|rendition| !self.audio.can_play_type(&rendition.mime).is_empty());
        let Some(rendition) = playable.or_else(|| renditions.first()) else {
            (self.tell)(now(), self.deck, MediaEvent::Failed { message: "no rendition".to_owned() });
            return;
        };
        self.in_use.set(true);
        self.late.set(if rendition.mime.contains("opus") { self.opus_late } else { Span::ZERO });
        // Loading drops the events that were still to come.
        self.own_pauses.set(0);
        self.audio.set_preload("auto");
        let clicks = if rendition.url == CLICKS { self.sounds.clicks() } else { None };
        self.audio.set_src(clicks.as_deref().unwrap_or(&rendition.url));
        self.audio.load();
    }

    fn play(&self) {
        let Ok(promise) = self.audio.play() else { return };
        let (tell, deck) = (self.tell.clone(), self.deck);
        // In some browsers this promise never resolves although sound plays: only a refusal counts.
        spawn_local(async move {
            if let Err(reason) = JsFuture::from(promise).await
                && reason.dyn_ref::<DomException>().is_some_and(|e| e.name() == "NotAllowedError")
            {
                tell(now(), deck, MediaEvent::Refused);
            }
        });
    }

    fn pause(&self) {
        if !self.audio.paused() && !self.audio.ended() {
            self.own_pauses.set(self.own_pauses.get() + 1);
        }
        // Pausing what stands is no error.
        let _ = self.audio.pause();
    }

    /// Plays for as long as it takes to be allowed; an element without a file plays silence.
    fn unlock(&self) {
        if !self.audio.paused() {
            return;
        }
        if self.audio.src().is_empty()
            && let Some(silence) = self.sounds.silence()
        {
            self.audio.set_src(&silence);
        }
        let was_muted = self.audio.muted();
        self.audio.set_muted(true);
        let Ok(promise) = self.audio.play() else {
            self.audio.set_muted(was_muted);
            return;
        };
        self.pause();
        self.audio.set_muted(was_muted);
        // It is rejected with AbortError because of the pause, which is what was wanted.
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

impl Drop for Element {
    fn drop(&mut self) {
        for (name, listener) in &self.listeners {
            let _ = self.audio.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    }
}

//! What the lock screen, the headset and the keyboard's media keys know of the room: title, artist, album, artwork,
//! where it stands, and the buttons that this member may use. Pausing there pauses this device; the room plays on.
//!
//! `web-sys` has the Media Session API only behind an unstable flag, so it is reached by name. A browser without it
//! does nothing here.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::listener::view::View;
use crate::protocol::permissions::may;
use crate::protocol::snapshot::{TrackInfo, sized_artwork};
use crate::protocol::{Action, TrackId};
use crate::sync::time::{MediaTime, RoomTime};

/// Sides of the pictures that the server makes, in pixels: a lock screen takes what fits.
const PICTURES: [u32; 2] = [320, 640];

/// What a button outside of the page asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum MediaKey {
    /// This device again.
    Play,
    /// This device alone.
    Pause,
    /// The room's next track.
    Next,
    /// The room's previous track.
    Previous,
    /// The room to a position.
    Seek(MediaTime),
}

/// The names of the API's actions. The first two are everybody's, the others of who may control the room.
const EVERYBODYS: [&str; 2] = ["play", "pause"];
const CONTROLS: [&str; 3] = ["nexttrack", "previoustrack", "seekto"];

/// What was last told, so that only changes are.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    track: Option<(TrackId, Option<String>)>,
    playing: bool,
    line: Option<(RoomTime, MediaTime)>,
    controls: Option<bool>,
}

/// The browser's media session, for as long as the room page is open.
pub(super) struct MediaSession {
    session: JsValue,
    told: Told,
    press: Closure<dyn FnMut(JsValue)>,
}

impl MediaSession {
    /// `None` where the browser has none.
    pub(super) fn find(pressed: impl Fn(MediaKey) + 'static) -> Option<Self> {
        let navigator = web_sys::window()?.navigator();
        let session = Reflect::get(&navigator, &"mediaSession".into()).ok().filter(JsValue::is_object)?;
        let press = Closure::<dyn FnMut(JsValue)>::new(move |details: JsValue| {
            if let Some(key) = key_of(&details) {
                pressed(key);
            }
        });
        let media = Self { session, told: Told::default(), press };
        media.listen(&EVERYBODYS, true);
        Some(media)
    }

    /// Tells what has changed; `position` is where the music should be now.
    pub(super) fn show(&mut self, view: &View, position: Option<MediaTime>) {
        let playback = &view.playback;
        let track = playback.track.as_deref();
        let now = Told {
            track: track.map(|track| (track.track_id.clone(), track.artwork_url.clone())),
            playing: playback.status.is_running() && !view.silenced,
            line: track.map(|_| (playback.start_at, playback.start_position)),
            controls: Some(may(view.role, Action::Control, &view.settings)),
        };
        if now == self.told {
            return;
        }
        if now.track != self.told.track {
            self.set("metadata", &track.and_then(metadata).unwrap_or(JsValue::NULL));
        }
        if now.controls != self.told.controls {
            self.listen(&CONTROLS, now.controls == Some(true));
        }
        let state = match (&now.track, now.playing) {
            (None, _) => "none",
            (_, true) => "playing",
            (_, false) => "paused",
        };
        self.set("playbackState", &state.into());
        if let (Some(track), Some(position)) = (track, position) {
            let position = position.as_secs().clamp(0.0, track.duration.as_secs());
            let state = object(&[
                ("duration", track.duration.as_secs().into()),
                ("position", position.into()),
                ("playbackRate", 1.into()),
            ]);
            self.call("setPositionState", &Array::of1(&state));
        }
        self.told = now;
    }

    fn listen(&self, actions: &[&str], here: bool) {
        for action in actions {
            let handler = if here { self.press.as_ref().clone() } else { JsValue::NULL };
            // An action that the browser does not know is refused, which is as well.
            self.call("setActionHandler", &Array::of2(&(*action).into(), &handler));
        }
    }

    fn set(&self, name: &str, value: &JsValue) {
        let _ = Reflect::set(&self.session, &name.into(), value);
    }

    fn call(&self, name: &str, arguments: &Array) {
        let method = Reflect::get(&self.session, &name.into()).ok();
        if let Some(method) = method.and_then(|method| method.dyn_into::<Function>().ok()) {
            let _ = method.apply(&self.session, arguments);
        }
    }
}

impl Drop for MediaSession {
    fn drop(&mut self) {
        self.listen(&EVERYBODYS, false);
        self.listen(&CONTROLS, false);
        self.set("metadata", &JsValue::NULL);
        self.set("playbackState", &"none".into());
    }
}

fn key_of(details: &JsValue) -> Option<MediaKey> {
    let action = Reflect::get(details, &"action".into()).ok()?.as_string()?;
    match action.as_str() {
        "play" => Some(MediaKey::Play),
        "pause" => Some(MediaKey::Pause),
        "nexttrack" => Some(MediaKey::Next),
        "previoustrack" => Some(MediaKey::Previous),
        "seekto" => {
            let to = Reflect::get(details, &"seekTime".into()).ok()?.as_f64().filter(|to| to.is_finite())?;
            Some(MediaKey::Seek(MediaTime::from_secs_f64(to.max(0.0))))
        }
        _ => None,
    }
}

/// A `MediaMetadata` of a track.
fn metadata(track: &TrackInfo) -> Option<JsValue> {
    let artwork = Array::new();
    if let Some(url) = &track.artwork_url {
        for side in PICTURES {
            artwork.push(&object(&[
                ("src", sized_artwork(url, side).into()),
                ("sizes", format!("{side}x{side}").into()),
            ]));
        }
    }
    let words = |words: &Option<String>| JsValue::from_str(words.as_deref().unwrap_or_default());
    let init = object(&[
        ("title", track.title.as_str().into()),
        ("artist", words(&track.artist)),
        ("album", words(&track.album)),
        ("artwork", artwork.into()),
    ]);
    let window = web_sys::window()?;
    let constructor = Reflect::get(&window, &"MediaMetadata".into()).ok()?.dyn_into::<Function>().ok()?;
    Reflect::construct(&constructor, &Array::of1(&init)).ok()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

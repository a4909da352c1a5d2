//! A third `<audio>` element, which plays silence while the room is silent for a short while, so that a phone does not
//! stop the page. The two decks are left alone by it. When, the listener says.

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlAudioElement;

use super::made_sound::MadeSound;

/// The element.
pub(super) struct Keeper {
    audio: HtmlAudioElement,
    sounds: Rc<MadeSound>,
}

impl Keeper {
    pub(super) fn new(audio: HtmlAudioElement, sounds: Rc<MadeSound>) -> Self {
        audio.set_loop(true);
        Self { audio, sounds }
    }

    /// Plays silence, or no longer.
    pub(super) fn set_playing(&self, playing: bool) {
        if playing {
            self.play();
        } else {
            // Pausing what stands is no error.
            let _ = self.audio.pause();
        }
    }

    /// Within a tap: so that it may play later. Where one element's leave to play is every element's, this is nothing.
    pub(super) fn unlock(&self) {
        if self.audio.paused() {
            self.play();
            let _ = self.audio.pause();
        }
    }

    fn play(&self) {
        if self.audio.src().is_empty() {
            let Some(silence) = self.sounds.silence() else { return };
            self.audio.set_src(&silence);
        }
        if let Ok(promise) = self.audio.play() {
            // Refused, or cut short by a pause: then the phone may sleep, as it would have anyway.
            spawn_local(async move {
                let _ = JsFuture::from(promise).await;
            });
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.audio.pause();
        let _ = self.audio.remove_attribute("src");
    }
}

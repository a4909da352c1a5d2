//! Files of sound that this page makes itself ([`listener::made_sound`](crate::listener::made_sound)), as addresses
//! for elements: clicks to tune by, silence to keep awake by. Each is made when it is first wanted.

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};

use crate::listener::made_sound::{CLICKS_IN_A_BAR, CLICKS_LENGTH, SECOND_BYTES, click, wav_head};

/// Browsers hold on to the sound of a page only for files that last; and what is long seldom begins again.
const SILENCE_SECONDS: u32 = 30;

/// The files of a page. They are let go with it.
#[derive(Default)]
pub(super) struct MadeSound {
    clicks: RefCell<Option<String>>,
    silence: RefCell<Option<String>>,
}

impl MadeSound {
    /// A minute of clicks, one a second.
    pub(super) fn clicks(&self) -> Option<String> {
        made(&self.clicks, || {
            let (high, low) = (second(Some(true)), second(Some(false)));
            let seconds = (CLICKS_LENGTH.micros() / 1_000_000) as u32;
            file(seconds, |number| if number.is_multiple_of(CLICKS_IN_A_BAR) { &high } else { &low })
        })
    }

    /// Half a minute of nothing at all.
    pub(super) fn silence(&self) -> Option<String> {
        made(&self.silence, || {
            let nothing = second(None);
            file(SILENCE_SECONDS, |_| &nothing)
        })
    }
}

impl Drop for MadeSound {
    fn drop(&mut self) {
        for url in [self.clicks.take(), self.silence.take()].into_iter().flatten() {
            let _ = Url::revoke_object_url(&url);
        }
    }
}

fn made(known: &RefCell<Option<String>>, make: impl FnOnce() -> Option<String>) -> Option<String> {
    let mut known = known.borrow_mut();
    if known.is_none() {
        *known = make();
    }
    known.clone()
}

/// A second of silence, with a click at its beginning, a high one or not.
fn second(high: Option<bool>) -> Uint8Array {
    // New arrays are all zero.
    let second = Uint8Array::new_with_length(SECOND_BYTES);
    if let Some(high) = high {
        second.set(&Uint8Array::from(click(high).as_slice()), 0);
    }
    second
}

/// A file of so many seconds. The same second may come often and is held once.
fn file<'a>(seconds: u32, second: impl Fn(u32) -> &'a Uint8Array) -> Option<String> {
    let parts = Array::of1(&Uint8Array::from(wav_head(seconds).as_slice()));
    for number in 0..seconds {
        parts.push(second(number));
    }
    let kind = BlobPropertyBag::new();
    kind.set_type("audio/wav");
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

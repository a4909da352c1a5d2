//! IO around `listener` in the browser.

use crate::listener::view::{Beginning, View};
use crate::protocol::{ClientMessage, Volume};
use crate::sync::time::{MediaTime, Span};

/// A listener with its socket and its elements.
#[derive(Clone)]
pub struct Session;

#[allow(missing_docs)]
impl Session {
    pub fn start(_beginning: Beginning, _show: impl Fn(&View) + 'static) -> Self {
        Self
    }
    pub fn ask(&self, _message: ClientMessage) {}
    pub fn tap(&self) {}
    pub fn resync(&self) {}
    pub fn set_own_volume(&self, _volume: Volume) {}
    pub fn set_output_offset(&self, _offset: Span) {}
    pub fn set_silenced(&self, _silenced: bool) {}
    pub fn expected_position(&self) -> Option<MediaTime> {
        None
    }
    pub fn leave(&self) {}
}

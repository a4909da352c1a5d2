//! What a listener asks of a media element, and what happens to one.

use crate::protocol::snapshot::Rendition;
use crate::sync::time::MediaTime;

/// What to do with an element.
#[derive(Clone, Debug, PartialEq)]
pub enum PlayerCommand {
    /// Load the first of these that the browser can play, and stand at its beginning; do not play.
    Load(Vec<Rendition>),
    /// Play from where it stands.
    Play,
    /// Pause.
    Pause,
    /// Go to a position.
    Seek(MediaTime),
    /// Play at this rate.
    Rate(f64),
    /// Play this loud, 0 to 1.
    Volume(f64),
    /// Let go of the file.
    Unload,
}

/// What happened to an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// It can play (`canplay`).
    Loaded,
    /// It has arrived where it was sent (`seeked`).
    Seeked,
    /// It plays (`playing`).
    Playing,
    /// It waits for data (`waiting`).
    Waiting,
    /// Some of its data arrived (`progress`).
    Arriving,
    /// It came to its end (`ended`).
    Ended,
    /// The browser does not let it play without a tap.
    Refused,
    /// It was paused by somebody else: a headset, the lock screen, the browser.
    Interrupted,
    /// It cannot load or decode.
    Failed {
        /// What the browser says.
        message: String,
    },
}

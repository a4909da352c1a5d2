//! The browser's monotonic clock. With the isolation headers that the server sends it ticks in 5 µs, without them in
//! 100 µs (Chromium).

use crate::sync::time::{LocalTime, Span};

/// `performance.now()`; never the wall clock, which may be set while music plays.
pub(super) fn now() -> LocalTime {
    let ms = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    LocalTime::from_ms_f64(ms)
}

/// The time since 1970 by the wall clock. Nothing goes by it; it tells that the machine slept.
pub(super) fn wall() -> Span {
    Span::from_ms_f64(js_sys::Date::now())
}

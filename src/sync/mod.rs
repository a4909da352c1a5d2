//! What time it is and where the music should be: time types, four-timestamp exchange, clock filter, ping
//! cadence, timeline, drift controller and network profiles. Pure: no clock is read here, time is always
//! an argument. The browser runs it against a real element, the simulator against modelled ones.

pub mod cadence;
pub mod clock;
pub mod course;
pub mod drift;
pub mod engine;
pub mod exchange;
pub mod kalman;
pub mod learn;
pub mod mark;
pub mod profile;
pub mod queueing;
pub mod reads;
pub mod steer;
pub mod time;
pub mod timeline;
pub mod two_ways;

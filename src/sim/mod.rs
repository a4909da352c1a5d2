//! Rooms and listeners without a network, a browser or a clock: simulated oscillators, links and elements around the
//! real [`Room`](crate::room::Room) and the real [`Listener`](crate::listener::Listener), in simulated time. Everything
//! follows from one seed, so a failure is reproduced by its number.
//!
//! The *true time* of a simulation is the server's clock, unless that is told to be off
//! ([`server_clock`]); listeners never see it.

pub mod baselines;
pub mod browser;
pub mod device;
pub mod element;
pub mod fit;
pub mod model;
pub mod network;
pub mod oscillator;
pub mod plot;
pub mod race;
pub mod random;
pub mod report;
pub mod server_clock;
pub mod statistics;
#[cfg(test)]
mod tests;
pub mod trace;
pub mod trial;
pub mod weather;
pub mod world;

//! The whole server on a real port, with real sockets and a real database; and the floors of the house.

mod browsing;
mod doors;
mod floors;
mod frames;
mod harness;
mod media;
mod pages;
mod people;
mod pings;
mod playback;
mod restart;
mod rights;
mod slow_reader;
mod start;

//! The whole server on a real port, with real sockets and a real database; and the floors of the house.

mod additions;
mod backup;
mod browsing;
mod chat;
mod doctor;
mod doors;
mod encoding;
mod floors;
mod frames;
mod harness;
mod health;
mod library;
mod load;
mod logs;
mod media;
mod metrics;
mod pages;
mod people;
mod pings;
mod playback;
mod restart;
mod rights;
mod roles;
mod slow_reader;
mod start;

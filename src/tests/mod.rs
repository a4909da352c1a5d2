//! The whole server on a real port, with real sockets and a real database; and the floors of the house.

mod additions;
mod backup;
mod browsing;
mod chat;
mod contract;
mod control;
mod doctor;
mod doors;
mod encoding;
mod floors;
mod frames;
mod harness;
mod library;
mod media;
mod pages;
mod people;
mod pings;
mod playback;
mod restart;
mod retries;
mod rights;
mod roles;
mod slow_reader;
mod start;

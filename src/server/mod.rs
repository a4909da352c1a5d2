//! IO around [`room`](crate::room): configuration, the room tasks, the socket, the REST API, audio, pages. It
//! decides nothing about rooms: what somebody may, and what follows from it, the room says; here it is carried out.
//!
//! - [`run`]: from a [`Config`] to a [`Running`] server and back
//! - [`app`]: which address leads where
//! - [`rooms`]: one task for each room that is in use, and the seam behind which rooms may one day live elsewhere
//! - [`socket`]: one task for each member
//! - [`rest`], [`media`], [`pages`], [`qr`], [`measure`]: requests and answers
//! - [`tls`]: the certificate, [`machine`]: what this machine is called
//! - [`front`]: how a request got here, and what proxies may say of it
//! - [`caller`], [`access`], [`origin`], [`cors`]: who asks, from where, and what it may
//! - [`data_lock`]: one server a data folder
//! - [`metrics`], [`requests`], [`readiness`]: what it says of itself to its operator
//! - [`turnstile`]: how many additions, connections and sockets are let in at once; [`wire`], [`trickle`]: who is slow
//! - [`clock`] and [`random`]: the only places that read clocks and draw random numbers; [`mark`](crate::sync::mark)
//!   says how room time goes on from process to process

pub mod access;
pub mod app;
pub mod caller;
pub mod clock;
pub mod config;
pub mod cors;
pub mod data_lock;
pub mod front;
pub mod headers;
pub mod housekeeping;
pub mod library_news;
mod listen;
pub mod lobby;
pub mod machine;
pub mod measure;
pub mod media;
pub mod metrics;
pub mod operator;
pub mod origin;
pub mod page_backend;
pub mod pages;
pub mod pin;
pub mod public_url;
pub mod qr;
pub mod random;
pub mod rates;
pub mod readiness;
mod redirect;
pub mod requests;
pub mod rest;
pub mod rooms;
pub mod run;
pub mod secret;
pub mod shelves;
pub mod site;
pub mod socket;
pub mod state;
pub mod tls;
pub mod trickle;
pub mod turnstile;
pub mod wire;

pub use config::{Config, Tls};
pub use public_url::PublicUrl;
pub use run::{Running, ServeError, serve};
pub use secret::Secret;

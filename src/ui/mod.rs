//! Pages and components, for browser and server. A component takes what it shows and returns what was asked; what
//! is, lives in the [`live`] session.

pub mod actions;
pub mod app;
pub mod live;
pub mod words;

mod by_ear;
mod chat;
mod cover;
mod device;
mod diagnostics;
mod here;
mod home;
mod icons;
mod join_form;
mod library;
mod loudness;
mod mini_player;
mod now_playing;
mod output_offset;
mod overlay;
mod people;
mod pin_form;
mod plot;
mod problem;
mod progress;
mod queue;
mod reactions;
mod room;
mod room_page;
mod scripts;
mod settings;
mod share;
mod sheet;
mod shortcuts;
mod slider;
mod status;
mod sync_status;
mod toast;
mod tone;
mod transport;
mod upload;
mod wish;
mod wording;

#[cfg(all(test, feature = "ssr"))]
mod tests;

//! The catalogue's form: one struct for each part of the page, one field for each text.

use super::{Language, Plural, Template};
use crate::protocol::{CloseReason, ErrorCode, ReportedState, Role, WhoMay};
use crate::sync::drift::{Act, Why};

/// All texts in one language.
#[derive(Debug)]
pub struct Words {
    /// Which.
    pub language: Language,
    /// Between the thousands of a number, and before its decimals.
    pub numbers: Numbers,
    /// The document, and what many parts say.
    pub app: App,
    /// The home page.
    pub home: Home,
    /// The ways in, and why one is shut: join form, PIN, overlays, pages of problems.
    pub doors: Doors,
    /// The room page itself: head, tabs.
    pub room: Room,
    /// What plays: title, progress, transport, volume.
    pub player: Player,
    /// What is to come, and what was.
    pub queue: Queue,
    /// Who is here.
    pub people: People,
    /// What is said, and reactions.
    pub chat: Chat,
    /// What a room is set to.
    pub settings: Settings,
    /// How well it keeps in step.
    pub sync: Sync,
    /// What this device does, for who wants to know.
    pub diagnostics: Diagnostics,
    /// This device.
    pub device: Device,
    /// Inviting others.
    pub share: Share,
    /// The library.
    pub library: Library,
    /// Adding music.
    pub upload: Upload,
    /// Refusals, by code.
    pub errors: fn(ErrorCode) -> &'static str,
    /// Why a page is over.
    pub closed: fn(CloseReason) -> Ending,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub thousands: char,
    pub decimal: char,
}

/// The end of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// What happened.
    pub title: &'static str,
    /// What that means, and what to do.
    pub text: &'static str,
}

#[derive(Debug)]
pub struct App {
    /// In one sentence, for the head of the document.
    pub what: &'static str,
    /// The title of the home page.
    pub home_title: &'static str,
    /// The script could not start.
    pub broken: &'static str,
    pub reload: &'static str,
    pub try_again: &'static str,
    pub close: &'static str,
}

#[derive(Debug)]
pub struct Home {
    pub line: &'static str,
    pub what: &'static str,
    pub join: &'static str,
    pub code: &'static str,
    pub join_button: &'static str,
    pub no_code: &'static str,
    pub open: &'static str,
    pub name: &'static str,
    pub optional: &'static str,
    pub name_example: &'static str,
    pub more: &'static str,
    pub pin: &'static str,
    pub pin_hint: &'static str,
    pub listed: &'static str,
    pub listed_hint: &'static str,
    pub open_button: &'static str,
    pub rooms: &'static str,
    pub people: Plural,
    pub nobody: &'static str,
    pub how: &'static str,
    /// Each a short heading and a sentence.
    pub steps: [(&'static str, &'static str); 3],
}

#[derive(Debug)]
pub struct Doors {
    pub home: &'static str,
    pub pin_title: &'static str,
    /// With the code between.
    pub pin_text: (&'static str, &'static str),
    pub pin: &'static str,
    pub come_in: &'static str,
    pub no_page: Ending,
    pub no_room: Ending,
    pub failed: Ending,
    pub tap: &'static str,
    pub tap_why: &'static str,
    pub tap_playing: Template<1>,
    pub your_name: &'static str,
    pub bad_name: &'static str,
    pub enter_pin: &'static str,
    pub reconnecting: &'static str,
    pub music_goes_on: &'static str,
    pub no_answer: &'static str,
}

#[derive(Debug)]
pub struct Room {
    pub home: &'static str,
    pub invite: &'static str,
    pub here: Plural,
    pub parts: &'static str,
    pub now: &'static str,
    pub people: &'static str,
    pub chat: &'static str,
    pub queue: &'static str,
    pub library: &'static str,
    pub playing: Template<1>,
    pub silent: &'static str,
    pub unread: Plural,
    pub no_script: &'static str,
}

#[derive(Debug)]
pub struct Player {
    pub label: &'static str,
    pub nothing: &'static str,
    pub choose: &'static str,
    pub will_start: &'static str,
    pub position: &'static str,
    pub transport: &'static str,
    pub play: &'static str,
    pub pause: &'static str,
    pub previous: &'static str,
    pub next: &'static str,
    pub stop: &'static str,
    pub nothing_to_play: &'static str,
    pub nothing_loaded: &'static str,
    pub repeat_off: &'static str,
    pub repeat_all: &'static str,
    pub repeat_one: &'static str,
    pub room_volume: &'static str,
    pub room_volume_label: &'static str,
    pub play_now: Template<1>,
}

#[derive(Debug)]
pub struct Queue {
    pub title: &'static str,
    pub whole: &'static str,
    pub edit: &'static str,
    pub shuffle: &'static str,
    pub shuffle_label: &'static str,
    pub clear: &'static str,
    pub clear_label: &'static str,
    pub empty: &'static str,
    pub empty_add: &'static str,
    pub moved: Template<2>,
    pub added_by: Template<1>,
    pub move_up: Template<1>,
    pub move_down: Template<1>,
    pub remove: Template<1>,
    pub grip: Template<1>,
    pub history: &'static str,
    pub again: Template<1>,
}

#[derive(Debug)]
pub struct People {
    pub title: &'static str,
    pub you: &'static str,
    /// Behind a role, of who has lost the connection.
    pub away: &'static str,
    /// Behind a list that names only some.
    pub more: Template<1>,
    pub role: fn(Role) -> &'static str,
    /// The two halves of what people may, in one sentence.
    pub may: Template<2>,
    pub controls: fn(WhoMay) -> &'static str,
    pub adds: fn(WhoMay) -> &'static str,
    pub rename: &'static str,
    pub your_name: &'static str,
    /// With the most characters.
    pub name_refused: Template<1>,
    pub save: &'static str,
    pub sync_all: &'static str,
    pub everyone_resyncs: &'static str,
    /// Of a device, as somebody else sees it.
    pub state: fn(ReportedState) -> &'static str,
    pub no_report: &'static str,
    /// Of who reported once: when that was.
    pub silent_since: Template<1>,
    /// For ears: state, drift, round trip; …
    pub in_figures: Template<3>,
    /// … without a drift.
    pub in_words: Template<2>,
    /// What the host may do about somebody.
    pub manage: Template<1>,
    pub make_dj: &'static str,
    pub make_listener: &'static str,
    pub hand_over: &'static str,
    pub hand_over_why: Template<1>,
    pub hand_over_now: &'static str,
    pub remove: &'static str,
    pub remove_why: Template<1>,
    pub remove_now: &'static str,
    pub back: &'static str,
}

#[derive(Debug)]
pub struct Chat {
    pub title: &'static str,
    /// So many lines that were not seen.
    pub unread: Template<1>,
    pub empty: &'static str,
    pub missed: &'static str,
    pub field: &'static str,
    pub hint: &'static str,
    pub send: &'static str,
    /// Characters, and how many there may be.
    pub count: Template<2>,
    pub not_sent: &'static str,
    pub react: &'static str,
    /// In the order of [`Reaction::OFFERED`](crate::protocol::Reaction::OFFERED).
    pub reactions: [&'static str; 6],
}

#[derive(Debug)]
pub struct Settings {
    pub title: &'static str,
    pub close: &'static str,
    pub name: &'static str,
    /// With the most characters.
    pub name_refused: Template<1>,
    pub name_saved: &'static str,
    pub pin: &'static str,
    pub has_pin: &'static str,
    pub has_no_pin: &'static str,
    pub new_pin: &'static str,
    /// The fewest and the most characters; …
    pub pin_length: Template<2>,
    /// … in a sentence.
    pub pin_refused: Template<2>,
    pub set_pin: &'static str,
    pub change_pin: &'static str,
    pub remove_pin: &'static str,
    pub pin_set: &'static str,
    pub pin_changed: &'static str,
    pub pin_removed: &'static str,
    pub listed: &'static str,
    pub listed_now: &'static str,
    pub unlisted_now: &'static str,
    pub who_controls: &'static str,
    pub who_adds: &'static str,
    /// Host, host and DJs, everyone.
    pub who: [&'static str; 3],
    pub who_saved: &'static str,
    pub loudness: &'static str,
    /// By track, by album, off.
    pub loudnesses: [&'static str; 3],
    pub loudness_saved: &'static str,
}

#[derive(Debug)]
pub struct Sync {
    pub numbers_label: &'static str,
    pub resync: &'static str,
    pub advised: &'static str,
    pub everyone: &'static str,
    pub drift: &'static str,
    pub clock: &'static str,
    pub rtt: &'static str,
    pub idle: &'static str,
    pub syncing: &'static str,
    pub unknown_engine: &'static str,
    pub in_sync: &'static str,
    pub correcting: &'static str,
    pub out_of_sync: &'static str,
    pub buffering: &'static str,
    pub silenced: &'static str,
    pub paused: &'static str,
    pub reconnecting: &'static str,
    pub blocked: &'static str,
}

#[derive(Debug)]
pub struct Diagnostics {
    pub title: &'static str,
    pub export: &'static str,
    pub offset: &'static str,
    pub rate: &'static str,
    /// The least and the most.
    pub between: Template<2>,
    pub plots_why: &'static str,
    pub decisions: &'static str,
    /// When, what, why, drift.
    pub decisions_head: [&'static str; 4],
    pub act: fn(Act) -> &'static str,
    pub why: fn(Why) -> &'static str,
    pub traffic: &'static str,
    /// Kind, direction, how many, bytes.
    pub traffic_head: [&'static str; 4],
    pub sent: &'static str,
    pub received: &'static str,
    pub messages: &'static str,
    pub no_messages: &'static str,
    pub filter: &'static str,
    pub kind: &'static str,
    pub all_kinds: &'static str,
    pub pause: &'static str,
    pub clear: &'static str,
    pub ping: &'static str,
    pub drop: &'static str,
    pub jump: &'static str,
    pub jump_back: &'static str,
    pub jump_ahead: &'static str,
    pub profile: &'static str,
    pub auto: &'static str,
    /// The profile, and ms.
    pub seeks_beyond: Template<2>,
}

#[derive(Debug)]
pub struct Device {
    pub label: &'static str,
    pub mute: &'static str,
    pub volume: &'static str,
    pub volume_is: Template<1>,
    pub pause: &'static str,
    pub play: &'static str,
    pub speaker: &'static str,
    pub earlier: Template<1>,
    pub later: Template<1>,
    pub on_time: &'static str,
    pub offset_label: &'static str,
    pub offset_why: &'static str,
    pub presets: &'static str,
    pub own_speaker: &'static str,
    pub bluetooth: &'static str,
    pub bluetooth_quick: &'static str,
    pub television: &'static str,
    pub preset_name: &'static str,
    pub preset_example: &'static str,
    pub preset_keep: &'static str,
    pub preset_forget: Template<1>,
    pub by_ear: &'static str,
    pub measure: &'static str,
    pub by_ear_title: &'static str,
    pub by_ear_how: &'static str,
    pub done: &'static str,
    pub by_ear_room: &'static str,
    pub by_ear_keys: &'static str,
    pub shift: &'static str,
    pub shortcuts: &'static str,
    pub shortcuts_on: &'static str,
    pub key_space: &'static str,
    pub does_room: &'static str,
    pub does_device: &'static str,
    pub does_back: &'static str,
    pub does_forward: &'static str,
    pub does_louder: &'static str,
    pub does_quieter: &'static str,
    pub does_search: &'static str,
    pub does_help: &'static str,
}

#[derive(Debug)]
pub struct Share {
    pub title: &'static str,
    pub spelt: Template<1>,
    pub link: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub by_hand: &'static str,
    pub show_qr: &'static str,
    pub qr: Template<1>,
    pub scan: &'static str,
    pub or_type: &'static str,
    pub alone: &'static str,
}

#[derive(Debug)]
pub struct Library {
    pub title: &'static str,
    pub ways: &'static str,
    pub all: &'static str,
    pub artists_way: &'static str,
    pub albums_way: &'static str,
    pub folders_way: &'static str,
    pub new: &'static str,
    pub way_back: &'static str,
    pub search: &'static str,
    pub clear_search: &'static str,
    pub search_tracks: &'static str,
    pub search_artists: &'static str,
    pub search_albums: &'static str,
    pub search_artist: &'static str,
    pub search_album: &'static str,
    pub search_folders: &'static str,
    pub search_folder: &'static str,
    pub tracks: Plural,
    /// At least so many.
    pub tracks_or_more: Template<1>,
    pub artists: Plural,
    pub albums: Plural,
    pub folders: Plural,
    pub files: Plural,
    pub track_list: &'static str,
    pub scanning: Template<1>,
    pub looking: &'static str,
    pub unreadable: &'static str,
    pub empty: &'static str,
    pub no_folder: &'static str,
    pub nothing_left: &'static str,
    pub nothing_found: Template<1>,
    pub show_more: &'static str,
    pub needs_encoder: &'static str,
    pub play: Template<1>,
    pub play_next: &'static str,
    pub play_next_of: Template<1>,
    pub add: &'static str,
    pub add_of: Template<1>,
    pub comes_next: Template<1>,
    pub added: Template<1>,
    pub whole: &'static str,
    pub whole_play: &'static str,
    /// What is seen, and what only a screen reader adds.
    pub whole_next: (&'static str, &'static str),
    pub whole_add: (&'static str, &'static str),
    pub nothing_playable: &'static str,
    pub playing: Template<1>,
    pub come_next: Plural,
    pub go_into_queue: Plural,
    /// So many tracks, of how many.
    pub only_first: Template<2>,
}

#[derive(Debug)]
pub struct Upload {
    pub add: &'static str,
    pub drop_hint: &'static str,
    pub drop: &'static str,
    pub list: &'static str,
    pub link: &'static str,
    pub link_example: &'static str,
    pub add_link: &'static str,
    pub sending: Template<1>,
    pub cancel: Template<1>,
    pub take_off: Template<1>,
    pub play_next: &'static str,
    pub add_to_queue: &'static str,
    pub waiting: &'static str,
    pub checking: &'static str,
    pub done: Template<1>,
    pub duplicate: Template<1>,
    /// Under way, done, refused.
    pub summary: Template<3>,
    /// In MB.
    pub too_large: Template<1>,
    pub broken: &'static str,
    pub refused: Template<1>,
}

//! English, plain and warm: short sentences, no jargon, nobody's fault.

use super::parts::{
    App, Chat, Device, Doors, Ending, Home, Library, Numbers, People, Player, Queue, Room, Settings, Share,
    Sync, Upload,
};
use super::{Language, Plural, Template, Words};
use crate::protocol::{CloseReason, ErrorCode};

pub(super) static ENGLISH: Words = Words {
    language: Language::English,
    numbers: Numbers { thousands: ',', decimal: '.' },
    app: App { what: "Everyone in the room hears the same music at the same instant." },
    home: Home {},
    doors: Doors { home: "To the home page" },
    room: Room {},
    player: Player {},
    queue: Queue {},
    people: People {},
    chat: Chat {},
    settings: Settings {},
    sync: Sync {},
    device: Device {},
    share: Share {},
    library: Library { tracks: Plural("track", "tracks"), comes_next: Template::new("“{0}” comes next") },
    upload: Upload {},
    errors,
    closed,
};

const fn errors(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadValue => "That does not fit. Have a look at what you typed.",
        ErrorCode::Unauthorized => "Come into the room first.",
        ErrorCode::Forbidden => "You may not do this in this room.",
        ErrorCode::NothingLoaded => "Nothing is playing.",
        ErrorCode::NothingNext => "There is nothing to go on to.",
        ErrorCode::RateLimited => "That was a lot at once. Wait a moment.",
        ErrorCode::PinWrong => "That is not the PIN.",
        ErrorCode::TooManyRooms => "This server has no space for another room just now.",
        ErrorCode::Unavailable => "The server could not do this just now. Try again.",
        // As the server says it.
        code => code.message(),
    }
}

const fn closed(reason: CloseReason) -> Ending {
    let (title, text) = match reason {
        CloseReason::Kicked => (
            "You were removed from this room",
            "Whoever runs the room took this device out of it. The music goes on without you.",
        ),
        CloseReason::NoRoom => {
            ("This room is gone", "It was deleted, or nobody had used it for a long time.")
        }
        CloseReason::Full => {
            ("This room is full", "It has as many listeners as it may. Try again when somebody has left.")
        }
        CloseReason::Version => {
            ("Tutti was updated", "This page is of another version than the server. Reload it to go on.")
        }
        CloseReason::Pin => {
            ("This room wants a PIN", "The PIN was set or changed. Come in again with the new one.")
        }
        CloseReason::Policy => (
            "The server hung up",
            "This page sent something that the server did not understand. Reload it to go on.",
        ),
        CloseReason::Restart | CloseReason::TooSlow => {
            ("The connection is gone", "Reload the page to come back.")
        }
    };
    Ending { title, text }
}

//! English, plain and warm: short sentences, no jargon, nobody's fault.

use super::parts::{
    App, Chat, Device, Doors, Ending, Home, Library, Numbers, People, Player, Queue, Room, Settings, Share,
    Sync, Upload,
};
use super::{Language, Plural, Template, Words};
use crate::protocol::{CloseReason, ErrorCode, ReportedState, Role, WhoMay};

pub(super) static ENGLISH: Words = Words {
    language: Language::English,
    numbers: Numbers { thousands: ',', decimal: '.' },
    app: App { what: "Everyone in the room hears the same music at the same instant." },
    home: Home {},
    doors: Doors { home: "To the home page" },
    room: Room {
        home: "Tutti, to the home page",
        invite: "Invite others",
        here: Plural("person here", "people here"),
        parts: "Parts of this page",
        now: "Playing",
        people: "People",
        chat: "Chat",
        queue: "Queue",
        library: "Library",
        playing: Template::new("“{0}” is playing in this room."),
        silent: "Nothing is playing in this room just now.",
        unread: Plural("new message", "new messages"),
        no_script: "To hear it in step with everyone, this page must measure time and steer the sound, and that needs JavaScript.",
    },
    player: Player {
        label: "Now playing",
        nothing: "Nothing playing yet",
        choose: "Choose something from the library.",
        will_start: "It starts here when somebody plays something.",
        position: "Position in the track",
        transport: "Playback in the room",
        play: "Play",
        pause: "Pause",
        previous: "Previous",
        next: "Next",
        stop: "Stop",
        nothing_to_play: "There is nothing to play yet: choose from the library",
        nothing_loaded: "Nothing is loaded",
        repeat_off: "Repeat: off",
        repeat_all: "Repeat: the whole queue",
        repeat_one: "Repeat: this track",
        room_volume: "Whole room",
        room_volume_label: "Volume of the whole room",
        play_now: Template::new("Play {0} now"),
    },
    queue: Queue {
        title: "Up next",
        whole: "The whole queue",
        edit: "Edit",
        shuffle: "Shuffle",
        shuffle_label: "Shuffle the queue",
        clear: "Clear",
        clear_label: "Clear the queue",
        empty: "Nothing waits.",
        empty_add: "Nothing waits. Add something from the library.",
        moved: Template::new("Moved to {0} of {1}"),
        added_by: Template::new("added by {0}"),
        move_up: Template::new("Move {0} up"),
        move_down: Template::new("Move {0} down"),
        remove: Template::new("Remove {0} from the queue"),
        grip: Template::new("Move {0}: drag, or press the arrow keys"),
        history: "Played before",
        again: Template::new("Add {0} once more"),
    },
    people: People {
        title: "People",
        you: "You",
        away: "away",
        more: Template::new("and {0} more"),
        role,
        may: Template::new("{0}, {1}."),
        controls,
        adds,
        rename: "Change your name",
        your_name: "Your name",
        name_refused: Template::new("A name has 1 to {0} characters."),
        save: "Save",
        sync_all: "Sync all",
        everyone_resyncs: "Everyone resyncs",
        state,
        no_report: "no report yet",
        in_figures: Template::new("{0}, {1} off, round trip {2}"),
        in_words: Template::new("{0}, round trip {1}"),
        manage: Template::new("Manage {0}"),
        make_dj: "Make DJ",
        make_listener: "Make listener",
        hand_over: "Hand over the room…",
        hand_over_why: Template::new(
            "{0} becomes the host. You become a DJ, and only the new host can change that.",
        ),
        hand_over_now: "Hand over",
        remove: "Remove and keep out…",
        remove_why: Template::new("{0} falls silent, and that browser stays out of this room."),
        remove_now: "Remove and keep out",
        back: "Back",
    },
    chat: Chat {
        title: "Chat",
        unread: Template::new("{0} new"),
        empty: "Nothing said yet. Say hello.",
        missed: "New messages",
        field: "Message to everyone",
        hint: "Say something",
        send: "Send",
        count: Template::new("{0} of {1} characters"),
        not_sent: "Not sent: the room did not answer",
        react: "React",
        reactions: ["Love", "Fire", "Applause", "Laughing", "Party", "Dancing"],
    },
    settings: Settings {
        title: "Room settings",
        close: "Close",
        name: "Name",
        name_refused: Template::new("A room’s name has at most {0} characters."),
        name_saved: "Name saved",
        pin: "PIN",
        has_pin: "Whoever comes in is asked for it.",
        has_no_pin: "None: the code or the link is enough to come in.",
        new_pin: "New PIN",
        pin_length: Template::new("{0} to {1} characters"),
        pin_refused: Template::new("A PIN has {0} to {1} characters."),
        set_pin: "Set PIN",
        change_pin: "Change",
        remove_pin: "Remove",
        pin_set: "PIN set",
        pin_changed: "PIN changed",
        pin_removed: "PIN removed",
        listed: "Show this room on the home page",
        listed_now: "Listed on the home page",
        unlisted_now: "No longer on the home page",
        who_controls: "Who controls the music",
        who_adds: "Who may add music",
        who: ["Only the host", "Host and DJs", "Everyone"],
        who_saved: "Saved who may do what",
        loudness: "Loudness",
        loudnesses: ["Every track equally loud", "Every album equally loud", "As the files are"],
        loudness_saved: "Loudness saved",
    },
    sync: Sync {
        numbers_label: "Show the numbers",
        resync: "Resync",
        advised: "This device is far out of step. Resync is advised.",
        everyone: "Resync everyone",
        drift: "Drift",
        offset: "Clock offset",
        rtt: "Round trip",
        idle: "Nothing to keep in step",
        syncing: "Tuning in…",
        in_sync: "In sync",
        correcting: "Catching up…",
        out_of_sync: "Out of step",
        buffering: "Waiting for sound…",
        silenced: "Paused on this device",
        paused: "Paused",
        reconnecting: "Reconnecting…",
        blocked: "Tap to start",
    },
    device: Device {
        label: "This device",
        mute: "Mute this device",
        volume: "Volume of this device",
        volume_is: Template::new("This device: {0}"),
        pause: "Pause on this device",
        play: "Play again on this device",
        speaker: "Speaker",
        earlier: Template::new("{0} ms earlier"),
        later: Template::new("{0} ms later"),
        on_time: "As it is",
        offset_label: "Play earlier on this device, for speakers that are late",
        offset_why: "Bluetooth speakers and televisions sound late. Choose what is near, then set it by ear.",
        presets: "Speakers",
        own_speaker: "Built in, or by cable",
        bluetooth: "Bluetooth",
        bluetooth_quick: "Bluetooth, low latency",
        television: "Television",
        preset_name: "Keep it under a name",
        preset_example: "Kitchen speaker",
        preset_keep: "Keep",
        preset_forget: Template::new("Forget {0}"),
        by_ear: "By ear…",
        by_ear_title: "By ear",
        by_ear_how: "Each device that has this open clicks once a second, all at the same instant. Put two side by side and leave one as it is. Move the other until two clicks become one.",
        done: "Done",
        by_ear_room: "The room plays on. The music comes back when you are done.",
        by_ear_keys: "Arrow keys move it by 1 ms, with Shift by 10 ms.",
        shift: "How much earlier or later",
        shortcuts: "Keyboard shortcuts",
        shortcuts_on: "Use these keys in this browser",
        key_space: "Space",
        does_room: "Play or pause the room",
        does_device: "Pause on this device, or play again",
        does_back: "Back by 5 seconds",
        does_forward: "On by 5 seconds",
        does_louder: "This device louder",
        does_quieter: "This device quieter",
        does_search: "Search the library",
        does_help: "These shortcuts",
    },
    share: Share {},
    library: Library { tracks: Plural("track", "tracks"), comes_next: Template::new("“{0}” comes next") },
    upload: Upload {},
    errors,
    closed,
};

const fn role(role: Role) -> &'static str {
    match role {
        Role::Host => "Host",
        Role::Dj => "DJ",
        Role::Listener => "Listener",
    }
}

const fn controls(who: WhoMay) -> &'static str {
    match who {
        WhoMay::Host => "Only the host controls the music",
        WhoMay::Djs => "The host and DJs control the music",
        WhoMay::Everyone => "Everyone controls the music",
    }
}

const fn adds(who: WhoMay) -> &'static str {
    match who {
        WhoMay::Host => "only the host may add",
        WhoMay::Djs => "the host and DJs may add",
        WhoMay::Everyone => "everyone may add",
    }
}

const fn state(state: ReportedState) -> &'static str {
    match state {
        ReportedState::Idle => "nothing plays",
        ReportedState::Syncing => "tuning in",
        ReportedState::InSync => "in sync",
        ReportedState::Correcting => "catching up",
        ReportedState::OutOfSync => "out of step",
        ReportedState::Buffering => "waiting for sound",
        ReportedState::Paused => "paused",
        ReportedState::Reconnecting => "reconnecting",
        ReportedState::Blocked => "waits for a tap",
    }
}

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

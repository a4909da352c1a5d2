//! The stable codes of what can go wrong, shared by `ERROR` messages and problem documents.

use serde::{Deserialize, Serialize};

/// What was refused, and why; as text in `ERROR {code}` and as the end of a problem document's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// A frame that is no JSON, too large, or has a field out of range.
    BadMessage,
    /// A value out of range in an otherwise good request.
    BadValue,
    /// Who asks has not said who it is.
    Unauthorized,
    /// Who asks may not.
    Forbidden,
    /// No such room.
    NoSuchRoom,
    /// No such track, or its file is gone.
    NoSuchTrack,
    /// No browser plays the track as it is, and the server has no encoder.
    NeedsEncoder,
    /// No such entry in the queue.
    NoSuchEntry,
    /// No such member.
    NoSuchMember,
    /// Nothing is loaded that could be paused, resumed or moved.
    NothingLoaded,
    /// Nothing comes next (or before).
    NothingNext,
    /// Nobody else here is host, and a room must have one who can come back.
    LastHost,
    /// The queue has as many entries as it may.
    QueueFull,
    /// The room has as many members as it may.
    RoomFull,
    /// The server has as many rooms as it may.
    TooManyRooms,
    /// Too many messages or requests in too short a time.
    RateLimited,
    /// A PIN is wanted, or was wrong.
    PinWrong,
    /// A file, or a whole request, is larger than may be.
    TooLarge,
    /// A file that is no audio, or none that can be used.
    NotAudio,
    /// There is no space left for additions.
    StorageFull,
    /// A track of a music folder, whose files are never changed.
    ReadOnly,
    /// The key of a retry came before, with something else.
    KeyReused,
    /// What a link leads to could not be fetched.
    NotFetched,
    /// Known, but not built, or not allowed by the operator.
    NotSupported,
    /// The server could not write it down; nothing was changed.
    Unavailable,
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// All of them, as the description of the API lists them.
    pub const ALL: [Self; 26] = [
        Self::BadMessage,
        Self::BadValue,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NoSuchRoom,
        Self::NoSuchTrack,
        Self::NeedsEncoder,
        Self::NoSuchEntry,
        Self::NoSuchMember,
        Self::NothingLoaded,
        Self::NothingNext,
        Self::LastHost,
        Self::QueueFull,
        Self::RoomFull,
        Self::TooManyRooms,
        Self::RateLimited,
        Self::PinWrong,
        Self::TooLarge,
        Self::NotAudio,
        Self::StorageFull,
        Self::ReadOnly,
        Self::KeyReused,
        Self::NotFetched,
        Self::NotSupported,
        Self::Unavailable,
        Self::Unknown,
    ];

    /// One sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::BadMessage => "This message could not be understood.",
            Self::BadValue => "A value is out of range.",
            Self::Unauthorized => "This needs a room cookie or a token.",
            Self::Forbidden => "You may not do this in this room.",
            Self::NoSuchRoom => "There is no such room.",
            Self::NoSuchTrack => "There is no such track.",
            Self::NeedsEncoder => {
                "Browsers cannot play this file, and the server has no ffmpeg to convert it."
            }
            Self::NoSuchEntry => "This entry is no longer in the queue.",
            Self::NoSuchMember => "This member is no longer here.",
            Self::NothingLoaded => "Nothing is loaded.",
            Self::NothingNext => "There is nothing to go on to.",
            Self::LastHost => "Make somebody else host first.",
            Self::QueueFull => "The queue is full.",
            Self::RoomFull => "The room is full.",
            Self::TooManyRooms => "The server has no space for another room.",
            Self::RateLimited => "Too much at once; wait a moment.",
            Self::PinWrong => "The PIN is missing or wrong.",
            Self::TooLarge => "This file is too large.",
            Self::NotAudio => "This file has no audio that can be played.",
            Self::StorageFull => "The server has no space left for more music.",
            Self::ReadOnly => "This track lies in a folder that the server never changes.",
            Self::KeyReused => "This key came before, with another request.",
            Self::NotFetched => "The server could not fetch this link.",
            Self::NotSupported => "This server cannot do that yet.",
            Self::Unavailable => "The server could not save this; nothing was changed.",
            Self::Unknown => "Something went wrong.",
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for ErrorCode {}

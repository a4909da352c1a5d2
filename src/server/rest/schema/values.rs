//! Numbers, words and names, with the bounds of the protocol's own table.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{Number, PartialSchema, ToSchema};

use crate::protocol::{
    ChatText, Decibels, EntryId, ErrorCode, Loudness, MemberId, MemberName, QueuePlace, Repeat, Revision,
    Role, RoomCode, RoomName, Status, StreamId, TrackId, Volume, WhoMay, limits,
};
use crate::sync::profile::Profile;
use crate::sync::time::{MAX_WIRE_MICROS, MediaTime, RoomTime, Span};

/// How many lines of a page are wanted.
pub struct PageLength;

macro_rules! described {
    ($($type:ty as $name:literal: $schema:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                $name.into()
            }
        }
    )*};
}

described! {
    PageLength as "PageLength": ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    RoomCode as "RoomCode": text("Six characters by which people know a room. Taken in any case.")
        .pattern(Some("^[2-9A-HJKMNP-Z]{6}$")).examples(["K7M2QX"]);
    MemberId as "MemberId": id("One browser tab in a room.");
    TrackId as "TrackId": id("One item of the library.");
    StreamId as "StreamId": count("Counts the starts of tracks in a room; 0: nothing was ever started.");
    Revision as "Revision": count("Counts the changes of a room's state.");
    EntryId as "EntryId": count("One entry of a room's queue; never used again.");

    MemberName as "MemberName": name("What a member is called.", limits::MEMBER_NAME_CHARS);
    RoomName as "RoomName": name("What a room is called.", limits::ROOM_NAME_CHARS);
    ChatText as "ChatText": name("One line of the chat.", limits::CHAT_CHARS);

    RoomTime as "RoomTime": number("Room time in ms since 1970 UTC, may be fractional.")
        .minimum(Some(-MAX_WIRE_MICROS / 1e3)).maximum(Some(MAX_WIRE_MICROS / 1e3));
    Span as "Milliseconds": number("A span in ms, may be fractional.")
        .minimum(Some(-MAX_WIRE_MICROS / 1e3)).maximum(Some(MAX_WIRE_MICROS / 1e3));
    MediaTime as "Position": number("A position in a track in s, may be fractional.")
        .minimum(Some(0)).maximum(Some(MAX_WIRE_MICROS / 1e6));
    Volume as "Volume": number("How loud: 0 is silent, 1 as the music is.").minimum(Some(0)).maximum(Some(1));
    Decibels as "Decibels": number("A gain in dB.");

    Role as "Role": words("What a member may.", &[Role::Listener, Role::Dj, Role::Host]);
    WhoMay as "Who": words("Who may.", &[WhoMay::Host, WhoMay::Djs, WhoMay::Everyone]);
    Repeat as "Repeat": words("What comes when a track ends: the rest of the queue, the same again, or the queue from \
        its start.", &[Repeat::Off, Repeat::One, Repeat::All]);
    Status as "Status": words("`idle`: nothing is loaded. `preparing`: a start is announced. `stopped`: loaded, at 0.",
        &[Status::Idle, Status::Preparing, Status::Playing, Status::Paused, Status::Stopped]);
    Loudness as "Loudness": words("Whether tracks, or albums, are made equally loud.",
        &[Loudness::Off, Loudness::Track, Loudness::Album]);
    Profile as "Profile": words("A kind of network.",
        &[Profile::Lan, Profile::Normal, Profile::Wan, Profile::Mobile]);
    QueuePlace as "QueuePlace": words("Behind all entries, or before all.", &[QueuePlace::End, QueuePlace::Next]);
    ErrorCode as "ErrorCode": words("What was wrong.", &ErrorCode::ALL);
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

/// What [`TrackId`] and [`MemberId`] parse.
fn id(description: &str) -> ObjectBuilder {
    text(description).pattern(Some("^[A-Za-z0-9_-]{1,64}$")).examples(["01a201b59a2b70558c2d649af69d035a"])
}

fn name(description: &str, most: usize) -> ObjectBuilder {
    text(description).min_length(Some(1)).max_length(Some(most))
}

fn number(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Number).description(Some(description))
}

fn count(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .description(Some(description))
        .minimum(Some(0))
        .maximum(Some(Number::UInt(usize::MAX)))
        .examples([7])
}

fn words<T: Serialize>(description: &str, all: &[T]) -> ObjectBuilder {
    let words = all.iter().filter_map(|word| serde_json::to_value(word).ok());
    text(description).enum_values(Some(words))
}

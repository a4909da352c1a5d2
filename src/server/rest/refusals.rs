//! What a request may be refused with, for the description of the API. The HTTP statuses are those of the one table
//! ([`status`]), so a refusal cannot be described otherwise than it is answered.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::error::{Problem, status};
use crate::protocol::ErrorCode;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($code:ident)*;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(&[$(ErrorCode::$code),*])
            }
        }
    )*};
}

refusals! {
    /// Nothing can go wrong.
    None: ;
    /// A list of rooms.
    Rooms: BadMessage BadValue Unavailable;
    /// Making a room.
    NewRoom: BadMessage Forbidden KeyReused TooLarge BadValue RateLimited TooManyRooms Unavailable;
    /// What is open, unless the room has a PIN.
    Room: BadMessage Unauthorized Forbidden NoSuchRoom Unavailable;
    /// A page of something in a room.
    RoomPage: BadMessage Unauthorized Forbidden NoSuchRoom BadValue Unavailable;
    /// Something about a member.
    Member: BadMessage Unauthorized Forbidden NoSuchRoom NoSuchMember Unavailable;
    /// Another role.
    MemberRole: BadMessage Unauthorized Forbidden NoSuchRoom NoSuchMember LastHost TooLarge BadValue Unavailable;
    /// What a room is set to.
    Settings: BadMessage Unauthorized Forbidden NoSuchRoom TooLarge BadValue Unavailable;
    /// Playing something.
    Play: BadMessage Unauthorized Forbidden NoSuchRoom NoSuchTrack NoSuchEntry NeedsEncoder KeyReused TooLarge
        BadValue Unavailable;
    /// What wants something to be loaded.
    Playback: BadMessage Unauthorized Forbidden NoSuchRoom NothingLoaded KeyReused TooLarge BadValue Unavailable;
    /// Going on and back.
    Step: BadMessage Unauthorized Forbidden NoSuchRoom NothingNext QueueFull KeyReused TooLarge BadValue
        Unavailable;
    /// What is always possible.
    Setting: BadMessage Unauthorized Forbidden NoSuchRoom KeyReused TooLarge BadValue Unavailable;
    /// Adding to the queue.
    QueueAdd: BadMessage Unauthorized Forbidden NoSuchRoom NoSuchTrack NeedsEncoder QueueFull KeyReused TooLarge
        BadValue Unavailable;
    /// An entry of the queue.
    QueueEntry: BadMessage Unauthorized Forbidden NoSuchRoom NoSuchEntry TooLarge BadValue Unavailable;
    /// A list of the library.
    LibraryPage: BadMessage Unauthorized Forbidden BadValue Unavailable;
    /// A track.
    Track: BadMessage Unauthorized Forbidden NoSuchTrack Unavailable;
    /// A picture.
    Artwork: BadMessage Unauthorized Forbidden NoSuchTrack BadValue Unavailable;
    /// Audio.
    Media: BadMessage Unauthorized Forbidden NoSuchTrack NeedsEncoder Unavailable;
    /// A track that is to go.
    TrackRemoval: BadMessage Unauthorized Forbidden NoSuchTrack ReadOnly Unavailable;
    /// Files.
    Upload: BadMessage Unauthorized Forbidden NoSuchRoom TooLarge NotAudio BadValue RateLimited Unavailable
        StorageFull;
    /// A link.
    Link: BadMessage Unauthorized Forbidden NoSuchRoom TooLarge NotAudio BadValue RateLimited NotSupported
        NotFetched Unavailable StorageFull;
    /// What is for the operator.
    Operator: Unauthorized Forbidden Unavailable;
    /// Whether the server can work.
    Ready: Unavailable;
    /// A QR code.
    QrCode: BadMessage NoSuchRoom BadValue;
}

/// One answer for each status, with all that may be behind it.
fn answers(codes: &[ErrorCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        by_status.entry(status(*code).as_u16()).or_default().push(*code);
    }
    by_status
        .into_iter()
        .map(|(status, codes)| {
            let description = codes.iter().map(|code| described(*code)).collect::<Vec<_>>().join(" ");
            let example = codes.first().and_then(|code| {
                let problem = Problem::new(*code, code.message());
                serde_json::to_value(problem).ok()
            });
            let content =
                ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(example).build();
            let mut response =
                ResponseBuilder::new().description(description).content("application/problem+json", content);
            if status == 401 {
                let header =
                    HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
                response = response.header("WWW-Authenticate", header.build());
            }
            (status.to_string(), response.build().into())
        })
        .collect()
}

fn described(code: ErrorCode) -> String {
    format!("`{}`: {}", super::error::word(code), code.message())
}

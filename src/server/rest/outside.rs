//! What the description of the API tells of addresses that lie beside `/api`: audio, QR codes, and what machines ask of
//! a server. They are served elsewhere; that they are there and answer like this, the tests of the server check.
#![expect(dead_code, reason = "a description of what is served elsewhere is not called")]

use utoipa::OpenApi;

use super::refusals;
use crate::protocol::{RoomCode, TrackId};

/// The addresses beside `/api`.
#[derive(OpenApi)]
#[openapi(paths(media, qr_code, lives, is_ready, description, page))]
pub(super) struct Outside;

/// The audio of a track, with ranges.
#[utoipa::path(
    get, path = "/media/{trackId}/{rendition}", tag = "audio",
    params(
        ("trackId" = TrackId, Path, description = "The track."),
        ("rendition" = String, Path, description = "`original` is there always; a track names the others.", example = "original"),
        ("v" = Option<String>, Query, description = "The version in a track's addresses: the answer may then be kept for ever.", nullable = false),
        ("Range" = Option<String>, Header, description = "One range of bytes.", nullable = false, example = "bytes=0-1023"),
    ),
    responses(
        (status = 200, description = "The whole file.", body = Vec<u8>, content_type = "audio/*", headers(
            ("ETag" = String), ("Last-Modified" = String), ("Accept-Ranges" = String), ("Cache-Control" = String),
        )),
        (status = 206, description = "A part of it.", body = Vec<u8>, content_type = "audio/*", headers(
            ("Content-Range" = String), ("ETag" = String),
        )),
        (status = 304, description = "It is still the same."),
        (status = 412, description = "It is not the same any more."),
        (status = 416, description = "The file has no such range."),
        refusals::Media,
    )
)]
fn media() {}

/// The address of a room's page as a QR code. It tells nothing about the room, not even whether there is one.
#[utoipa::path(
    get, path = "/r/{code}/qr.svg", tag = "rooms", security(()),
    params(("code" = RoomCode, Path, description = "The code of the room.")),
    responses((status = 200, description = "A picture.", body = String, content_type = "image/svg+xml"), refusals::QrCode)
)]
fn qr_code() {}

/// Whether the server lives.
#[utoipa::path(
    get, path = "/healthz", tag = "server", security(()),
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain"))
)]
fn lives() {}

/// Whether the server can do its work.
#[utoipa::path(
    get, path = "/readyz", tag = "server", security(()),
    responses((status = 200, description = "It can.", body = String, content_type = "text/plain"), refusals::Ready)
)]
fn is_ready() {}

/// This description.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "server", security(()),
    responses((status = 200, description = "An OpenAPI document.", body = serde_json::Value))
)]
fn description() {}

/// A page that shows this description, and tries it out.
#[utoipa::path(
    get, path = "/api/docs", tag = "server", security(()),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html"))
)]
fn page() {}

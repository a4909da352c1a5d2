//! The QR code of a room: its address, as the operator names this server, else as the browser that asks knows it. Whoever reads it comes to the same
//! host by the same way, so a page that was opened as `localhost` gets a code that helps nobody else, and says so.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::caller::Caller;
use super::public_url::is_host;
use super::rest::ApiError;
use crate::protocol::{ErrorCode, RoomCode};

/// Pixels of its side at least; it is drawn in vectors and may be shown in any size.
const SIDE: u32 = 512;

/// `GET /r/{code}/qr.svg`: black on white with its quiet zone, in any colour scheme, because cameras want it so. It tells
/// nothing about the room, not even whether there is one.
///
/// It leads to the public address, where the operator names one.
///
/// # Errors
/// [`ErrorCode::NoSuchRoom`] for what is no code, [`ErrorCode::BadValue`] for a request without a host.
pub async fn of_room(Path(typed): Path<String>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    let code: RoomCode = typed.parse().map_err(|_| ErrorCode::NoSuchRoom)?;
    let base = caller.base.filter(|base| base.split_once("://").is_some_and(|(_, host)| is_host(host)));
    let base = base.ok_or(ErrorCode::BadValue)?;
    let picture = drawn(&format!("{base}/r/{code}")).ok_or(ErrorCode::BadValue)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, max-age=3600")], picture))
}

/// `None` for an address that is too long for any QR code.
fn drawn(address: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let colours = (svg::Color("#000"), svg::Color("#fff"));
    Some(code.render().min_dimensions(SIDE, SIDE).dark_color(colours.0).light_color(colours.1).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_picture_and_a_novel_does_not() {
        let picture = drawn("http://192.168.1.20:3000/r/K7M2QX").unwrap();
        assert!(picture.contains("<svg") && picture.contains("#000") && picture.contains("#fff"));
        assert_ne!(picture, drawn("http://192.168.1.20:3000/r/K7M2QY").unwrap());
        assert!(drawn(&"x".repeat(4_000)).is_none());
    }
}

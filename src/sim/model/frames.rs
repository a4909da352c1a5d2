//! Frames off the wire, whoever sent them: reading one ends with a message or a refusal, and a message that was read
//! can be written and is then read as the same kind again.
//!
//! Called by the tests and by the fuzz target `messages` (`end2end/fuzz`).

use std::mem::discriminant;

use super::Broken;
use crate::protocol::{ClientMessage, ServerMessage, limits, parse_client_frame, parse_server_frame};

/// Reads bytes as a frame of either side.
///
/// # Errors
/// When what was read cannot be written, or not be read again.
pub fn read(bytes: &[u8]) -> Result<(), Broken> {
    // Sockets take no other text.
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    if let Ok(message) = parse_client_frame(text) {
        if text.len() > limits::FRAME_BYTES {
            return Err(Broken::new("a frame that is too large was read"));
        }
        let again = parse_client_frame(&written(&message)?);
        if again.as_ref().map(discriminant).ok() != Some(discriminant(&message)) {
            return Err(Broken::new(format!("{message:?} was read, and then {again:?}")));
        }
        within_limits(&message)?;
    }
    if let Ok(message) = parse_server_frame(text) {
        let again = parse_server_frame(&written(&message)?);
        let unknown = message == ServerMessage::Unknown;
        if !unknown && again.as_ref().map(discriminant).ok() != Some(discriminant(&message)) {
            return Err(Broken::new(format!("{message:?} was read, and then {again:?}")));
        }
    }
    Ok(())
}

fn written(message: &impl serde::Serialize) -> Result<String, Broken> {
    serde_json::to_string(message)
        .map_err(|error| Broken::new(format!("what was read cannot be written: {error}")))
}

/// What a reader must not let through, whatever the types say.
fn within_limits(message: &ClientMessage) -> Result<(), Broken> {
    let good = match message {
        ClientMessage::Chat { text } => text.as_str().chars().count() <= limits::CHAT_CHARS,
        ClientMessage::Rename { name } | ClientMessage::Hello { name: Some(name), .. } => {
            name.as_str().chars().count() <= limits::MEMBER_NAME_CHARS
        }
        ClientMessage::React { emoji } => emoji.as_str().chars().count() <= limits::REACTION_CHARS,
        ClientMessage::HostVolume { volume } => (0.0..=1.0).contains(&volume.get()),
        ClientMessage::HostSeek { position } => position.micros() >= 0,
        ClientMessage::QueueAdd { track_ids, .. } => (1..=limits::TRACKS_PER_ADD).contains(&track_ids.len()),
        ClientMessage::SyncReport(report) => report.rate.is_finite() && report.rate >= 0.0,
        _ => true,
    };
    if good { Ok(()) } else { Err(Broken::new(format!("a value beyond its limit was read: {message:?}"))) }
}

//! What a load test reads of a frame: only what it needs, because thousands of listeners read in one process, and what
//! they spend is missing to the server beside them.

/// The name of a message: what stands behind its first `"t":"`.
pub(super) fn name(text: &str) -> &str {
    text.strip_prefix(r#"{"t":""#).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// A whole number of a frame; the first of this name.
pub(super) fn number(text: &str, field: &str) -> Option<u64> {
    let mut rest = text;
    while let Some(at) = rest.find(field) {
        let (before, after) = (&rest[..at], &rest[at + field.len()..]);
        if before.ends_with('"')
            && let Some(value) = after.strip_prefix("\":")
        {
            let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
            return value[..end].parse().ok();
        }
        rest = after;
    }
    None
}

/// A plain word of a frame; the first of this name.
pub(super) fn word<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("\"{field}\":\""))?;
    rest.split('"').next()
}

/// The same frame with another revision: what the repeater is given to repeat.
pub(super) fn with_revision(text: &str, revision: u64) -> String {
    match number(text, "revision") {
        Some(old) => text.replacen(&format!("\"revision\":{old}"), &format!("\"revision\":{revision}"), 1),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Revision, ServerMessage, StreamId};
    use crate::sync::time::{MediaTime, RoomTime, Span};

    #[test]
    fn the_messages_of_the_server_are_read() {
        let pause = ServerMessage::PauseAt {
            stream_id: StreamId(12),
            revision: Revision(345),
            pause_at: RoomTime::from_micros(1),
            position: MediaTime::from_micros(2),
            sync_buffer: Span::from_millis(100),
            server_timestamp: RoomTime::from_micros(3),
        };
        let text = serde_json::to_string(&pause).unwrap();
        assert_eq!(name(&text), "PAUSE_AT");
        assert_eq!((number(&text, "revision"), number(&text, "streamId")), (Some(345), Some(12)));
        assert_eq!(number(&text, "volume"), None);
        let other = with_revision(&text, 7);
        assert_eq!(number(&other, "revision"), Some(7));
        assert_eq!(other.len(), text.len() - 2);
    }

    #[test]
    fn other_frames_are_nothing() {
        for text in ["", "{}", r#"{"revision":"x"}"#, r#"{"prerevision":1}"#] {
            assert_eq!((name(text), number(text, "revision")), ("", None), "{text}");
        }
    }
}

//! The names of messages as labels: those of the protocol and no others.

use crate::protocol::{ClientMessage, ServerMessage};

/// What is no message.
pub const INVALID: &str = "invalid";

/// Every name that a member's message is counted by.
pub const RECEIVED: [&str; 29] = [
    "HELLO",
    "TIME_PING",
    "READY",
    "SYNC_REPORT",
    "REQUEST_STATE",
    "CLIENT_ERROR",
    "HOST_PLAY",
    "HOST_PAUSE",
    "HOST_RESUME",
    "HOST_SEEK",
    "HOST_STOP",
    "HOST_NEXT",
    "HOST_PREVIOUS",
    "HOST_VOLUME",
    "HOST_REPEAT",
    "HOST_SYNC_ALL",
    "QUEUE_ADD",
    "QUEUE_REMOVE",
    "QUEUE_MOVE",
    "QUEUE_CLEAR",
    "QUEUE_SHUFFLE",
    "SET_ROLE",
    "KICK",
    "SET_ROOM",
    "RENAME",
    "CHAT",
    "REACT",
    super::OTHER,
    INVALID,
];

/// Every name that a message to a member is counted by.
pub const SENT: [&str; 21] = [
    "WELCOME",
    "ROOM_STATE",
    "TIME_PONG",
    "PREPARE_PLAY",
    "PLAY_AT",
    "PAUSE_AT",
    "STOP",
    "VOLUME",
    "REPEAT",
    "MUSIC_STREAM_TICK",
    "RESYNC",
    "QUEUE",
    "MEMBERS",
    "HEALTH",
    "ROOM",
    "LIBRARY",
    "HISTORY",
    "CHAT",
    "REACT",
    "ERROR",
    super::OTHER,
];

/// The name of a member's message.
pub const fn received(message: &ClientMessage) -> &'static str {
    match message {
        ClientMessage::Hello { .. } => "HELLO",
        ClientMessage::TimePing { .. } => "TIME_PING",
        ClientMessage::Ready { .. } => "READY",
        ClientMessage::SyncReport(_) => "SYNC_REPORT",
        ClientMessage::RequestState => "REQUEST_STATE",
        ClientMessage::ClientError { .. } => "CLIENT_ERROR",
        ClientMessage::HostPlay { .. } => "HOST_PLAY",
        ClientMessage::HostPause => "HOST_PAUSE",
        ClientMessage::HostResume => "HOST_RESUME",
        ClientMessage::HostSeek { .. } => "HOST_SEEK",
        ClientMessage::HostStop => "HOST_STOP",
        ClientMessage::HostNext => "HOST_NEXT",
        ClientMessage::HostPrevious => "HOST_PREVIOUS",
        ClientMessage::HostVolume { .. } => "HOST_VOLUME",
        ClientMessage::HostRepeat { .. } => "HOST_REPEAT",
        ClientMessage::HostSyncAll => "HOST_SYNC_ALL",
        ClientMessage::QueueAdd { .. } => "QUEUE_ADD",
        ClientMessage::QueueRemove { .. } => "QUEUE_REMOVE",
        ClientMessage::QueueMove { .. } => "QUEUE_MOVE",
        ClientMessage::QueueClear => "QUEUE_CLEAR",
        ClientMessage::QueueShuffle => "QUEUE_SHUFFLE",
        ClientMessage::SetRole { .. } => "SET_ROLE",
        ClientMessage::Kick { .. } => "KICK",
        ClientMessage::SetRoom(_) => "SET_ROOM",
        ClientMessage::Rename { .. } => "RENAME",
        ClientMessage::Chat { .. } => "CHAT",
        ClientMessage::React { .. } => "REACT",
        ClientMessage::Unknown => super::OTHER,
    }
}

/// The name of a message to a member.
pub const fn sent(message: &ServerMessage) -> &'static str {
    match message {
        ServerMessage::Welcome { .. } => "WELCOME",
        ServerMessage::RoomState(_) => "ROOM_STATE",
        ServerMessage::TimePong { .. } => "TIME_PONG",
        ServerMessage::PreparePlay { .. } => "PREPARE_PLAY",
        ServerMessage::PlayAt { .. } => "PLAY_AT",
        ServerMessage::PauseAt { .. } => "PAUSE_AT",
        ServerMessage::Stop { .. } => "STOP",
        ServerMessage::Volume { .. } => "VOLUME",
        ServerMessage::Repeat { .. } => "REPEAT",
        ServerMessage::MusicStreamTick { .. } => "MUSIC_STREAM_TICK",
        ServerMessage::Resync => "RESYNC",
        ServerMessage::Queue { .. } => "QUEUE",
        ServerMessage::Members { .. } => "MEMBERS",
        ServerMessage::Health { .. } => "HEALTH",
        ServerMessage::Room { .. } => "ROOM",
        ServerMessage::Library { .. } => "LIBRARY",
        ServerMessage::History { .. } => "HISTORY",
        ServerMessage::Chat(_) => "CHAT",
        ServerMessage::React { .. } => "REACT",
        ServerMessage::Error { .. } => "ERROR",
        ServerMessage::Unknown => super::OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CloseReason, parse_client_frame, parse_server_frame};
    use crate::server::rooms::Departure;

    #[test]
    fn every_label_is_a_name_of_the_protocol() {
        let frame = |name: &str| format!("{{\"t\":\"{name}\"}}");
        for name in RECEIVED.into_iter().filter(|name| ![super::super::OTHER, INVALID].contains(name)) {
            // What lacks its fields is known, and refused; what is not known is taken, and passed by.
            let read = parse_client_frame(&frame(name));
            assert!(!matches!(read, Ok(ClientMessage::Unknown)), "{name}");
            assert!(read.is_err() || received(&read.unwrap()) == name, "{name}");
        }
        for name in SENT.into_iter().filter(|name| *name != super::super::OTHER) {
            let read = parse_server_frame(&frame(name));
            assert!(!matches!(read, Ok(ServerMessage::Unknown)), "{name}");
            assert!(read.is_err() || sent(&read.unwrap()) == name, "{name}");
        }
    }

    #[test]
    fn every_reason_to_part_is_foreseen() {
        for code in [1008, 1012, 1013, 4401, 4403, 4404, 4409, 4426] {
            let reason = CloseReason::from_code(code).unwrap();
            assert!(Departure::WORDS.contains(&Departure::Closed(reason).as_str()));
        }
    }
}

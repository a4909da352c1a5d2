//! The diary as JSON, to keep or to send to somebody, and how things are now for programs. Times are in ms of this
//! page's own clock.

use serde::Serialize;
use serde::de::IgnoredAny;

use super::{Diary, Message};
use crate::protocol::{ReportedState, RoomCode};
use crate::sync::time::{LocalTime, MediaTime, Span};

/// How things are now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateNow {
    /// When, by this page's clock.
    #[serde(rename = "atMs")]
    pub at: LocalTime,
    /// The room.
    pub room: RoomCode,
    /// Who this tab is.
    pub member_id: Option<String>,
    /// How well it keeps in step.
    pub state: ReportedState,
    /// What is played.
    pub stream_id: u64,
    /// The state of the room's playback that this page knows.
    pub revision: u64,
    /// Where the music should be.
    #[serde(rename = "expectedSec")]
    pub expected: Option<MediaTime>,
    /// Where the element is minus where it should be.
    #[serde(rename = "driftMs")]
    pub drift: Option<Span>,
    /// Room time minus this browser's clock.
    #[serde(rename = "offsetMs")]
    pub offset: Option<Span>,
    /// The bound of the offset's error.
    #[serde(rename = "offsetErrorMs")]
    pub offset_error: Option<Span>,
    /// The lowest recent round trip.
    #[serde(rename = "rttMs")]
    pub rtt: Option<Span>,
    /// The element's playback rate.
    pub rate: f64,
    /// The network profile that this member goes by.
    pub profile: &'static str,
    /// Whether it was chosen by hand.
    pub profile_forced: bool,
    /// Why the controller last did what it did.
    pub why: Option<crate::sync::drift::Why>,
    /// How many messages are kept in the diary.
    pub recorded: usize,
}

/// What is still to come. Each in ms from now, as far as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Until what is announced begins to sound.
    #[serde(rename = "startInMs")]
    pub start: Option<Span>,
    /// Until the next track takes over.
    #[serde(rename = "followsInMs")]
    pub follows: Option<Span>,
    /// Until this page looks what is to do.
    #[serde(rename = "nextLookInMs")]
    pub next_look: Option<Span>,
}

impl Diary {
    /// Everything that is kept, with how things are.
    pub fn to_json(&self, state: &StateNow) -> String {
        let mut json = String::from("{\"state\":");
        json += &written(state);
        json += ",\"samples\":";
        json += &written(&self.samples);
        json += ",\"decisions\":";
        json += &written(&self.decisions);
        json += ",\"traffic\":";
        json += &written(&self.traffic);
        json += ",\"messages\":";
        json += &self.messages_as_json();
        json.push('}');
        json
    }

    /// What passed, as a list.
    pub fn messages_as_json(&self) -> String {
        let mut json = String::from("[");
        for message in &self.messages {
            if json.len() > 1 {
                json.push(',');
            }
            push(&mut json, message);
        }
        json.push(']');
        json
    }
}

/// A message with its text as what it is, where it is JSON.
fn push(json: &mut String, message: &Message) {
    json.push_str("{\"atMs\":");
    json.push_str(&written(&message.at));
    json.push_str(",\"direction\":\"");
    json.push_str(message.direction.as_str());
    json.push_str("\",\"type\":");
    json.push_str(&written(&message.kind));
    json.push_str(",\"bytes\":");
    json.push_str(&message.bytes.to_string());
    json.push_str(",\"message\":");
    if serde_json::from_str::<IgnoredAny>(&message.text).is_ok() {
        json.push_str(&message.text);
    } else {
        json.push_str(&written(&message.text));
    }
    json.push('}');
}

/// Any of it as JSON.
pub fn written(value: &impl Serialize) -> String {
    // Numbers, words and lists of these can always be written.
    serde_json::to_string(value).unwrap_or_default()
}

//! One message as it passed, without its secrets, and what a line says of it. The text is looked at and not read: it may
//! be of a newer server, or no message at all.

use serde::Serialize;

use crate::sync::time::LocalTime;

/// Fields whose values are secrets: a PIN that is set or entered, a host's token.
const SECRETS: [&str; 2] = ["\"pin\":\"", "\"hostToken\":\""];
/// What stands for a secret.
const MASK: &str = "***";
/// Characters of a summary.
const SUMMARY_CHARS: usize = 120;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the server.
    Sent,
    /// From the server.
    Received,
}

impl Direction {
    /// The word in exports and in `data-direction`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

/// A message that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Counts up.
    pub number: u64,
    /// When it was handed to the socket, or arrived.
    pub at: LocalTime,
    /// Which way.
    pub direction: Direction,
    /// The kind, as in `t`; empty when there is none.
    pub kind: String,
    /// The text's length as it passed.
    pub bytes: usize,
    /// The text, its secrets masked.
    pub text: String,
}

impl Message {
    pub(super) fn new(number: u64, at: LocalTime, direction: Direction, text: &str) -> Self {
        Self { number, at, direction, kind: kind(text).to_owned(), bytes: text.len(), text: masked(text) }
    }

    /// What is in it, in short: its fields without the marks of JSON.
    pub fn summary(&self) -> String {
        let fields = self.text.split_once(',').map_or("", |(_, fields)| fields);
        let fields = fields.strip_suffix('}').unwrap_or(fields);
        let mut summary = String::new();
        for (at, char) in fields.chars().filter(|char| *char != '"').enumerate() {
            if at == SUMMARY_CHARS {
                summary.push('…');
                break;
            }
            summary.push(char);
            if char == ',' || char == ':' {
                summary.push(' ');
            }
        }
        summary
    }

    /// Whether it is of a kind (empty: any), and contains a text, whichever letters are capitals.
    pub fn matches(&self, kind: &str, text: &str) -> bool {
        (kind.is_empty() || self.kind == kind)
            && (text.is_empty() || contains(&self.kind, text) || contains(&self.text, text))
    }
}

/// The tag of a message: it stands first, on both ways.
fn kind(text: &str) -> &str {
    let tagged = text.split_once("\"t\":\"").map(|(_, rest)| rest);
    tagged.and_then(|rest| rest.split_once('"')).map_or("", |(kind, _)| kind)
}

fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for field in SECRETS {
        let mut from = 0;
        while let Some(at) = masked[from..].find(field) {
            let begins = from + at + field.len();
            let ends = begins + length_of_string(&masked[begins..]);
            masked.replace_range(begins..ends, MASK);
            from = begins + MASK.len();
        }
    }
    masked
}

/// How far it is to the quotation mark that ends a string.
fn length_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn contains(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

//! What passes between this page and its room, how well it keeps in step, and what its controller decides, **kept only
//! while somebody watches**: the panel of diagnostics, or the console. Everything in it is bounded, and secrets never
//! get into it. `client` fills in the messages, the listener the rest; `ui` and the console read.

mod export;
mod message;

use std::collections::VecDeque;

pub use export::{Pending, StateNow, written};
pub use message::{Direction, Message};

use serde::Serialize;

use crate::sync::drift::{Act, Decision, Why};
use crate::sync::time::{LocalTime, Span};

/// Messages that are kept: a quarter of an hour of a quiet room, a minute of a lively one.
pub const MESSAGES: usize = 600;
/// What their texts may take together: the state of a room with a thousand tracks in its queue has 300 KB.
pub const MESSAGE_BYTES: usize = 2_000_000;
/// The time between samples …
pub const SAMPLE_EVERY: Span = Span::from_millis(500);
/// … of which so many are kept: three minutes.
pub const SAMPLES: usize = 360;
/// Decisions that are kept.
pub const DECISIONS: usize = 200;
/// Kinds of messages that are counted, each way. Tutti has fewer than 50; what a newer server adds may be one more.
pub const KINDS: usize = 80;

/// Who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watcher {
    /// The panel of the page, while it is open.
    Panel,
    /// Somebody at the console, who once asked for the log.
    Console,
}

/// How things were at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sample {
    /// When.
    #[serde(rename = "atMs")]
    pub at: LocalTime,
    /// Room time minus this browser's clock.
    #[serde(rename = "offsetMs")]
    pub offset: Option<Span>,
    /// The bound of the offset's error.
    #[serde(rename = "offsetErrorMs")]
    pub offset_error: Option<Span>,
    /// The lowest recent round trip.
    #[serde(rename = "rttMs")]
    pub rtt: Option<Span>,
    /// Where the element is minus where it should be.
    #[serde(rename = "driftMs")]
    pub drift: Option<Span>,
    /// The element's playback rate.
    pub rate: f64,
}

/// A decision of the controller, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Decided {
    /// Counts up.
    pub number: u64,
    /// When.
    #[serde(rename = "atMs")]
    pub at: LocalTime,
    /// What, and why.
    pub decision: Decision,
}

/// How much passed of one kind, one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Which way.
    pub direction: Direction,
    /// The kind, as in `t`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Their texts, together.
    pub bytes: u64,
}

/// What is kept. Nothing, until somebody watches.
#[derive(Clone, Debug, Default)]
pub struct Diary {
    panel: bool,
    console: bool,
    last_number: u64,
    messages: VecDeque<Message>,
    message_bytes: usize,
    traffic: Vec<Traffic>,
    samples: VecDeque<Sample>,
    decisions: VecDeque<Decided>,
    last_hold: Option<Why>,
}

impl Diary {
    /// Whether anybody watches; nobody: nothing is kept.
    pub const fn is_watched(&self) -> bool {
        self.panel || self.console
    }

    /// What passed, the latest last.
    pub const fn messages(&self) -> &VecDeque<Message> {
        &self.messages
    }

    /// How much passed, by kind.
    pub fn traffic(&self) -> &[Traffic] {
        &self.traffic
    }

    /// How things were, the latest last.
    pub const fn samples(&self) -> &VecDeque<Sample> {
        &self.samples
    }

    /// What the controller decided, the latest last.
    pub const fn decisions(&self) -> &VecDeque<Decided> {
        &self.decisions
    }

    /// The number of what was kept last; 0 for nothing. Counts on over [`Diary::clear`].
    pub const fn last_number(&self) -> u64 {
        self.last_number
    }

    /// Somebody begins to watch, or is done.
    pub const fn set_watched(&mut self, watcher: Watcher, watched: bool) {
        match watcher {
            Watcher::Panel => self.panel = watched,
            Watcher::Console => self.console = watched,
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self {
            panel: self.panel,
            console: self.console,
            last_number: self.last_number,
            ..Self::default()
        };
    }

    /// A message passed; its secrets do not get in.
    pub fn note_message(&mut self, at: LocalTime, direction: Direction, text: &str) {
        if !self.is_watched() {
            return;
        }
        let message = Message::new(self.next_number(), at, direction, text);
        self.count(&message);
        self.message_bytes += message.text.len();
        self.messages.push_back(message);
        while self.messages.len() > MESSAGES || self.message_bytes > MESSAGE_BYTES {
            let Some(gone) = self.messages.pop_front() else { break };
            self.message_bytes -= gone.text.len();
        }
    }

    pub(super) fn note_sample(&mut self, sample: Sample) {
        if !self.is_watched() {
            return;
        }
        keep(&mut self.samples, sample, SAMPLES);
    }

    /// What the controller decided last, which may be what is known. Why it holds is noted when that changes.
    pub(super) fn note_decision(&mut self, at: LocalTime, decision: Option<Decision>) {
        let Some(decision) = decision.filter(|decision| self.is_watched() && decision.why != Why::UnderWay)
        else {
            return;
        };
        let is_known = if decision.why.act() == Act::Hold {
            self.last_hold.replace(decision.why) == Some(decision.why)
        } else {
            self.last_hold = None;
            self.decisions.back().is_some_and(|last| last.decision == decision)
        };
        if !is_known {
            let decided = Decided { number: self.next_number(), at, decision };
            keep(&mut self.decisions, decided, DECISIONS);
        }
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn count(&mut self, message: &Message) {
        let known = self
            .traffic
            .iter_mut()
            .find(|traffic| (traffic.direction, &*traffic.kind) == (message.direction, &*message.kind));
        if let Some(traffic) = known {
            traffic.count += 1;
            traffic.bytes += message.bytes as u64;
        } else if self.traffic.len() < KINDS {
            self.traffic.push(Traffic {
                direction: message.direction,
                kind: message.kind.clone(),
                count: 1,
                bytes: message.bytes as u64,
            });
        }
    }
}

fn keep<T>(kept: &mut VecDeque<T>, latest: T, most: usize) {
    kept.push_back(latest);
    if kept.len() > most {
        kept.pop_front();
    }
}

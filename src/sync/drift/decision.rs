//! What the controller did at its last look, and why: for who watches. It follows from what was decided and decides
//! nothing.

use serde::Serialize;

use crate::sync::time::Span;

/// The last look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Why, which also says what.
    pub why: Why,
    /// The drift that it was about; `None` where none was known.
    #[serde(rename = "driftMs")]
    pub drift: Option<Span>,
    /// The rate from then on.
    pub rate: f64,
}

/// What a decision does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Hold,
    /// The rate leaves its rest, for a computed time.
    Bend,
    /// The rate goes to where it rests.
    Rest,
    /// The element is sent to where it should be.
    Seek,
    /// The element pauses for a moment.
    Delay,
}

/// The reasons there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Held: nothing was measured yet.
    Measuring,
    /// Held: near enough.
    Within,
    /// Held: off, but by no more than the measurement may be.
    Unsure,
    /// Held: off, but the last write was too short a time ago.
    TooSoon,
    /// Held: an excursion is under way.
    UnderWay,
    /// Held: worth a seek, but the last one was too short a time ago.
    SeekTooSoon,
    /// Held: this engine is not bent.
    NotBent,
    /// Bent: somebody moved where it should be.
    Asked,
    /// Bent: nobody hears it yet.
    Unheard,
    /// Bent: it has just begun, where larger excursions are forgiven.
    JustStarted,
    /// Bent: off in steady state.
    Off,
    /// Rests: the excursion is over.
    Done,
    /// Rests at another rate: the card or the clock runs otherwise than was thought.
    Skew,
    /// Sought: bending would take too long.
    Far,
    /// Sought: somebody asked for a resync.
    Resync,
    /// Delayed: ahead, and not to be slowed.
    Ahead,
}

impl Why {
    /// What is done for this reason.
    pub const fn act(self) -> Act {
        match self {
            Self::Measuring
            | Self::Within
            | Self::Unsure
            | Self::TooSoon
            | Self::UnderWay
            | Self::SeekTooSoon
            | Self::NotBent => Act::Hold,
            Self::Asked | Self::Unheard | Self::JustStarted | Self::Off => Act::Bend,
            Self::Done | Self::Skew => Act::Rest,
            Self::Far | Self::Resync => Act::Seek,
            Self::Ahead => Act::Delay,
        }
    }
}

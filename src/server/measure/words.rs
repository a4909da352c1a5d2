//! What the page `/measure` says. A catalogue of its own, because the one of [`ui`](crate::ui::words) is sent to every
//! browser; what the room calls its settings is taken from there.

use serde::Serialize;

use super::{english, german};
use crate::ui::words::Language;

/// All of it in one language.
#[derive(Debug)]
pub struct Words {
    /// Which.
    pub language: Language,
    /// The question that the page answers.
    pub title: &'static str,
    /// In short, what it takes.
    pub what: &'static str,
    /// Nothing of it works without scripts.
    pub no_script: &'static str,
    /// The first step.
    pub room_title: &'static str,
    /// What the room is for.
    pub room_how: &'static str,
    /// Makes it.
    pub make: &'static str,
    /// The click track alone.
    pub download: &'static str,
    /// The link leads nobody else here.
    pub room_alone: &'static str,
    /// The room's address as a picture.
    pub room_qr: &'static str,
    /// Plays the clicks from their beginning.
    pub again: &'static str,
    /// Of the room.
    pub delete: &'static str,
    /// The second step.
    pub devices_title: &'static str,
    /// How they stand, and how loud.
    pub devices_how: [&'static str; 5],
    /// The third step.
    pub turns_title: &'static str,
    /// What a turn is.
    pub turns_how: &'static str,
    /// Asks for it.
    pub open_microphone: &'static str,
    /// Of the microphone.
    pub level: &'static str,
    /// Begins a turn.
    pub listen_to_1: &'static str,
    /// The same.
    pub listen_to_2: &'static str,
    /// Of a turn.
    pub progress: &'static str,
    /// Of all turns.
    pub forget: &'static str,
    /// Where the browser gives no microphone.
    pub recording_title: &'static str,
    /// How to make one.
    pub recording_how: &'static str,
    /// The last step.
    pub result_title: &'static str,
    /// Heads of the table.
    pub figure: &'static str,
    /// The first device.
    pub device_1: &'static str,
    /// The second.
    pub device_2: &'static str,
    /// Rows: clicks that count, …
    pub used: &'static str,
    /// … those that do not, …
    pub thrown_away: &'static str,
    /// … the median of what a click is off, …
    pub half_within: &'static str,
    /// … and its 95th percentile.
    pub most_within: &'static str,
    /// For others.
    pub report_title: &'static str,
    /// What to do with it.
    pub report_how: &'static str,
    /// What the script says.
    pub told: Told,
}

/// What the script says, as things happen. `{0}`, `{1}` are gaps; `{speaker}` and `{in_sync}` are what the room's page
/// calls the output offset and being in step. Each is explained by its use in `public/measure/page.mjs`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    pub room_name: &'static str,
    pub making: &'static str,
    pub sending: &'static str,
    pub made: &'static str,
    pub deleted: &'static str,
    pub no_room: &'static str,
    pub no_answer: &'static str,
    pub insecure: &'static str,
    pub no_microphone: &'static str,
    pub not_allowed: &'static str,
    pub open: &'static str,
    pub meddled: &'static str,
    pub level_low: &'static str,
    pub level_good: &'static str,
    pub level_high: &'static str,
    pub listening: &'static str,
    pub first_turn: &'static str,
    pub next_turn: &'static str,
    pub reading: &'static str,
    pub recording_turns: &'static str,
    pub recording_empty: &'static str,
    pub recording_bad: &'static str,
    pub device: &'static str,
    pub clicks: &'static str,
    pub quiet: &'static str,
    pub noisy: &'static str,
    pub unclear: &'static str,
    pub refusals: Refusals,
    pub is_later: &'static str,
    pub is_earlier: &'static str,
    pub together: &'static str,
    pub error: &'static str,
    pub make_earlier: &'static str,
    pub make_later: &'static str,
    pub leave_it: &'static str,
    pub clock_fast: &'static str,
    pub clock_slow: &'static str,
    pub warnings: Warnings,
}

/// Why nothing is found, by the names that `measuring.mjs` has for it.
#[derive(Debug, Serialize)]
pub struct Refusals {
    pub quiet: &'static str,
    pub noisy: &'static str,
    pub unclear: &'static str,
    pub turns: &'static str,
    pub gaps: &'static str,
}

/// Why a finding is to be doubted, in the same way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Warnings {
    pub clips: &'static str,
    pub two_at_once: &'static str,
    pub scattered: &'static str,
    pub unsteady: &'static str,
    pub clock: &'static str,
    pub too_far: &'static str,
}

impl Words {
    /// In this language.
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::ENGLISH,
            Language::German => &german::GERMAN,
        }
    }

    /// What the script says, as JSON that may stand in a page.
    pub fn told(&self) -> String {
        let told = serde_json::to_string(&self.told).expect("names and texts are JSON");
        self.named(&told).replace('<', "\\u003c")
    }

    /// A text with the names that the room's page has for things.
    pub fn named(&self, text: &str) -> String {
        let room = self.language.words();
        text.replace("{speaker}", room.device.speaker).replace("{in_sync}", room.sync.in_sync)
    }
}

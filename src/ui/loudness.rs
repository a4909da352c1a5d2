//! Whether the room makes tracks, or albums, equally loud: a choice of who administers it, the same for everybody, so
//! that two devices side by side are equally loud as well.

use leptos::prelude::*;

use super::live::Live;
use super::settings::Choice;
use super::words::words;
use crate::protocol::{Loudness, RoomPatch};

const CHOICES: [Loudness; 3] = [Loudness::Track, Loudness::Album, Loudness::Off];

/// The choice of a room's loudness, one of its settings.
#[component]
pub fn LoudnessChoice(
    /// Changes when something was refused.
    #[prop(into)]
    refused: Signal<u64>,
) -> impl IntoView {
    let live = Live::get();
    let settings = live.settings();
    let chosen = Memo::new(move |_| {
        let chosen = settings.with(|settings| settings.loudness);
        CHOICES.iter().position(|loudness| *loudness == chosen).unwrap_or_default()
    });
    view! {
        <Choice
            testid="loudness"
            label=words().settings.loudness
            choices=words().settings.loudnesses
            chosen
            refused
            on_choose=Callback::new(move |at: usize| {
                live.change(RoomPatch { loudness: CHOICES.get(at).copied(), ..RoomPatch::default() });
            })
        />
    }
    .into_any()
}

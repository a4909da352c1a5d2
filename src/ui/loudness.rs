//! Whether the room makes tracks, or albums, equally loud: a choice of who administers it, the same for everybody, so
//! that two devices side by side are equally loud as well.

use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use crate::protocol::{Loudness, RoomPatch};

/// The choices, in words.
const CHOICES: [(Loudness, &str); 3] = [
    (Loudness::Track, "Every track equally loud"),
    (Loudness::Album, "Every album equally loud"),
    (Loudness::Off, "As the files are"),
];

/// The choice of a room's loudness.
#[component]
pub fn LoudnessChoice() -> impl IntoView {
    let live = Live::get();
    let settings = live.settings();
    let chosen = Memo::new(move |_| settings.with(|settings| settings.loudness));
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        if let Some((loudness, _)) = CHOICES.iter().find(|(loudness, _)| loudness.as_str() == value) {
            live.change(RoomPatch { loudness: Some(*loudness), ..RoomPatch::default() });
        }
    };
    view! {
        <label class="level">
            <span class="level-mark">{Icon::Volume.draw()}</span>
            <span class="level-name">"Loudness"</span>
            <select
                class="field level-choice"
                data-testid="loudness"
                autocomplete="off"
                prop:value=move || chosen.get().as_str()
                on:change=choose
            >
                {CHOICES
                    .map(|(loudness, words)| {
                        let selected = chosen.get_untracked() == loudness;
                        view! {
                            <option value=loudness.as_str() selected=selected>
                                {words}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
    .into_any()
}

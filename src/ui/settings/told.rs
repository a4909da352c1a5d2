//! What became of a change: said beside the fields, because a dialog hides the page's own messages.

use leptos::prelude::*;

use crate::protocol::snapshot::RoomSettings;
use crate::ui::live::Live;
use crate::ui::words::words;

/// The latest word about a change.
#[derive(Clone, Copy)]
pub(super) struct Told {
    said: RwSignal<Option<(String, bool)>>,
    refusals: Memo<u64>,
}

impl Told {
    /// Listens to the room from now on.
    pub(super) fn new() -> Self {
        let live = Live::get();
        let (settings, notice) = (live.settings(), live.notice());
        let told = Self {
            said: RwSignal::new(None),
            refusals: Memo::new(move |_| {
                notice.with(|notice| notice.as_ref().map_or(0, |notice| notice.number))
            }),
        };
        Effect::new(move |before: Option<std::sync::Arc<RoomSettings>>| {
            let now = settings.get();
            if let Some(words) = before.and_then(|before| saved(&before, &now)) {
                told.say(words);
            }
            now
        });
        Effect::new(move |before: Option<u64>| {
            let now = told.refusals.get();
            if before.is_some_and(|before| before != now)
                && let Some(notice) = notice.get_untracked()
            {
                told.refuse((words().errors)(notice.code).to_owned());
            }
            now
        });
        told
    }

    /// Counts what was refused.
    pub(super) fn refusals(self) -> Memo<u64> {
        self.refusals
    }

    pub(super) fn say(self, words: &str) {
        self.said.set(Some((words.to_owned(), false)));
    }

    pub(super) fn refuse(self, words: String) {
        self.said.set(Some((words, true)));
    }

    /// The line that says it; always there, so that nothing moves and screen readers hear it.
    pub(super) fn line(self) -> impl IntoView {
        view! {
            <p
                class="settings-told"
                class:is-refusal=move || self.said.with(|said| said.as_ref().is_some_and(|said| said.1))
                role="status"
                data-testid="settings-told"
            >
                {move || self.said.with(|said| said.as_ref().map(|said| said.0.clone()))}
            </p>
        }
        .into_any()
    }
}

/// What has changed, in words.
fn saved(before: &RoomSettings, now: &RoomSettings) -> Option<&'static str> {
    let text = &words().settings;
    Some(if before.name != now.name {
        text.name_saved
    } else if before.has_pin != now.has_pin {
        if now.has_pin { text.pin_set } else { text.pin_removed }
    } else if before.listed != now.listed {
        if now.listed { text.listed_now } else { text.unlisted_now }
    } else if before.who_controls != now.who_controls || before.who_adds != now.who_adds {
        text.who_saved
    } else if before.loudness != now.loudness {
        text.loudness_saved
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Loudness, RoomName, WhoMay};

    #[test]
    fn each_change_of_the_settings_is_said_in_words_of_its_own() {
        let before = RoomSettings::default();
        assert_eq!(saved(&before, &before.clone()), None);
        for (now, words) in [
            (RoomSettings { name: RoomName::parse("Den").ok(), ..before.clone() }, "Name saved"),
            (RoomSettings { has_pin: true, ..before.clone() }, "PIN set"),
            (RoomSettings { listed: true, ..before.clone() }, "Listed on the home page"),
            (RoomSettings { who_adds: WhoMay::Everyone, ..before.clone() }, "Saved who may do what"),
            (RoomSettings { loudness: Loudness::Off, ..before.clone() }, "Loudness saved"),
        ] {
            assert_eq!(saved(&before, &now), Some(words));
        }
    }
}

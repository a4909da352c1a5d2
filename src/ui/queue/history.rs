//! What was played in this room, the latest first; from there it can be had once more.

use leptos::prelude::*;

use super::entry::added;
use crate::protocol::{Action, QueueEntry, QueuePlace};
use crate::ui::cover::Cover;
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::wording;
use crate::ui::words::words;

/// The history, folded.
#[component]
pub(super) fn History() -> impl IntoView {
    let live = Live::get();
    let history = live.history();
    let count = Memo::new(move |_| history.with(|history| history.len()));
    let may_add = live.may(Action::Queue);
    let latest_first = move || history.with(|history| history.iter().rev().cloned().collect::<Vec<_>>());
    move || {
        (count.get() > 0).then(|| {
            view! {
                <details class="history" data-testid="history">
                    <summary class="history-line">
                        {Icon::History.draw()} <span>{words().queue.history}</span>
                        <span class="quiet">{move || count.get()}</span>
                    </summary>
                    <ol class="rows">
                        <For each=latest_first key=|entry| entry.entry_id let:entry>
                            {row(entry, may_add)}
                        </For>
                    </ol>
                </details>
            }
            .into_any()
        })
    }
}

fn row(entry: QueueEntry, may_add: Memo<bool>) -> AnyView {
    let live = Live::get();
    let QueueEntry { track, added_by, .. } = entry;
    let (track_id, title) = (track.track_id.clone(), track.title.clone());
    let again = move || {
        let id = track_id.clone();
        may_add.get().then(|| {
            view! {
                <button
                    type="button"
                    class="round round-quiet"
                    data-testid="history-again"
                    aria-label=words().queue.again.fill([&title])
                    on:click=move |_| live.add(vec![id.clone()], QueuePlace::End)
                >
                    {Icon::Add.draw()}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <li class="row" data-testid="history-entry">
            <span class="row-art">
                <Cover track_id=Some(track.track_id.clone()) artwork_url=track.artwork_url.clone() />
            </span>
            <span class="row-words">
                <span class="row-title">{track.title.clone()}</span>
                <span class="row-by">{wording::byline(&track)} {added(added_by)}</span>
            </span>
            <span class="row-time">{wording::clock_time(track.duration.as_secs())}</span>
            {again}
        </li>
    }
    .into_any()
}

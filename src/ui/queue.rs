//! What is still to come, and for who may: another order of it.

use std::sync::Arc;

use leptos::prelude::*;

use super::cover::Cover;
use super::icons::Icon;
use super::live::Live;
use super::toast::Toasts;
use super::wording;
use crate::protocol::{Action, EntryId, QueueEntry};

/// Where a moved entry's focus goes, once the list is drawn anew.
#[derive(Clone, Copy, PartialEq)]
struct Moved {
    entry: EntryId,
    up: bool,
}

/// The queue.
#[component]
pub fn Queue() -> impl IntoView {
    let live = Live::get();
    let queue = live.queue();
    let count = Memo::new(move |_| queue.with(|queue| queue.len()));
    let empty = Memo::new(move |_| count.get() == 0);
    let (may_add, may_edit) = (live.may(Action::Queue), live.may(Action::Control));
    let editing = RwSignal::new(false);
    let moved = RwSignal::new(None::<Moved>);
    Effect::new(move |_| {
        queue.track();
        if let Some(moved) = moved.try_update_untracked(Option::take).flatten() {
            request_animation_frame(move || keep_focus(moved));
        }
    });
    let toasts = Toasts::get();
    let step = move |entry: EntryId, up: bool| {
        let Some((before, place)) = queue.with_untracked(|queue| neighbour(queue, entry, up)) else {
            return;
        };
        moved.set(Some(Moved { entry, up }));
        live.move_entry(entry, before);
        toasts.say(format!("Moved to {place} of {}", count.get_untracked()));
    };
    view! {
        <section id="queue" class="panel queue" class:is-editing=move || editing.get() aria-labelledby="queue-title">
            <header class="panel-head">
                <h2 id="queue-title">"Up next"</h2>
                <span class="quiet" aria-hidden="true">
                    {move || count.get()}
                </span>
                {move || {
                    may_edit
                        .get()
                        .then(|| {
                            view! {
                                <div class="panel-tools" role="group" aria-label="The whole queue">
                                    <button
                                        type="button"
                                        class="button button-quiet queue-edit"
                                        data-testid="queue-edit"
                                        aria-pressed=move || editing.get().to_string()
                                        disabled=move || empty.get()
                                        on:click=move |_| editing.update(|editing| *editing = !*editing)
                                    >
                                        "Edit"
                                    </button>
                                    <button
                                        type="button"
                                        class="button button-quiet"
                                        data-testid="queue-shuffle"
                                        aria-label="Shuffle the queue"
                                        disabled=move || empty.get()
                                        on:click=move |_| live.shuffle_queue()
                                    >
                                        {Icon::Shuffle.draw()}
                                        <span class="tool-name">"Shuffle"</span>
                                    </button>
                                    <button
                                        type="button"
                                        class="button button-quiet"
                                        data-testid="queue-clear"
                                        aria-label="Clear the queue"
                                        disabled=move || empty.get()
                                        on:click=move |_| live.clear_queue()
                                    >
                                        "Clear"
                                    </button>
                                </div>
                            }
                        })
                }}
            </header>
            <ol class="rows">
                <For each=move || queue.get().to_vec() key=|entry| entry.entry_id let:entry>
                    <Entry entry may_edit on_step=Callback::new(move |(entry, up)| step(entry, up)) />
                </For>
            </ol>
            {move || {
                empty
                    .get()
                    .then(|| {
                        view! {
                            <p class="empty">
                                {if may_add.get() {
                                    "Nothing waits. Add something from the library."
                                } else {
                                    "Nothing waits."
                                }}
                            </p>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Entry(entry: QueueEntry, may_edit: Memo<bool>, on_step: Callback<(EntryId, bool)>) -> impl IntoView {
    let live = Live::get();
    let QueueEntry { entry_id, track, added_by } = entry;
    let title: Arc<str> = track.title.as_str().into();
    let by = match &added_by {
        Some(name) => format!("{} · added by {name}", wording::byline(&track)),
        None => wording::byline(&track),
    };
    let cover = {
        let (title, track) = (title.clone(), track.clone());
        move || {
            let (track_id, artwork_url) = (Some(track.track_id.clone()), track.artwork_url.clone());
            if may_edit.get() {
                view! {
                    <button
                        type="button"
                        class="row-art row-play"
                        aria-label=format!("Play {title} now")
                        on:click=move |_| live.play_entry(entry_id)
                    >
                        <Cover track_id artwork_url />
                        {Icon::Play.draw()}
                    </button>
                }
                .into_any()
            } else {
                view! {
                    <span class="row-art">
                        <Cover track_id artwork_url />
                    </span>
                }
                .into_any()
            }
        }
    };
    let tools = {
        let title = title.clone();
        move || {
            may_edit.get().then(|| {
                view! {
                    <span class="row-tools">
                        <button
                            type="button"
                            id=format!("queue-up-{entry_id}")
                            class="round round-quiet row-up"
                            aria-label=format!("Move {title} up")
                            on:click=move |_| on_step.run((entry_id, true))
                        >
                            {Icon::Up.draw()}
                        </button>
                        <button
                            type="button"
                            id=format!("queue-down-{entry_id}")
                            class="round round-quiet row-down"
                            aria-label=format!("Move {title} down")
                            on:click=move |_| on_step.run((entry_id, false))
                        >
                            {Icon::Down.draw()}
                        </button>
                        <button
                            type="button"
                            class="round round-quiet"
                            aria-label=format!("Remove {title} from the queue")
                            on:click=move |_| live.remove(entry_id)
                        >
                            {Icon::Remove.draw()}
                        </button>
                    </span>
                }
            })
        }
    };
    view! {
        <li class="row" data-testid="queue-entry" data-entry-id=entry_id.to_string()>
            {cover} <span class="row-words">
                <span class="row-title">{title.to_string()}</span>
                <span class="row-by">{by}</span>
            </span> <span class="row-time">{wording::clock_time(track.duration.as_secs())}</span> {tools}
        </li>
    }
    .into_any()
}

/// Before which entry one goes that moves by one, and which place that is, from 1; `None` at the end of the list.
fn neighbour(queue: &[QueueEntry], entry: EntryId, up: bool) -> Option<(Option<EntryId>, usize)> {
    let at = queue.iter().position(|other| other.entry_id == entry)?;
    if up {
        let before = at.checked_sub(1)?;
        Some((Some(queue[before].entry_id), at))
    } else {
        (at + 1 < queue.len()).then(|| (queue.get(at + 2).map(|after| after.entry_id), at + 2))
    }
}

/// A row that moves in the document loses its focus; this gives it back, to the other arrow at an end of the list.
fn keep_focus(Moved { entry, up }: Moved) {
    let focus = |up: bool| {
        let id = format!("queue-{}-{entry}", if up { "up" } else { "down" });
        let button = document().get_element_by_id(&id)?;
        let button: leptos::web_sys::HtmlElement = leptos::wasm_bindgen::JsCast::dyn_into(button).ok()?;
        button.focus().ok()?;
        (document().active_element()?.id() == id).then_some(())
    };
    if focus(up).is_none() {
        focus(!up);
    }
}

//! What is still to come, and for who may: another order of it. Beneath it, what was.

mod drag;
mod entry;
mod history;

use leptos::html::Ol;
use leptos::prelude::*;

use self::drag::Drag;
use self::entry::Entry;
use self::history::History;
use super::icons::Icon;
use super::live::Live;
use super::toast::Toasts;
use super::words::words;
use crate::protocol::{Action, EntryId, QueueEntry};

/// Where a moved entry's focus goes, once the list is drawn anew.
#[derive(Clone)]
struct Moved {
    entry: EntryId,
    up: bool,
    /// The id of what had the focus.
    focus: String,
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
    let list = NodeRef::<Ol>::new();
    let drag = Drag::new(list);
    let moved = StoredValue::new(None::<Moved>);
    Effect::new(move |_| {
        queue.track();
        drag.settle();
        if let Some(moved) = moved.try_update_value(Option::take).flatten() {
            request_animation_frame(move || keep_focus(&moved));
        }
    });
    let toasts = Toasts::get();
    let step = move |(entry, up): (EntryId, bool)| {
        let Some((before, place)) = queue.with_untracked(|queue| neighbour(queue, entry, up)) else {
            return;
        };
        let focus = document().active_element().map_or_else(String::new, |element| element.id());
        moved.set_value(Some(Moved { entry, up, focus }));
        live.move_entry(entry, before);
        toasts.say(words().queue.moved.fill([&place.to_string(), &count.get_untracked().to_string()]));
    };
    let on_step = Callback::new(step);
    view! {
        <section
            id="queue"
            class="panel queue"
            class:is-editing=move || editing.get()
            class:is-dragging=move || drag.held().with(Option::is_some)
            class:to-the-end=move || drag.held().with(|held| held.is_some_and(|held| held.before.is_none()))
            aria-labelledby="queue-title"
        >
            <header class="panel-head">
                <h2 id="queue-title">{words().queue.title}</h2>
                <span class="quiet" aria-hidden="true">
                    {move || count.get()}
                </span>
                {move || may_edit.get().then(|| tools(live, editing, empty))}
            </header>
            <ol class="rows" node_ref=list>
                <For each=move || queue.get().to_vec() key=|entry| entry.entry_id let:entry>
                    <Entry entry may_edit drag on_step />
                </For>
            </ol>
            {move || {
                let text = if may_add.get() { words().queue.empty_add } else { words().queue.empty };
                empty.get().then(|| view! { <p class="empty">{text}</p> })
            }}
            <History />
        </section>
    }
    .into_any()
}

fn tools(live: Live, editing: RwSignal<bool>, empty: Memo<bool>) -> AnyView {
    let texts = &words().queue;
    view! {
        <div class="panel-tools" role="group" aria-label=texts.whole>
            <button
                type="button"
                class="button button-quiet queue-edit"
                data-testid="queue-edit"
                aria-pressed=move || editing.get().to_string()
                disabled=move || empty.get()
                on:click=move |_| editing.update(|editing| *editing = !*editing)
            >
                {texts.edit}
            </button>
            <button
                type="button"
                class="button button-quiet"
                data-testid="queue-shuffle"
                aria-label=texts.shuffle_label
                disabled=move || empty.get()
                on:click=move |_| live.shuffle_queue()
            >
                {Icon::Shuffle.draw()}
                <span class="tool-name">{texts.shuffle}</span>
            </button>
            <button
                type="button"
                class="button button-quiet"
                data-testid="queue-clear"
                aria-label=texts.clear_label
                disabled=move || empty.get()
                on:click=move |_| live.clear_queue()
            >
                {texts.clear}
            </button>
        </div>
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
fn keep_focus(moved: &Moved) {
    let arrow = |up: bool| format!("queue-{}-{}", if up { "up" } else { "down" }, moved.entry);
    let focus = |id: &str| {
        let button = document().get_element_by_id(id)?;
        let button: leptos::web_sys::HtmlElement = leptos::wasm_bindgen::JsCast::dyn_into(button).ok()?;
        button.focus().ok()?;
        (document().active_element()?.id() == id).then_some(())
    };
    if focus(&moved.focus).is_none() && focus(&arrow(moved.up)).is_none() {
        focus(&arrow(!moved.up));
    }
}

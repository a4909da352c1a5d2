//! One entry of the queue, with what who may edit can do to it: play it now, move it, take it out.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html::Li;
use leptos::prelude::*;

use super::drag::Drag;
use crate::protocol::{EntryId, QueueEntry};
use crate::ui::cover::Cover;
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::wording;
use crate::ui::words::words;

/// An entry is to go one place up or down.
pub(super) type OnStep = Callback<(EntryId, bool)>;

/// A row of the queue.
#[component]
pub(super) fn Entry(entry: QueueEntry, may_edit: Memo<bool>, drag: Drag, on_step: OnStep) -> impl IntoView {
    let QueueEntry { entry_id, track, added_by } = entry;
    let title: Arc<str> = track.title.as_str().into();
    let row = NodeRef::<Li>::new();
    let held =
        Memo::new(move |_| drag.held().get().filter(|held| held.entry == entry_id).map(|held| held.by));
    let makes_way = Memo::new(move |_| drag.held().get().is_some_and(|held| held.before == Some(entry_id)));
    Effect::new(move |_| {
        let Some(row) = row.get() else { return };
        let style = leptos::web_sys::HtmlElement::style(&row);
        // Refused only for a property that does not exist.
        let _ = match held.get() {
            Some(by) => style.set_property("translate", &format!("0 {}px", by.round() as i64)),
            None => style.remove_property("translate").map(|_| ()),
        };
    });
    let title_of_cover = title.clone();
    let cover_of = track.clone();
    let title_of_tools = title.clone();
    view! {
        <li
            class="row"
            class:is-held=move || held.get().is_some()
            class:makes-way=move || makes_way.get()
            data-testid="queue-entry"
            data-entry-id=entry_id.to_string()
            node_ref=row
        >
            {move || {
                let (track_id, artwork_url) = (Some(cover_of.track_id.clone()), cover_of.artwork_url.clone());
                let cover = view! { <Cover track_id artwork_url /> }.into_any();
                play_now(may_edit.get(), entry_id, &title_of_cover, cover)
            }}
            <span class="row-words">
                <span class="row-title">{title.to_string()}</span>
                <span class="row-by">{wording::byline(&track)} {added(added_by)}</span>
            </span>
            <span class="row-time">{wording::clock_time(track.duration.as_secs())}</span>
            {move || may_edit.get().then(|| tools(entry_id, &title_of_tools, drag, on_step))}
        </li>
    }
    .into_any()
}

/// Who brought it.
pub(super) fn added(by: Option<String>) -> Option<AnyView> {
    by.map(|name| view! { <span class="row-added">{words().queue.added_by.fill([&name])}</span> }.into_any())
}

fn play_now(may_edit: bool, entry: EntryId, title: &str, cover: AnyView) -> AnyView {
    if !may_edit {
        return view! { <span class="row-art">{cover}</span> }.into_any();
    }
    let live = Live::get();
    view! {
        <button
            type="button"
            class="row-art row-play"
            aria-label=words().player.play_now.fill([title])
            on:click=move |_| live.play_entry(entry)
        >
            {cover}
            {Icon::Play.draw()}
        </button>
    }
    .into_any()
}

fn tools(entry: EntryId, title: &str, drag: Drag, on_step: OnStep) -> AnyView {
    let live = Live::get();
    let texts = &words().queue;
    let dropped = move || {
        if let Some((entry, before)) = drag.drop() {
            live.move_entry(entry, before);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowUp" | "ArrowDown" => {
            event.prevent_default();
            on_step.run((entry, event.key() == "ArrowUp"));
        }
        "Escape" => drag.let_go(),
        _ => {}
    };
    let step = |up: bool, icon: Icon, class: &'static str, label: String| {
        view! {
            <button
                type="button"
                id=format!("queue-{}-{entry}", if up { "up" } else { "down" })
                class=class
                aria-label=label
                on:click=move |_| on_step.run((entry, up))
            >
                {icon.draw()}
            </button>
        }
        .into_any()
    };
    view! {
        <span class="row-tools">
            {step(true, Icon::Up, "round round-quiet row-up", texts.move_up.fill([title]))}
            {step(false, Icon::Down, "round round-quiet row-down", texts.move_down.fill([title]))}
            <button
                type="button"
                class="round round-quiet"
                data-testid="queue-remove"
                aria-label=texts.remove.fill([title])
                on:click=move |_| live.remove(entry)
            >
                {Icon::Remove.draw()}
            </button>
        </span>
        <button
            type="button"
            id=format!("queue-grip-{entry}")
            class="round round-quiet grip"
            data-testid="queue-grip"
            aria-label=texts.grip.fill([title])
            on:pointerdown=move |event| drag.take(&event, entry)
            on:pointermove=move |event| drag.carry(&event)
            on:pointerup=move |_| dropped()
            on:pointercancel=move |_| drag.let_go()
            on:keydown=key
        >
            {Icon::Grip.draw()}
        </button>
    }
    .into_any()
}

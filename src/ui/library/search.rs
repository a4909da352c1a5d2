//! The search field: narrows what is shown as one types, after a short pause.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use super::shelf::Shelf;
use crate::ui::actions::Place;
use crate::ui::icons::Icon;
use crate::ui::words::words;

/// A pause in typing.
const DEBOUNCE: Duration = Duration::from_millis(170);

/// The field, and a button that empties it.
#[component]
pub(super) fn Search(shelf: Shelf) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let pause = StoredValue::new(None::<TimeoutHandle>);
    let stop_pause = move || {
        if let Some(timer) = pause.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop_pause);
    // Who goes elsewhere has not asked for what was typed before.
    Effect::new(move |_| {
        shelf.trail().track();
        stop_pause();
    });
    let typed = move |event: leptos::ev::Event| {
        shelf.text().set(event_target_value(&event));
        stop_pause();
        pause.set_value(set_timeout_with_handle(move || shelf.search(), DEBOUNCE).ok());
    };
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        stop_pause();
        shelf.search();
    };
    let clear = move |_| {
        stop_pause();
        shelf.text().set(String::new());
        shelf.search();
        if let Some(field) = field.get_untracked() {
            // A field that is in the document takes the focus.
            let _ = field.focus();
        }
    };
    let says = &words().library;
    let hint = move || match shelf.place().get() {
        Place::Everything | Place::Added => says.search_tracks,
        Place::Artists => says.search_artists,
        Place::Albums => says.search_albums,
        Place::Artist { .. } => says.search_artist,
        Place::Album { .. } => says.search_album,
        Place::Folder { path } if path.is_empty() => says.search_folders,
        Place::Folder { .. } => says.search_folder,
    };
    let empty = Memo::new(move |_| shelf.text().with(String::is_empty));
    view! {
        <form class="search" role="search" on:submit=submitted>
            <label class="sr" for="library-search">
                {says.search}
            </label>
            {Icon::Search.draw()}
            <input
                id="library-search"
                class="field"
                type="search"
                name="q"
                data-testid="library-search"
                placeholder=hint
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                maxlength="100"
                aria-controls="library-results"
                node_ref=field
                prop:value=move || shelf.text().get()
                on:input=typed
            />
            <button
                type="button"
                class="round round-quiet search-clear"
                data-testid="library-search-clear"
                aria-label=says.clear_search
                hidden=move || empty.get()
                on:click=clear
            >
                {Icon::Remove.draw()}
            </button>
        </form>
    }
    .into_any()
}

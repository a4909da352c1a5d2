//! The end of what is shown: as the reader comes near, the next page is asked for; a button does the same by hand,
//! and tries again what has failed.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;

use super::super::here::top_of;
use super::shelf::{Shelf, State};
use crate::ui::words::words;

/// So far below the screen the end of the list may be before it is continued, in screens.
const AHEAD_SCREENS: f64 = 2.0;
/// Between two looks while somebody scrolls; a flick of a thumb moves a screen or two meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(120);

/// Lines up to which a list goes on by itself: so many scroll at 60 frames a second, three times as many at 30
/// (manual/operations.md). Who has come so far is better served by the search; the button goes on.
const BY_ITSELF: usize = 1_000;

/// The button at the end, which presses itself.
#[component]
pub(super) fn More(shelf: Shelf) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let look = move || {
        timer.set_value(None);
        let near = button.get_untracked().is_some_and(|button| is_near(&button));
        let goes_on = untrack(|| shelf.lines()) < BY_ITSELF;
        if near && goes_on && shelf.state().get_untracked() == State::Shown {
            shelf.more();
        }
    };
    let look_soon = move || {
        if timer.with_value(Option::is_none) {
            timer.set_value(set_timeout_with_handle(look, LOOK_EVERY).ok());
        }
    };
    Effect::new(move |_| {
        let scrolled = window_event_listener(leptos::ev::scroll, move |_| look_soon());
        on_cleanup(move || scrolled.remove());
    });
    // What has come may still end on the screen.
    Effect::new(move |_| {
        if shelf.state().get() == State::Shown && shelf.has_more() {
            look_soon();
        }
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    let failed = Memo::new(move |_| shelf.state().get() == State::Failed);
    let more = Memo::new(move |_| shelf.has_more());
    move || {
        let failed = failed.get();
        (more.get() || failed).then(|| {
            view! {
                <button
                    type="button"
                    class="button button-wide"
                    data-testid="library-more"
                    node_ref=button
                    on:click=move |_| shelf.more()
                >
                    {if failed { words().app.try_again } else { words().library.show_more }}
                </button>
            }
            .into_any()
        })
    }
}

/// Whether an element is on the screen or not far below it.
fn is_near(element: &HtmlElement) -> bool {
    let window = window();
    let number = |value: Option<f64>| value.unwrap_or_default();
    let height = number(window.inner_height().ok().and_then(|height| height.as_f64()));
    let scrolled = number(window.scroll_y().ok());
    // A panel that is not shown has no place.
    element.offset_parent().is_some() && top_of(element) < scrolled + height * (1.0 + AHEAD_SCREENS)
}

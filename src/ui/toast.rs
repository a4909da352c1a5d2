//! Short messages that go by themselves: refusals of the room, and what this page has done. One polite live region,
//! always in the document, so that screen readers hear it.

use std::time::Duration;

use leptos::prelude::*;

use super::live::Live;
use super::words::words;
use crate::listener::view::Notice;
use crate::protocol::ErrorCode;

const SHOWN_FOR: Duration = Duration::from_secs(6);

/// Says something to the person at this page.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Said>>,
}

#[derive(Clone, PartialEq)]
struct Said {
    text: String,
    refusal: bool,
}

impl Toasts {
    /// Provides it as context.
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(None) };
        provide_context(toasts);
        toasts
    }

    /// That of the page around a component.
    pub fn get() -> Self {
        expect_context()
    }

    /// Says it, instead of what was said before.
    pub fn say(self, text: impl Into<String>) {
        self.show(text.into(), false);
    }

    fn show(self, text: String, refusal: bool) {
        self.shown.set(Some(Said { text, refusal }));
    }
}

/// A refusal in the language of the page; of a code that is newer than the page, what the server says of it.
fn in_words(notice: Notice) -> String {
    match notice.code {
        ErrorCode::Unknown => notice.message,
        code => (words().errors)(code).to_owned(),
    }
}

/// Where the messages appear.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::get();
    let notice = Live::get().notice();
    Effect::new(move |_| {
        if let Some(notice) = notice.get() {
            toasts.show(in_words(notice), true);
        }
    });
    Effect::new(move |_| {
        if toasts.shown.read().is_some()
            && let Ok(timer) = set_timeout_with_handle(move || toasts.shown.set(None), SHOWN_FOR)
        {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <div class="toasts" role="status" aria-live="polite" data-testid="notices">
            {move || {
                toasts
                    .shown
                    .get()
                    .map(|said| {
                        view! {
                            <p class="toast" class:toast-refusal=said.refusal>
                                {said.text}
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

//! Which part of the room page the reader is at: the tabs mark it, and the small player stands in for the large one
//! while that is out of sight. Looked for while somebody scrolls or turns the device, never by itself.

use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// Between two looks while somebody scrolls.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A part is where the reader is when it begins above this share of the screen's height.
const READING_LINE: f64 = 0.4;

/// A part of the page that has a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What sounds.
    Now,
    /// Who is here.
    People,
    /// What is said.
    Chat,
    /// What comes.
    Queue,
    /// What there is.
    Library,
}

impl Part {
    /// In the order of the page.
    pub const ALL: [Self; 5] = [Self::Now, Self::People, Self::Chat, Self::Queue, Self::Library];

    /// The id of its element.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Queue => "queue",
            Self::People => "people",
            Self::Chat => "chat",
            Self::Library => "library",
        }
    }
}

/// Where the reader of a page is, followed as long as the page lives.
pub fn follow_reader() -> RwSignal<Part> {
    let here = RwSignal::new(Part::Now);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let look = move || {
        timer.set_value(None);
        let part = part_at_the_line();
        if here.get_untracked() != part {
            here.set(part);
        }
    };
    let look_soon = move || {
        if timer.with_value(Option::is_none) {
            timer.set_value(set_timeout_with_handle(look, LOOK_EVERY).ok());
        }
    };
    Effect::new(move |_| {
        let scrolled = window_event_listener(leptos::ev::scroll, move |_| look_soon());
        // A phone that is turned puts other parts elsewhere.
        let turned = window_event_listener(leptos::ev::resize, move |_| look_soon());
        on_cleanup(move || {
            scrolled.remove();
            turned.remove();
        });
        look();
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    here
}

fn part_at_the_line() -> Part {
    let window = window();
    let number = |value: Option<f64>| value.unwrap_or_default();
    let height = number(window.inner_height().ok().and_then(|height| height.as_f64()));
    let line = number(window.scroll_y().ok()) + height * READING_LINE;
    let begins_above = |part: &Part| {
        let element = document().get_element_by_id(part.id());
        element.and_then(|element| element.dyn_into().ok()).is_some_and(|element| top_of(&element) <= line)
    };
    Part::ALL.into_iter().rev().find(begins_above).unwrap_or(Part::Now)
}

/// How far below the top of the page an element begins, in pixels.
pub fn top_of(element: &HtmlElement) -> f64 {
    let mut top = 0.0;
    let mut around = Some(element.clone());
    while let Some(element) = around {
        top += f64::from(element.offset_top());
        around = element.offset_parent().and_then(|parent| parent.dyn_into().ok());
    }
    top
}

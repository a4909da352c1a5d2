//! Moving an entry of the queue by hand: taken by its grip with a finger or a mouse, dropped between two others. The
//! same by keyboard and by single taps is in [`entry`](super::entry).
//!
//! Where the rows are is read from the document at every move, so a queue that others change meanwhile is seen as it
//! is; what is asked of the room at the end names entries, never places.

use std::time::Duration;

use leptos::ev::PointerEvent;
use leptos::html::Ol;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use crate::protocol::EntryId;

/// So near to an edge of the screen, in pixels, the page scrolls along; below is the dock.
const EDGE: (f64, f64) = (72.0, 150.0);
/// How far it scrolls at each step, in pixels, and how often.
const SCROLL_STEP: f64 = 9.0;
const SCROLL_EVERY: Duration = Duration::from_millis(16);
/// How long a dropped entry stays where it was dropped if the room does not answer.
const DROPPED_FOR: Duration = Duration::from_secs(1);

/// An entry in somebody's hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) entry: EntryId,
    /// How far it was carried, in pixels.
    pub(super) by: f64,
    /// Before which entry it would go; `None`: to the end.
    pub(super) before: Option<EntryId>,
    /// It was let go, and the room was asked.
    dropped: bool,
}

/// The drag of a queue, if any.
#[derive(Clone, Copy)]
pub(super) struct Drag {
    held: RwSignal<Option<Held>>,
    list: NodeRef<Ol>,
    /// Where the pointer took it, in pixels of the page, and where it is now, in pixels of the screen.
    taken_at: StoredValue<f64>,
    pointer: StoredValue<f64>,
    scroll: StoredValue<Option<IntervalHandle>>,
}

impl Drag {
    /// Nothing is held; `list` has the rows.
    pub(super) fn new(list: NodeRef<Ol>) -> Self {
        let drag = Self {
            held: RwSignal::new(None),
            list,
            taken_at: StoredValue::new(0.0),
            pointer: StoredValue::new(0.0),
            scroll: StoredValue::new(None),
        };
        on_cleanup(move || drag.stop_scrolling());
        drag
    }

    pub(super) const fn held(self) -> RwSignal<Option<Held>> {
        self.held
    }

    /// The room has another order, or the hand was cancelled.
    pub(super) fn let_go(self) {
        self.stop_scrolling();
        if self.held.with_untracked(Option::is_some) {
            self.held.set(None);
        }
    }

    /// The room answered: a dropped entry is where the room says.
    pub(super) fn settle(self) {
        if self.held.with_untracked(|held| held.is_some_and(|held| held.dropped)) {
            self.held.set(None);
        }
    }

    pub(super) fn take(self, event: &PointerEvent, entry: EntryId) {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        // What was hit is the icon within it.
        let hit = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let grip = hit.and_then(|hit| hit.closest("button").ok().flatten());
        if let Some(grip) = grip.and_then(|grip| grip.dyn_into::<HtmlElement>().ok()) {
            // Refused only for a pointer that is gone already, which then lets go at once.
            let _ = grip.set_pointer_capture(event.pointer_id());
            let _ = grip.focus();
        }
        self.pointer.set_value(f64::from(event.client_y()));
        self.taken_at.set_value(f64::from(event.client_y()) + scrolled());
        let before = self.place(entry, 0.0);
        self.held.set(Some(Held { entry, by: 0.0, before, dropped: false }));
        self.scroll.set_value(set_interval_with_handle(move || self.scroll_along(), SCROLL_EVERY).ok());
    }

    pub(super) fn carry(self, event: &PointerEvent) {
        if self.held.with_untracked(|held| held.is_some_and(|held| !held.dropped)) {
            self.pointer.set_value(f64::from(event.client_y()));
            self.follow();
        }
    }

    /// Where it was dropped: before which entry, or at the end; `None` when nothing was held.
    pub(super) fn drop(self) -> Option<(EntryId, Option<EntryId>)> {
        self.stop_scrolling();
        let held = self.held.get_untracked().filter(|held| !held.dropped)?;
        if self.follower(held.entry) == held.before {
            self.held.set(None);
            return None;
        }
        self.held.set(Some(Held { dropped: true, ..held }));
        set_timeout(move || self.settle(), DROPPED_FOR);
        Some((held.entry, held.before))
    }

    fn follow(self) {
        let by = self.pointer.get_value() + scrolled() - self.taken_at.get_value();
        let Some(held) = self.held.get_untracked() else { return };
        let before = self.place(held.entry, by);
        self.held.set(Some(Held { by, before, ..held }));
    }

    fn scroll_along(self) {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        let y = self.pointer.get_value();
        let step = if y < EDGE.0 {
            -SCROLL_STEP
        } else if y > height - EDGE.1 {
            SCROLL_STEP
        } else {
            return;
        };
        let before = scrolled();
        window().scroll_by_with_x_and_y(0.0, step);
        if (scrolled() - before).abs() > 0.5 {
            self.follow();
        }
    }

    fn stop_scrolling(self) {
        if let Some(timer) = self.scroll.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// The rows as they stand: entry, top, height.
    fn rows(self) -> Vec<(EntryId, f64, f64)> {
        let Some(list) = self.list.get_untracked() else { return Vec::new() };
        let mut rows = Vec::new();
        let mut next = list.first_element_child();
        while let Some(row) = next {
            next = row.next_element_sibling();
            let Ok(row) = row.dyn_into::<HtmlElement>() else { continue };
            let id = row.get_attribute("data-entry-id").and_then(|id| id.parse().ok());
            if let Some(id) = id {
                rows.push((EntryId(id), f64::from(row.offset_top()), f64::from(row.offset_height())));
            }
        }
        rows
    }

    /// Before which entry the one in the hand would go.
    fn place(self, entry: EntryId, by: f64) -> Option<EntryId> {
        let rows = self.rows();
        let middle = rows.iter().find(|row| row.0 == entry).map(|row| row.1 + row.2 / 2.0 + by)?;
        rows.iter().find(|row| row.0 != entry && row.1 + row.2 / 2.0 > middle).map(|row| row.0)
    }

    /// What stands behind an entry now.
    fn follower(self, entry: EntryId) -> Option<EntryId> {
        let rows = self.rows();
        let at = rows.iter().position(|row| row.0 == entry)?;
        rows.get(at + 1).map(|row| row.0)
    }
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}

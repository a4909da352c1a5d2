//! How much was said that this page has not shown yet: for a mark beside the way to the chat. Whether the chat can be
//! seen is found out when something happens that may have changed it; nothing runs in between.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos::web_sys::js_sys::{Function, Reflect};

use crate::protocol::MemberId;
use crate::protocol::snapshot::ChatLine;
use crate::ui::live::Live;

/// Between two looks while somebody scrolls or presses: a panel that a press has opened is there by then.
const LOOK_AFTER: Duration = Duration::from_millis(150);

/// What waits to be read.
#[derive(Clone, Copy)]
pub struct Unread {
    seen: RwSignal<u64>,
    count: Memo<usize>,
}

impl Unread {
    /// Counts from now on, and provides itself as context.
    pub fn provide() -> Self {
        let live = Live::get();
        let (chat, me) = (live.chat(), live.member_id());
        let seen = RwSignal::new(chat.with_untracked(|chat| latest(chat)));
        let count = Memo::new(move |_| chat.with(|chat| me.with(|me| unread(chat, seen.get(), me.as_ref()))));
        let unread = Self { seen, count };
        provide_context(unread);
        unread
    }

    /// That of the page around a component.
    pub fn get() -> Self {
        expect_context()
    }

    /// Lines of others that have not been seen.
    pub fn count(self) -> Memo<usize> {
        self.count
    }

    /// The log tells where it is, and looks from now on. To be called once, by the chat.
    pub(super) fn watch(self, log: NodeRef<Div>) {
        let chat = Live::get().chat();
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let look = move || {
            timer.set_value(None);
            if log.get_untracked().is_some_and(|log| can_be_seen(&log)) {
                let latest = chat.with_untracked(|chat| latest(chat));
                if self.seen.get_untracked() != latest {
                    self.seen.set(latest);
                }
            }
        };
        let look_soon = move || {
            if timer.with_value(Option::is_none) {
                timer.set_value(set_timeout_with_handle(look, LOOK_AFTER).ok());
            }
        };
        Effect::new(move |_| {
            let listeners = [
                window_event_listener_untyped("scroll", move |_| look_soon()),
                window_event_listener_untyped("click", move |_| look_soon()),
                window_event_listener_untyped("focusin", move |_| look_soon()),
                window_event_listener_untyped("hashchange", move |_| look_soon()),
                window_event_listener_untyped("visibilitychange", move |_| look_soon()),
            ];
            on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
        });
        Effect::new(move |_| {
            // A server that has started anew counts its lines anew.
            let latest = chat.with(|chat| latest(chat));
            if self.seen.get_untracked() > latest {
                self.seen.set(0);
            }
            look_soon();
        });
        on_cleanup(move || {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
        });
    }
}

fn latest(chat: &[ChatLine]) -> u64 {
    chat.last().map_or(0, |line| line.line_id)
}

/// Lines of others after the one that was seen last.
fn unread(chat: &[ChatLine], seen: u64, me: Option<&MemberId>) -> usize {
    chat.iter()
        .rev()
        .take_while(|line| line.line_id > seen)
        .filter(|line| Some(&line.member_id) != me)
        .count()
}

/// Whether half of it or more is on the screen of a page that is looked at.
fn can_be_seen(log: &HtmlElement) -> bool {
    let edges = || {
        let measure: Function = Reflect::get(log, &"getBoundingClientRect".into()).ok()?.dyn_into().ok()?;
        let bounds = measure.call0(log).ok()?;
        let edge = |name: &str| Reflect::get(&bounds, &name.into()).ok()?.as_f64();
        Some((edge("top")?, edge("bottom")?, window().inner_height().ok()?.as_f64()?))
    };
    // A panel that is not shown has no height.
    !document().hidden()
        && edges().is_some_and(|(top, bottom, screen)| {
            bottom > top && (0.0..=screen).contains(&f64::midpoint(top, bottom))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ChatText, MemberName};
    use crate::sync::time::RoomTime;

    #[test]
    fn what_others_said_since_is_unread() {
        let line = |line_id, who: &str| ChatLine {
            line_id,
            member_id: who.parse().unwrap(),
            name: MemberName::parse(who).unwrap(),
            text: ChatText::parse("hello").unwrap(),
            said_at: RoomTime::from_ms_f64(0.0),
        };
        let chat = [line(3, "ada"), line(4, "bo"), line(5, "ada"), line(6, "bo")];
        let me = "ada".parse().unwrap();
        assert_eq!(unread(&chat, 6, Some(&me)), 0);
        assert_eq!(unread(&chat, 3, Some(&me)), 2);
        assert_eq!(unread(&chat, 0, None), 4);
        assert_eq!(unread(&[], 6, None), 0);
    }
}

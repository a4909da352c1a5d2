//! What people say to each other in the room. The log is drawn from its end: it stands at the latest line by itself,
//! hidden or not, and stays where its reader has scrolled to.

mod composer;
mod line;
mod links;
mod unread;

pub use self::unread::Unread;

use leptos::html::Div;
use leptos::prelude::*;

use self::composer::Composer;
pub use self::line::hours_and_minutes;
use self::line::{Line, Said};
use super::icons::Icon;
use super::live::Live;
use super::reactions::Reactions;
use super::words::words;
use crate::protocol::snapshot::ChatLine;

/// So far from its end the log still counts as standing at it. CSS pixels
const AT_THE_END: i32 = 40;

/// The chat. Its page provides [`Unread`].
#[component]
pub fn Chat() -> impl IntoView {
    let live = Live::get();
    let text = &words().chat;
    let (chat, me) = (live.chat(), live.member_id());
    let log = NodeRef::<Div>::new();
    let unread = Unread::get();
    unread.watch(log);
    let unread = unread.count();
    let lines = Memo::new(move |_| chat.with(|chat| said(chat)));
    let empty = Memo::new(move |_| chat.with(|chat| chat.is_empty()));
    let clock = RwSignal::new(false);
    let missed = RwSignal::new(false);
    let aloud = RwSignal::new(String::new());
    Effect::new(move |_| clock.set(true));
    let to_the_end = move || {
        missed.set(false);
        if let Some(log) = log.get_untracked() {
            log.set_scroll_top(0);
        }
    };
    Effect::new(move |before: Option<u64>| {
        let latest = chat.with(|chat| chat.last().cloned());
        let number = latest.as_ref().map_or(0, |line| line.line_id);
        // What was said before one came is read, not read out.
        if let (Some(before), Some(line)) = (before, latest)
            && before != number
        {
            if me.with_untracked(|me| me.as_ref() == Some(&line.member_id)) {
                to_the_end();
            } else {
                aloud.set(format!("{}: {}", line.name, line.text));
                missed.set(log.get_untracked().is_some_and(|log| log.scroll_top() < -AT_THE_END));
            }
        }
        number
    });
    let scrolled = move |_| {
        if missed.get_untracked() && log.get_untracked().is_some_and(|log| log.scroll_top() >= -AT_THE_END) {
            missed.set(false);
        }
    };
    view! {
        <section id="chat" class="panel chat" aria-labelledby="chat-title">
            <header class="panel-head">
                <h2 id="chat-title">{text.title}</h2>
                <span class="quiet" data-testid="chat-unread">
                    {move || (unread.get() > 0).then(|| text.unread.fill([&unread.get().to_string()]))}
                </span>
            </header>
            <div class="chat-stage">
                <div
                    class="chat-log"
                    role="log"
                    aria-live="off"
                    aria-labelledby="chat-title"
                    tabindex="0"
                    data-testid="chat-log"
                    node_ref=log
                    on:scroll=scrolled
                >
                    <ol class="lines">
                        <For each=move || lines.get() key=|said| (said.line.line_id, said.line.said_at) let:said>
                            <Line said clock />
                        </For>
                    </ol>
                    {move || {
                        empty.get().then(|| view! { <p class="empty">{text.empty}</p> })
                    }}
                </div>
                {move || {
                    missed
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button chat-missed"
                                    data-testid="chat-missed"
                                    on:click=move |_| {
                                        to_the_end();
                                        if let Some(log) = log.get_untracked() {
                                            let _ = log.focus();
                                        }
                                    }
                                >
                                    {Icon::Down.draw()}
                                    {text.missed}
                                </button>
                            }
                        })
                }}
            </div>
            <p class="sr" role="status" aria-live="polite" data-testid="chat-aloud">
                {move || aloud.get()}
            </p>
            <Reactions />
            <Composer />
        </section>
    }
    .into_any()
}

/// Each line with whether it follows one of the same person.
fn said(chat: &[ChatLine]) -> Vec<Said> {
    let before = std::iter::once(None).chain(chat.iter().map(|line| Some((&line.member_id, &line.name))));
    chat.iter()
        .zip(before)
        .map(|(line, before)| Said {
            line: line.clone(),
            follows: before == Some((&line.member_id, &line.name)),
        })
        .collect()
}

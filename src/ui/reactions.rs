//! Reactions: a row of emoji to press, and what everybody pressed, rising over the artwork for a moment. Nothing of it
//! is announced or kept.

use std::time::Duration;

use leptos::prelude::*;

use super::live::Live;
use super::words::words;
use crate::listener::view::Reacted;
use crate::protocol::Reaction;
use crate::protocol::limits::{CHAT_BURST, CHAT_EVERY};

/// One is left for a line of the chat, which the room counts together with them.
const AT_ONCE: u32 = CHAT_BURST - 1;
/// At most so many are shown at a time: a full hall must not keep a phone busy.
const SHOWN: usize = 12;
/// As long as the animation in `reactions.css`, and a little longer.
const SHOWN_FOR: Duration = Duration::from_millis(2_200);
/// Places across the artwork, in the style sheet.
const LANES: u64 = 7;

/// The emoji to press.
#[component]
pub fn Reactions() -> impl IntoView {
    let live = Live::get();
    let text = &words().chat;
    // As many as the room takes, given back at the rate at which it takes them.
    let spent = RwSignal::new(0_u32);
    let worn_out = Memo::new(move |_| spent.get() >= AT_ONCE);
    let react = move |emoji: &str| {
        if worn_out.get_untracked() {
            return;
        }
        if let Ok(emoji) = Reaction::parse(emoji) {
            live.react(emoji);
            spent.update(|spent| *spent += 1);
            let every = Duration::from_micros(CHAT_EVERY.micros().unsigned_abs());
            set_timeout(
                move || {
                    spent.try_update(|spent| *spent = spent.saturating_sub(1));
                },
                every * spent.get_untracked(),
            );
        }
    };
    view! {
        <div class="reactions" role="group" aria-label=text.react>
            {Reaction::OFFERED
                .into_iter()
                .zip(text.reactions)
                .map(|(emoji, name)| {
                    view! {
                        <button
                            type="button"
                            class="round reaction"
                            data-testid="react"
                            aria-label=name
                            aria-disabled=move || worn_out.get().to_string()
                            on:click=move |_| react(emoji)
                        >
                            <span aria-hidden="true">{emoji}</span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// What was pressed lately, by everybody. Fills what is around it, lets presses through, and says nothing.
#[component]
pub fn ReactionsLayer() -> impl IntoView {
    let reaction = Live::get().reaction();
    let shown = RwSignal::new(Vec::<Reacted>::new());
    Effect::new(move |_| {
        let Some(reacted) = reaction.get() else { return };
        let number = reacted.number;
        shown.update(|shown| {
            shown.push(reacted);
            let over = shown.len().saturating_sub(SHOWN);
            shown.drain(..over);
        });
        set_timeout(
            move || {
                shown.try_update(|shown| shown.retain(|other| other.number != number));
            },
            SHOWN_FOR,
        );
    });
    view! {
        <div class="reactions-layer" aria-hidden="true" data-testid="reactions-layer">
            <For each=move || shown.get() key=|reacted| reacted.number let:reacted>
                // Five is prime to the lanes: neighbours in time are no neighbours in place.
                <span class="reacted" data-lane=(reacted.number * 5 % LANES).to_string()>
                    {String::from(reacted.emoji)}
                </span>
            </For>
        </div>
    }
    .into_any()
}

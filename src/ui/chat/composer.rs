//! Where one's own line is written. What was sent and not taken comes back into the field: nobody types twice because
//! of a limit or a tunnel.

use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;

use crate::protocol::ChatText;
use crate::protocol::limits::CHAT_CHARS;
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::toast::Toasts;
use crate::ui::words::words;

/// From so many characters on they are counted.
const COUNTED_FROM: usize = CHAT_CHARS - 50;
/// A line that the room has not said by then was not taken.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// The field and its button.
#[component]
pub(super) fn Composer() -> impl IntoView {
    let live = Live::get();
    let words = &words().chat;
    let toasts = Toasts::get();
    let field = NodeRef::<Input>::new();
    let length = RwSignal::new(0);
    let too_long = Memo::new(move |_| length.get() > CHAT_CHARS);
    let sent = Sent::new(field, length);
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        // One at a time: so it is known which one was refused.
        if too_long.get_untracked() || sent.is_waiting() {
            return;
        }
        if let Ok(text) = ChatText::parse(&field.value()) {
            field.set_value("");
            length.set(0);
            sent.wait_for(text.clone(), move || toasts.say(words.not_sent));
            live.say(text);
        }
    };
    view! {
        <form class="chat-form" on:submit=submitted>
            <label class="sr" for="chat-input">
                {words.field}
            </label>
            <input
                id="chat-input"
                class="field"
                type="text"
                data-testid="chat-input"
                dir="auto"
                autocomplete="off"
                enterkeyhint="send"
                placeholder=words.hint
                aria-invalid=move || too_long.get().to_string()
                aria-describedby="chat-count"
                node_ref=field
                on:input=move |event| length.set(event_target_value(&event).trim().chars().count())
            />
            <button type="submit" class="round" data-testid="chat-send" aria-label=words.send>
                {Icon::Send.draw()}
            </button>
            <p
                id="chat-count"
                class="chat-count"
                class:is-over=move || too_long.get()
                data-testid="chat-count"
            >
                {move || {
                    let length = length.get();
                    (length >= COUNTED_FROM).then(|| words.count.fill([&length.to_string(), &CHAT_CHARS.to_string()]))
                }}
            </p>
        </form>
    }
    .into_any()
}

/// The line that was sent and is not answered yet.
#[derive(Clone, Copy)]
struct Sent {
    text: StoredValue<Option<ChatText>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    field: NodeRef<Input>,
    length: RwSignal<usize>,
}

impl Sent {
    fn new(field: NodeRef<Input>, length: RwSignal<usize>) -> Self {
        let live = Live::get();
        let (chat, me, notice) = (live.chat(), live.member_id(), live.notice());
        let sent = Self { text: StoredValue::new(None), timer: StoredValue::new(None), field, length };
        Effect::new(move |_| {
            let said = chat.with(|chat| {
                sent.text.with_value(|text| {
                    let me = me.get_untracked();
                    chat.iter()
                        .rev()
                        .any(|line| Some(&line.text) == text.as_ref() && Some(&line.member_id) == me.as_ref())
                })
            });
            if said {
                sent.forget();
            }
        });
        Effect::new(move |before: Option<u64>| {
            let number = notice.with(|notice| notice.as_ref().map_or(0, |notice| notice.number));
            if before.is_some_and(|before| before != number) {
                sent.take_back();
            }
            number
        });
        on_cleanup(move || {
            sent.forget();
        });
        sent
    }

    fn is_waiting(self) -> bool {
        self.text.with_value(Option::is_some)
    }

    fn wait_for(self, text: ChatText, unanswered: impl Fn() + 'static) {
        self.text.set_value(Some(text));
        let late = move || {
            if self.take_back() {
                unanswered();
            }
        };
        self.timer.set_value(set_timeout_with_handle(late, ANSWERED_WITHIN).ok());
    }

    /// Back into the field, before what was typed since; false when nothing waits.
    fn take_back(self) -> bool {
        let Some(text) = self.forget() else { return false };
        if let Some(field) = self.field.get_untracked() {
            let since = field.value();
            let whole = if since.is_empty() { String::from(text) } else { format!("{text} {since}") };
            self.length.set(whole.chars().count());
            field.set_value(&whole);
        }
        true
    }

    fn forget(self) -> Option<ChatText> {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        self.text.try_update_value(Option::take).flatten()
    }
}

//! The messages as they passed, the latest first: a line each, and its text when it is unfolded. To be filtered by kind
//! and by text, paused, cleared.

use leptos::prelude::*;
use leptos::web_sys::Element;

use super::moment;
use super::tables::direction_word;
use crate::listener::diary::{Diary, Message};
use crate::ui::live::{Live, LogFilter};
use crate::ui::wording::grouped;
use crate::ui::words::words;

/// Lines that are shown: what a person reads through. All that is kept is in the export.
const SHOWN: usize = 100;

/// The log.
#[component]
pub(super) fn Log() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let filter = live.log_filter();
    let shown = Memo::new(move |_| {
        let (kind, wanted, until) = (filter.kind.get(), filter.text.get(), filter.until.get());
        live.diary(|diary| numbers(diary, &kind, &wanted, until))
    });
    let kinds = Memo::new(move |_| {
        let mut kinds: Vec<String> =
            live.diary(|diary| diary.traffic().iter().map(|traffic| traffic.kind.clone()).collect());
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    });
    let paused = move || filter.until.get().is_some();
    view! {
        <section class="diag-part" aria-labelledby="log-title">
            <h3 id="log-title">{text.messages}</h3>
            <div class="diag-log-head">
                <input
                    class="field"
                    type="search"
                    data-testid="log-filter"
                    aria-label=text.filter
                    placeholder=text.filter
                    autocomplete="off"
                    prop:value=move || filter.text.get()
                    on:input=move |event| filter.text.set(event_target_value(&event))
                    // Escape empties a search field; it does not close what is around it.
                    on:keydown=move |event| event.stop_propagation()
                />
                <select
                    class="field"
                    data-testid="log-kind"
                    aria-label=text.kind
                    autocomplete="off"
                    on:change=move |event| filter.kind.set(event_target_value(&event))
                >
                    <option value="">{text.all_kinds}</option>
                    <For each=move || kinds.get() key=String::clone let:kind>
                        {
                            let (value, is_it) = (kind.clone(), kind.clone());
                            view! {
                                <option value=value prop:selected=move || filter.kind.with(|kind| *kind == is_it)>
                                    {kind}
                                </option>
                            }
                        }
                    </For>
                </select>
                <button
                    type="button"
                    class="button"
                    data-testid="log-pause"
                    aria-pressed=move || paused().to_string()
                    on:click=move |_| pause_or_go_on(live, filter)
                >
                    {text.pause}
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="log-clear"
                    on:click=move |_| live.clear_diary()
                >
                    {text.clear}
                </button>
            </div>
            <ol class="diag-log diag-scroll" tabindex="0" aria-labelledby="log-title">
                <For each=move || shown.get() key=|number| *number let:number>
                    <Line number />
                </For>
            </ol>
            {move || shown.with(Vec::is_empty).then(|| view! { <p class="empty">{text.no_messages}</p> })}
        </section>
    }
    .into_any()
}

fn numbers(diary: &Diary, kind: &str, wanted: &str, until: Option<u64>) -> Vec<u64> {
    let all = diary.messages().iter().rev();
    all.filter(|message| until.is_none_or(|until| message.number <= until))
        .filter(|message| message.matches(kind, wanted))
        .take(SHOWN)
        .map(|message| message.number)
        .collect()
}

fn pause_or_go_on(live: Live, filter: LogFilter) {
    let latest = untrack(|| live.diary(Diary::last_number));
    filter.until.update(|until| *until = if until.is_some() { None } else { Some(latest) });
}

/// One message. What it says does not change, so it is read once.
#[component]
fn Line(number: u64) -> impl IntoView {
    let live = Live::get();
    let of = move |read: fn(&Message) -> String| {
        untrack(|| {
            live.diary(|diary| {
                diary.messages().iter().find(|message| message.number == number).map(read).unwrap_or_default()
            })
        })
    };
    let unfolded = RwSignal::new(false);
    view! {
        <li data-testid="log-message" data-type=of(|message| message.kind.clone())>
            <details on:toggle=move |event| unfolded.set(event_target::<Element>(&event).has_attribute("open"))>
                <summary>
                    <span class="log-at">{of(|message| moment(message.at))}</span>
                    <span class="log-way">{of(|message| direction_word(message.direction).to_owned())}</span>
                    <span class="log-kind">{of(|message| message.kind.clone())}</span>
                    <span class="log-bytes">{of(|message| grouped(message.bytes as u64))}</span>
                    <span class="log-said">{of(Message::summary)}</span>
                </summary>
                {move || unfolded.get().then(|| view! { <pre>{of(|message| message.text.clone())}</pre> })}
            </details>
        </li>
    }
    .into_any()
}

//! Adding music: picked, dropped anywhere on the page, or named by a link where the operator allows it. Only for those
//! who may; mounted in the library.

mod additions;

use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;

use self::additions::{Additions, Line, State, has_files};
use super::actions::AddingRules;
use super::icons::Icon;
use super::live::Live;
use super::toast::Toasts;
use super::wording;
use super::words::{Template, words};
use crate::protocol::{Action, QueuePlace};

/// What the picker offers first; what a file is, the server finds out.
const AUDIO: &str = "audio/*,.flac,.mp3,.m4a,.m4b,.ogg,.oga,.opus,.wav,.aac,.aif,.aiff,.ape,.mka,.wv";

/// The ways to add, and how far what is being added is.
#[component]
pub fn Upload() -> impl IntoView {
    let live = Live::get();
    let rules = use_context::<AddingRules>().unwrap_or_default();
    let may = live.may(Action::Add);
    let additions = Additions::new(live.code(), rules.max_bytes);
    let dragging = RwSignal::new(false);
    Effect::new(move |_| {
        if may.get() {
            take_drops(additions, dragging);
        }
    });
    let lines = additions.lines();
    let says = &words().upload;
    let some = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    view! {
        {move || {
            may.get()
                .then(|| {
                    view! {
                        <div class="upload">
                            <div class="upload-ways">
                                <label class="button upload-pick" data-testid="upload">
                                    {Icon::Add.draw()}
                                    <span>{says.add}</span>
                                    <input
                                        class="sr"
                                        type="file"
                                        multiple
                                        accept=AUDIO
                                        on:change=move |event| additions.picked(&event)
                                    />
                                </label>
                                {rules.links.then(|| view! { <LinkForm additions /> })}
                            </div>
                            <p class="upload-hint quiet">{says.drop_hint}</p>
                        </div>
                        <div class="drop" class:is-over=move || dragging.get() aria-hidden="true">
                            <p class="drop-text">{says.drop}</p>
                        </div>
                    }
                })
        }}
        <ul class="upload-lines" aria-label=says.list hidden=move || !some.get()>
            <For each=move || lines.get() key=|line| line.id let:line>
                <Adding line additions />
            </For>
        </ul>
        <p class="sr" role="status" data-testid="upload-summary">
            {move || summary(&lines.get())}
        </p>
    }
    .into_any()
}

/// Takes what is dropped on the page, until the effect around it runs again.
fn take_drops(additions: Additions, dragging: RwSignal<bool>) {
    let over = move |event: ev::DragEvent| {
        if has_files(&event) {
            // Says that it can be dropped here.
            event.prevent_default();
            if !dragging.get_untracked() {
                dragging.set(true);
            }
        }
    };
    let handles = [
        window_event_listener(ev::dragenter, over),
        window_event_listener(ev::dragover, over),
        window_event_listener(ev::dragleave, move |event| {
            // Out of the window, and not only out of one of its parts.
            if event.related_target().is_none() {
                dragging.set(false);
            }
        }),
        window_event_listener(ev::drop, move |event| {
            dragging.set(false);
            if has_files(&event) {
                event.prevent_default();
                additions.dropped(&event);
            }
        }),
    ];
    on_cleanup(move || {
        dragging.try_set(false);
        for handle in handles {
            handle.remove();
        }
    });
}

#[component]
fn LinkForm(additions: Additions) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let submitted = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            additions.link(&field.value());
            field.set_value("");
        }
    };
    view! {
        <form class="upload-link" on:submit=submitted>
            <label class="sr" for="upload-link">
                {words().upload.link}
            </label>
            <input
                node_ref=field
                id="upload-link"
                class="field"
                type="url"
                data-testid="upload-link"
                placeholder=words().upload.link_example
                autocomplete="off"
                maxlength="2000"
                required
            />
            <button type="submit" class="button">
                {words().upload.add_link}
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Adding(line: Line, additions: Additions) -> impl IntoView {
    let live = Live::get();
    let toasts = Toasts::get();
    let may_queue = live.may(Action::Queue);
    let Line { id, name, state } = line;
    let over = Memo::new(move |_| state.with(State::is_over));
    let share = Memo::new(move |_| match state.get() {
        State::Sending(share) => Some((share * 100.0).floor()),
        State::Waiting => Some(0.0),
        State::Done { .. } | State::Refused(_) => None,
    });
    let bar = move || {
        (!over.get()).then(|| {
            view! {
                <progress
                    class="upload-bar"
                    aria-label=words().upload.sending.fill([&name.get_value()])
                    max="100"
                    value=move || share.get().unwrap_or(100.0).to_string()
                ></progress>
            }
        })
    };
    let ways = move || match state.get() {
        State::Done { track_id, title, .. } if may_queue.get() => {
            let says = words();
            let add = move |at, said: &'static Template<1>| {
                let (track_id, title) = (track_id.clone(), title.clone());
                move |_| {
                    live.add(vec![track_id.clone()], at);
                    toasts.say(said.fill([&title]));
                }
            };
            Some(view! {
                <span class="upload-next">
                    <button
                        type="button"
                        class="button button-quiet"
                        on:click=add(QueuePlace::Next, &says.library.comes_next)
                    >
                        {says.upload.play_next}
                    </button>
                    <button
                        type="button"
                        class="button button-quiet"
                        on:click=add(QueuePlace::End, &says.library.added)
                    >
                        {says.upload.add_to_queue}
                    </button>
                </span>
            })
        }
        _ => None,
    };
    let end = move || {
        let name = name.get_value();
        let says = &words().upload;
        if over.get() { says.take_off.fill([&name]) } else { says.cancel.fill([&name]) }
    };
    view! {
        <li class="upload-line" data-testid="upload-line" data-state=move || word(&state.get())>
            <span class="row-words">
                <span class="row-title">{name.get_value()}</span>
                <span class="row-by upload-state">{move || sentence(&state.get())}</span>
            </span>
            <button
                type="button"
                class="round round-quiet"
                aria-label=end
                on:click=move |_| additions.take_off(id)
            >
                {Icon::Remove.draw()}
            </button>
            {bar}
            {ways}
        </li>
    }
    .into_any()
}

/// For styles and tests.
const fn word(state: &State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Sending(_) => "sending",
        State::Done { duplicate: false, .. } => "done",
        State::Done { duplicate: true, .. } => "duplicate",
        State::Refused(_) => "refused",
    }
}

/// For people.
fn sentence(state: &State) -> String {
    let says = &words().upload;
    match state {
        State::Waiting => says.waiting.to_owned(),
        State::Sending(share) if *share < 1.0 => wording::percent(*share),
        State::Sending(_) => says.checking.to_owned(),
        State::Done { title, duplicate: false, .. } => says.done.fill([title]),
        State::Done { title, duplicate: true, .. } => says.duplicate.fill([title]),
        State::Refused(why) => why.clone(),
    }
}

/// What a screen reader is told, when it changes: not every percent.
fn summary(lines: &[Line]) -> String {
    let (mut under_way, mut done, mut refused) = (0u32, 0u32, 0u32);
    for line in lines {
        line.state.with(|state| match state {
            State::Waiting | State::Sending(_) => under_way += 1,
            State::Done { .. } => done += 1,
            State::Refused(_) => refused += 1,
        });
    }
    if lines.is_empty() {
        return String::new();
    }
    words().upload.summary.fill([&under_way.to_string(), &done.to_string(), &refused.to_string()])
}

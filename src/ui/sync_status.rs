//! Whether this device is in step: a calm line with two rings that meet, and the Resync button beside it; for who
//! unfolds it, the numbers and what can be set.

use leptos::prelude::*;
use leptos::web_sys::Element;

use super::icons::Icon;
use super::live::Live;
use super::output_offset::OutputOffset;
use super::shortcuts::ShortcutsButton;
use super::wording::{ms, ms_or_nothing, sync_line};
use super::words::words;
use crate::protocol::Action;

/// The state of being in step.
#[component]
pub fn SyncStatus() -> impl IntoView {
    let live = Live::get();
    let (sync, silenced) = (live.sync(), live.silenced());
    let state = Memo::new(move |_| sync.with(|sync| sync.state));
    let advised = Memo::new(move |_| sync.with(|sync| sync.resync_advised));
    let unfolded = RwSignal::new(false);
    view! {
        <div class="sync">
            <details
                class="sync-more"
                on:toggle=move |event| unfolded.set(event_target::<Element>(&event).has_attribute("open"))
            >
                <summary class="sync-line" title=words().sync.numbers_label>
                    <span
                        class="sync-state"
                        data-testid="sync-status"
                        data-state=move || state.get().as_str()
                        data-drift-ms=move || ms_or_nothing(sync.get().drift)
                        data-offset-ms=move || ms_or_nothing(sync.get().offset)
                        data-rtt-ms=move || ms_or_nothing(sync.get().rtt)
                    >
                        <svg class="sync-rings" viewBox="0 0 32 24" aria-hidden="true" focusable="false">
                            <circle class="sync-ring-one" cx="16" cy="12" r="7" />
                            <circle class="sync-ring-two" cx="16" cy="12" r="7" />
                        </svg>
                        <span>{move || sync_line(state.get(), silenced.get())}</span>
                    </span>
                </summary>
                {move || unfolded.get().then(|| view! { <Numbers /> })}
            </details>
            <button
                type="button"
                class="button sync-again"
                class:calls=move || advised.get()
                data-testid="resync"
                data-advised=move || advised.get().to_string()
                on:click=move |_| live.resync()
            >
                {Icon::Resync.draw()}
                <span>{words().sync.resync}</span>
            </button>
            <p class="sr" role="status">
                {move || if advised.get() { words().sync.advised } else { "" }}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Numbers() -> impl IntoView {
    let live = Live::get();
    let sync = live.sync();
    let all = live.may(Action::SyncAll);
    // What a browser is does not change.
    let unknown = sync
        .get_untracked()
        .unknown_engine
        .then(|| view! { <p class="quiet" data-testid="unknown-engine">{words().sync.unknown_engine}</p> });
    let everyone = move || {
        all.get().then(|| {
            view! {
                <button type="button" class="button" data-testid="sync-all" on:click=move |_| live.sync_all()>
                    {words().sync.everyone}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <div class="sync-numbers">
            <dl>
                <div>
                    <dt>{words().sync.drift}</dt>
                    <dd>{move || ms(sync.get().drift)}</dd>
                </div>
                <div>
                    <dt>{words().sync.clock}</dt>
                    <dd>{move || format!("± {}", ms(sync.get().offset_error))}</dd>
                </div>
                <div>
                    <dt>{words().sync.rtt}</dt>
                    <dd>{move || ms(sync.get().rtt)}</dd>
                </div>
            </dl>
            {unknown}
            <OutputOffset />
            <div class="sync-ways">{everyone} <ShortcutsButton /></div>
        </div>
    }
    .into_any()
}

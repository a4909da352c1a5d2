//! Whether this device is in step: a calm line with two rings that meet, the numbers for who unfolds it, and the
//! Resync button beside it.

use leptos::prelude::*;
use leptos::web_sys::Element;

use super::icons::Icon;
use super::live::Live;
use super::slider::Slider;
use super::wording::{ms, ms_or_nothing, sync_line};
use crate::protocol::Action;
use crate::sync::time::Span;

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
                <summary class="sync-line" title="Show the numbers">
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
                <span>"Resync"</span>
            </button>
            <p class="sr" role="status">
                {move || if advised.get() { "This device is far out of step. Resync is advised." } else { "" }}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Numbers() -> impl IntoView {
    let live = Live::get();
    let sync = live.sync();
    let offset = live.output_offset();
    let early = Signal::derive(move || offset.get().as_ms());
    let set = move |ms: f64| live.set_output_offset(Span::from_ms_f64(ms));
    let all = live.may(Action::SyncAll);
    view! {
        <div class="sync-numbers">
            <dl>
                <div>
                    <dt>"Drift"</dt>
                    <dd>{move || ms(sync.get().drift)}</dd>
                </div>
                <div>
                    <dt>"Clock offset"</dt>
                    <dd>{move || ms(sync.get().offset)}</dd>
                </div>
                <div>
                    <dt>"Round trip"</dt>
                    <dd>{move || ms(sync.get().rtt)}</dd>
                </div>
            </dl>
            <div class="sync-offset">
                <span aria-hidden="true">"Play earlier by"</span>
                <output>{move || whole_ms(early.get())}</output>
                <Slider
                    label="Play earlier on this device, for speakers that are late"
                    testid="output-offset"
                    min=-500.0
                    max=500.0
                    step=5.0
                    value=early
                    said=whole_ms
                    on_input=|_| ()
                    on_change=set
                />
                <p class="quiet">"For Bluetooth speakers and TVs that sound late."</p>
            </div>
            {move || {
                all.get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-testid="sync-all"
                                on:click=move |_| live.sync_all()
                            >
                                "Resync everyone"
                            </button>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

fn whole_ms(ms: f64) -> String {
    format!("{ms:.0} ms")
}

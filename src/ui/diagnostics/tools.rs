//! Ways to disturb this device, and nobody else's, and see it heal: measure the clock, resync, lose the connection, jump,
//! go by another network profile.

use leptos::html::Input;
use leptos::prelude::*;

use crate::sync::profile::Profile;
use crate::sync::time::Span;
use crate::ui::live::Live;
use crate::ui::words::words;

/// The jump that is proposed: far enough to need a seek, near enough to hear that it was one. ms
const JUMP_MS: &str = "300";
/// The farthest. ms
const JUMP_MOST_MS: f64 = 60_000.0;

/// The buttons.
#[component]
pub(super) fn Tools() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let by = NodeRef::<Input>::new();
    let jump = move |sign: f64| {
        let typed = by.get_untracked().and_then(|field| field.value().parse::<f64>().ok()).unwrap_or(0.0);
        live.jump(Span::from_ms_f64(sign * typed.clamp(-JUMP_MOST_MS, JUMP_MOST_MS)));
    };
    let button = |testid: &'static str, name: &'static str, act: Box<dyn Fn()>| {
        view! {
            <button type="button" class="button" data-testid=testid on:click=move |_| act()>
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="diag-tools">
            {button("diagnostics-ping", text.ping, Box::new(move || live.ping()))}
            {button("diagnostics-resync", words().sync.resync, Box::new(move || live.resync()))}
            {button("diagnostics-drop", text.drop, Box::new(move || live.drop_connection()))}
            <div class="diag-field" role="group" aria-label=text.jump>
                <label for="jump-by">{text.jump}</label>
                <input
                    id="jump-by"
                    class="field"
                    type="number"
                    inputmode="numeric"
                    data-testid="diagnostics-jump-ms"
                    node_ref=by
                    value=JUMP_MS
                    min="0"
                    step="10"
                />
                {button("diagnostics-jump-back", text.jump_back, Box::new(move || jump(-1.0)))}
                {button("diagnostics-jump-ahead", text.jump_ahead, Box::new(move || jump(1.0)))}
            </div>
            <ProfileChoice />
        </div>
    }
    .into_any()
}

/// The network profile of this member: its own, or one by hand.
#[component]
fn ProfileChoice() -> impl IntoView {
    let live = Live::get();
    let text = &words().diagnostics;
    let profile = Memo::new(move |_| live.profile());
    let seek_beyond = move || {
        let beyond = profile.get().0.thresholds().seek_beyond.micros() / 1_000;
        text.seeks_beyond.fill([profile.get().0.as_str(), &beyond.to_string()])
    };
    let choose = move |event: leptos::ev::Event| {
        let word = event_target_value(&event);
        live.force_profile(Profile::ALL.into_iter().find(|profile| profile.as_str() == word));
    };
    let choice = move |of: Profile| {
        view! {
            <option value=of.as_str() prop:selected=move || profile.get().1 == Some(of)>
                {of.as_str()}
            </option>
        }
    };
    view! {
        <div class="diag-field">
            <label for="profile">{text.profile}</label>
            <select
                id="profile"
                class="field"
                data-testid="diagnostics-profile"
                data-profile=move || profile.get().0.as_str()
                autocomplete="off"
                on:change=choose
            >
                <option value="" prop:selected=move || profile.get().1.is_none()>
                    {text.auto}
                </option>
                {Profile::ALL.map(choice).into_iter().collect_view()}
            </select>
            <span class="quiet">{seek_beyond}</span>
        </div>
    }
    .into_any()
}

//! What a listener may do with this device alone, whatever the room does: its volume, its silence.

use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::slider::Slider;
use super::wording::percent;
use crate::protocol::Volume;

/// Own volume, mute, and "pause on this device".
#[component]
pub fn Device() -> impl IntoView {
    let live = Live::get();
    let (own, silenced) = (live.own_volume(), live.silenced());
    let volume = Signal::derive(move || own.get().get());
    let muted = Memo::new(move |_| volume.get() <= 0.0);
    let before_mute = StoredValue::new(Volume::FULL);
    let set = move |to: f64| {
        if let Ok(volume) = Volume::new(to) {
            live.set_own_volume(volume);
        }
    };
    let mute = move |_| {
        if muted.get_untracked() {
            live.set_own_volume(before_mute.get_value());
        } else {
            before_mute.set_value(own.get_untracked());
            set(0.0);
        }
    };
    view! {
        <div class="device" role="group" aria-label="This device">
            <div class="level">
                <button
                    type="button"
                    class="level-mark round round-quiet"
                    data-testid="mute"
                    aria-label="Mute this device"
                    aria-pressed=move || muted.get().to_string()
                    on:click=mute
                >
                    {move || if muted.get() { Icon::Muted } else { Icon::Volume }.draw()}
                </button>
                <span class="level-name" aria-hidden="true">
                    "This device"
                </span>
                <Slider
                    label="Volume of this device"
                    testid="volume"
                    max=1.0
                    step=0.01
                    value=volume
                    said=percent
                    on_input=set
                    on_change=set
                />
            </div>
            <button
                type="button"
                class="button button-quiet device-pause"
                data-testid="silence"
                aria-pressed=move || silenced.get().to_string()
                on:click=move |_| live.set_silenced(!silenced.get_untracked())
            >
                {move || if silenced.get() { Icon::Play } else { Icon::Pause }.draw()}
                <span>
                    {move || if silenced.get() { "Play again on this device" } else { "Pause on this device" }}
                </span>
            </button>
        </div>
    }
    .into_any()
}

//! What a listener may do with this device alone, whatever the room does: its volume, its silence.

use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::slider::Slider;
use super::wording::percent;
use super::words::words;
use crate::protocol::Volume;

/// Own volume, mute, and "pause on this device".
#[component]
pub fn Device() -> impl IntoView {
    let live = Live::get();
    let (own, silenced) = (live.own_volume(), live.silenced());
    let volume = Signal::derive(move || own.get().get());
    let muted = Memo::new(move |_| volume.get() <= 0.0);
    let set = move |to: f64| {
        if let Ok(volume) = Volume::new(to) {
            live.set_own_volume(volume);
        }
    };
    view! {
        <div class="device" role="group" aria-label=words().device.label>
            <div class="level">
                <button
                    type="button"
                    class="level-mark round round-quiet"
                    data-testid="mute"
                    aria-label=words().device.mute
                    aria-pressed=move || muted.get().to_string()
                    on:click=move |_| live.toggle_mute()
                >
                    {move || if muted.get() { Icon::Muted } else { Icon::Volume }.draw()}
                </button>
                <span class="level-name" aria-hidden="true">
                    {words().device.label}
                </span>
                <Slider
                    label=words().device.volume
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
                    {move || if silenced.get() { words().device.play } else { words().device.pause }}
                </span>
            </button>
        </div>
    }
    .into_any()
}

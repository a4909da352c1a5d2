//! How much earlier this device plays, for speakers that sound late: a slider, names for what one has set, and the way to
//! set it by ear.

use leptos::prelude::*;

use super::by_ear::ByEar;
use super::icons::Icon;
use super::live::Live;
use super::slider::Slider;
use super::words::words;
use crate::listener::presets::Preset;
use crate::protocol::{PresetName, limits};
use crate::sync::time::Span;

/// What is typical, in ms (manual/sync.md says of what): to begin with, before one listens.
const TYPICAL: [(Typical, i64); 4] = [
    (Typical::OwnSpeaker, 0),
    (Typical::BluetoothQuick, 40),
    (Typical::Television, 100),
    (Typical::Bluetooth, 200),
];

#[derive(Clone, Copy)]
enum Typical {
    OwnSpeaker,
    BluetoothQuick,
    Television,
    Bluetooth,
}

impl Typical {
    fn name(self) -> &'static str {
        let device = &words().device;
        match self {
            Self::OwnSpeaker => device.own_speaker,
            Self::BluetoothQuick => device.bluetooth_quick,
            Self::Television => device.television,
            Self::Bluetooth => device.bluetooth,
        }
    }
}

/// An output offset in words.
pub fn offset_line(offset: Span) -> String {
    let ms = (offset.abs().micros() + 500) / 1_000;
    let device = &words().device;
    match offset.micros().signum() * i64::from(ms > 0) {
        1 => device.earlier.fill([&ms.to_string()]),
        -1 => device.later.fill([&ms.to_string()]),
        _ => device.on_time.to_owned(),
    }
}

/// The choice of an output offset.
#[component]
pub fn OutputOffset() -> impl IntoView {
    let live = Live::get();
    let offset = live.output_offset();
    let early = Signal::derive(move || offset.get().as_ms());
    let set = move |ms: f64| live.set_output_offset(Span::from_ms_f64(ms));
    let most = limits::OUTPUT_OFFSET.as_ms();
    let presets = live.presets();
    let typical = TYPICAL.map(|(typical, ms)| choice(live, typical.name().to_owned(), Span::from_millis(ms)));
    let own = move || {
        presets.with(|presets| {
            presets.all().iter().map(|preset| own_choice(live, preset.clone())).collect_view()
        })
    };
    view! {
        <div class="offset" role="group" aria-label=words().device.speaker>
            <p class="offset-head">
                <span>{words().device.speaker}</span>
                <output data-testid="offset-line">{move || offset_line(offset.get())}</output>
            </p>
            <Slider
                label=words().device.offset_label
                testid="output-offset"
                min=-most
                max=most
                step=1.0
                value=early
                said=|ms| offset_line(Span::from_ms_f64(ms))
                on_input=|_| ()
                on_change=set
            />
            <div class="offset-choices" role="group" aria-label=words().device.presets>
                {typical.into_iter().collect_view()}
                {own}
            </div>
            <KeepPreset />
            <p class="quiet">{words().device.offset_why}</p>
            <ByEar />
            // Drawn by the server alone, so not by way of the router.
            <a class="button offset-by-ear" rel="external" target="_blank" href="/measure">
                {words().device.measure}
            </a>
        </div>
    }
    .into_any()
}

fn choice(live: Live, name: String, to: Span) -> AnyView {
    let offset = live.output_offset();
    view! {
        <button
            type="button"
            class="offset-choice"
            data-testid="offset-preset"
            aria-pressed=move || (offset.get() == to).to_string()
            on:click=move |_| live.set_output_offset(to)
        >
            {name}
        </button>
    }
    .into_any()
}

/// One that somebody named, with the way to forget it.
fn own_choice(live: Live, Preset { name, offset }: Preset) -> AnyView {
    let forget = words().device.preset_forget.fill([name.as_str()]);
    let shown = name.as_str().to_owned();
    view! {
        <span class="offset-own">
            {choice(live, shown, offset)}
            <button
                type="button"
                class="offset-forget"
                data-testid="forget-preset"
                aria-label=forget
                on:click=move |_| live.forget_preset(&name)
            >
                {Icon::Remove.draw()}
            </button>
        </span>
    }
    .into_any()
}

/// A name for what is set, while it has none and there is room for one.
#[component]
fn KeepPreset() -> impl IntoView {
    let live = Live::get();
    let (offset, presets) = (live.output_offset(), live.presets());
    let typed = RwSignal::new(String::new());
    let wanted = Memo::new(move |_| {
        let offset = offset.get();
        let typical = TYPICAL.iter().any(|(_, ms)| offset == Span::from_millis(*ms));
        presets.with(|presets| {
            !typical && !presets.is_full() && presets.all().iter().all(|preset| preset.offset != offset)
        })
    });
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(name) = PresetName::parse(&typed.get_untracked()) {
            live.keep_preset(Preset { name, offset: offset.get_untracked() });
            typed.set(String::new());
        }
    };
    let form = move || {
        view! {
            <form class="offset-keep" on:submit=keep>
                <input
                    class="field"
                    type="text"
                    data-testid="preset-name"
                    aria-label=words().device.preset_name
                    placeholder=words().device.preset_example
                    maxlength=limits::PRESET_NAME_CHARS.to_string()
                    autocomplete="off"
                    enterkeyhint="done"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <button type="submit" class="button" data-testid="keep-preset">
                    {words().device.preset_keep}
                </button>
            </form>
        }
        .into_any()
    };
    (move || wanted.get().then(form)).into_any()
}

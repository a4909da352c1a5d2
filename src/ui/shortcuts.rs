//! Shortcuts: single keys for who sits at a keyboard, and the sheet that tells them. A key does nothing while somebody
//! types, with Ctrl, Alt or Meta, under a sheet, or where the thing in focus wants it; and all of them can be turned off
//! (WCAG 2.1.4).

use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement};

use super::live::Live;
use super::sheet::Sheet;
use super::toast::Toasts;
use super::transport::play_or_pause;
use super::wording::percent;
use super::words::words;
use crate::protocol::{Action, Volume};
use crate::sync::time::{MediaTime, Span};

/// How far an arrow moves the room. s
const STEP: Span = Span::from_secs(5);
/// How much an arrow changes the volume: so many steps make the whole.
const VOLUME_STEPS: f64 = 20.0;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Play,
    Back,
    Forward,
    Previous,
    Next,
    Louder,
    Quieter,
    Mute,
    Resync,
    Search,
    Diagnostics,
    Help,
}

impl Shortcut {
    const ALL: [Self; 12] = [
        Self::Play,
        Self::Back,
        Self::Forward,
        Self::Previous,
        Self::Next,
        Self::Louder,
        Self::Quieter,
        Self::Mute,
        Self::Resync,
        Self::Search,
        Self::Diagnostics,
        Self::Help,
    ];

    /// Of a key, as the browser names it. Letters are those that are written on them, with or without Shift.
    fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            " " => Self::Play,
            "ArrowLeft" => Self::Back,
            "ArrowRight" => Self::Forward,
            "p" | "P" => Self::Previous,
            "n" | "N" => Self::Next,
            "ArrowUp" => Self::Louder,
            "ArrowDown" => Self::Quieter,
            "m" | "M" => Self::Mute,
            "r" | "R" => Self::Resync,
            "/" => Self::Search,
            "d" | "D" => Self::Diagnostics,
            "?" => Self::Help,
            _ => return None,
        })
    }

    /// What is written on the key.
    fn key(self) -> &'static str {
        match self {
            Self::Play => words().device.key_space,
            Self::Back => "←",
            Self::Forward => "→",
            Self::Previous => "P",
            Self::Next => "N",
            Self::Louder => "↑",
            Self::Quieter => "↓",
            Self::Mute => "M",
            Self::Resync => "R",
            Self::Search => "/",
            Self::Diagnostics => "D",
            Self::Help => "?",
        }
    }

    fn says(self, controls: bool) -> &'static str {
        let device = &words().device;
        match self {
            Self::Play if controls => device.does_room,
            Self::Play => device.does_device,
            Self::Back => device.does_back,
            Self::Forward => device.does_forward,
            Self::Previous => words().player.previous,
            Self::Next => words().player.next,
            Self::Louder => device.does_louder,
            Self::Quieter => device.does_quieter,
            Self::Mute => device.mute,
            Self::Resync => words().sync.resync,
            Self::Search => device.does_search,
            Self::Diagnostics => words().diagnostics.title,
            Self::Help => device.does_help,
        }
    }

    /// Whether it is for those who may control the room.
    const fn controls(self) -> bool {
        matches!(self, Self::Back | Self::Forward | Self::Previous | Self::Next)
    }

    /// Whether things in focus have a use of their own for the key.
    const fn is_shared(self) -> bool {
        matches!(self, Self::Play | Self::Back | Self::Forward | Self::Louder | Self::Quieter)
    }

    /// Whether holding the key down goes on with it.
    const fn repeats(self) -> bool {
        matches!(self, Self::Louder | Self::Quieter)
    }
}

/// Whether the sheet of shortcuts is open.
#[derive(Clone, Copy)]
pub struct ShortcutHelp(RwSignal<bool>);

impl ShortcutHelp {
    /// Provides it as context.
    pub fn provide() {
        provide_context(Self(RwSignal::new(false)));
    }
}

/// The button for who finds no `?`.
#[component]
pub fn ShortcutsButton() -> impl IntoView {
    let ShortcutHelp(open) = expect_context();
    view! {
        <button
            type="button"
            class="button button-quiet shortcuts-open"
            data-testid="shortcuts-open"
            on:click=move |_| open.set(true)
        >
            {words().device.shortcuts}
        </button>
    }
    .into_any()
}

/// Listens for keys, and holds the sheet.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let live = Live::get();
    let toasts = Toasts::get();
    let ShortcutHelp(open) = expect_context();
    let controls = live.may(Action::Control);
    Effect::new(move |_| {
        let listener = window_event_listener(keydown, move |event| {
            let meant = Shortcut::of_key(&event.key())
                .filter(|shortcut| live.shortcuts().get_untracked() && is_for_the_page(&event, *shortcut));
            if let Some(shortcut) = meant.filter(|shortcut| !shortcut.controls() || controls.get_untracked())
            {
                event.prevent_default();
                act(shortcut, live, toasts, open);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let row = move |shortcut: Shortcut| {
        view! {
            <div>
                <dt>
                    <kbd>{shortcut.key()}</kbd>
                </dt>
                <dd>{shortcut.says(controls.get())}</dd>
            </div>
        }
        .into_any()
    };
    let rows = move || {
        let listed = Shortcut::ALL.into_iter().filter(|shortcut| !shortcut.controls() || controls.get());
        listed.map(row).collect_view()
    };
    view! {
        <Sheet open name="shortcuts" title=Signal::stored(words().device.shortcuts.to_owned())>
            <dl class="shortcuts">{rows}</dl>
            <label class="shortcuts-on">
                <input
                    type="checkbox"
                    data-testid="shortcuts-on"
                    prop:checked=move || live.shortcuts().get()
                    on:change=move |event| live.set_shortcuts(event_target_checked(&event))
                />
                {words().device.shortcuts_on}
            </label>
        </Sheet>
    }
    .into_any()
}

/// Whether a key is meant for the page, and not for what is in focus or lies over it.
fn is_for_the_page(event: &KeyboardEvent, shortcut: Shortcut) -> bool {
    if event.default_prevented()
        || event.is_composing()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || (event.repeat() && !shortcut.repeats())
    {
        return false;
    }
    let covered = document().query_selector("dialog[open], [aria-modal=true]").ok().flatten();
    let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selectors| {
        focused.as_ref().is_some_and(|focused| focused.closest(selectors).is_ok_and(|found| found.is_some()))
    };
    covered.is_none()
        && !within("input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]")
        && !(shortcut.is_shared() && within("input, button, a, summary, [tabindex]"))
}

fn act(shortcut: Shortcut, live: Live, toasts: Toasts, help: RwSignal<bool>) {
    match shortcut {
        Shortcut::Play if live.may(Action::Control).get_untracked() => play_or_pause(live),
        Shortcut::Play => live.set_silenced(!live.silenced().get_untracked()),
        Shortcut::Back => live.seek((live.position() - STEP).max(MediaTime::ZERO)),
        Shortcut::Forward => live.seek(live.position() + STEP),
        Shortcut::Previous => live.previous(),
        Shortcut::Next => live.next(),
        Shortcut::Louder => louder(live, toasts, 1.0),
        Shortcut::Quieter => louder(live, toasts, -1.0),
        Shortcut::Mute => {
            live.toggle_mute();
            say_volume(live, toasts);
        }
        Shortcut::Resync => live.resync(),
        Shortcut::Search => {
            let field = document().get_element_by_id("library-search");
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                let _ = field.focus();
            }
        }
        Shortcut::Diagnostics => live.set_watched(!live.is_watched().get_untracked()),
        Shortcut::Help => help.set(true),
    }
}

/// To the next of the steps.
fn louder(live: Live, toasts: Toasts, steps: f64) {
    let now = live.own_volume().get_untracked().get();
    let next = ((now * VOLUME_STEPS).round() + steps) / VOLUME_STEPS;
    if let Ok(volume) = Volume::new(next.clamp(0.0, 1.0)) {
        live.set_own_volume(volume);
        say_volume(live, toasts);
    }
}

fn say_volume(live: Live, toasts: Toasts) {
    let volume = live.own_volume().get_untracked().get();
    toasts.say(words().device.volume_is.fill([&percent(volume)]));
}

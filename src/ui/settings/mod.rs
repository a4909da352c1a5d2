//! What a room is set to, for who administers it: a button, and the sheet that it opens. Each field is saved by itself
//! as soon as it is changed.

mod choice;
mod pin;
mod told;

pub use choice::Choice;

use leptos::html::Input;
use leptos::prelude::*;

use self::pin::Pin;
use self::told::Told;
use super::icons::Icon;
use super::live::Live;
use super::loudness::LoudnessChoice;
use super::sheet::Sheet;
use super::words::words;
use crate::protocol::limits::ROOM_NAME_CHARS;
use crate::protocol::{Action, RoomName, RoomPatch, WhoMay};

const WHO: [WhoMay; 3] = [WhoMay::Host, WhoMay::Djs, WhoMay::Everyone];

/// The button that opens the settings; nothing for those who may not change them.
#[component]
pub fn SettingsButton() -> impl IntoView {
    let administer = Live::get().may(Action::Administer);
    let open = RwSignal::new(false);
    let title = words().settings.title;
    move || {
        administer.get().then(|| {
            view! {
                <button
                    type="button"
                    class="round"
                    data-testid="room-settings"
                    aria-haspopup="dialog"
                    aria-label=title
                    on:click=move |_| open.set(true)
                >
                    {Icon::Settings.draw()}
                </button>
                <Sheet name="settings" title=Signal::stored(title.to_owned()) open>
                    <Settings />
                </Sheet>
            }
        })
    }
}

#[component]
fn Settings() -> impl IntoView {
    let live = Live::get();
    let settings = live.settings();
    let told = Told::new();
    let text = &words().settings;
    let who = |chosen: WhoMay| WHO.iter().position(|who| *who == chosen).unwrap_or_default();
    let controls = Memo::new(move |_| settings.with(|settings| who(settings.who_controls)));
    let adds = Memo::new(move |_| settings.with(|settings| who(settings.who_adds)));
    view! {
        <div class="settings">
            <Name told />
            <Pin told />
            <Listed told />
            <Choice
                testid="who-controls"
                label=text.who_controls
                choices=text.who
                chosen=controls
                refused=told.refusals()
                on_choose=Callback::new(move |at: usize| {
                    live.change(RoomPatch { who_controls: WHO.get(at).copied(), ..RoomPatch::default() });
                })
            />
            <Choice
                testid="who-adds"
                label=text.who_adds
                choices=text.who
                chosen=adds
                refused=told.refusals()
                on_choose=Callback::new(move |at: usize| {
                    live.change(RoomPatch { who_adds: WHO.get(at).copied(), ..RoomPatch::default() });
                })
            />
            <LoudnessChoice refused=told.refusals() />
            {told.line()}
        </div>
    }
    .into_any()
}

/// What the room is called; without a name, its code.
#[component]
fn Name(told: Told) -> impl IntoView {
    let live = Live::get();
    let settings = live.settings();
    let text = &words().settings;
    let name = Memo::new(move |_| {
        settings.with(|settings| settings.name.as_ref().map_or_else(String::new, ToString::to_string))
    });
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| {
        told.refusals().track();
        let name = name.get();
        if let Some(field) = field.get() {
            field.set_value(&name);
        }
    });
    let save = move || {
        let Some(field) = field.get_untracked() else { return };
        let typed = field.value();
        let wanted = match RoomName::parse(&typed) {
            Ok(name) => String::from(name),
            Err(_) if typed.trim().is_empty() => String::new(),
            Err(_) => {
                told.refuse(text.name_refused.fill([&ROOM_NAME_CHARS.to_string()]));
                return;
            }
        };
        if wanted != name.get_untracked() {
            live.change(RoomPatch { name: Some(wanted), ..RoomPatch::default() });
        }
    };
    view! {
        // Enter tells of a change by itself.
        <form class="setting" on:submit=move |event| event.prevent_default()>
            <label class="field-label" for="room-name">
                {text.name}
            </label>
            <input
                id="room-name"
                class="field"
                type="text"
                data-testid="room-name"
                autocomplete="off"
                enterkeyhint="done"
                maxlength=ROOM_NAME_CHARS.to_string()
                placeholder=live.code().to_string()
                node_ref=field
                on:change=move |_| save()
            />
        </form>
    }
    .into_any()
}

/// Whether strangers find the room on the home page.
#[component]
fn Listed(told: Told) -> impl IntoView {
    let live = Live::get();
    let settings = live.settings();
    let listed = Memo::new(move |_| settings.with(|settings| settings.listed));
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| {
        told.refusals().track();
        let listed = listed.get();
        if let Some(field) = field.get() {
            field.set_checked(listed);
        }
    });
    view! {
        <label class="setting setting-check">
            <input
                type="checkbox"
                class="check"
                data-testid="room-listed"
                autocomplete="off"
                node_ref=field
                on:change=move |event| {
                    live.change(RoomPatch {
                        listed: Some(event_target_checked(&event)),
                        ..RoomPatch::default()
                    });
                }
            />
            <span>{words().settings.listed}</span>
        </label>
    }
    .into_any()
}

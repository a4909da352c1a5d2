//! The room's PIN: whether there is one, and a new one. The one that is set is not known to any page.

use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;

use super::told::Told;
use crate::protocol::RoomPatch;
use crate::protocol::limits::PIN_CHARS;
use crate::ui::live::Live;
use crate::ui::words::words;

/// A change that nobody has refused for so long is told as made: that a PIN was replaced by another one changes
/// nothing that the room would tell of.
const UNREFUSED: Duration = Duration::from_millis(800);

/// Sets, changes and removes it.
#[component]
pub(super) fn Pin(told: Told) -> impl IntoView {
    let live = Live::get();
    let text = &words().settings;
    let (fewest, most) = PIN_CHARS;
    let bounds = [fewest.to_string(), most.to_string()];
    let length = text.pin_length.fill([&bounds[0], &bounds[1]]);
    let settings = live.settings();
    let has_pin = Memo::new(move |_| settings.with(|settings| settings.has_pin));
    let field = NodeRef::<Input>::new();
    let ask = move |pin: String| live.change(RoomPatch { pin: Some(pin), ..RoomPatch::default() });
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let pin = field.value().trim().to_owned();
        if !(fewest..=most).contains(&pin.chars().count()) {
            told.refuse(text.pin_refused.fill([&bounds[0], &bounds[1]]));
            let _ = field.focus();
            return;
        }
        ask(pin);
        field.set_value("");
        if has_pin.get_untracked() {
            let refusals = told.refusals().get_untracked();
            set_timeout(
                move || {
                    // The sheet may be closed by then.
                    if told.refusals().try_get_untracked() == Some(refusals) {
                        told.say(text.pin_changed);
                    }
                },
                UNREFUSED,
            );
        }
    };
    view! {
        <form class="setting" on:submit=submitted>
            <label class="field-label" for="room-pin">
                {text.pin}
            </label>
            <p id="room-pin-state" class="quiet" data-testid="room-pin-state">
                {move || {
                    if has_pin.get() {
                        text.has_pin
                    } else {
                        text.has_no_pin
                    }
                }}
            </p>
            <div class="setting-row">
                <input
                    id="room-pin"
                    class="field field-pin"
                    type="text"
                    data-testid="room-pin"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="done"
                    aria-describedby="room-pin-state"
                    placeholder=move || if has_pin.get() { text.new_pin.to_owned() } else { length.clone() }
                    node_ref=field
                />
                <button type="submit" class="button" data-testid="room-pin-save">
                    {move || if has_pin.get() { text.change_pin } else { text.set_pin }}
                </button>
                {move || {
                    has_pin
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button"
                                    data-testid="room-pin-remove"
                                    on:click=move |_| ask(String::new())
                                >
                                    {text.remove_pin}
                                </button>
                            }
                        })
                }}
            </div>
        </form>
    }
    .into_any()
}

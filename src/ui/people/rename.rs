//! Another name for oneself.

use leptos::html::Input;
use leptos::prelude::*;

use crate::protocol::MemberName;
use crate::protocol::limits::MEMBER_NAME_CHARS;
use crate::ui::live::Live;
use crate::ui::words::words;

/// The form, in one's own row.
#[component]
pub(super) fn Rename(name: String, done: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let live = Live::get();
    let text = &words().people;
    let field = NodeRef::<Input>::new();
    let refusal = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        match MemberName::parse(&field.value()) {
            Ok(name) => {
                live.rename(name);
                done();
            }
            Err(_) => refusal.set(text.name_refused.fill([&MEMBER_NAME_CHARS.to_string()])),
        }
    };
    view! {
        <form class="rename" on:submit=submitted>
            <label class="sr" for="rename">
                {text.your_name}
            </label>
            <input
                id="rename"
                class="field"
                type="text"
                node_ref=field
                data-testid="rename-name"
                value=name
                maxlength=MEMBER_NAME_CHARS.to_string()
                autocomplete="nickname"
                enterkeyhint="done"
                aria-describedby="rename-refused"
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        done();
                    }
                }
            />
            <button type="submit" class="button" data-testid="rename-save">
                {text.save}
            </button>
            <p id="rename-refused" class="field-refused" role="alert">
                {move || refusal.get()}
            </p>
        </form>
    }
    .into_any()
}

//! One of three: a label and a list to choose from. It shows what the room is set to, and goes back to that when a
//! choice was refused.

use leptos::html::Select;
use leptos::prelude::*;

/// The choice.
#[component]
pub fn Choice(
    /// Its name for programs, and in the page.
    testid: &'static str,
    /// What is chosen.
    label: &'static str,
    /// The choices, in words.
    choices: [&'static str; 3],
    /// Which of them it is.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Changes when something was refused.
    #[prop(into)]
    refused: Signal<u64>,
    /// Another one is wanted.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let node = NodeRef::<Select>::new();
    Effect::new(move |_| {
        refused.track();
        let chosen = chosen.get();
        if let Some(select) = node.get() {
            select.set_selected_index(chosen as i32);
        }
    });
    let changed = move |_| {
        if let Some(at) =
            node.get_untracked().and_then(|select| usize::try_from(select.selected_index()).ok())
        {
            on_choose.run(at);
        }
    };
    view! {
        <p class="setting">
            <label class="field-label" for=testid>
                {label}
            </label>
            <select
                id=testid
                class="field"
                data-testid=testid
                autocomplete="off"
                node_ref=node
                on:change=changed
            >
                {choices.map(|words| view! { <option>{words}</option> }).into_iter().collect_view()}
            </select>
        </p>
    }
    .into_any()
}

//! A sheet that lies over the page until it is closed: a modal `<dialog>`, so that the browser keeps the focus inside,
//! takes Escape, and gives the focus back to what opened it.

use leptos::html::Dialog;
use leptos::prelude::*;

use super::icons::Icon;
use super::words::words;

/// A sheet. What is in it is drawn while it is open.
#[component]
pub fn Sheet(
    /// Whether it is open; false once the person has closed it.
    open: RwSignal<bool>,
    /// Its id and its name for programs.
    name: &'static str,
    /// What it is about.
    title: &'static str,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // Refused only for what is not in the document.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let titled = format!("{name}-title");
    view! {
        <dialog
            class="sheet"
            data-testid=name
            aria-labelledby=titled.clone()
            node_ref=node
            on:close=move |_| open.set(false)
        >
            <header class="sheet-head">
                <h2 id=titled.clone()>{title}</h2>
                <button
                    type="button"
                    class="round round-quiet"
                    aria-label=words().device.done
                    on:click=move |_| open.set(false)
                >
                    {Icon::Remove.draw()}
                </button>
            </header>
            {move || open.get().then(|| children())}
        </dialog>
    }
    .into_any()
}

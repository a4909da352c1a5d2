//! A dialog over the page: a sheet from below on a phone, a leaf in the middle on a desk. The browser's own `<dialog>`,
//! so that focus stays within and returns to where it was, and Escape closes. Its content is made when it opens.

use leptos::html::Dialog;
use leptos::prelude::*;

use super::icons::Icon;
use super::live::Live;
use super::overlay::is_covered;
use super::words::words;

/// The sheet; it closes by itself when something stands before the room.
#[component]
pub fn Sheet(
    /// Its name for programs, and of the id of its title: no two on a page are called the same.
    name: &'static str,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is there.
    open: RwSignal<bool>,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let id = format!("{name}-title");
    let titled = id.clone();
    let node = NodeRef::<Dialog>::new();
    // That it was opened here and not yet closed here: what the browser tells of a closing comes later than the closing,
    // and may come after the next opening.
    let shown = StoredValue::new(false);
    let covered = is_covered(Live::get());
    Effect::new(move |_| {
        if covered.get() {
            open.set(false);
        }
    });
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() {
            // Once its content is drawn. Refused only for a dialog that has left the document, or is open.
            request_animation_frame(move || {
                if !dialog.open() && dialog.show_modal().is_ok() {
                    shown.set_value(true);
                    let _ = dialog.focus();
                }
            });
        } else if dialog.open() {
            shown.set_value(false);
            dialog.close();
        }
    });
    let closed = move |_: leptos::ev::Event| {
        if shown.get_value() && node.get_untracked().is_some_and(|dialog| !dialog.open()) {
            shown.set_value(false);
            open.set(false);
        }
    };
    let clicked = move |event: leptos::ev::MouseEvent| {
        // Beside the sheet is its backdrop, which belongs to the dialog itself.
        if node.get_untracked().is_some_and(|dialog| event.target().as_ref() == Some(dialog.as_ref())) {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="sheet"
            tabindex="-1"
            data-testid=name
            aria-labelledby=id
            node_ref=node
            on:cancel=move |_: leptos::ev::Event| open.set(false)
            on:close=closed
            on:click=clicked
        >
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="sheet-leaf">
                                <header class="sheet-head">
                                    <h2 id=titled.clone()>{move || title.get()}</h2>
                                    <button
                                        type="button"
                                        class="round round-quiet"
                                        data-testid="sheet-close"
                                        aria-label=words().settings.close
                                        on:click=move |_| open.set(false)
                                    >
                                        {Icon::Remove.draw()}
                                    </button>
                                </header>
                                {children()}
                            </div>
                        }
                    })
            }}
        </dialog>
    }
    .into_any()
}

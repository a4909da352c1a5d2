//! The ways through the library: everything, by artist, by album, by folder, the latest first.

use leptos::prelude::*;

use super::shelf::Shelf;
use crate::ui::actions::Place;
use crate::ui::words::words;

/// One way.
struct Way {
    name: &'static str,
    testid: &'static str,
    begins: fn() -> Place,
}

fn all_ways() -> [Way; 5] {
    let says = &words().library;
    [
        Way { name: says.all, testid: "way-all", begins: || Place::Everything },
        Way { name: says.artists_way, testid: "way-artists", begins: || Place::Artists },
        Way { name: says.albums_way, testid: "way-albums", begins: || Place::Albums },
        Way {
            name: says.folders_way,
            testid: "way-folders",
            begins: || Place::Folder { path: String::new() },
        },
        Way { name: says.new, testid: "way-new", begins: || Place::Added },
    ]
}

/// A button for each way; the pressed one is where the trail began.
#[component]
pub(super) fn Ways(shelf: Shelf) -> impl IntoView {
    let begun = Memo::new(move |_| shelf.trail().with(|trail| trail.first().cloned().unwrap_or_default()));
    let ways = all_ways()
        .into_iter()
        .map(|Way { name, testid, begins }| {
            view! {
                <button
                    type="button"
                    class="way"
                    data-testid=testid
                    aria-pressed=move || (begun.get() == begins()).to_string()
                    on:click=move |_| shelf.start_at(begins())
                >
                    {name}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="ways" role="group" aria-label=words().library.ways>
            {ways}
        </div>
    }
    .into_any()
}

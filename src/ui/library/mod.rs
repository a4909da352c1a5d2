//! The library of the self-hoster: ways through it, a search that narrows what is shown, and lists that go on by
//! themselves. Its first page comes with the room, the rest as it is asked for.

mod crumbs;
mod groups;
mod near_end;
mod search;
mod shelf;
mod tracks;
mod ways;
mod whole;

use leptos::prelude::*;

use self::crumbs::Crumbs;
use self::groups::Groups;
use self::near_end::More;
use self::search::Search;
use self::shelf::{Shelf, State};
use self::tracks::Tracks;
use self::ways::Ways;
use self::whole::WholePlace;
use super::actions::{Listing, Place};
use super::live::Live;
use super::upload::Upload;
use super::words::words;

/// The library.
#[component]
pub fn Library(
    /// The first page, when the server could give it.
    first: Option<Listing>,
) -> impl IntoView {
    let shelf = Shelf::new(first);
    view! {
        <section id="library" class="panel library" aria-labelledby="library-title">
            <header class="panel-head">
                <h2 id="library-title">{words().library.title}</h2>
                <Scanning />
            </header>
            <Upload />
            <Ways shelf />
            <Search shelf />
            <Crumbs shelf />
            <Line shelf />
            <WholePlace shelf />
            <div
                id="library-results"
                class="shelves"
                aria-busy=move || (shelf.state().get() == State::Asking).to_string()
            >
                <Groups shelf />
                <Tracks shelf />
            </div>
            <More shelf />
        </section>
    }
    .into_any()
}

/// How far a scan is, while one runs.
#[component]
fn Scanning() -> impl IntoView {
    let news = Live::get().library();
    let files = Memo::new(move |_| {
        news.with(|news| news.as_ref().and_then(|news| news.scan.as_ref().map(|scan| scan.files_seen)))
    });
    view! {
        <span class="quiet library-scan" data-testid="library-scan">
            {move || {
                let says = &words().library;
                files.get().map(|files| says.scanning.fill([&says.files.of(files)]))
            }}
        </span>
    }
    .into_any()
}

/// How much there is, or why there is nothing.
#[component]
fn Line(shelf: Shelf) -> impl IntoView {
    let says = &words().library;
    let line = move || match shelf.state().get() {
        State::Asking if shelf.is_empty() => says.looking.to_owned(),
        State::Failed => says.unreadable.to_owned(),
        State::Asking | State::Shown if !shelf.is_empty() => shelf.amount(),
        State::Asking | State::Shown => {
            let text = shelf.text().get();
            match (text.trim(), shelf.place().get()) {
                ("", Place::Everything | Place::Added | Place::Albums | Place::Artists) => {
                    says.empty.to_owned()
                }
                ("", Place::Folder { path }) if path.is_empty() => says.no_folder.to_owned(),
                ("", _) => says.nothing_left.to_owned(),
                (text, _) => says.nothing_found.fill([text]),
            }
        }
    };
    view! {
        <p class="library-line quiet" role="status" data-testid="library-line">
            {line}
        </p>
    }
    .into_any()
}

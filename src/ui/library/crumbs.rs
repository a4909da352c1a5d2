//! Where one is, and the way back: shown inside an artist, an album or a folder.

use leptos::html;
use leptos::prelude::*;

use super::shelf::Shelf;
use crate::ui::actions::Place;
use crate::ui::icons::Icon;
use crate::ui::words::words;

/// The way back, and the name of the place.
#[component]
pub(super) fn Crumbs(shelf: Shelf) -> impl IntoView {
    let here = NodeRef::<html::H3>::new();
    // What was pressed to come here is gone: the focus goes to the name of the place, and takes the reader along.
    Effect::new(move |before: Option<usize>| {
        let depth = shelf.trail().with(Vec::len);
        if before.is_some_and(|before| before != depth) && depth > 1 {
            request_animation_frame(move || {
                if let Some(heading) = here.get_untracked() {
                    // A heading that is in the document takes the focus.
                    let _ = heading.focus();
                }
            });
        }
        depth
    });
    move || {
        let trail = shelf.trail().get();
        let (place, before) = trail.split_last()?;
        if before.is_empty() {
            return None;
        }
        let crumbs = before
            .iter()
            .enumerate()
            .map(|(index, place)| {
                view! {
                    <li>
                        <button type="button" class="crumb" on:click=move |_| shelf.go_back(index + 1)>
                            {name(place)}
                        </button>
                        {Icon::Into.draw()}
                    </li>
                }
            })
            .collect_view();
        Some(
            view! {
                <div class="place">
                    <nav aria-label=words().library.way_back data-testid="library-crumbs">
                        <ol class="crumbs">{crumbs}</ol>
                    </nav>
                    <h3 class="place-name" tabindex="-1" data-testid="library-place" node_ref=here>
                        {name(place)}
                    </h3>
                    {by(place).map(|artist| view! { <p class="quiet">{artist}</p> })}
                </div>
            }
            .into_any(),
        )
    }
}

/// What a place is called.
fn name(place: &Place) -> String {
    let says = &words().library;
    match place {
        Place::Everything => says.all.to_owned(),
        Place::Added => says.new.to_owned(),
        Place::Artists => says.artists_way.to_owned(),
        Place::Artist { artist } => artist.clone(),
        Place::Albums => says.albums_way.to_owned(),
        Place::Album { album, .. } => album.clone(),
        Place::Folder { path } => match path.rsplit('/').next() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => says.folders_way.to_owned(),
        },
    }
}

/// Whose it is.
fn by(place: &Place) -> Option<String> {
    match place {
        Place::Album { artist, .. } => artist.clone(),
        _ => None,
    }
}

//! What stands above the tracks, or instead of them: folders, artists and albums, each a way further in.

use leptos::prelude::*;

use super::shelf::Shelf;
use crate::ui::actions::{AlbumLine, ArtistLine, FolderLine, Place};
use crate::ui::cover::CoverArt;
use crate::ui::icons::Icon;
use crate::ui::words::words;

/// The lists of what one can go into.
#[component]
pub(super) fn Groups(shelf: Shelf) -> impl IntoView {
    // A list that is empty is not in the document: it would be announced.
    let folders = Memo::new(move |_| shelf.folders().with(|folders| !folders.is_empty()));
    let artists = Memo::new(move |_| shelf.artists().with(|artists| !artists.is_empty()));
    let albums = Memo::new(move |_| shelf.albums().with(|albums| !albums.is_empty()));
    view! {
        {move || {
            folders
                .get()
                .then(|| {
                    view! {
                        <ul class="rows groups" aria-label=words().library.folders_way>
                            <For each=move || shelf.folders().get() key=Clone::clone let:folder>
                                <FolderRow folder shelf />
                            </For>
                        </ul>
                    }
                })
        }}
        {move || {
            artists
                .get()
                .then(|| {
                    view! {
                        <ul class="rows groups" aria-label=words().library.artists_way>
                            <For each=move || shelf.artists().get() key=Clone::clone let:artist>
                                <ArtistRow artist shelf />
                            </For>
                        </ul>
                    }
                })
        }}
        {move || {
            albums
                .get()
                .then(|| {
                    view! {
                        <ul class="rows groups" aria-label=words().library.albums_way>
                            <For each=move || shelf.albums().get() key=Clone::clone let:album>
                                <AlbumRow album shelf />
                            </For>
                        </ul>
                    }
                })
        }}
    }
    .into_any()
}

#[component]
fn FolderRow(folder: FolderLine, shelf: Shelf) -> impl IntoView {
    let FolderLine { path, name, tracks } = folder;
    let data_path = path.clone();
    view! {
        <li class="group" data-testid="folder" data-path=data_path>
            <button
                type="button"
                class="group-open"
                on:click=move |_| shelf.go_into(Place::Folder { path: path.clone() })
            >
                <span class="row-art group-sign">{Icon::Folder.draw()}</span>
                <span class="row-words">
                    <span class="row-title">{name}</span>
                    <span class="row-by">{words().library.tracks.of(tracks)}</span>
                </span>
                {Icon::Into.draw()}
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn ArtistRow(artist: ArtistLine, shelf: Shelf) -> impl IntoView {
    let ArtistLine { artist, tracks, albums } = artist;
    let tracks = words().library.tracks.of(tracks);
    let amount = match albums {
        0 => tracks,
        albums => format!("{} · {tracks}", words().library.albums.of(albums)),
    };
    let place = Place::Artist { artist: artist.clone() };
    let initial = String::from(artist.chars().find(|c| c.is_alphanumeric()).unwrap_or('?'));
    view! {
        <li class="group" data-testid="artist">
            <button type="button" class="group-open" on:click=move |_| shelf.go_into(place.clone())>
                <span class="row-art group-sign group-initial" aria-hidden="true">
                    {initial}
                </span>
                <span class="row-words">
                    <span class="row-title">{artist}</span>
                    <span class="row-by">{amount}</span>
                </span>
                {Icon::Into.draw()}
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn AlbumRow(album: AlbumLine, shelf: Shelf) -> impl IntoView {
    let AlbumLine { album, artist, year, tracks, artwork_url } = album;
    let place = Place::Album { album: album.clone(), artist: artist.clone() };
    let parts = [artist, year.map(|year| year.to_string()), Some(words().library.tracks.of(tracks))];
    let face_of = album.clone();
    let about = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li class="group" data-testid="album">
            <button type="button" class="group-open" on:click=move |_| shelf.go_into(place.clone())>
                <span class="row-art">
                    <CoverArt face_of artwork_url />
                </span>
                <span class="row-words">
                    <span class="row-title">{album}</span>
                    <span class="row-by">{about}</span>
                </span>
                {Icon::Into.draw()}
            </button>
        </li>
    }
    .into_any()
}

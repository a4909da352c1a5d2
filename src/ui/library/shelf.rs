//! What is shown of the library, how one came there, and what was asked for it. One value that every part of the
//! panel reads; nothing else asks the server for lists.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::protocol::TrackInfo;
use crate::ui::actions::{AlbumLine, ArtistLine, FolderLine, Listing, Place, Refused, Wanted, browse};
use crate::ui::live::Live;
use crate::ui::wording;
use crate::ui::words::{Plural, words};

/// Lines of each page behind the first: few enough to be drawn within a frame or two.
const NEXT_PAGE: u32 = 200;
/// Lines of each page when all that is shown is read again.
const AGAIN_PAGE: u32 = 500;
/// While a scan runs the library changes all the time; what is shown follows no more often than this.
const REFRESH: Duration = Duration::from_secs(2);

/// How the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// As it was asked for.
    Shown,
    /// Something else was asked for, and is not there yet.
    Asking,
    /// It could not be had.
    Failed,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// The first page.
    First,
    /// One more.
    More,
    /// All that is shown, because the library has changed.
    Again,
}

/// The state of the panel. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Shelf {
    /// How one came here; the last is the place that is shown, and there always is one.
    trail: RwSignal<Vec<Place>>,
    place: Memo<Place>,
    text: RwSignal<String>,
    /// The place that the lists are of; `place` until another answer has come.
    listed: RwSignal<Place>,
    folders: RwSignal<Vec<FolderLine>>,
    artists: RwSignal<Vec<ArtistLine>>,
    albums: RwSignal<Vec<AlbumLine>>,
    tracks: RwSignal<Vec<Arc<TrackInfo>>>,
    total: RwSignal<(u64, bool)>,
    cursor: RwSignal<Option<String>>,
    state: RwSignal<State>,
    /// Counts what was asked, so that a late answer to an old question is dropped.
    asked: StoredValue<u64>,
}

impl Shelf {
    /// Shows this page of everything; without one it is asked for by the browser. From then on it follows the library.
    pub(super) fn new(first: Option<Listing>) -> Self {
        let trail = RwSignal::new(vec![Place::Everything]);
        let shelf = Self {
            trail,
            place: Memo::new(move |_| trail.with(|trail| trail.last().cloned().unwrap_or_default())),
            text: RwSignal::new(String::new()),
            listed: RwSignal::new(Place::Everything),
            folders: RwSignal::new(Vec::new()),
            artists: RwSignal::new(Vec::new()),
            albums: RwSignal::new(Vec::new()),
            tracks: RwSignal::new(Vec::new()),
            total: RwSignal::new((0, false)),
            cursor: RwSignal::new(None),
            state: RwSignal::new(State::Asking),
            asked: StoredValue::new(0),
        };
        let missing = first.is_none();
        if let Some(listing) = first {
            shelf.show(listing, Place::Everything, false);
        }
        Effect::new(move |_| {
            if missing {
                shelf.ask(Ask::First);
            }
        });
        shelf.follow();
        shelf
    }
}

// What is.
impl Shelf {
    pub(super) const fn trail(self) -> RwSignal<Vec<Place>> {
        self.trail
    }

    pub(super) const fn place(self) -> Memo<Place> {
        self.place
    }

    pub(super) const fn text(self) -> RwSignal<String> {
        self.text
    }

    pub(super) const fn folders(self) -> RwSignal<Vec<FolderLine>> {
        self.folders
    }

    pub(super) const fn artists(self) -> RwSignal<Vec<ArtistLine>> {
        self.artists
    }

    pub(super) const fn albums(self) -> RwSignal<Vec<AlbumLine>> {
        self.albums
    }

    pub(super) const fn tracks(self) -> RwSignal<Vec<Arc<TrackInfo>>> {
        self.tracks
    }

    pub(super) const fn state(self) -> RwSignal<State> {
        self.state
    }

    /// Whether there is a page behind what is shown.
    pub(super) fn has_more(self) -> bool {
        self.cursor.with(Option::is_some)
    }

    /// How many lines stand there, whatever of.
    pub(super) fn lines(self) -> usize {
        self.tracks.with(Vec::len)
            + self.folders.with(Vec::len)
            + self.albums.with(Vec::len)
            + self.artists.with(Vec::len)
    }

    pub(super) fn is_empty(self) -> bool {
        self.lines() == 0
    }

    /// How much there is, in words.
    pub(super) fn amount(self) -> String {
        let (total, at_least) = self.total.get();
        let says = &words().library;
        let of = |number: usize, kind: &Plural| (number > 0).then(|| kind.of(number as u64));
        let tracks = |total: u64| match (total, at_least) {
            (0, _) => None,
            (total, true) => Some(says.tracks_or_more.fill([&wording::grouped(total)])),
            (total, false) => Some(says.tracks.of(total)),
        };
        let parts = match self.listed.get() {
            Place::Artists => [Some(says.artists.of(total)), None],
            Place::Albums => [Some(says.albums.of(total)), None],
            Place::Folder { .. } => [of(self.folders.with(Vec::len), &says.folders), tracks(total)],
            _ => [of(self.albums.with(Vec::len), &says.albums), tracks(total)],
        };
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

// What is asked.
impl Shelf {
    /// Goes to the beginning of a way through the library.
    pub(super) fn start_at(self, place: Place) {
        self.trail.set(vec![place]);
        self.text.set(String::new());
        self.ask(Ask::First);
    }

    /// Goes from here into something that is listed.
    pub(super) fn go_into(self, place: Place) {
        self.trail.update(|trail| trail.push(place));
        self.text.set(String::new());
        self.ask(Ask::First);
    }

    /// Goes back so that this many places of the trail are left, at least one.
    pub(super) fn go_back(self, places: usize) {
        self.trail.update(|trail| trail.truncate(places.max(1)));
        self.text.set(String::new());
        self.ask(Ask::First);
    }

    /// Shows what the text that was typed asks for.
    pub(super) fn search(self) {
        self.ask(Ask::First);
    }

    /// Shows one page more; or tries again what has failed.
    pub(super) fn more(self) {
        let more = self.cursor.with_untracked(Option::is_some);
        self.ask(if more { Ask::More } else { Ask::First });
    }

    fn ask(self, ask: Ask) {
        let cursor = if ask == Ask::More { self.cursor.get_untracked() } else { None };
        let wanted = Wanted {
            place: self.place.get_untracked(),
            text: self.text.get_untracked(),
            limit: (ask == Ask::More).then_some(NEXT_PAGE),
            cursor,
        };
        let Some(question) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        if ask != Ask::Again {
            self.state.set(State::Asking);
        }
        if ask == Ask::First {
            // It leads on from what is not asked for any more.
            self.cursor.set(None);
        }
        let place = wanted.place.clone();
        spawn_local(async move {
            let answer = match ask {
                Ask::Again => self.read_again(wanted, question).await,
                Ask::First | Ask::More => browse(wanted).await,
            };
            // The page may have gone meanwhile.
            if self.asked.try_get_value() != Some(question) {
                return;
            }
            match answer {
                Ok(listing) => self.show(listing, place, ask == Ask::More),
                // What is shown may be old, but it is better than nothing.
                Err(_) if ask == Ask::Again && self.state.get_untracked() == State::Shown => {}
                Err(_) => self.state.set(State::Failed),
            }
        });
    }

    /// As many pages as are shown, so that nobody's place in the list is lost.
    async fn read_again(self, mut wanted: Wanted, question: u64) -> Result<Listing, Refused> {
        let shown = match wanted.place {
            Place::Artists => self.artists.with_untracked(Vec::len),
            Place::Albums => self.albums.with_untracked(Vec::len),
            _ => self.tracks.with_untracked(Vec::len),
        };
        let lines = |listing: &Listing| match wanted.place {
            Place::Artists => listing.artists.len(),
            Place::Albums => listing.albums.len(),
            _ => listing.tracks.len(),
        };
        let first = Wanted { limit: Some(AGAIN_PAGE.min(shown.max(1) as u32)), ..wanted.clone() };
        let mut whole = browse(first).await?;
        while let Some(cursor) = whole.next_cursor.take() {
            if lines(&whole) >= shown || self.asked.try_get_value() != Some(question) {
                whole.next_cursor = Some(cursor);
                break;
            }
            wanted.cursor = Some(cursor);
            wanted.limit = Some(AGAIN_PAGE);
            let next = browse(wanted.clone()).await?;
            whole.artists.extend(next.artists);
            whole.albums.extend(next.albums);
            whole.tracks.extend(next.tracks);
            whole.next_cursor = next.next_cursor;
        }
        Ok(whole)
    }

    fn show(self, listing: Listing, place: Place, more: bool) {
        let new = listing.tracks.into_iter().map(Arc::new);
        if more {
            self.artists.update(|shown| shown.extend(listing.artists));
            self.albums.update(|shown| shown.extend(listing.albums));
            self.tracks.update(|shown| shown.extend(new));
        } else {
            self.folders.set(listing.folders);
            self.artists.set(listing.artists);
            self.albums.set(listing.albums);
            self.tracks.set(new.collect());
        }
        self.listed.set(place);
        self.total.set((listing.total, listing.total_is_least));
        self.cursor.set(listing.next_cursor);
        self.state.set(State::Shown);
    }

    /// Reads again what is shown when the library has changed; the lists keep the lines that stay, and so the reader
    /// keeps the place.
    fn follow(self) {
        let news = Live::get().library();
        let version = Memo::new(move |_| news.with(|news| news.as_ref().map(|news| news.version)));
        let timer = StoredValue::new(None::<TimeoutHandle>);
        Effect::new(move |seen: Option<Option<u64>>| {
            let version = version.get();
            if seen.is_some_and(|seen| seen != version) && timer.with_value(Option::is_none) {
                let refresh = move || {
                    timer.set_value(None);
                    self.ask(Ask::Again);
                };
                timer.set_value(set_timeout_with_handle(refresh, REFRESH).ok());
            }
            version
        });
        on_cleanup(move || {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
        });
    }
}

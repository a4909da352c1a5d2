//! The library of the self-hoster: its first page comes with the room, the rest as it is searched or asked for.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::actions::{TrackPage, tracks};
use super::cover::Cover;
use super::icons::Icon;
use super::live::Live;
use super::toast::Toasts;
use super::upload::Upload;
use super::wording;
use crate::protocol::{Action, QueuePlace, TrackInfo};

/// A pause in typing.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// What is shown of the library, and what was asked for it.
#[derive(Clone, Copy)]
struct Shelf {
    query: RwSignal<String>,
    tracks: RwSignal<Vec<Arc<TrackInfo>>>,
    total: RwSignal<u64>,
    cursor: RwSignal<Option<String>>,
    state: RwSignal<State>,
    /// Counts what was asked, so that a late answer to an old question is dropped.
    asked: StoredValue<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Shown,
    Asking,
    Failed,
}

impl Shelf {
    fn new(first: Option<TrackPage>) -> Self {
        let shelf = Self {
            query: RwSignal::new(String::new()),
            tracks: RwSignal::new(Vec::new()),
            total: RwSignal::new(0),
            cursor: RwSignal::new(None),
            state: RwSignal::new(State::Asking),
            asked: StoredValue::new(0),
        };
        if let Some(page) = first {
            shelf.show(page, false);
        }
        shelf
    }

    fn show(self, page: TrackPage, more: bool) {
        let new = page.tracks.into_iter().map(Arc::new);
        self.tracks.update(|tracks| {
            if !more {
                tracks.clear();
            }
            tracks.extend(new);
        });
        self.total.set(page.total);
        self.cursor.set(page.next_cursor);
        self.state.set(State::Shown);
    }

    /// Asks for the first page, or for one more.
    fn ask(self, more: bool) {
        let query = self.query.get_untracked();
        let cursor = if more { self.cursor.get_untracked() } else { None };
        let Some(question) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        self.state.set(State::Asking);
        spawn_local(async move {
            let answer = tracks(query, cursor).await;
            // The page may have gone meanwhile.
            if self.asked.try_get_value() != Some(question) {
                return;
            }
            match answer {
                Ok(page) => self.show(page, more),
                Err(_) => self.state.set(State::Failed),
            }
        });
    }
}

/// The library with its search.
#[component]
pub fn Library(
    /// The first page, when the server could give it.
    first: Option<TrackPage>,
) -> impl IntoView {
    let live = Live::get();
    let (may_play, may_queue) = (live.may(Action::Control), live.may(Action::Queue));
    let missing = first.is_none();
    let shelf = Shelf::new(first);
    Effect::new(move |_| {
        if missing {
            shelf.ask(false);
        }
    });
    let pause = StoredValue::new(None::<TimeoutHandle>);
    let stop_pause = move || {
        if let Some(timer) = pause.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop_pause);
    let typed = move |event: leptos::ev::Event| {
        shelf.query.set(event_target_value(&event));
        stop_pause();
        pause.set_value(set_timeout_with_handle(move || shelf.ask(false), DEBOUNCE).ok());
    };
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        stop_pause();
        shelf.ask(false);
    };
    let line = move || match shelf.state.get() {
        State::Asking => "Looking…".to_owned(),
        State::Failed => "The library could not be read just now.".to_owned(),
        State::Shown if shelf.total.get() > 0 => wording::counted(shelf.total.get(), "track", "tracks"),
        State::Shown => shelf.query.with(|query| match query.trim() {
            "" => "The library is empty. Whoever runs this server can point it at a music folder.".to_owned(),
            query => format!("Nothing found for “{query}”."),
        }),
    };
    view! {
        <section id="library" class="panel library" aria-labelledby="library-title">
            <header class="panel-head">
                <h2 id="library-title">"Library"</h2>
            </header>
            <Upload />
            <form class="search" role="search" on:submit=submitted>
                <label class="sr" for="library-search">
                    "Search the library"
                </label>
                {Icon::Search.draw()}
                <input
                    id="library-search"
                    class="field"
                    type="search"
                    name="q"
                    data-testid="library-search"
                    placeholder="Title, artist or album"
                    autocomplete="off"
                    spellcheck="false"
                    enterkeyhint="search"
                    maxlength="100"
                    aria-controls="library-results"
                    on:input=typed
                />
            </form>
            <p class="library-line quiet" role="status">
                {line}
            </p>
            <ul
                id="library-results"
                class="rows"
                aria-busy=move || (shelf.state.get() == State::Asking).to_string()
            >
                <For
                    each=move || shelf.tracks.get()
                    key=|track| track.track_id.clone()
                    let:track
                >
                    <Track track may_play may_queue />
                </For>
            </ul>
            {move || {
                let more = shelf.cursor.with(Option::is_some);
                let failed = shelf.state.get() == State::Failed;
                (more || failed)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button-wide"
                                data-testid="library-more"
                                on:click=move |_| shelf.ask(more)
                            >
                                {if failed { "Try again" } else { "Show more" }}
                            </button>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Track(track: Arc<TrackInfo>, may_play: Memo<bool>, may_queue: Memo<bool>) -> impl IntoView {
    let live = Live::get();
    let toasts = Toasts::get();
    let art = {
        let track = track.clone();
        move || {
            let track_id = track.track_id.clone();
            let cover = view! {
                <Cover track_id=Some(track.track_id.clone()) artwork_url=track.artwork_url.clone() />
            };
            if may_play.get() {
                view! {
                    <button
                        type="button"
                        class="row-art row-play"
                        aria-label=format!("Play {}", track.title)
                        on:click=move |_| live.play(track_id.clone())
                    >
                        {cover}
                        {Icon::Play.draw()}
                    </button>
                }
                .into_any()
            } else {
                view! { <span class="row-art">{cover}</span> }.into_any()
            }
        }
    };
    let add = {
        let track = track.clone();
        move || {
            let track = track.clone();
            may_queue.get().then(|| {
                let label = format!("Add {} to the queue", track.title);
                let add = move |_| {
                    live.add(vec![track.track_id.clone()], QueuePlace::End);
                    toasts.say(format!("“{}” goes into the queue", track.title));
                };
                view! {
                    <button type="button" class="round round-quiet" aria-label=label on:click=add>
                        {Icon::Add.draw()}
                    </button>
                }
            })
        }
    };
    view! {
        <li class="row" data-testid="track" data-track-id=track.track_id.to_string()>
            {art} <span class="row-words">
                <span class="row-title">{track.title.clone()}</span>
                <span class="row-by">{wording::byline(&track)}</span>
            </span> <span class="row-time">{wording::clock_time(track.duration.as_secs())}</span> {add}
        </li>
    }
    .into_any()
}

//! The home page: what Tutti is, the way into a room, a room of one's own, and the rooms that want to be found.

use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{CreateRoom, ListedRoom, listed_rooms};
use super::join_form::JoinForm;
use super::words::words;
use crate::protocol::limits::{PIN_CHARS, ROOM_NAME_CHARS};

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <Home /> }
}

/// The home page, with what was typed into the join form.
#[component]
pub fn Home(
    /// What was typed already.
    #[prop(optional, into)]
    typed: String,
    /// Whether that was no code.
    #[prop(optional)]
    refused: bool,
) -> impl IntoView {
    let says = &words().home;
    view! {
        <Title text=words().app.home_title />
        <main class="home">
            <header class="home-head">
                <Rings />
                <h1 class="wordmark wordmark-large">"tutti"</h1>
                <p class="home-line">{says.line}</p>
                <p class="home-what">{says.what}</p>
            </header>
            <div class="home-ways">
                <section class="home-way" aria-labelledby="join-title">
                    <h2 id="join-title">{says.join}</h2>
                    <JoinForm typed refused />
                </section>
                <section class="home-way" aria-labelledby="create-title">
                    <h2 id="create-title">{says.open}</h2>
                    <CreateForm />
                </section>
            </div>
            <ListedRooms />
            <How />
        </main>
    }
    .into_any()
}

/// Two devices that cannot be told apart: rings around one centre.
#[component]
pub fn Rings() -> impl IntoView {
    view! {
        <svg class="rings" viewBox="0 0 240 120" aria-hidden="true" focusable="false">
            <g class="rings-one">
                <circle cx="92" cy="60" r="10" />
                <circle cx="92" cy="60" r="26" />
                <circle cx="92" cy="60" r="42" />
                <circle cx="92" cy="60" r="58" />
            </g>
            <g class="rings-two">
                <circle cx="148" cy="60" r="10" />
                <circle cx="148" cy="60" r="26" />
                <circle cx="148" cy="60" r="42" />
                <circle cx="148" cy="60" r="58" />
            </g>
        </svg>
    }
    .into_any()
}

#[component]
fn CreateForm() -> impl IntoView {
    let create = ServerAction::<CreateRoom>::new();
    let says = &words().home;
    let refusal = move || match create.value().get() {
        Some(Err(refused)) => (words().errors)(refused.code),
        _ => "",
    };
    view! {
        <ActionForm action=create attr:class="create">
            <label class="field-label" for="room-name">
                {says.name}
                " "
                <span class="quiet">{says.optional}</span>
            </label>
            <input
                id="room-name"
                class="field"
                type="text"
                name="name"
                maxlength=ROOM_NAME_CHARS.to_string()
                autocomplete="off"
                placeholder=says.name_example
                enterkeyhint="go"
                aria-describedby="create-refused"
            />
            <details class="create-more">
                <summary data-testid="create-more">{says.more}</summary>
                <label class="field-label" for="room-pin">
                    {says.pin}
                    " "
                    <span class="quiet">{says.optional}</span>
                </label>
                <input
                    id="room-pin"
                    class="field create-pin"
                    type="text"
                    name="pin"
                    data-testid="create-pin"
                    minlength=PIN_CHARS.0.to_string()
                    maxlength=PIN_CHARS.1.to_string()
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="go"
                    aria-describedby="room-pin-hint"
                />
                <p id="room-pin-hint" class="quiet">
                    {says.pin_hint}
                </p>
                <label class="create-listed">
                    <input
                        type="checkbox"
                        class="tick"
                        name="listed"
                        value="true"
                        data-testid="create-listed"
                        aria-describedby="listed-hint"
                    />
                    <span>{says.listed}</span>
                </label>
                <p id="listed-hint" class="quiet">
                    {says.listed_hint}
                </p>
            </details>
            <button
                type="submit"
                class="button button-accent button-wide"
                data-testid="create-room"
                disabled=move || create.pending().get()
            >
                {says.open_button}
            </button>
            <p id="create-refused" class="field-refused" role="alert">
                {refusal}
            </p>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn ListedRooms() -> impl IntoView {
    let rooms = Resource::new_blocking(|| (), |()| async { listed_rooms().await.unwrap_or_default() });
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let rooms = rooms.await;
                (!rooms.is_empty())
                    .then(|| {
                        view! {
                            <section class="listed" aria-labelledby="listed-title">
                                <h2 id="listed-title">{words().home.rooms}</h2>
                                <ul class="listed-rooms">
                                    {rooms.into_iter().map(listed_room).collect_view()}
                                </ul>
                            </section>
                        }
                    })
            })}
        </Suspense>
    }
    .into_any()
}

fn listed_room(room: ListedRoom) -> impl IntoView {
    let says = &words().home;
    let here = match room.member_count {
        0 => says.nobody.to_owned(),
        count => says.people.of(count as u64),
    };
    view! {
        <li>
            <a class="listed-room" href=format!("/r/{}", room.code) data-testid="listed-room">
                <span class="listed-name">{room.name}</span>
                <span class="quiet">
                    {match room.playing {
                        Some(title) => format!("{here} · {title}"),
                        None => here,
                    }}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// What happens after this page, in three steps.
#[component]
fn How() -> impl IntoView {
    let says = &words().home;
    let steps = says
        .steps
        .map(|(title, text)| {
            view! {
                <li class="how-step">
                    <h3>{title}</h3>
                    <p>{text}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="how" aria-labelledby="how-title">
            <h2 id="how-title" class="sr">
                {says.how}
            </h2>
            <ol class="how-steps">{steps}</ol>
        </section>
    }
    .into_any()
}

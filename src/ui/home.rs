//! The home page: what Tutti is, a room of one's own, the way into another's, and the rooms that want to be found.

use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{CreateRoom, ListedRoom, listed_rooms};
use super::join_form::JoinForm;
use super::wording;
use crate::protocol::limits::ROOM_NAME_CHARS;

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
    view! {
        <Title text="Tutti: the same music at the same instant" />
        <main class="home">
            <header class="home-head">
                <Rings />
                <h1 class="wordmark wordmark-large">"tutti"</h1>
                <p class="home-what">
                    "Everyone in the room hears the same music at the same instant, each on their own phone, laptop \
                     or speaker."
                </p>
            </header>
            <div class="home-ways">
                <section class="home-way" aria-labelledby="join-title">
                    <h2 id="join-title">"Join a room"</h2>
                    <JoinForm typed refused />
                </section>
                <section class="home-way" aria-labelledby="create-title">
                    <h2 id="create-title">"Open a room"</h2>
                    <CreateForm />
                </section>
            </div>
            <ListedRooms />
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
    let refusal = move || match create.value().get() {
        Some(Err(refused)) => refused.code.message(),
        _ => "",
    };
    view! {
        <ActionForm action=create attr:class="create">
            <label class="field-label" for="room-name">
                "Name "
                <span class="quiet">"(optional)"</span>
            </label>
            <input
                id="room-name"
                class="field"
                type="text"
                name="name"
                maxlength=ROOM_NAME_CHARS.to_string()
                autocomplete="off"
                placeholder="Kitchen and garden"
                enterkeyhint="go"
                aria-describedby="create-refused"
            />
            <button
                type="submit"
                class="button button-accent button-wide"
                data-testid="create-room"
                disabled=move || create.pending().get()
            >
                "Open a room"
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
                                <h2 id="listed-title">"Rooms with an open door"</h2>
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
    let here = wording::counted(room.member_count as u64, "person", "people");
    view! {
        <li>
            <a class="listed-room" href=format!("/r/{}", room.code)>
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

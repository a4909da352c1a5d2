//! `/r/{code}`: asks the server for the room, then shows it, or why not. The elements that sound (two decks, and one for
//! silence) stand outside of all that changes: they are in the document before any session starts, whichever way the page came to be.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::actions::{
    AddingRules, Closed, EnterPin, Listing, Opened, Wanted, browse, open_room, rules_for_adding,
};
use super::pin_form::PinForm;
use super::problem::{RoomFailed, RoomNotFound, RoomShut};
use super::room::Room;
use crate::protocol::{CloseReason, RoomCode};

/// What the page is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Loaded {
    typed: String,
    code: Option<RoomCode>,
    opened: Opened,
    /// The first page of the library; `None` when it could not be had, and is asked for again by the browser.
    library: Option<Listing>,
    /// For [`Upload`](super::upload::Upload), which finds it in its context.
    adding: AddingRules,
}

async fn load(typed: String) -> Loaded {
    let code = typed.parse::<RoomCode>().ok();
    let opened = match code {
        Some(code) => open_room(code).await.unwrap_or(Err(Closed::Failed)),
        None => Err(Closed::NotFound),
    };
    let library = match opened {
        Ok(_) => browse(Wanted::default()).await.ok(),
        Err(_) => None,
    };
    let adding = rules_for_adding().await.unwrap_or_default();
    Loaded { typed, code, opened, library, adding }
}

/// The room page.
#[component]
pub fn RoomPage() -> impl IntoView {
    let params = use_params_map();
    // A page that is given up while the server still loads it has no parameters any more.
    let typed = move || params.try_with(|params| params.get("code").unwrap_or_default()).unwrap_or_default();
    let loaded = Resource::new_blocking(typed, load);
    let enter = ServerAction::<EnterPin>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = enter.value().get() {
            loaded.refetch();
        }
    });
    view! {
        <audio data-deck="a" preload="auto" aria-hidden="true"></audio>
        <audio data-deck="b" preload="auto" aria-hidden="true"></audio>
        <audio data-keeper="" preload="none" aria-hidden="true"></audio>
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let Loaded { typed, code, opened, library, adding } = loaded.await;
                provide_context(adding);
                match (opened, code) {
                    (Ok(beginning), _) => view! { <Room beginning=*beginning library /> }.into_any(),
                    (Err(Closed::PinWanted), Some(code)) => view! { <PinForm code enter /> }.into_any(),
                    (Err(Closed::Kicked), _) => {
                        view! { <RoomShut reason=CloseReason::Kicked typed /> }.into_any()
                    }
                    (Err(Closed::Full), _) => view! { <RoomShut reason=CloseReason::Full typed /> }.into_any(),
                    (Err(Closed::Failed), _) => view! { <RoomFailed typed /> }.into_any(),
                    (Err(Closed::NotFound | Closed::PinWanted), _) => view! { <RoomNotFound typed /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

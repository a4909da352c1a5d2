//! One line of the chat: who, when, and what, in which only web addresses are more than text.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::Date;

use super::links::{Piece, pieces};
use crate::protocol::snapshot::ChatLine;
use crate::sync::time::RoomTime;
use crate::ui::live::Live;
use crate::ui::words::words;

/// A line as it is drawn.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) line: ChatLine,
    /// The line before is of the same person: who it was is not said again.
    pub(super) follows: bool,
}

/// The line.
#[component]
pub(super) fn Line(
    /// What was said.
    said: Said,
    /// Whether this page has a clock: the server's page has none.
    clock: RwSignal<bool>,
) -> impl IntoView {
    let me = Live::get().member_id();
    let you = words().people.you;
    let Said { line: ChatLine { member_id, name, text, said_at, .. }, follows } = said;
    let mine = Memo::new(move |_| me.with(|me| me.as_ref() == Some(&member_id)));
    view! {
        <li class="line" class:is-mine=move || mine.get() class:follows=follows data-testid="chat-line">
            <p class="line-head" class:sr=follows>
                <span class="line-name" dir="auto">
                    {move || if mine.get() { you.to_owned() } else { name.to_string() }}
                </span>
                <time class="line-time" datetime=move || clock.get().then(|| iso(said_at))>
                    {move || clock.get().then(|| hours_and_minutes(said_at))}
                </time>
            </p>
            <p class="line-text" dir="auto" data-testid="chat-text">
                {pieces(text.as_str()).into_iter().map(draw).collect_view()}
            </p>
        </li>
    }
    .into_any()
}

fn draw(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Text(text) => text.to_owned().into_any(),
        Piece::Link(link) => view! {
            <a href=link.to_owned() rel="noopener noreferrer nofollow" target="_blank">
                {link.to_owned()}
            </a>
        }
        .into_any(),
    }
}

/// Room time is anchored to the wall clock of the server.
fn date(at: RoomTime) -> Date {
    Date::new(&JsValue::from_f64(at.as_ms()))
}

fn iso(at: RoomTime) -> String {
    String::from(date(at).to_iso_string())
}

/// As the clock on the wall here shows it.
pub fn hours_and_minutes(at: RoomTime) -> String {
    let date = date(at);
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

//! Setting the output offset by ear: every device with this sheet open clicks at the whole seconds of room time, in place
//! of the music, and buttons move this one's clicks until two are one.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::live::Live;
use super::output_offset::offset_line;
use super::sheet::Sheet;
use super::wording::sync_line;
use super::words::words;
use crate::sync::time::Span;

/// What the buttons move by: ms earlier.
const MOVES: [i64; 4] = [-10, -1, 1, 10];

/// The button, and the sheet that it opens.
#[component]
pub fn ByEar() -> impl IntoView {
    let live = Live::get();
    let open = RwSignal::new(false);
    let tuning = live.tuning();
    // Closed by the person, or ended from outside: a headset's pause button, the end of the room.
    Effect::new(move |was: Option<(bool, bool)>| {
        let now = (open.get(), tuning.get());
        match was {
            Some((true, _)) if !now.0 => live.set_tuning(false),
            Some((_, true)) if !now.1 => open.set(false),
            _ => {}
        }
        now
    });
    on_cleanup(move || {
        if open.get_untracked() {
            live.set_tuning(false);
        }
    });
    let begin = move |_| {
        // Within the click, which is what lets a browser play that has not played yet.
        live.set_tuning(true);
        open.set(true);
    };
    view! {
        <button type="button" class="button offset-by-ear" data-testid="by-ear-open" on:click=begin>
            {words().device.by_ear}
        </button>
        <Sheet open name="by-ear" title=Signal::stored(words().device.by_ear_title.to_owned())>
            <Clicks open />
        </Sheet>
    }
    .into_any()
}

#[component]
fn Clicks(open: RwSignal<bool>) -> impl IntoView {
    let live = Live::get();
    let (offset, sync) = (live.output_offset(), live.sync());
    let shift = move |ms: i64| live.set_output_offset(offset.get_untracked() + Span::from_millis(ms));
    let key = move |event: KeyboardEvent| {
        let step = if event.shift_key() { 10 } else { 1 };
        match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => shift(-step),
            "ArrowRight" | "ArrowUp" => shift(step),
            _ => return,
        }
        event.prevent_default();
    };
    let button = move |ms: i64| {
        let name = offset_line(Span::from_millis(ms));
        let shown = if ms < 0 { format!("−{}", -ms) } else { format!("+{ms}") };
        view! {
            <button type="button" class="button" aria-label=name data-ms=ms.to_string() on:click=move |_| shift(ms)>
                {shown}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="by-ear" on:keydown=key>
            <p>{words().device.by_ear_how}</p>
            <output class="by-ear-now" aria-live="polite" data-testid="by-ear-offset">
                {move || offset_line(offset.get())}
            </output>
            <div class="by-ear-moves" role="group" aria-label=words().device.shift>
                {MOVES.map(button).collect_view()}
            </div>
            <p class="quiet">{move || sync_line(sync.get().state, false)}</p>
            <p class="quiet">
                {words().device.by_ear_room} <span class="only-keys">" " {words().device.by_ear_keys}</span>
            </p>
            <button type="button" class="button button-accent" data-testid="by-ear-done" on:click=move |_| open.set(false)>
                {words().device.done}
            </button>
        </div>
    }
    .into_any()
}

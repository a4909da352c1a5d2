//! What one can do with a whole artist, album or folder: play it, or put it into the queue, in its order.
//!
//! The browser asks for the ids and sends one `QUEUE_ADD`, so all of it comes into the queue, or nothing does.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shelf::Shelf;
use crate::protocol::{Action, ErrorCode, QueuePlace, limits};
use crate::ui::actions::{Place, Whole, all_of};
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::toast::Toasts;
use crate::ui::wording;
use crate::ui::words::words;

/// What to do with all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// The first at once, the others behind it.
    Play,
    /// Before what waits.
    Next,
    /// Behind what waits.
    Add,
}

/// The buttons for a whole place; nothing where one can only go further, and for who may do neither.
#[component]
pub(super) fn WholePlace(shelf: Shelf) -> impl IntoView {
    let live = Live::get();
    let toasts = Toasts::get();
    let (may_play, may_queue) = (live.may(Action::Control), live.may(Action::Queue));
    let is_whole = Memo::new(move |_| match shelf.place().get() {
        Place::Artist { .. } | Place::Album { .. } => true,
        Place::Folder { path } => !path.is_empty(),
        Place::Everything | Place::Added | Place::Artists | Place::Albums => false,
    });
    let act = move |deed: Deed| {
        let place = shelf.place().get_untracked();
        spawn_local(async move {
            match all_of(place).await {
                Ok(all) => carry_out(live, toasts, deed, all),
                Err(refused) => toasts.say((words().errors)(refused.code)),
            }
        });
    };
    let says = &words().library;
    move || {
        (is_whole.get() && may_queue.get()).then(|| {
            view! {
                <div class="whole" role="group" aria-label=says.whole>
                    {may_play
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button-accent"
                                    data-testid="whole-play"
                                    on:click=move |_| act(Deed::Play)
                                >
                                    {Icon::Play.draw()}
                                    {says.whole_play}
                                </button>
                            }
                        })}
                    <button
                        type="button"
                        class="button"
                        data-testid="whole-next"
                        on:click=move |_| act(Deed::Next)
                    >
                        {Icon::PlayNext.draw()}
                        {says.whole_next.0}
                        <span class="sr">{says.whole_next.1}</span>
                    </button>
                    <button type="button" class="button" data-testid="whole-add" on:click=move |_| act(Deed::Add)>
                        {Icon::Add.draw()}
                        {says.whole_add.0}
                        <span class="sr">{says.whole_add.1}</span>
                    </button>
                </div>
            }
            .into_any()
        })
    }
}

fn carry_out(live: Live, toasts: Toasts, deed: Deed, all: Whole) {
    let Whole { mut track_ids, total } = all;
    let waiting = live.queue().with_untracked(|queue| queue.len());
    // What is played first does not wait in the queue.
    let space = room_in_queue(waiting) + usize::from(deed == Deed::Play);
    track_ids.truncate(space);
    let taken = track_ids.len() as u64;
    if track_ids.is_empty() {
        toasts.say(if total == 0 {
            words().library.nothing_playable
        } else {
            (words().errors)(ErrorCode::QueueFull)
        });
        return;
    }
    match deed {
        Deed::Play => {
            let rest = track_ids.split_off(1);
            if !rest.is_empty() {
                live.add(rest, QueuePlace::Next);
            }
            if let Some(first) = track_ids.pop() {
                live.play(first);
            }
        }
        Deed::Next => live.add(track_ids, QueuePlace::Next),
        Deed::Add => live.add(track_ids, QueuePlace::End),
    }
    toasts.say(told(deed, taken, total));
}

/// How many tracks still go into a queue in which so many wait. The room has the last word: its queue may be set to
/// another length, and then it refuses all or takes all.
fn room_in_queue(waiting: usize) -> usize {
    limits::QUEUE_ENTRIES.saturating_sub(waiting).min(limits::TRACKS_PER_ADD)
}

/// What is said about it.
fn told(deed: Deed, taken: u64, total: u64) -> String {
    let says = &words().library;
    let tracks = says.tracks.of(taken);
    if taken < total {
        return says.only_first.fill([&tracks, &wording::grouped(total)]);
    }
    match deed {
        Deed::Play => says.playing.fill([&tracks]),
        Deed::Next => says.come_next.of(taken),
        Deed::Add => says.go_into_queue.of(taken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_takes_what_it_has_space_for() {
        assert_eq!(room_in_queue(0), 1_000);
        assert_eq!(room_in_queue(990), 10);
        assert_eq!(room_in_queue(1_000), 0);
        assert_eq!(room_in_queue(5_000), 0);
    }

    #[test]
    fn what_was_left_out_is_said() {
        assert_eq!(told(Deed::Add, 12, 12), "12 tracks go into the queue");
        assert_eq!(told(Deed::Next, 1, 1), "1 track comes next");
        assert_eq!(told(Deed::Play, 2, 2), "Playing 2 tracks");
        for deed in [Deed::Play, Deed::Next, Deed::Add] {
            assert!(told(deed, 1_000, 2_345).ends_with("the first 1,000 tracks of 2,345"));
        }
    }
}

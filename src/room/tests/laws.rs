//! What holds whatever people do.

use super::*;

fn any_command() -> impl Strategy<Value = Command> {
    let entry = (0u64..12).prop_map(EntryId);
    prop_oneof![
        (0usize..5, 1i64..90)
            .prop_map(|(n, secs)| Command::Play { track: track(&format!("t{n}"), secs), position: None }),
        entry.clone().prop_map(|entry_id| Command::PlayEntry { entry_id, position: None }),
        Just(Command::Pause),
        Just(Command::Resume),
        (0i64..100).prop_map(|s| Command::Seek { position: MediaTime::from_micros(s * 1_000_000) }),
        Just(Command::Stop),
        Just(Command::Next),
        Just(Command::Previous),
        prop_oneof![Just(Repeat::Off), Just(Repeat::One), Just(Repeat::All)]
            .prop_map(|mode| Command::SetRepeat { mode }),
        (1usize..4).prop_map(|n| Command::QueueAdd {
            tracks: (0..n).map(|i| track(&format!("q{i}"), 20)).collect(),
            at: QueuePlace::Next
        }),
        entry.clone().prop_map(|entry_id| Command::QueueRemove { entry_id }),
        (entry.clone(), prop::option::of(entry))
            .prop_map(|(entry_id, before)| Command::QueueMove { entry_id, before }),
        any::<u64>().prop_map(|seed| Command::QueueShuffle { seed }),
    ]
}

proptest! {
    #[test]
    fn whatever_people_do_the_laws_hold(
        steps in prop::collection::vec((any_command(), 0i64..40_000, any::<bool>()), 1..60)
    ) {
        let mut stage = Stage::new();
        stage.join("ada", Role::Host);
        let mut streams = std::collections::BTreeSet::new();
        let mut last_revision = stage.room.revision();
        let mut kept = stage.room.record();
        for (command, ms, restart) in steps {
            let before = stage.room.record();
            if stage.ask(&HOST, command).is_err() {
                prop_assert_eq!(stage.room.record(), before, "a refusal changes nothing");
            }
            stage.pass(Span::from_millis(ms));
            for effect in std::mem::take(&mut stage.said) {
                match effect {
                    Effect::Persist(change) => {
                        prop_assert!(change.revision > last_revision, "a revision is never reused");
                        last_revision = change.revision;
                        if let Some(playback) = change.playback { kept.playback = playback; }
                        if let Some(queue) = change.queue {
                            kept.queue = queue.queue;
                            kept.history = queue.history;
                            kept.last_entry_id = queue.last_entry_id;
                        }
                        kept.revision = change.revision;
                    }
                    Effect::Broadcast(ServerMessage::PreparePlay { stream_id, .. }) => {
                        prop_assert!(streams.insert(stream_id), "a stream id is never reused");
                    }
                    _ => {}
                }
            }
            // What was written down is the room; only whether a start was confirmed is not kept.
            let mut now = stage.room.record();
            if kept.playback.status == Status::Preparing { now.playback.status = Status::Preparing; }
            prop_assert_eq!(&now, &kept);
            let playback = stage.room.playback(stage.now);
            if let Some(track) = &playback.track {
                prop_assert!(playback.position >= MediaTime::ZERO && playback.position <= track.duration);
            }
            if restart {
                stage.restart(Span::from_millis(ms));
                stage.join("ada", Role::Host);
            }
        }
    }
}

/// What one of two people does to the queue; an entry is the n-th of those that are in it, or one that is gone.
#[derive(Clone, Debug)]
enum Edit {
    Add { many: usize, at: QueuePlace },
    Remove(usize),
    Move(usize, Option<usize>),
    Shuffle(u64),
    Clear,
    Next,
    Previous,
    Play(usize),
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (1usize..4, any::<bool>()).prop_map(|(many, next)| Edit::Add {
            many,
            at: if next { QueuePlace::Next } else { QueuePlace::End },
        }),
        2 => (0usize..12).prop_map(Edit::Remove),
        4 => (0usize..12, prop::option::of(0usize..12)).prop_map(|(n, before)| Edit::Move(n, before)),
        1 => any::<u64>().prop_map(Edit::Shuffle),
        1 => Just(Edit::Clear),
        2 => Just(Edit::Next),
        1 => Just(Edit::Previous),
        1 => (0usize..12).prop_map(Edit::Play),
    ]
}

/// What somebody who only listens to the room knows of its queue.
#[derive(Default)]
struct Mirror {
    queue: Vec<EntryId>,
    history: Vec<EntryId>,
}

impl Mirror {
    fn hear(&mut self, message: &ServerMessage) {
        let ids = |entries: &[crate::protocol::QueueEntry]| -> Vec<EntryId> {
            entries.iter().map(|e| e.entry_id).collect()
        };
        match message {
            ServerMessage::Queue { entries, .. } => self.queue = ids(entries),
            ServerMessage::History { entries, whole, .. } => {
                if *whole {
                    self.history.clear();
                }
                self.history.extend(ids(entries));
            }
            _ => {}
        }
    }
}

proptest! {
    /// Each edits by what it saw last, which may be some edits ago: ids say what is meant.
    #[test]
    fn two_who_edit_at_once_lose_nothing_that_nobody_took_out(
        steps in prop::collection::vec((any::<bool>(), any_edit(), 0i64..9_000, any::<bool>()), 1..80),
        repeat in prop_oneof![Just(Repeat::Off), Just(Repeat::All)],
    ) {
        let mut stage = Stage::new();
        stage.room.config.max_queue = 12;
        stage.host(Command::SetRepeat { mode: repeat });
        let people = [stage.join("ada", Role::Dj), stage.join("bob", Role::Dj)];
        let (mut seen, mut mirror) = ([Vec::new(), Vec::new()], Mirror::default());
        let mut expected = std::collections::BTreeSet::new();
        for (second, edit, ms, looks) in steps {
            let who = usize::from(second);
            let named = |n: usize| seen[who].get(n).copied().unwrap_or(EntryId(9_999));
            let before = stage.room.queue.entries().to_vec();
            let command = match edit.clone() {
                Edit::Add { many, at } => Command::QueueAdd { tracks: vec![track("q", 5); many], at },
                Edit::Remove(n) => Command::QueueRemove { entry_id: named(n) },
                Edit::Move(n, before) => {
                    Command::QueueMove { entry_id: named(n), before: before.map(named) }
                }
                Edit::Shuffle(seed) => Command::QueueShuffle { seed },
                Edit::Clear => Command::QueueClear,
                Edit::Next => Command::Next,
                Edit::Previous => Command::Previous,
                Edit::Play(n) => Command::PlayEntry { entry_id: named(n), position: None },
            };
            let taken = stage.ask(&member(&people[who]), command.clone()).is_ok();
            match edit {
                Edit::Add { .. } if taken => {
                    let new = stage.room.queue.entries().iter().map(|e| e.entry_id);
                    expected.extend(new.filter(|id| before.iter().all(|e| e.entry_id != *id)));
                }
                Edit::Remove(n) if taken => { expected.remove(&named(n)); }
                Edit::Clear => { for entry in &before { expected.remove(&entry.entry_id); } }
                _ => {}
            }
            stage.pass(Span::from_millis(ms));
            for message in stage.broadcasts() {
                mirror.hear(&message);
            }
            let ids = |entries: &[crate::protocol::QueueEntry]| -> Vec<EntryId> {
                entries.iter().map(|e| e.entry_id).collect()
            };
            prop_assert_eq!(&mirror.queue, &ids(stage.room.queue.entries()));
            prop_assert_eq!(&mirror.history, &ids(&stage.room.queue.latest_history()));
            prop_assert!(mirror.queue.len() <= 12, "the queue is bounded");
            // Each entry is in one place: to come, playing, or played.
            let mut there = ids(stage.room.queue.entries());
            there.extend(ids(stage.room.queue.history()));
            there.extend(stage.room.playback.queue_entry_id);
            let all: std::collections::BTreeSet<_> = there.iter().copied().collect();
            prop_assert_eq!(all.len(), there.len(), "nothing is there twice");
            prop_assert_eq!(&all, &expected, "after {:?}", command);
            prop_assert!(
                stage.room.queue.entries().iter().all(|e| e.added_by.is_some()),
                "who added it stays with it"
            );
            if looks {
                seen[who].clone_from(&mirror.queue);
            }
        }
    }
}

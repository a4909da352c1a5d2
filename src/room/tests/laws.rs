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

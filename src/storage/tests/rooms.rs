//! Rooms come out as they went in, whole or not at all.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

prop_compose! {
    fn playbacks(infos: Vec<Arc<TrackInfo>>)(
        status in prop::sample::select(vec![Status::Idle, Status::Preparing, Status::Playing, Status::Paused, Status::Stopped]),
        repeat in prop::sample::select(vec![Repeat::Off, Repeat::One, Repeat::All]),
        stream_id in 0..i64::MAX as u64,
        revision in 0..i64::MAX as u64,
        track in prop::option::of(0usize..3),
        queue_entry_id in prop::option::of(0u64..1_000),
        added_by in prop::option::of("\\PC{0,20}"),
        start_at in any::<i64>(),
        start_position in any::<i64>(),
        volume in 0.0f64..=1.0,
        upcoming in prop::option::of((0u64..1_000, 0usize..3, prop::option::of(0u64..1_000))),
    ) -> PlaybackRecord {
        PlaybackRecord {
            status,
            last_stream_id: StreamId(stream_id + 91),
        stream_id: StreamId(stream_id),
            revision: Revision(revision),
            track: track.map(|index| Arc::clone(&infos[index])),
            queue_entry_id: queue_entry_id.map(EntryId),
            added_by,
            start_at: RoomTime::from_micros(start_at),
            start_position: MediaTime::from_micros(start_position),
            volume: Volume::new(volume).unwrap(),
            repeat,
            upcoming: upcoming.map(|(stream_id, index, entry)| UpcomingRecord {
                stream_id: StreamId(stream_id),
                track: Arc::clone(&infos[index]),
                queue_entry_id: entry.map(EntryId),
            }),
        }
    }
}

prop_compose! {
    fn entries(infos: Vec<Arc<TrackInfo>>)(
        rows in prop::collection::vec((0u64..1_000, 0usize..3, prop::option::of("\\PC{0,20}")), 0..20),
    ) -> Vec<QueueEntry> {
        rows.into_iter()
            .map(|(id, index, added_by)| QueueEntry { added_by, ..entry(id, &infos[index]) })
            .collect()
    }
}

prop_compose! {
    fn settings()(
        name in prop::option::of("[\\PC&&[^\\s]]{1,60}"),
        listed in any::<bool>(),
        has_pin in any::<bool>(),
        who_controls in prop::sample::select(vec![WhoMay::Host, WhoMay::Djs, WhoMay::Everyone]),
        who_adds in prop::sample::select(vec![WhoMay::Host, WhoMay::Djs, WhoMay::Everyone]),
        profile in prop::option::of(prop::sample::select(vec![Profile::Lan, Profile::Normal, Profile::Wan, Profile::Mobile])),
        loudness in prop::sample::select(vec![Loudness::Off, Loudness::Track, Loudness::Album]),
    ) -> RoomSettings {
        RoomSettings {
            name: name.and_then(|name| RoomName::parse(&name).ok()),
            listed, has_pin, who_controls, who_adds, profile, loudness,
        }
    }
}

fn records(infos: Vec<Arc<TrackInfo>>) -> impl Strategy<Value = RoomRecord> {
    (
        settings(),
        playbacks(infos.clone()),
        entries(infos.clone()),
        entries(infos),
        0..i64::MAX as u64,
        0..i64::MAX as u64,
    )
        .prop_map(|(settings, playback, queue, history, revision, last)| RoomRecord {
            code: code(1),
            revision: Revision(revision),
            settings,
            playback,
            queue,
            history,
            last_entry_id: EntryId(last),
        })
}

fn pin_of(room: &RoomRecord) -> Option<&'static str> {
    room.settings.has_pin.then_some("$argon2id$…")
}

#[test]
fn a_room_comes_out_as_it_went_in_at_once_and_after_every_change_of_any_parts() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_folder, store, infos) = runtime.block_on(store());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 160,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let parts = any::<(bool, bool, bool)>();
    runner
        .run(
            &(records(infos.clone()), records(infos), parts),
            |(first, second, (settings, playback, queue))| {
                runtime.block_on(async {
                    store.create_room(&first, &HASH, pin_of(&first), NOW).await.unwrap();
                    let loaded = store.load_room(code(1)).await.unwrap().unwrap();
                    prop_assert_eq!(&loaded, &first);

                    let change = RoomChange {
                        revision: second.revision,
                        settings: settings.then(|| second.settings.clone()),
                        playback: playback.then(|| second.playback.clone()),
                        queue: queue.then(|| QueueChange {
                            queue: second.queue.clone(),
                            history: second.history.clone(),
                            last_entry_id: second.last_entry_id,
                        }),
                    };
                    store.save(code(1), &change).await.unwrap();
                    let mut wanted = first;
                    wanted.revision = second.revision;
                    if settings {
                        wanted.settings =
                            RoomSettings { has_pin: wanted.settings.has_pin, ..second.settings.clone() };
                    }
                    if playback {
                        wanted.playback = second.playback.clone();
                    }
                    if queue {
                        wanted.queue = second.queue.clone();
                        wanted.history = second.history.clone();
                        wanted.last_entry_id = second.last_entry_id;
                    }
                    prop_assert_eq!(store.load_rooms().await.unwrap(), vec![wanted]);
                    store.delete_room(code(1)).await.unwrap();
                    Ok(())
                })
            },
        )
        .unwrap();
}

#[tokio::test]
async fn parts_that_did_not_change_stay() {
    let (_folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.settings.listed = true;
    whole.playback.track = Some(Arc::clone(&infos[0]));
    whole.queue = vec![entry(1, &infos[1])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    store.save(code(1), &change(9)).await.unwrap();
    whole.revision = Revision(9);
    assert_eq!(store.load_room(code(1)).await.unwrap(), Some(whole));
}

#[tokio::test]
async fn a_change_that_names_an_unknown_track_changes_nothing() {
    let (_folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.queue = vec![entry(1, &infos[0]), entry(2, &infos[1])];
    whole.last_entry_id = EntryId(2);
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();

    let mut unknown = (*infos[0]).clone();
    unknown.track_id = track_id("nowhere");
    let unknown = Arc::new(unknown);
    let bad_queue = RoomChange {
        settings: Some(RoomSettings { listed: true, ..RoomSettings::default() }),
        playback: Some(PlaybackRecord { status: Status::Playing, ..PlaybackRecord::default() }),
        queue: Some(QueueChange {
            queue: vec![entry(3, &infos[2]), entry(4, &unknown)],
            history: Vec::new(),
            last_entry_id: EntryId(4),
        }),
        ..change(5)
    };
    let bad_playback = RoomChange {
        playback: Some(PlaybackRecord { track: Some(Arc::clone(&unknown)), ..PlaybackRecord::default() }),
        ..change(6)
    };
    for bad in [bad_queue, bad_playback] {
        assert!(matches!(store.save(code(1), &bad).await, Err(StoreError::Other(_))));
        assert_eq!(store.load_room(code(1)).await.unwrap(), Some(whole.clone()));
    }
}

#[tokio::test]
async fn saves_of_many_rooms_at_once_are_all_written() {
    let (_folder, store, infos) = store().await;
    for number in 0..8 {
        store.create_room(&room(code(number)), &HASH, None, NOW).await.unwrap();
    }
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        for revision in 1..=20 {
            let (store, infos) = (store.clone(), infos.clone());
            tasks.spawn(async move {
                let queue = QueueChange {
                    queue: (0..revision).map(|_| entry(revision, &infos[0])).collect(),
                    history: Vec::new(),
                    last_entry_id: EntryId(revision),
                };
                let change = RoomChange { queue: Some(queue), ..change(revision) };
                store.save(code(number), &change).await.unwrap();
                // A reader meanwhile sees one change whole.
                let seen = store.load_room(code(number)).await.unwrap().unwrap();
                assert_eq!(seen.queue.len() as u64, seen.revision.0);
                assert_eq!(seen.last_entry_id.0, seen.revision.0);
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(store.load_rooms().await.unwrap().len(), 8);
}

#[tokio::test]
async fn saves_that_wait_for_the_disk_together_are_one_commit_and_one_that_fails_spoils_no_other() {
    let (_folder, store, _) = store().await;
    for number in [0, 2] {
        store.create_room(&room(code(number)), &HASH, None, NOW).await.unwrap();
    }
    let commits = Arc::new(AtomicU32::new(0));
    let mut writer = store.writer.acquire().await.unwrap();
    let counted = commits.clone();
    writer.lock_handle().await.unwrap().set_commit_hook(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        true
    });
    let saves: Vec<_> = (0..=3)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.save(code(number % 3), &change(7 + number)).await })
        })
        .collect();
    // One thread: all come as far as they can, which is to the writer that we hold.
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
    drop(writer);
    let mut results = Vec::new();
    for save in saves {
        results.push(save.await.unwrap());
    }
    assert!(matches!(results[..], [Ok(()), Err(StoreError::NotFound), Ok(()), Ok(())]), "{results:?}");
    let revision = async |number| store.load_room(code(number)).await.unwrap().unwrap().revision.0;
    assert_eq!((revision(0).await, revision(2).await), (10, 9), "in the order in which they came");
    let commits = commits.load(Ordering::Relaxed);
    assert!((1..=2).contains(&commits), "the one that was first, and all others: {commits}");
}

#[tokio::test]
async fn a_room_whose_tracks_are_gone_is_loaded_as_it_was() {
    let (_folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.playback.track = Some(Arc::clone(&infos[0]));
    whole.queue = vec![entry(1, &infos[1])];
    whole.history = vec![entry(2, &infos[2])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    let ids: Vec<_> = infos.iter().map(|info| info.track_id.clone()).collect();
    store.mark_missing(&ids).await.unwrap();
    for id in &ids {
        store.remove_track(id).await.unwrap();
    }
    assert_eq!(store.load_room(code(1)).await.unwrap(), Some(whole));

    store.delete_room(code(1)).await.unwrap();
    store.remove_track(&ids[0]).await.unwrap();
    assert_eq!(store.track(&ids[0]).await.unwrap(), None);
    assert!(matches!(store.remove_track(&ids[0]).await, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn a_room_that_cannot_be_read_costs_only_itself() {
    let (_folder, store, _) = store().await;
    for number in 0..2 {
        store.create_room(&room(code(number)), &HASH, None, NOW).await.unwrap();
    }
    sqlx::query("UPDATE rooms SET status = 'rewinding' WHERE code = ?")
        .bind(code(0).as_str())
        .execute(&store.writer)
        .await
        .unwrap();
    let rooms = store.load_rooms().await.unwrap();
    assert_eq!(rooms, vec![room(code(1))]);
    assert!(store.load_room(code(0)).await.is_err());
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (_folder, store) = empty_store().await;
    assert_eq!(store.load_room(code(1)).await.unwrap(), None);
    let not_found = |result| matches!(result, Err(StoreError::NotFound));
    assert!(not_found(store.save(code(1), &change(1)).await));
    assert!(not_found(store.touch_room(code(1), NOW).await));
    assert!(not_found(store.delete_room(code(1)).await));
    assert!(not_found(store.set_pin(code(1), Some("x")).await));
    assert!(not_found(store.pin_hash(code(1)).await.map(drop)));
    assert!(not_found(store.set_role(&HASH, code(1), Role::Host).await));
    assert!(not_found(store.grant(&HASH, code(1), Role::Host).await.map(drop)));
}

#[tokio::test]
async fn a_code_is_given_once() {
    let (_folder, store) = empty_store().await;
    store.create_room(&room(code(1)), &HASH, Some("pin"), NOW).await.unwrap();
    assert!(matches!(store.create_room(&room(code(1)), &OTHER, None, NOW).await, Err(StoreError::Taken)));
    assert!(store.host_token_matches(code(1), &HASH).await.unwrap());
    assert_eq!(store.pin_hash(code(1)).await.unwrap().as_deref(), Some("pin"));
}

#[tokio::test]
async fn unused_rooms_go_with_all_that_is_theirs() {
    let (_folder, store, infos) = store().await;
    let at = RoomTime::from_micros;
    let mut old = room(code(1));
    old.queue = vec![entry(1, &infos[0])];
    store.create_room(&old, &HASH, None, at(10)).await.unwrap();
    store.grant(&OTHER, code(1), Role::Dj).await.unwrap();
    for (number, used) in [(2, 10), (3, 20)] {
        store.create_room(&room(code(number)), &HASH, None, at(used)).await.unwrap();
    }
    store.touch_room(code(2), at(30)).await.unwrap();

    assert_eq!(store.remove_rooms_unused_since(at(20)).await.unwrap(), vec![code(1)]);
    let mut left = vec![code(2), code(3)];
    left.sort();
    assert_eq!(store.room_codes().await.unwrap(), left);
    let behind = async |behind, limit| {
        let rooms = store.rooms_behind(behind, limit).await.unwrap();
        rooms.into_iter().map(|room| room.code).collect::<Vec<_>>()
    };
    assert_eq!(behind(None, 9).await, left);
    assert_eq!(behind(None, 1).await, left[..1]);
    assert_eq!(behind(Some(left[0]), 9).await, left[1..]);
    assert_eq!(store.count_rooms().await.unwrap(), 2);
    assert!(!store.is_anywhere(&OTHER).await.unwrap());
    // Nothing refers to the track any more.
    store.remove_track(&infos[0].track_id).await.unwrap();
    assert_eq!(store.track(&infos[0].track_id).await.unwrap(), None);
}

#[tokio::test]
async fn the_home_page_lists_what_wants_to_be_listed_the_last_used_first() {
    let (_folder, store) = empty_store().await;
    for (number, listed, pin) in [(1, true, None), (2, false, None), (3, true, Some("pin"))] {
        let mut room = room(code(number));
        room.settings.listed = listed;
        room.settings.name = Some(RoomName::parse(&format!("Room {number}")).unwrap());
        let used = RoomTime::from_micros(number.cast_signed());
        store.create_room(&room, &HASH, pin, used).await.unwrap();
    }
    let listed = store.listed_rooms(10).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|room| (room.code, room.has_pin)).collect();
    assert_eq!(seen, [(code(3), true), (code(1), false)]);
    assert_eq!(listed[0].name.as_ref().unwrap().as_str(), "Room 3");
    assert_eq!(store.listed_rooms(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_saved_is_there_after_opening_again_without_a_close() {
    let (folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.queue = vec![entry(1, &infos[0])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    let again = Store::open_file(&folder.path().join("data/tutti.db")).await.unwrap();
    assert_eq!(again.load_room(code(1)).await.unwrap(), Some(whole));
}

//! The store as its callers see it, each test on a database of its own.

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::protocol::{
    EntryId, PlaybackRecord, QueueChange, QueueEntry, Repeat, Revision, Role, RoomChange, RoomCode,
    RoomName, RoomRecord, RoomSettings, Status, StreamId, TrackId, TrackInfo, UpcomingRecord,
    Volume, WhoMay,
};
use crate::sync::profile::Profile;
use crate::sync::time::{MediaTime, RoomTime};

const NOW: RoomTime = RoomTime::from_micros(1_700_000_000_123_456);
const HASH: SecretHash = [7; 32];
const OTHER: SecretHash = [8; 32];

fn code(number: u64) -> RoomCode {
    RoomCode::from_number(number)
}

fn track_id(name: &str) -> TrackId {
    name.parse().unwrap()
}

fn file(name: &str) -> TrackFile {
    TrackFile {
        id: track_id(&format!("id-{name}")),
        path: PathBuf::from(format!("/music/{name}.flac")),
        folder: String::new(),
        filename: format!("{name}.flac"),
        mime: "audio/flac".to_owned(),
        size: 1_234,
        mtime_ns: 5,
        duration: MediaTime::from_micros(180_000_001),
        title: name.to_owned(),
        artist: None,
        album: None,
        album_artist: None,
        disc: None,
        number: None,
        year: None,
        genre: None,
        artwork: None,
    }
}

async fn empty_store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_file(&folder.path().join("data/tutti.db"))
        .await
        .unwrap();
    (folder, store)
}

/// A store with three tracks, `a`, `b` and `c`.
async fn store() -> (TempDir, Store, Vec<Arc<TrackInfo>>) {
    let (folder, store) = empty_store().await;
    store
        .put_tracks(&[file("a"), file("b"), file("c")], NOW)
        .await
        .unwrap();
    let mut infos = Vec::new();
    for name in ["id-a", "id-b", "id-c"] {
        let record = store.track(&track_id(name)).await.unwrap().unwrap();
        infos.push(Arc::new(record.info));
    }
    (folder, store, infos)
}

fn room(code: RoomCode) -> RoomRecord {
    RoomRecord {
        code,
        revision: Revision(0),
        settings: RoomSettings::default(),
        playback: PlaybackRecord::default(),
        queue: Vec::new(),
        history: Vec::new(),
        last_entry_id: EntryId(0),
    }
}

fn entry(id: u64, track: &Arc<TrackInfo>) -> QueueEntry {
    QueueEntry {
        entry_id: EntryId(id),
        track: Arc::clone(track),
        added_by: None,
    }
}

fn change(revision: u64) -> RoomChange {
    RoomChange {
        revision: Revision(revision),
        settings: None,
        playback: None,
        queue: None,
    }
}

async fn titles(store: &Store, query: &TrackQuery) -> Vec<String> {
    let page = store.tracks(query).await.unwrap();
    assert_eq!(
        page.total,
        page.tracks.len() as u64,
        "the total of one page is its length"
    );
    page.tracks
        .into_iter()
        .map(|track| track.info.title)
        .collect()
}

async fn search(store: &Store, text: &str) -> Vec<String> {
    let query = TrackQuery {
        text: Some(text.to_owned()),
        ..TrackQuery::default()
    };
    titles(store, &query).await
}

mod rooms {
    use super::*;

    prop_compose! {
        fn playbacks(infos: Vec<Arc<TrackInfo>>)(
            status in prop::sample::select(vec![Status::Idle, Status::Preparing, Status::Playing, Status::Paused, Status::Stopped]),
            repeat in prop::sample::select(vec![Repeat::Off, Repeat::One, Repeat::All]),
            stream_id in 0..i64::MAX as u64,
            revision in 0..i64::MAX as u64,
            track in prop::option::of(0usize..3),
            queue_entry_id in prop::option::of(0u64..1_000),
            start_at in any::<i64>(),
            start_position in any::<i64>(),
            volume in 0.0f64..=1.0,
            upcoming in prop::option::of((0u64..1_000, 0usize..3, prop::option::of(0u64..1_000))),
        ) -> PlaybackRecord {
            PlaybackRecord {
                status,
                stream_id: StreamId(stream_id),
                revision: Revision(revision),
                track: track.map(|index| Arc::clone(&infos[index])),
                queue_entry_id: queue_entry_id.map(EntryId),
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
        ) -> RoomSettings {
            RoomSettings {
                name: name.and_then(|name| RoomName::parse(&name).ok()),
                listed, has_pin, who_controls, who_adds, profile,
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
            .prop_map(
                |(settings, playback, queue, history, revision, last)| RoomRecord {
                    code: code(1),
                    revision: Revision(revision),
                    settings,
                    playback,
                    queue,
                    history,
                    last_entry_id: EntryId(last),
                },
            )
    }

    fn pin_of(room: &RoomRecord) -> Option<&'static str> {
        room.settings.has_pin.then_some("$argon2id$…")
    }

    #[test]
    fn a_room_comes_out_as_it_went_in_at_once_and_after_every_change() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (_folder, store, infos) = runtime.block_on(store());
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 100,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let pairs = (records(infos.clone()), records(infos));
        runner
            .run(&pairs, |(first, mut second)| {
                runtime.block_on(async {
                    store
                        .create_room(&first, &HASH, pin_of(&first), NOW)
                        .await
                        .unwrap();
                    let loaded = store.load_room(code(1)).await.unwrap().unwrap();
                    prop_assert_eq!(&loaded, &first);

                    store
                        .save(
                            code(1),
                            &RoomChange {
                                revision: second.revision,
                                settings: Some(second.settings.clone()),
                                playback: Some(second.playback.clone()),
                                queue: Some(QueueChange {
                                    queue: second.queue.clone(),
                                    history: second.history.clone(),
                                    last_entry_id: second.last_entry_id,
                                }),
                            },
                        )
                        .await
                        .unwrap();
                    second.settings.has_pin = first.settings.has_pin;
                    let loaded = store.load_rooms().await.unwrap();
                    prop_assert_eq!(&loaded, &vec![second]);
                    store.delete_room(code(1)).await.unwrap();
                    Ok(())
                })
            })
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
            settings: Some(RoomSettings {
                listed: true,
                ..RoomSettings::default()
            }),
            playback: Some(PlaybackRecord {
                status: Status::Playing,
                ..PlaybackRecord::default()
            }),
            queue: Some(QueueChange {
                queue: vec![entry(3, &infos[2]), entry(4, &unknown)],
                history: Vec::new(),
                last_entry_id: EntryId(4),
            }),
            ..change(5)
        };
        let bad_playback = RoomChange {
            playback: Some(PlaybackRecord {
                track: Some(Arc::clone(&unknown)),
                ..PlaybackRecord::default()
            }),
            ..change(6)
        };
        for bad in [bad_queue, bad_playback] {
            assert!(matches!(
                store.save(code(1), &bad).await,
                Err(StoreError::Other(_))
            ));
            assert_eq!(store.load_room(code(1)).await.unwrap(), Some(whole.clone()));
        }
    }

    #[tokio::test]
    async fn saves_of_many_rooms_at_once_are_all_written() {
        let (_folder, store, infos) = store().await;
        for number in 0..8 {
            store
                .create_room(&room(code(number)), &HASH, None, NOW)
                .await
                .unwrap();
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
                    let change = RoomChange {
                        queue: Some(queue),
                        ..change(revision)
                    };
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
        assert!(matches!(
            store.remove_track(&ids[0]).await,
            Err(StoreError::NotFound)
        ));
    }

    #[tokio::test]
    async fn a_room_that_cannot_be_read_costs_only_itself() {
        let (_folder, store, _) = store().await;
        for number in 0..2 {
            store
                .create_room(&room(code(number)), &HASH, None, NOW)
                .await
                .unwrap();
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
        assert!(not_found(
            store.grant(&HASH, code(1), Role::Host).await.map(drop)
        ));
    }

    #[tokio::test]
    async fn a_code_is_given_once() {
        let (_folder, store) = empty_store().await;
        store
            .create_room(&room(code(1)), &HASH, Some("pin"), NOW)
            .await
            .unwrap();
        assert!(matches!(
            store.create_room(&room(code(1)), &OTHER, None, NOW).await,
            Err(StoreError::Taken)
        ));
        assert!(store.host_token_matches(code(1), &HASH).await.unwrap());
        assert_eq!(
            store.pin_hash(code(1)).await.unwrap().as_deref(),
            Some("pin")
        );
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
            store
                .create_room(&room(code(number)), &HASH, None, at(used))
                .await
                .unwrap();
        }
        store.touch_room(code(2), at(30)).await.unwrap();

        assert_eq!(
            store.remove_rooms_unused_since(at(20)).await.unwrap(),
            vec![code(1)]
        );
        let mut left = vec![code(2), code(3)];
        left.sort();
        assert_eq!(store.room_codes().await.unwrap(), left);
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
        let seen: Vec<_> = listed
            .iter()
            .map(|room| (room.code, room.has_pin))
            .collect();
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
        let again = Store::open_file(&folder.path().join("data/tutti.db"))
            .await
            .unwrap();
        assert_eq!(again.load_room(code(1)).await.unwrap(), Some(whole));
    }
}

mod access {
    use super::*;

    async fn store_with_room() -> (TempDir, Store) {
        let (folder, store) = empty_store().await;
        store
            .create_room(&room(code(1)), &HASH, None, NOW)
            .await
            .unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_grant_never_lowers_a_role_but_setting_it_does() {
        let (_folder, store) = store_with_room().await;
        let roles = [Role::Listener, Role::Dj, Role::Host];
        for has in roles {
            for granted in roles {
                store.set_role(&OTHER, code(1), has).await.unwrap();
                let highest = has.max(granted);
                assert_eq!(
                    store.grant(&OTHER, code(1), granted).await.unwrap(),
                    highest
                );
                assert_eq!(store.role_of(&OTHER, code(1)).await.unwrap(), Some(highest));
            }
        }
    }

    #[tokio::test]
    async fn a_membership_is_of_one_session_in_one_room() {
        let (_folder, store) = store_with_room().await;
        store
            .create_room(&room(code(2)), &OTHER, None, NOW)
            .await
            .unwrap();
        assert!(!store.is_anywhere(&HASH).await.unwrap());
        store.grant(&HASH, code(1), Role::Dj).await.unwrap();
        assert_eq!(store.role_of(&HASH, code(1)).await.unwrap(), Some(Role::Dj));
        assert_eq!(store.role_of(&HASH, code(2)).await.unwrap(), None);
        assert_eq!(store.role_of(&OTHER, code(1)).await.unwrap(), None);
        assert!(store.is_anywhere(&HASH).await.unwrap());
        assert!(!store.is_anywhere(&OTHER).await.unwrap());

        store.revoke(&HASH, code(1)).await.unwrap();
        assert_eq!(store.role_of(&HASH, code(1)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_host_token_opens_its_own_room_only() {
        let (_folder, store) = store_with_room().await;
        store
            .create_room(&room(code(2)), &OTHER, None, NOW)
            .await
            .unwrap();
        assert!(store.host_token_matches(code(1), &HASH).await.unwrap());
        assert!(!store.host_token_matches(code(1), &OTHER).await.unwrap());
        assert!(!store.host_token_matches(code(3), &HASH).await.unwrap());
        assert_eq!(
            store.room_of_host_token(&OTHER).await.unwrap(),
            Some(code(2))
        );
        assert_eq!(store.room_of_host_token(&[9; 32]).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_room_says_that_it_has_a_pin_when_it_has_one_whatever_is_saved() {
        let (_folder, store) = store_with_room().await;
        let has_pin = async || {
            let room = store.load_room(code(1)).await.unwrap().unwrap();
            room.settings.has_pin
        };
        assert!(!has_pin().await);
        store.set_pin(code(1), Some("$argon2id$x")).await.unwrap();
        let change = RoomChange {
            settings: Some(RoomSettings::default()),
            ..change(2)
        };
        store.save(code(1), &change).await.unwrap();
        assert!(has_pin().await);
        assert_eq!(
            store.pin_hash(code(1)).await.unwrap().as_deref(),
            Some("$argon2id$x")
        );
        store.set_pin(code(1), None).await.unwrap();
        assert!(!has_pin().await);
        assert_eq!(store.pin_hash(code(1)).await.unwrap(), None);
    }
}

mod tracks {
    use super::*;

    #[tokio::test]
    async fn a_track_comes_out_as_it_went_in_with_its_addresses() {
        let (_folder, store) = empty_store().await;
        let full = TrackFile {
            folder: "Björk/Vespertine".to_owned(),
            artist: Some("Björk".to_owned()),
            album: Some("Vespertine".to_owned()),
            album_artist: Some("Björk & Friends".to_owned()),
            disc: Some(1),
            number: Some(12),
            year: Some(2001),
            genre: Some("Pop".to_owned()),
            artwork: Some(ArtworkPlace::Embedded),
            ..file("unison")
        };
        store
            .put_tracks(std::slice::from_ref(&full), NOW)
            .await
            .unwrap();
        let track = store.track(&full.id).await.unwrap().unwrap();
        assert_eq!(track.info.track_url, "/media/id-unison/original");
        assert_eq!(track.info.renditions.len(), 1);
        assert_eq!(track.info.renditions[0].url, track.info.track_url);
        assert_eq!(track.info.renditions[0].mime, "audio/flac");
        assert_eq!(
            track.info.artwork_url.as_deref(),
            Some("/api/tracks/id-unison/artwork")
        );
        assert_eq!(track.added_at, NOW);
        let back = TrackFile {
            id: track.info.track_id,
            path: track.path,
            folder: track.folder,
            filename: track.info.filename,
            mime: track.mime,
            size: track.size,
            mtime_ns: track.mtime_ns,
            duration: track.info.duration,
            title: track.info.title,
            artist: track.info.artist,
            album: track.info.album,
            album_artist: track.album_artist,
            disc: track.disc,
            number: track.number,
            year: track.year,
            genre: track.genre,
            artwork: track.artwork,
        };
        assert_eq!(back, full);
    }

    #[tokio::test]
    async fn a_known_path_keeps_its_id_and_when_it_was_added() {
        let (_folder, store) = empty_store().await;
        store.put_tracks(&[file("a")], NOW).await.unwrap();
        store.mark_missing(&[track_id("id-a")]).await.unwrap();
        let again = TrackFile {
            id: track_id("another"),
            title: "Renamed".to_owned(),
            ..file("a")
        };
        let later = RoomTime::from_micros(NOW.micros() + 1);
        assert_eq!(
            store.put_tracks(&[again], later).await.unwrap(),
            [track_id("id-a")]
        );
        let track = store.track(&track_id("id-a")).await.unwrap().unwrap();
        assert_eq!(
            (track.info.title.as_str(), track.added_at, track.missing),
            ("Renamed", NOW, false)
        );
        assert_eq!(store.track(&track_id("another")).await.unwrap(), None);
        assert_eq!(search(&store, "renamed").await, ["Renamed"]);
        assert!(
            search(&store, "\"a\" ").await.len() == 1,
            "the file name is still a.flac"
        );
    }

    #[tokio::test]
    async fn a_missing_track_is_in_no_list_until_it_is_back() {
        let (_folder, store, infos) = store().await;
        let a = [infos[0].track_id.clone()];
        store.mark_missing(&a).await.unwrap();
        assert_eq!(titles(&store, &TrackQuery::default()).await, ["b", "c"]);
        assert_eq!(search(&store, "a").await, [""; 0]);
        assert_eq!(store.count_tracks().await.unwrap(), 2);
        let both = [a[0].clone(), infos[1].track_id.clone()];
        let playable = store.playable(&both).await.unwrap();
        assert_eq!(playable.keys().collect::<Vec<_>>(), [&infos[1].track_id]);
        assert!(store.track(&a[0]).await.unwrap().unwrap().missing);
        store.mark_present(&a).await.unwrap();
        assert_eq!(
            titles(&store, &TrackQuery::default()).await,
            ["a", "b", "c"]
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_path_that_is_not_unicode_comes_out_as_it_went_in() {
        use std::os::unix::ffi::OsStringExt;
        let (_folder, store) = empty_store().await;
        let path: PathBuf =
            std::ffi::OsString::from_vec(b"/music/\xff\xfe'\"\n.mp3".to_vec()).into();
        let odd = TrackFile {
            path: path.clone(),
            ..file("a")
        };
        store.put_tracks(&[odd], NOW).await.unwrap();
        assert_eq!(store.known_files().await.unwrap()[0].path, path);
    }

    #[tokio::test]
    async fn tracks_are_found_by_beginnings_of_words_whatever_their_case_and_diacritics() {
        let (_folder, store) = empty_store().await;
        let tagged = |name: &str, title: &str, artist: &str, album: &str| TrackFile {
            title: title.to_owned(),
            artist: Some(artist.to_owned()),
            album: Some(album.to_owned()),
            ..file(name)
        };
        store
            .put_tracks(
                &[
                    tagged("01", "Jóga", "Björk", "Homogenic"),
                    tagged(
                        "02",
                        "Señorita \"live\"",
                        "Beyoncé",
                        "Robert'); DROP TABLE tracks;--",
                    ),
                    tagged(
                        "03_hidden-name",
                        "Für Elise",
                        "Ludwig van Beethoven",
                        "Best of",
                    ),
                    tagged("04", "Песня", "Кино", "46"),
                ],
                NOW,
            )
            .await
            .unwrap();
        for (text, found) in [
            ("joga", vec!["Jóga"]),
            ("JÓGA", vec!["Jóga"]),
            ("Jo\u{301}ga", vec!["Jóga"]),
            ("bjo hom", vec!["Jóga"]),
            ("bjo best", vec![]),
            ("ога", vec![]),
            ("oga", vec![]),
            ("fur", vec!["Für Elise"]),
            ("hidden", vec!["Für Elise"]),
            ("hidden-na", vec!["Für Elise"]),
            ("песн", vec!["Песня"]),
            ("b", vec!["Señorita \"live\"", "Jóga", "Für Elise"]),
            ("\"; DROP TABLE", vec!["Señorita \"live\""]),
            ("\"live\"", vec!["Señorita \"live\""]),
            ("title:joga", vec![]),
            ("joga OR fur", vec![]),
            ("NOT fur", vec![]),
            ("(", vec![]),
            ("\"", vec![]),
            ("*", vec![]),
            ("jo\0ga", vec![]),
            ("'", vec![]),
        ] {
            assert_eq!(search(&store, text).await, found, "{text:?}");
        }
        assert_eq!(
            search(&store, " \t").await.len(),
            4,
            "blank asks for nothing"
        );
    }

    /// Six tracks in folders whose names are nearly those of others.
    async fn shelf() -> (TempDir, Store) {
        let (folder, store) = empty_store().await;
        let at = |name: &str, folder: &str, artist: &str, album_artist: Option<&str>| TrackFile {
            folder: folder.to_owned(),
            artist: Some(artist.to_owned()),
            album_artist: album_artist.map(str::to_owned),
            album: Some("Über_50%".to_owned()),
            ..file(name)
        };
        store
            .put_tracks(
                &[
                    at("1", "", "Ärzte", None),
                    at("2", "a", "Ärzte", None),
                    at("3", "a/b", "X", Some("Various")),
                    at("4", "a/b/c", "Y", Some("Various")),
                    at("5", "a-b", "Y", None),
                    at("6", "a_b", "Y", None),
                ],
                NOW,
            )
            .await
            .unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn tracks_are_filtered_by_folder_artist_and_album() {
        let (_folder, store) = shelf().await;
        let q = TrackQuery::default;
        for (query, found) in [
            (
                TrackQuery {
                    folder: Some("a".into()),
                    ..q()
                },
                "2 3 4",
            ),
            (
                TrackQuery {
                    folder: Some("/a/".into()),
                    ..q()
                },
                "2 3 4",
            ),
            (
                TrackQuery {
                    folder: Some("a".into()),
                    folder_only: true,
                    ..q()
                },
                "2",
            ),
            (
                TrackQuery {
                    folder: Some(String::new()),
                    folder_only: true,
                    ..q()
                },
                "1",
            ),
            (
                TrackQuery {
                    folder: Some(String::new()),
                    ..q()
                },
                "1 2 3 4 5 6",
            ),
            (
                TrackQuery {
                    folder: Some("a%".into()),
                    ..q()
                },
                "",
            ),
            (
                TrackQuery {
                    folder: Some("..".into()),
                    ..q()
                },
                "",
            ),
            (
                TrackQuery {
                    artist: Some("ärzte".into()),
                    ..q()
                },
                "1 2",
            ),
            (
                TrackQuery {
                    artist: Some("VARIOUS".into()),
                    ..q()
                },
                "3 4",
            ),
            (
                TrackQuery {
                    artist: Some("y".into()),
                    folder: Some("a".into()),
                    ..q()
                },
                "4",
            ),
            (
                TrackQuery {
                    album: Some("über_50%".into()),
                    ..q()
                },
                "1 2 3 4 5 6",
            ),
            (
                TrackQuery {
                    album: Some("über".into()),
                    ..q()
                },
                "",
            ),
        ] {
            let mut names = titles(&store, &query).await;
            names.sort();
            assert_eq!(names.join(" "), found, "{query:?}");
        }
    }

    #[tokio::test]
    async fn folders_artists_and_albums_are_counted() {
        let (_folder, store) = shelf().await;
        let names = |folders: Vec<Folder>| -> Vec<(String, u64)> {
            folders.into_iter().map(|f| (f.path, f.tracks)).collect()
        };
        let top = names(store.folders("").await.unwrap());
        assert_eq!(top, [("a".into(), 3), ("a-b".into(), 1), ("a_b".into(), 1)]);
        assert_eq!(
            names(store.folders("a").await.unwrap()),
            [("a/b".into(), 2)]
        );
        assert_eq!(
            names(store.folders("a/b/").await.unwrap()),
            [("a/b/c".into(), 1)]
        );
        assert_eq!(names(store.folders("nowhere").await.unwrap()), []);

        let artists: Vec<_> = store
            .artists()
            .await
            .unwrap()
            .into_iter()
            .map(|artist| (artist.artist, artist.tracks))
            .collect();
        assert_eq!(
            artists,
            [("Various".into(), 2), ("Y".into(), 2), ("Ärzte".into(), 2)]
        );
        let albums = store.albums(Some("ÄRZTE")).await.unwrap();
        assert_eq!(albums.len(), 1);
        assert_eq!(
            (albums[0].album.as_str(), albums[0].tracks),
            ("Über_50%", 2)
        );
        assert_eq!(store.albums(None).await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn pages_follow_the_order_of_the_library_without_gaps_or_doubles() {
        let (_folder, store) = empty_store().await;
        let mut files: Vec<TrackFile> = (0..250u32)
            .map(|n| TrackFile {
                // Many equal keys, and many that have none.
                artist: (n % 3 > 0).then(|| format!("artist {}", n % 3)),
                album: (n % 5 > 0).then(|| format!("Album {}", n % 5)),
                disc: (n % 2 > 0).then_some(n % 2),
                number: (n % 7 > 0).then_some(n % 12),
                title: format!("title {}", n % 4),
                ..file(&n.to_string())
            })
            .collect();
        files.reverse();
        store.put_tracks(&files, NOW).await.unwrap();
        let mut seen = Vec::new();
        let mut query = TrackQuery {
            limit: Some(7),
            ..TrackQuery::default()
        };
        loop {
            let page = store.tracks(&query).await.unwrap();
            assert_eq!(page.total, 250);
            assert!(page.tracks.len() <= 7);
            seen.extend(page.tracks);
            if seen.len() == 21 {
                // What comes meanwhile moves nothing of what is still to come.
                let first = TrackFile {
                    artist: Some("aaa".to_owned()),
                    ..file("first")
                };
                store.put_tracks(&[first], NOW).await.unwrap();
                store.remove_track(&track_id("id-first")).await.unwrap();
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        let ids: std::collections::BTreeSet<_> =
            seen.iter().map(|track| &track.info.track_id).collect();
        assert_eq!((seen.len(), ids.len()), (250, 250));
        let order = |track: &TrackRecord| {
            let absent_last = |text: &Option<String>| (text.is_none(), text.clone());
            (
                absent_last(&track.info.artist),
                absent_last(&track.info.album),
                track.disc.unwrap_or(1),
                track.number.unwrap_or(u32::MAX),
                track.info.title.clone(),
            )
        };
        assert!(seen.is_sorted_by_key(order));
    }

    #[tokio::test]
    async fn a_page_is_neither_empty_nor_endless() {
        let (_folder, store) = empty_store().await;
        let files: Vec<_> = (0..=LARGEST_PAGE).map(|n| file(&n.to_string())).collect();
        store.put_tracks(&files, NOW).await.unwrap();
        for (limit, length) in [
            (None, DEFAULT_PAGE),
            (Some(0), 1),
            (Some(u32::MAX), LARGEST_PAGE),
        ] {
            let query = TrackQuery {
                limit,
                ..TrackQuery::default()
            };
            let page = store.tracks(&query).await.unwrap();
            assert_eq!(page.tracks.len(), length as usize);
            assert!(page.next_cursor.is_some());
        }
    }

    #[tokio::test]
    async fn a_bad_cursor_is_said_to_be_one() {
        let (_folder, store, _) = store().await;
        for cursor in ["", "1", "xyz", "' OR 1=1", "00"] {
            let query = TrackQuery {
                cursor: Some(cursor.to_owned()),
                ..TrackQuery::default()
            };
            let result = store.tracks(&query).await;
            if cursor == "00" {
                // Well formed: the place before all.
                assert_eq!(result.unwrap().tracks.len(), 3);
            } else {
                assert!(matches!(result, Err(StoreError::BadCursor)), "{cursor}");
            }
        }
    }
}

mod opening {
    use super::*;

    #[tokio::test]
    async fn a_path_and_an_address_name_the_same_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b/tutti.db");
        let store = Store::open(path.to_str().unwrap()).await.unwrap();
        store
            .create_room(&room(code(1)), &HASH, None, NOW)
            .await
            .unwrap();
        store.close().await;
        assert!(store.check().await.is_err());
        let address = format!("sqlite://{}", path.to_str().unwrap().replace(' ', "%20"));
        let store = Store::open(&address).await.unwrap();
        assert_eq!(store.count_rooms().await.unwrap(), 1);
        store.check().await.unwrap();
    }

    #[tokio::test]
    async fn other_databases_are_refused() {
        for address in [
            "postgres://localhost/tutti",
            "sqlite::memory:",
            "sqlite://x?mode=memory",
        ] {
            assert!(Store::open(address).await.is_err(), "{address}");
        }
    }

    #[tokio::test]
    async fn the_database_is_set_for_safety() {
        let (_folder, store) = empty_store().await;
        for (pragma, wanted) in [
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA journal_mode", "wal"),
        ] {
            for pool in [&store.writer, &store.readers] {
                let row = sqlx::query(pragma).fetch_one(pool).await.unwrap();
                let value: String = sqlx::Row::try_get_unchecked(&row, 0).unwrap();
                assert_eq!(value, wanted, "{pragma}");
            }
        }
        let written = sqlx::query("DELETE FROM rooms")
            .execute(&store.readers)
            .await;
        assert!(written.is_err(), "readers do not write");
    }

    #[tokio::test]
    async fn a_backup_is_a_whole_database() {
        let (folder, store, infos) = store().await;
        let mut whole = room(code(1));
        whole.queue = vec![entry(1, &infos[0])];
        store.create_room(&whole, &HASH, None, NOW).await.unwrap();
        let copy = folder.path().join("copy.db");
        store.backup_to(&copy).await.unwrap();
        let copied = Store::open_file(&copy).await.unwrap();
        assert_eq!(copied.load_room(code(1)).await.unwrap(), Some(whole));
        assert_eq!(search(&copied, "b").await, ["b"]);
        assert!(
            store.backup_to(&copy).await.is_err(),
            "nothing is overwritten"
        );
    }
}

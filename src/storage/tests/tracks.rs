//! Tracks: kept under their ids, found, filtered and paged.

use super::*;

#[tokio::test]
async fn what_needs_an_encoder_is_played_only_where_there_is_one() {
    let (_folder, store) = empty_store().await;
    let plain = file("Plain");
    let odd = TrackFile { needs_encoder: true, ..file("Odd") };
    let ids = store.put_tracks(&[plain, odd], NOW).await.unwrap();
    assert_eq!(store.playable(&ids).await.unwrap().len(), 1);
    assert_eq!(store.set_encoder(true).await.unwrap(), 0);
    assert_eq!(store.playable(&ids).await.unwrap().len(), 2);
    assert!(!store.track(&ids[1]).await.unwrap().unwrap().info.needs_encoder);
    assert_eq!(store.set_encoder(false).await.unwrap(), 1);
    assert_eq!(store.playable(&ids).await.unwrap().keys().collect::<Vec<_>>(), [&ids[0]]);
    assert!(store.track(&ids[1]).await.unwrap().unwrap().info.needs_encoder);
}

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
        gain: Some(Gain { track: Decibels::new(-7.25), album: Some(Decibels::new(-8.0)) }),
        artwork: Some(ArtworkPlace::Embedded),
        ..file("unison")
    };
    store.put_tracks(std::slice::from_ref(&full), NOW).await.unwrap();
    let track = store.track(&full.id).await.unwrap().unwrap();
    assert_eq!(track.info.track_url, "/media/id-unison/original?v=0123456789abcdef");
    assert_eq!(track.info.renditions.len(), 1);
    assert_eq!(track.info.renditions[0].url, track.info.track_url);
    assert_eq!(track.info.renditions[0].mime, "audio/flac");
    assert_eq!(track.info.artwork_url.as_deref(), Some("/api/tracks/id-unison/artwork?v=0123456789abcdef"));
    assert_eq!(track.added_at, NOW);
    let back = TrackFile {
        id: track.info.track_id,
        path: track.path,
        folder: track.folder,
        filename: track.info.filename,
        mime: track.mime,
        version: track.version,
        renditions: track.renditions,
        needs_encoder: track.info.needs_encoder,
        encoder: false,
        gain: track.info.gain,
        same_audio: false,
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
    let again = TrackFile { id: track_id("another"), title: "Renamed".to_owned(), ..file("a") };
    let later = RoomTime::from_micros(NOW.micros() + 1);
    assert_eq!(store.put_tracks(&[again], later).await.unwrap(), [track_id("id-a")]);
    let track = store.track(&track_id("id-a")).await.unwrap().unwrap();
    assert_eq!((track.info.title.as_str(), track.added_at, track.missing), ("Renamed", NOW, false));
    assert_eq!(store.track(&track_id("another")).await.unwrap(), None);
    assert_eq!(search(&store, "renamed").await, ["Renamed"]);
    assert!(search(&store, "\"a\" ").await.len() == 1, "the file name is still a.flac");
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
    assert_eq!(titles(&store, &TrackQuery::default()).await, ["a", "b", "c"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_not_unicode_comes_out_as_it_went_in() {
    use std::os::unix::ffi::OsStringExt;
    let (_folder, store) = empty_store().await;
    let path: PathBuf = std::ffi::OsString::from_vec(b"/music/\xff\xfe'\"\n.mp3".to_vec()).into();
    let odd = TrackFile { path: path.clone(), ..file("a") };
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
                tagged("02", "Señorita \"live\"", "Beyoncé", "Robert'); DROP TABLE tracks;--"),
                tagged("03_hidden-name", "Für Elise", "Ludwig van Beethoven", "Best of"),
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
    assert_eq!(search(&store, " \t").await.len(), 4, "blank asks for nothing");
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
        (TrackQuery { folder: Some("a".into()), ..q() }, "2 3 4"),
        (TrackQuery { folder: Some("/a/".into()), ..q() }, "2 3 4"),
        (TrackQuery { folder: Some("a".into()), folder_only: true, ..q() }, "2"),
        (TrackQuery { folder: Some(String::new()), folder_only: true, ..q() }, "1"),
        (TrackQuery { folder: Some(String::new()), ..q() }, "1 2 3 4 5 6"),
        (TrackQuery { folder: Some("a%".into()), ..q() }, ""),
        (TrackQuery { folder: Some("..".into()), ..q() }, ""),
        (TrackQuery { artist: Some("ärzte".into()), ..q() }, "1 2"),
        (TrackQuery { artist: Some("VARIOUS".into()), ..q() }, "3 4"),
        (TrackQuery { artist: Some("y".into()), folder: Some("a".into()), ..q() }, "4"),
        (TrackQuery { album: Some("über_50%".into()), ..q() }, "1 2 3 4 5 6"),
        (TrackQuery { album: Some("über".into()), ..q() }, ""),
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
    assert_eq!(names(store.folders("a").await.unwrap()), [("a/b".into(), 2)]);
    assert_eq!(names(store.folders("a/b/").await.unwrap()), [("a/b/c".into(), 1)]);
    assert_eq!(names(store.folders("nowhere").await.unwrap()), []);

    let artists = store.artists(&GroupQuery::default()).await.unwrap();
    assert_eq!(artists.total, 3);
    let artists: Vec<_> = artists.groups.into_iter().map(|group| (group.artist, group.tracks)).collect();
    assert_eq!(artists, [("Various".into(), 2), ("Y".into(), 2), ("Ärzte".into(), 2)]);
    let of_artist = GroupQuery { artist: Some("ÄRZTE".to_owned()), ..GroupQuery::default() };
    let albums = store.albums(&of_artist).await.unwrap();
    assert_eq!((albums.total, albums.groups.len()), (1, 1));
    assert_eq!((albums.groups[0].album.as_str(), albums.groups[0].tracks), ("Über_50%", 2));
    assert_eq!(store.albums(&GroupQuery::default()).await.unwrap().total, 3);
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
    let mut query = TrackQuery { limit: Some(7), ..TrackQuery::default() };
    loop {
        let page = store.tracks(&query).await.unwrap();
        assert_eq!(page.total, 250);
        assert!(page.tracks.len() <= 7);
        seen.extend(page.tracks);
        if seen.len() == 21 {
            // What comes meanwhile moves nothing of what is still to come.
            let first = TrackFile { artist: Some("aaa".to_owned()), ..file("first") };
            store.put_tracks(&[first], NOW).await.unwrap();
            store.remove_track(&track_id("id-first")).await.unwrap();
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let ids: std::collections::BTreeSet<_> = seen.iter().map(|track| &track.info.track_id).collect();
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
    for (limit, length) in [(None, DEFAULT_PAGE), (Some(0), 1), (Some(u32::MAX), LARGEST_PAGE)] {
        let query = TrackQuery { limit, ..TrackQuery::default() };
        let page = store.tracks(&query).await.unwrap();
        assert_eq!(page.tracks.len(), length as usize);
        assert!(page.next_cursor.is_some());
    }
}

#[tokio::test]
async fn a_bad_cursor_is_said_to_be_one() {
    let (_folder, store, _) = store().await;
    for cursor in ["", "1", "xyz", "' OR 1=1", "00", "300000"] {
        let query = TrackQuery { cursor: Some(cursor.to_owned()), ..TrackQuery::default() };
        let result = store.tracks(&query).await;
        if cursor == "300000" {
            // Well formed: the place before all.
            assert_eq!(result.unwrap().tracks.len(), 3);
        } else {
            assert!(matches!(result, Err(StoreError::BadCursor)), "{cursor}");
        }
    }
}

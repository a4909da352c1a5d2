//! The library as people go through it: what fits best first, the latest first, whole albums and folders, artists
//! and albums page by page.

use super::*;

/// A track of an album, as its tags have it.
fn tagged(name: &str, title: &str, artist: &str, album: &str) -> TrackFile {
    TrackFile {
        title: title.to_owned(),
        artist: Some(artist.to_owned()),
        album: Some(album.to_owned()),
        ..file(name)
    }
}

async fn stored(files: &[TrackFile]) -> (TempDir, Store) {
    let (folder, store) = empty_store().await;
    store.put_tracks(files, NOW).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn titles_that_begin_with_the_text_come_first_then_titles_with_its_words() {
    let (_folder, store) = stored(&[
        tagged("1", "Aria", "Blue Ensemble", "Blue Notes"),
        tagged("2", "Kind of Blue", "Miles", "Kind"),
        tagged("3", "Bluebird", "Zed", "Z"),
        tagged("4", "Blue in Green", "Miles", "Kind"),
        tagged("5", "Blüe Öyster", "Cult", "C"),
        tagged("6", "Green", "Nobody", "N"),
    ])
    .await;
    let found = ["Blüe Öyster", "Blue in Green", "Bluebird", "Kind of Blue", "Aria"];
    assert_eq!(search(&store, "blue").await, found);
    assert_eq!(search(&store, "BLÜE ").await, found);
    assert_eq!(search(&store, "blue green").await, ["Blue in Green"]);
    assert_eq!(search(&store, "green blue").await, ["Blue in Green"]);
    assert_eq!(search(&store, "miles blue").await, ["Blue in Green", "Kind of Blue"]);
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other_through_what_fits_better_and_worse() {
    let files: Vec<TrackFile> = (0..60)
        .map(|n| match n % 3 {
            0 => tagged(&n.to_string(), "Sun", &format!("artist {n:02}"), "A"),
            1 => tagged(&n.to_string(), "The Sun", &format!("artist {n:02}"), "A"),
            _ => tagged(&n.to_string(), "Moon", &format!("Sun {n:02}"), "A"),
        })
        .collect();
    let (_folder, store) = stored(&files).await;
    let whole = store
        .tracks(&TrackQuery { text: Some("sun".to_owned()), ..TrackQuery::default() })
        .await
        .unwrap()
        .tracks;
    assert_eq!(whole.len(), 60);
    assert!(whole[..20].iter().all(|track| track.info.title == "Sun"));
    assert!(whole[20..40].iter().all(|track| track.info.title == "The Sun"));
    // Among these lengths are some whose pages end where one tier does.
    for limit in [1, 7, 10, 20, 40, 59, 60] {
        let mut query =
            TrackQuery { text: Some("sun".to_owned()), limit: Some(limit), ..TrackQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = store.tracks(&query).await.unwrap();
            assert_eq!((page.total, page.total_is_least), (60, false));
            assert!(!page.tracks.is_empty(), "no page leads to an empty one");
            seen.extend(page.tracks);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!(seen, whole, "{limit} a page");
    }
}

#[tokio::test]
async fn what_is_found_more_than_a_thousand_times_is_not_counted_to_its_end() {
    let files: Vec<_> = (0..4_100).map(|n| tagged(&n.to_string(), "Sun", "A", "A")).collect();
    let (_folder, store) = stored(&files).await;
    let mut query = TrackQuery { text: Some("s".to_owned()), limit: Some(500), ..TrackQuery::default() };
    let mut ids = std::collections::BTreeSet::new();
    loop {
        let page = store.tracks(&query).await.unwrap();
        assert_eq!((page.total, page.total_is_least), (1_000, true));
        ids.extend(page.tracks.into_iter().map(|track| track.info.track_id));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(ids.len(), 4_100, "but all of it can be reached");
}

#[tokio::test]
async fn what_was_added_last_comes_first() {
    let (_folder, store) = empty_store().await;
    for (n, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let at = RoomTime::from_micros(NOW.micros() + (n as i64 / 2));
        store.put_tracks(&[file(name)], at).await.unwrap();
    }
    let mut query = TrackQuery { order: Order::Added, limit: Some(1), ..TrackQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.tracks(&query).await.unwrap();
        assert_eq!(page.total, 4);
        seen.extend(page.tracks.into_iter().map(|track| track.info.title));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(seen, ["d", "c", "b", "a"]);
    let found = TrackQuery { order: Order::Added, text: Some("b".to_owned()), ..TrackQuery::default() };
    assert_eq!(titles(&store, &found).await, ["b"]);
    let elsewhere = store.tracks(&TrackQuery { limit: Some(1), ..TrackQuery::default() }).await.unwrap();
    query.cursor = elsewhere.next_cursor;
    assert!(matches!(store.tracks(&query).await, Err(StoreError::BadCursor)), "a cursor of another order");
}

#[tokio::test]
async fn a_whole_album_is_given_in_its_order_without_what_cannot_be_played() {
    let on = |name: &str, disc: u32, number: u32| TrackFile {
        disc: Some(disc),
        number: Some(number),
        album_artist: Some("Various".to_owned()),
        ..tagged(name, name, &format!("artist {name}"), "Sampler")
    };
    let (_folder, store) = stored(&[
        on("c", 2, 1),
        on("b", 1, 2),
        on("a", 1, 10),
        on("gone", 1, 3),
        on("silent", 1, 4),
        tagged("other", "other", "Somebody", "Sampler"),
    ])
    .await;
    store.mark_missing(&[track_id("id-gone")]).await.unwrap();
    sqlx::query("UPDATE tracks SET needs_encoder = 1 WHERE id = 'id-silent'")
        .execute(&store.writer)
        .await
        .unwrap();
    let album = TrackQuery {
        album: Some("sampler".to_owned()),
        album_artist: Some("VARIOUS".to_owned()),
        ..TrackQuery::default()
    };
    assert_eq!(titles(&store, &album).await, ["b", "silent", "a", "c"]);
    let ids = |names: &[&str]| names.iter().map(|name| track_id(&format!("id-{name}"))).collect::<Vec<_>>();
    assert_eq!(store.track_ids(&album, 1_000).await.unwrap(), (ids(&["b", "a", "c"]), 3));
    assert_eq!(store.track_ids(&album, 2).await.unwrap(), (ids(&["b", "a"]), 3));
    let folder = TrackQuery { folder: Some(String::new()), ..TrackQuery::default() };
    assert_eq!(store.track_ids(&folder, 1_000).await.unwrap().1, 4);
}

#[tokio::test]
async fn artists_and_albums_are_found_by_name_and_paged() {
    let mut files: Vec<TrackFile> = (0..30)
        .map(|n| TrackFile {
            year: Some(1990 + n),
            ..tagged(&n.to_string(), "t", &format!("Ünit {:02}", n / 3), &format!("Disc {:02}", n / 2))
        })
        .collect();
    files[1].artwork = Some(ArtworkPlace::Folder);
    files.push(TrackFile { artist: None, ..tagged("nobody", "t", "", "Nobody's") });
    files.push(file("stray"));
    let (_folder, store) = stored(&files).await;

    let mut query = GroupQuery { limit: Some(4), ..GroupQuery::default() };
    let mut artists = Vec::new();
    loop {
        let page = store.artists(&query).await.unwrap();
        assert_eq!(page.total, 10);
        artists.extend(page.groups);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(artists.len(), 10);
    assert!(artists.is_sorted_by_key(|artist| artist.artist.clone()));
    assert_eq!((artists[0].tracks, artists[0].albums), (3, 2));

    let mut query = GroupQuery { limit: Some(4), ..GroupQuery::default() };
    let mut albums = Vec::new();
    loop {
        let page = store.albums(&query).await.unwrap();
        albums.extend(page.groups);
        assert_eq!(page.total, 21, "an album of two artists is two");
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(albums.len(), 21);
    assert_eq!((albums[0].tracks, albums[0].year), (2, Some(1991)));
    assert_eq!(albums[0].artwork_url.as_deref(), Some("/api/tracks/id-1/artwork"));
    let last = albums.last().unwrap();
    assert_eq!((last.album.as_str(), &last.artist), ("Nobody's", &None), "nobody's come last");
    let of_nobody = TrackQuery {
        album: Some(last.album.clone()),
        album_artist: Some(String::new()),
        ..TrackQuery::default()
    };
    assert_eq!(titles(&store, &of_nobody).await, ["t"]);

    let search = |text: &str| GroupQuery { text: Some(text.to_owned()), ..GroupQuery::default() };
    assert_eq!(store.artists(&search("unit 07")).await.unwrap().groups[0].artist, "Ünit 07");
    assert_eq!(store.artists(&search("disc")).await.unwrap().total, 0);
    assert_eq!(store.albums(&search("disc 03")).await.unwrap().groups[0].album, "Disc 03");
    assert_eq!(store.albums(&search("unit 00")).await.unwrap().total, 2, "also by its artist");
    assert_eq!(store.albums(&search("*")).await.unwrap().total, 0);
    let bad = GroupQuery { cursor: Some("x".to_owned()), ..GroupQuery::default() };
    assert!(matches!(store.artists(&bad).await, Err(StoreError::BadCursor)));
    assert!(matches!(store.albums(&bad).await, Err(StoreError::BadCursor)));
}

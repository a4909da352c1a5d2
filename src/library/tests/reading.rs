//! What one scan reads, and what it passes by.

use super::*;

#[tokio::test]
async fn tags_and_length_are_read() {
    let house = House::new().await;
    let path = house.write("Band/Album/07.wav", wav(12_000));
    tag(&path, TagType::Id3v2, |tag| {
        tag.set_title(" Señor \0".to_owned());
        tag.set_artist("Björk".to_owned());
        tag.set_album("Début".to_owned());
        tag.set_genre("Pop".to_owned());
        tag.set_track(7);
        tag.set_disk(2);
        tag.insert_text(ItemKey::AlbumArtist, "Various".to_owned());
        tag.insert_text(ItemKey::RecordingDate, "1993-07-05".to_owned());
    });
    let report = house.scan().await;
    assert_eq!((report.files_seen, report.files_read), (1, 1));
    assert_eq!((report.added, report.tracks, report.warnings), (1, 1, 0));
    let track = house.only_track().await;
    assert_eq!(track.info.title, "Señor");
    assert_eq!(track.info.artist.as_deref(), Some("Björk"));
    assert_eq!(track.info.album.as_deref(), Some("Début"));
    assert_eq!(track.album_artist.as_deref(), Some("Various"));
    assert_eq!(track.genre.as_deref(), Some("Pop"));
    assert_eq!((track.disc, track.number, track.year), (Some(2), Some(7), Some(1993)));
    assert_eq!(track.info.duration, MediaTime::from_micros(1_500_000));
    assert_eq!(track.info.filename, "07.wav");
    assert_eq!(track.folder, "Band/Album");
    assert_eq!(track.mime, "audio/wav");
    assert_eq!(track.path, path.canonicalize().unwrap());
    assert_eq!(track.info.track_id.as_str().len(), 32);
    assert_eq!(track.info.artwork_url, None);
}

#[tokio::test]
async fn several_artists_are_all_named() {
    let house = House::new().await;
    let path = house.write("a.flac", flac());
    tag(&path, TagType::VorbisComments, |tag| {
        for artist in ["Simon", "Garfunkel"] {
            tag.push(lofty::tag::TagItem::new(
                ItemKey::TrackArtist,
                lofty::tag::ItemValue::Text(artist.to_owned()),
            ));
        }
    });
    house.scan().await;
    let track = house.only_track().await;
    assert_eq!(track.info.artist.as_deref(), Some("Simon, Garfunkel"));
}

#[tokio::test]
async fn a_title_is_never_empty() {
    let house = House::new().await;
    for (name, title) in [("blank.wav", "  \u{7} "), ("none.wav", "")] {
        let path = house.write(name, wav(800));
        tag(&path, TagType::Id3v2, |tag| {
            tag.set_title(title.to_owned());
            tag.set_artist(" ".to_owned());
            tag.set_genre("x".to_owned());
        });
    }
    house.write("01. A name. With dots.wav", wav(800));
    house.scan().await;
    assert_eq!(house.titles().await, ["01. A name. With dots", "blank", "none"]);
    assert!(house.page().await.tracks.iter().all(|t| t.info.artist.is_none()));
}

#[tokio::test]
async fn the_type_is_in_the_content_and_not_in_the_name() {
    let house = House::new().await;
    house.write("wav.mp3", wav(800));
    house.write("mp3.WAV", mp3(20));
    house.write("flac.ogg", flac());
    house.write("wav", wav(800));
    house.write("flac.backup", flac());
    let report = house.scan().await;
    assert_eq!(report.warnings, 0);
    let mut types: Vec<_> =
        house.page().await.tracks.into_iter().map(|track| (track.info.filename, track.mime)).collect();
    types.sort();
    assert_eq!(
        types,
        [
            ("flac.backup", "audio/flac"),
            ("flac.ogg", "audio/flac"),
            ("mp3.WAV", "audio/mpeg"),
            ("wav", "audio/wav"),
            ("wav.mp3", "audio/wav"),
        ]
        .map(|(name, mime)| (name.to_owned(), mime.to_owned()))
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_used_costs_one_warning_and_not_the_scan() {
    let house = House::new().await;
    let whole_mp3 = mp3(100);
    let mut flac_cut_in_its_head = flac();
    flac_cut_in_its_head.truncate(20);
    let bad: [(&str, Vec<u8>); 10] = [
        ("text.mp3", b"I am no music at all, just text.\n".repeat(100)),
        ("page.mp3", b"<!doctype html><title>404</title>".repeat(50)),
        ("empty.flac", Vec::new()),
        ("cut.wav", wav(80_000)[..40_000].to_vec()),
        ("head.wav", wav(80_000)[..30].to_vec()),
        ("no samples.wav", wav(0)),
        ("head.flac", flac_cut_in_its_head),
        ("jpeg.m4a", JPEG.to_vec()),
        ("zeros.ogg", vec![0; 5_000]),
        ("one byte.mp3", vec![0xff]),
    ];
    for (name, bytes) in &bad {
        house.write(name, bytes);
    }
    house.write("good.mp3", whole_mp3);
    house.write("zz last.wav", wav(800));
    let (warnings, _guard) = Warnings::watch();
    let report = house.scan().await;
    for (name, _) in &bad {
        assert_eq!(warnings.naming(name), 1, "{name}");
    }
    assert_eq!(warnings.count(), bad.len());
    assert_eq!(report.warnings, bad.len() as u64);
    assert_eq!(house.titles().await, ["good", "zz last"]);
    assert_eq!(house.library.progress().borrow().warnings, bad.len() as u64);
}

#[tokio::test]
async fn an_mp3_that_is_shorter_than_its_head_promises_is_cut_off() {
    let house = House::new().await;
    // The first frame is a Xing header that promises 200 frames in 200 × 417 bytes.
    let mut promising = mp3(200);
    promising[21..25].copy_from_slice(b"Xing");
    promising[25..29].copy_from_slice(&3u32.to_be_bytes());
    promising[29..33].copy_from_slice(&200u32.to_be_bytes());
    promising[33..37].copy_from_slice(&(200u32 * 417).to_be_bytes());
    house.write("whole.mp3", &promising);
    house.write("half.mp3", &promising[..promising.len() / 2]);
    let report = house.scan().await;
    assert_eq!((report.added, report.warnings), (1, 1));
    assert_eq!(house.only_track().await.info.title, "whole");
}

#[tokio::test]
async fn what_browsers_do_not_play_is_taken_and_waits_for_an_encoder() {
    let house = House::new().await;
    let layer_2 = {
        let mut frame = vec![0xff, 0xfd, 0xa4, 0x00];
        frame.resize(576, 0);
        frame.repeat(100)
    };
    house.write("old.mp2", layer_2);
    house.write("good.mp3", mp3(100));
    let (warnings, _guard) = Warnings::watch();
    house.scan().await;
    assert_eq!((warnings.naming("tracks=1"), warnings.count()), (1, 1));
    let id = house.id_of("old.mp2").await;
    let track = house.store.track(&id).await.unwrap().unwrap();
    assert!(track.info.needs_encoder);
    assert_eq!(track.info.duration, MediaTime::from_micros(2_400_000));
    assert!(house.store.playable(std::slice::from_ref(&id)).await.unwrap().is_empty());
    let library = Library::new().with_encoder(true);
    library.scan(&house.store, &[house.music()]).await.unwrap();
    assert_eq!(warnings.count(), 1);
    assert_eq!(house.store.playable(&[id]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_mp4_whose_boxes_do_not_fit_is_cut_off() {
    let house = House::new().await;
    let mut bytes = 16u32.to_be_bytes().to_vec();
    bytes.extend(b"ftypM4A \0\0\0\0");
    bytes.extend(5_000u32.to_be_bytes());
    bytes.extend(b"mdat");
    bytes.resize(1_000, 0);
    let path = house.write("cut.m4a", bytes);
    let error = probe(&path).unwrap_err().to_string();
    assert!(error.contains("1000 of 5016 bytes"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_be_read_costs_one_warning() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new().await;
    house.write("good.wav", wav(800));
    let locked = house.write("locked.wav", wav(800));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&locked).is_ok() {
        // Root reads everything.
        return;
    }
    let (warnings, _guard) = Warnings::watch();
    house.scan().await;
    assert_eq!((warnings.naming("locked.wav"), warnings.count()), (1, 1));
    assert_eq!(house.titles().await, ["good"]);
}

#[tokio::test]
async fn hidden_files_playlists_and_what_else_lies_around_are_passed_by_in_silence() {
    let house = House::new().await;
    house.write(".hidden.wav", wav(800));
    house.write("._resource.mp3", b"not audio");
    house.write(".Trash/deleted.wav", wav(800));
    house.write("list.m3u", "good.wav\n");
    house.write("list.m3u8", "good.wav\n");
    house.write("list.pls", "[playlist]\n");
    house.write("list.cue", "FILE \"good.wav\" WAVE\n");
    house.write("cover.jpg", JPEG);
    house.write("scan.jpg", [&JPEG[..], &[0xff; 2_000]].concat());
    house.write("notes.txt", "ID3 is a kind of tag");
    house.write("empty", "");
    house.write("good.wav", wav(800));
    let (warnings, _guard) = Warnings::watch();
    let report = house.scan().await;
    assert_eq!(warnings.count(), 0);
    assert_eq!((report.files_seen, report.tracks), (1, 1));
    assert_eq!(house.titles().await, ["good"]);
}

#[tokio::test]
async fn odd_names_are_names() {
    let house = House::new().await;
    let names = [
        "a \"quoted\" 'name'; DROP TABLE tracks;--.wav",
        "new\nline.wav",
        "100% *?[x].wav",
        "-rf.wav",
        "é decomposed e\u{301}.wav",
        "\u{202e}right to left.wav",
        "音楽/曲 🎵.wav",
        "deep/er/and/deep/er/x.WAV",
        "%2e%2e%2f.wav",
    ];
    for name in names {
        house.write(name, wav(800));
    }
    let long = format!("{}.wav", "ü".repeat(125));
    house.write(&long, wav(800));
    let report = house.scan().await;
    assert_eq!(report.tracks, names.len() as u64 + 1);
    assert_eq!(report.warnings, 0);
    assert_eq!(house.scan().await.files_read, 0);
    let titles = house.titles().await;
    assert!(titles.contains(&"new line".to_owned()));
    assert!(titles.contains(&"曲 🎵".to_owned()));
    for track in house.page().await.tracks {
        assert!(track.path.is_file());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_name_that_is_not_unicode_is_a_name() {
    use std::os::unix::ffi::OsStringExt;
    let house = House::new().await;
    let name = std::ffi::OsString::from_vec(b"caf\xe9.wav".to_vec());
    fs::write(house.music().join(name), wav(800)).unwrap();
    house.scan().await;
    let track = house.only_track().await;
    assert_eq!(track.info.filename, "caf\u{fffd}.wav");
    assert_eq!(track.info.title, "caf\u{fffd}");
    assert!(track.path.is_file());
    assert_eq!(house.scan().await.files_read, 0);
}

#[tokio::test]
async fn an_upload_is_added_at_once() {
    let house = House::new().await;
    let root = house.music().canonicalize().unwrap();
    let path = house.write("new.wav", wav(800));
    let id = house.library.add(&house.store, &root, &path).await.unwrap();
    assert_eq!(house.only_track().await.info.track_id, id);
    assert_eq!(house.scan().await.files_read, 0);
    let text = house.write("text.mp3", "no music");
    assert!(matches!(house.library.add(&house.store, &root, &text).await, Err(AddError::Unusable(_))));
}

#[test]
fn a_tag_that_makes_no_sense_costs_the_tag_and_not_the_music() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spoiled.mp3");
    let mut bytes = fs::read("public/demo/01-window-seat.mp3").unwrap();
    let whole = crate::library::probe(Path::new("public/demo/01-window-seat.mp3")).unwrap();
    // An APE tag of version 2 that says it has an item, which is none.
    bytes.extend(b"APETAGEX");
    for field in [2_000u32, 40, 1, 0xa000_0000, 0, 0] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend([0; 8]);
    bytes.extend(b"APETAGEX");
    for field in [2_000u32, 40, 1, 0x8000_0000, 0, 0] {
        bytes.extend(field.to_le_bytes());
    }
    fs::write(&path, bytes).unwrap();
    let spoiled = crate::library::probe(&path).unwrap();
    assert_eq!(spoiled.duration, whole.duration);
    assert_eq!(spoiled.title, None);
}

//! Scans after the first: unchanged, changed, gone, returned, moved.

use super::*;

#[tokio::test]
async fn what_did_not_change_is_not_read_again() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.write("sub/b.mp3", mp3(20));
    house.scan().await;
    let before = house.page().await;
    let report = house.scan().await;
    assert_eq!((report.files_seen, report.files_read), (2, 0));
    assert_eq!((report.added, report.changed, report.gone), (0, 0, 0));
    assert_eq!(house.page().await, before);
}

#[tokio::test]
async fn what_changed_is_read_again_and_keeps_its_id() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.write("b.wav", wav(800));
    house.scan().await;
    let id = house.id_of("a.wav").await;
    let path = house.write("a.wav", wav(1_600));
    tag(&path, TagType::Id3v2, |tag| tag.set_title("New".to_owned()));
    let report = house.scan().await;
    assert_eq!((report.files_read, report.changed, report.added), (1, 1, 0));
    let track = house.store.track(&id).await.unwrap().unwrap();
    assert_eq!(track.info.title, "New");
    assert_eq!(track.info.duration, MediaTime::from_micros(200_000));
}

#[tokio::test]
async fn what_vanished_is_missing_and_what_returned_is_the_same_track() {
    let house = House::new().await;
    let path = house.write("a.wav", wav(800));
    house.write("b.wav", wav(900));
    house.scan().await;
    let id = house.id_of("a.wav").await;

    let aside = house.folder.path().join("aside.wav");
    fs::rename(&path, &aside).unwrap();
    let report = house.scan().await;
    assert_eq!((report.gone, report.tracks), (1, 1));
    assert_eq!(house.titles().await, ["b"]);
    assert!(house.store.track(&id).await.unwrap().unwrap().missing);
    assert_eq!(house.scan().await.gone, 0, "it is gone once");

    fs::rename(&aside, &path).unwrap();
    let report = house.scan().await;
    assert_eq!((report.returned, report.files_read), (1, 0));
    assert_eq!(house.id_of("a.wav").await, id);

    // And the same with other content.
    fs::remove_file(&path).unwrap();
    house.scan().await;
    house.write("a.wav", wav(2_000));
    house.scan().await;
    assert_eq!(house.id_of("a.wav").await, id);
    assert_eq!(house.page().await.total, 2);
}

#[tokio::test]
async fn what_got_another_name_or_place_is_the_same_track() {
    let house = House::new().await;
    let path = house.write("old name.wav", wav(800));
    house.write("b.wav", wav(900));
    house.scan().await;
    let id = house.id_of("old name.wav").await;
    let new = house.at("sub/new name.wav");
    fs::rename(&path, &new).unwrap();
    let report = house.scan().await;
    assert_eq!((report.moved, report.added, report.gone), (1, 0, 0));
    let track = house.store.track(&id).await.unwrap().unwrap();
    assert!(!track.missing);
    assert_eq!(track.info.title, "new name");
    assert_eq!((track.folder.as_str(), track.path.is_file()), ("sub", true));
    assert_eq!(house.page().await.total, 2);
    assert_eq!(house.scan().await.files_read, 0);
}

#[tokio::test]
async fn of_two_files_that_look_alike_neither_is_taken_for_the_other() {
    let house = House::new().await;
    let (a, b) = (house.write("a.wav", wav(800)), house.write("b.wav", wav(800)));
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for path in [&a, &b] {
        fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }
    house.scan().await;
    fs::remove_file(&a).unwrap();
    fs::rename(&b, house.at("c.wav")).unwrap();
    let report = house.scan().await;
    assert_eq!((report.moved, report.added, report.gone), (0, 1, 2));
    assert_eq!(house.titles().await, ["c"]);
}

#[tokio::test]
async fn a_good_file_that_became_garbage_is_missing_until_it_is_good_again() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.scan().await;
    let id = house.id_of("a.wav").await;
    house.write("a.wav", "garbage");
    let report = house.scan().await;
    assert_eq!((report.warnings, report.gone, report.tracks), (1, 1, 0));
    house.write("a.wav", wav(1_000));
    assert_eq!(house.scan().await.tracks, 1);
    assert_eq!(house.id_of("a.wav").await, id);
}

#[tokio::test]
async fn what_is_still_being_written_is_left_for_the_next_look() {
    let house = House::new().await;
    let whole = wav(8_000);
    house.write_now("half.mp3", "garbage so far");
    let (warnings, _watching) = Warnings::watch();
    let report = house.scan().await;
    assert_eq!((report.unsettled, report.warnings, report.tracks), (1, 0, 0));
    assert_eq!(warnings.count(), 0);
    house.write_now("half.mp3", &whole);
    let report = house.scan().await;
    assert_eq!((report.unsettled, report.added, report.tracks), (0, 1, 1));
    // What stays garbage is told in the end.
    house.write("half.mp3", "garbage");
    assert_eq!(house.scan().await.warnings, 1);
}

#[tokio::test]
async fn a_cancelled_scan_keeps_what_it_has_read_and_takes_nothing_for_gone() {
    let house = House::new().await;
    house.write("gone.wav", wav(800));
    house.scan().await;
    fs::remove_file(house.at("gone.wav")).unwrap();
    for n in 0..400 {
        house.write(&format!("{n}.wav"), wav(801 + n));
    }
    let mut progress = house.library.progress();
    let cancelling = async {
        progress.wait_for(|progress| progress.files_read > 0).await.unwrap();
        house.library.cancel();
    };
    let (report, ()) = tokio::join!(house.scan(), cancelling);
    assert!(report.cancelled);
    assert_eq!(report.gone, 0);
    assert!((100..400).contains(&report.added), "{}", report.added);
    assert_eq!(house.page().await.total, report.added + 1);

    let report = house.scan().await;
    assert!(!report.cancelled);
    assert_eq!((report.gone, report.tracks), (1, 400));
}

#[tokio::test]
async fn whoever_shows_the_library_learns_that_it_changed() {
    let house = House::new().await;
    let mut changes = house.library.changes();
    house.write("a.wav", wav(800));
    house.scan().await;
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    house.scan().await;
    assert!(!changes.has_changed().unwrap(), "nothing changed");
    fs::rename(house.at("a.wav"), house.at("b.wav")).unwrap();
    house.scan().await;
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    fs::remove_file(house.at("b.wav")).unwrap();
    house.scan().await;
    assert!(changes.has_changed().unwrap());
}

#[tokio::test]
async fn a_bad_file_costs_one_warning_however_often_it_is_met() {
    let house = House::new().await;
    house.write("bad.mp3", "garbage");
    std::os::unix::fs::symlink("nowhere", house.at("link.mp3")).unwrap();
    let (warnings, _watching) = Warnings::watch();
    for _ in 0..3 {
        assert_eq!(house.scan().await.warnings, 2, "it counts each time");
    }
    assert_eq!((warnings.naming("bad.mp3"), warnings.naming("link.mp3")), (1, 1));
    house.write("bad.mp3", "other garbage");
    house.scan().await;
    assert_eq!(warnings.naming("bad.mp3"), 2, "it is another file now");
    house.write("bad.mp3", mp3(20));
    assert_eq!(house.scan().await.added, 1);
}

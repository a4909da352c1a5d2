//! Music folders: absent, overlapping, linked in circles; and the progress of a scan.

use super::*;

#[tokio::test]
async fn a_folder_that_is_not_there_is_named_and_nothing_becomes_missing() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    let other = house.folder.path().join("other disk");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("b.wav"), wav(900)).unwrap();
    let roots = [other.clone(), house.music()];
    house.library.scan(&house.store, &roots).await.unwrap();
    assert_eq!(house.titles().await, ["a", "b"]);

    fs::rename(&other, house.folder.path().join("unplugged")).unwrap();
    fs::remove_file(house.music().join("a.wav")).unwrap();
    house.write("c.wav", wav(1_000));
    let error = house.library.scan(&house.store, &roots).await.unwrap_err();
    assert!(matches!(&error, ScanError::Folder { path, .. } if *path == other));
    assert!(error.to_string().contains("other disk"), "{error}");
    let progress = house.library.progress().borrow().clone();
    assert_eq!(progress.error, Some(error.to_string()));
    assert!(!progress.running);
    assert_eq!(house.titles().await, ["a", "b", "c"], "the rest is scanned");

    let file = house.music().join("c.wav");
    let error = house.library.scan(&house.store, &[file]).await.unwrap_err();
    assert!(error.to_string().contains("c.wav"), "a file is no folder");

    assert_eq!(house.scan().await.gone, 2);
    assert_eq!(house.titles().await, ["c"]);
    assert_eq!(house.library.progress().borrow().error, None);
}

#[tokio::test]
async fn folders_that_overlap_give_no_doubles() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.write("sub/b.wav", wav(900));
    house.write("sub/.hidden/c.wav", wav(1_000));
    let roots =
        [house.music(), house.music().join("sub"), house.music().join("sub/../sub/.hidden"), house.music()];
    let report = house.library.scan(&house.store, &roots).await.unwrap();
    assert_eq!((report.files_seen, report.tracks), (3, 3));
    let report = house.library.scan(&house.store, &roots).await.unwrap();
    assert_eq!((report.files_read, report.tracks), (0, 3));
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_once_and_never_in_circles() {
    use std::os::unix::fs::symlink;
    let house = House::new().await;
    house.write("sub/a.wav", wav(800));
    let outside = house.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("b.wav"), wav(900)).unwrap();
    symlink("..", house.at("sub/up")).unwrap();
    symlink(house.music(), house.at("sub/top")).unwrap();
    symlink("itself", house.at("itself")).unwrap();
    symlink("sub/a.wav", house.at("again.wav")).unwrap();
    symlink(&outside, house.at("linked")).unwrap();
    symlink("nowhere", house.at("dead link")).unwrap();
    symlink("nowhere.wav", house.at("dead link.wav")).unwrap();
    let (warnings, _guard) = Warnings::watch();
    let report = house.scan().await;
    assert_eq!(report.tracks, 2);
    assert_eq!(warnings.naming("dead link.wav"), 1);
    let report = house.scan().await;
    assert_eq!((report.files_read, report.tracks, report.gone), (0, 2, 0));
}

#[tokio::test]
async fn scans_at_the_same_time_follow_one_another() {
    let house = House::new().await;
    for n in 0..30 {
        house.write(&format!("{n}.wav"), wav(800 + n));
    }
    let roots = [house.music()];
    let (one, two) =
        tokio::join!(house.library.scan(&house.store, &roots), house.library.scan(&house.store, &roots));
    let read = [one.unwrap().files_read, two.unwrap().files_read];
    assert_eq!(read.iter().sum::<u64>(), 30);
    assert_eq!(house.page().await.total, 30);
}

#[tokio::test]
async fn a_scan_tells_how_far_it_is_and_when_it_is_over() {
    let house = House::new().await;
    for n in 0..250 {
        house.write(&format!("{n}.wav"), wav(100 + n));
    }
    let mut progress = house.library.progress();
    let watching = tokio::spawn(async move {
        let mut seen = Vec::new();
        while progress.changed().await.is_ok() {
            let now = progress.borrow_and_update().clone();
            let over = !now.running;
            seen.push(now);
            if over {
                break;
            }
        }
        seen
    });
    tokio::task::yield_now().await;
    house.scan().await;
    let seen = watching.await.unwrap();
    assert!(seen[0].running);
    assert!(seen.is_sorted_by_key(|progress| (progress.files_read, progress.tracks)));
    assert!(seen.iter().any(|p| p.running && 0 < p.tracks && p.tracks < 250));
    let last = seen.last().unwrap();
    assert_eq!((last.files_seen, last.files_read, last.tracks), (250, 250, 250));
}

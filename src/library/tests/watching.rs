//! The watch, on a real folder and with real events.

use super::*;

/// What happens in the meantime is heard within this, or never: changes settle for 2 s, and are looked at then.
const PATIENCE: Duration = Duration::from_secs(30);

/// Does something while the library is kept in step.
async fn while_watched(house: &House, doing: impl Future<Output = ()>) {
    let roots = [house.music()];
    tokio::select! {
        () = house.library.keep_in_step(&house.store, &roots, Watch::Auto) => unreachable!("it goes on"),
        () = doing => {}
        () = tokio::time::sleep(PATIENCE) => panic!("it is not noticed"),
    }
}

/// Waits until the library has tracks of these titles.
async fn shows(house: &House, titles: &[&str]) {
    let mut changes = house.library.changes();
    while house.titles().await != titles {
        changes.changed().await.unwrap();
    }
}

#[tokio::test]
async fn what_appears_moves_and_goes_is_noticed() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    while_watched(&house, async {
        shows(&house, &["a"]).await;
        // In a folder that was not there, one that is moved in whole.
        let aside = house.folder.path().join("aside");
        fs::create_dir(&aside).unwrap();
        fs::write(aside.join("b.wav"), wav(900)).unwrap();
        fs::rename(&aside, house.music().join("album")).unwrap();
        shows(&house, &["a", "b"]).await;
        let id = house.id_of("b.wav").await;
        house.write("album/deep/er/c.wav", wav(1_000));
        shows(&house, &["a", "b", "c"]).await;
        fs::rename(house.at("album/b.wav"), house.at("d.wav")).unwrap();
        shows(&house, &["a", "c", "d"]).await;
        assert_eq!(house.id_of("d.wav").await, id);
        fs::remove_dir_all(house.music().join("album")).unwrap();
        shows(&house, &["a", "d"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_written_slowly_is_taken_once_it_is_whole() {
    let house = House::new().await;
    let (warnings, _watching) = Warnings::watch();
    while_watched(&house, async {
        let whole = mp3(400);
        // Its head promises more than there is so far.
        let path = house.write_now("slow.wav", &wav(8_000)[..20]);
        let mut progress = house.library.progress();
        progress.wait_for(|progress| progress.files_seen == 1).await.unwrap();
        fs::write(&path, &whole).unwrap();
        shows(&house, &["slow"]).await;
    })
    .await;
    assert_eq!(warnings.count(), 0);
}

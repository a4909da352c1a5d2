//! What people add: taken in, found to be known, refused; and that nothing is left of what was refused.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::*;
use crate::library::intake::{Refusal, RemoveError, Taken};

pub(super) const LIMITS: IntakeLimits = IntakeLimits { file_bytes: 100_000, total_bytes: 150_000 };

struct Door {
    house: House,
    intake: Intake,
}

impl Door {
    async fn new() -> Self {
        let house = House::new().await;
        let intake = open(&house);
        Self { house, intake }
    }

    async fn take(&self, name: &str, bytes: Vec<u8>) -> Result<Taken, Refusal> {
        let mut hold = self.intake.hold(0).await?;
        let chunks: Vec<Result<Vec<u8>, &str>> =
            bytes.chunks(1_000).map(|chunk| Ok(chunk.to_vec())).collect();
        self.intake.take(&mut hold, name, stream::iter(chunks)).await
    }

    async fn track(&self, taken: &Taken) -> TrackRecord {
        self.house.store.track(&taken.id).await.unwrap().unwrap()
    }

    /// The names of all files of the folder, hidden ones too.
    fn files(&self) -> Vec<String> {
        files_below(&self.house.folder.path().join("uploads"))
    }
}

fn open(house: &House) -> Intake {
    let root = house.folder.path().join("uploads");
    Intake::open(house.library.clone(), house.store.clone(), &root, LIMITS).unwrap()
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return files_below(&path);
            }
            vec![path.file_name().unwrap().to_string_lossy().into_owned()]
        })
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_addition_is_in_the_library_at_once_and_stays_there() {
    let door = Door::new().await;
    let taken = door.take("../Night Ferry.mp3", wav(800)).await.unwrap();
    assert!(!taken.duplicate);
    let track = door.track(&taken).await;
    assert_eq!((track.info.title.as_str(), track.folder.as_str()), ("Night Ferry", "Uploads"));
    assert_eq!(door.files(), ["Night Ferry.wav"], "its content says what it is");
    assert_eq!(door.house.library.progress().borrow().tracks, 1);

    let roots = [door.house.music(), door.house.folder.path().join("uploads")];
    let report = door.house.library.scan(&door.house.store, &roots).await.unwrap();
    assert_eq!((report.tracks, report.files_read, report.gone), (1, 0, 0));
    assert_eq!(door.track(&taken).await, track);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_what_was_added_and_nobody_runs_it() {
    use std::os::unix::fs::PermissionsExt;
    let door = Door::new().await;
    let taken = door.take("a.wav", wav(800)).await.unwrap();
    let path = door.track(&taken).await.path;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[tokio::test]
async fn the_same_content_is_taken_once_whatever_its_name() {
    let door = Door::new().await;
    door.house.write("Old.wav", wav(900));
    door.house.scan().await;
    let old = door.house.id_of("Old.wav").await;
    assert_eq!(door.take("New.wav", wav(900)).await.unwrap(), Taken { id: old, duplicate: true });
    assert_eq!(door.files(), Vec::<String>::new());

    let mut other = wav(900);
    *other.last_mut().unwrap() = 0x81;
    let first = door.take("New.wav", other.clone()).await.unwrap();
    assert!(!first.duplicate, "as large is not the same");
    let (one, two) = tokio::join!(door.take("x.wav", wav(700)), door.take("y.wav", wav(700)));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.id, two.id, "also of two that come together");
    assert_ne!(one.duplicate, two.duplicate);
}

#[tokio::test]
async fn another_file_of_the_same_name_gets_a_number() {
    let door = Door::new().await;
    for samples in [800, 801, 802] {
        door.take("Song.wav", wav(samples)).await.unwrap();
    }
    assert_eq!(door.files(), ["Song (2).wav", "Song (3).wav", "Song.wav"]);
}

#[tokio::test]
async fn what_is_no_audio_or_too_large_or_breaks_off_leaves_nothing() {
    let door = Door::new().await;
    let text = b"Not every file that is called music is music.\n".repeat(200);
    assert!(matches!(door.take("fake.mp3", text).await, Err(Refusal::NotAudio(_))));
    assert!(matches!(door.take("empty.mp3", Vec::new()).await, Err(Refusal::NotAudio(_))));
    assert!(matches!(door.take("long.wav", wav(100_001)).await, Err(Refusal::TooLarge(100_000))));

    let mut hold = door.intake.hold(0).await.unwrap();
    let broken = stream::iter([Ok(wav(800)), Err("connection reset")]);
    let refused = door.intake.take(&mut hold, "a.wav", broken).await;
    assert!(matches!(refused, Err(Refusal::Broken(_))));
    drop(hold);
    assert_eq!(door.files(), Vec::<String>::new());
}

#[tokio::test]
async fn who_goes_away_in_the_middle_leaves_nothing() {
    let door = Door::new().await;
    let mut hold = door.intake.hold(0).await.unwrap();
    {
        let begun = stream::iter([Ok::<_, String>(wav(800))]).chain(stream::pending());
        let mut begun = Box::pin(begun);
        let taking = door.intake.take(&mut hold, "a.wav", &mut begun);
        tokio::pin!(taking);
        while door.files().is_empty() {
            assert!(futures_util::poll!(&mut taking).is_pending());
            tokio::task::yield_now().await;
        }
    }
    let gone = async {
        while !door.files().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
}

#[tokio::test]
async fn all_additions_together_fit_into_their_space() {
    let door = Door::new().await;
    let first = door.take("a.wav", wav(90_000)).await.unwrap();
    assert!(matches!(door.take("b.wav", wav(70_000)).await, Err(Refusal::Full)));
    assert!(matches!(door.intake.hold(70_000).await, Err(Refusal::Full)));
    assert_eq!(door.files(), ["a.wav"]);
    // What was refused holds nothing any more.
    door.take("c.wav", wav(50_000)).await.unwrap();
    // And what the operator removes makes space, also by hand, and after a restart.
    fs::remove_file(door.track(&first).await.path).unwrap();
    door.take("d.wav", wav(70_000)).await.unwrap();
    let again = open(&door.house);
    assert!(matches!(again.hold(60_000).await, Err(Refusal::Full)));
}

#[tokio::test]
async fn leftovers_of_a_crash_are_removed_and_music_is_not() {
    let door = Door::new().await;
    door.take("a.wav", wav(800)).await.unwrap();
    fs::write(door.house.folder.path().join("uploads/.part-1"), "half").unwrap();
    open(&door.house);
    assert_eq!(door.files(), ["a.wav"]);
}

#[tokio::test]
async fn an_addition_is_removed_with_its_file_and_the_operators_files_never() {
    let door = Door::new().await;
    let path = door.house.write("mine.wav", wav(900));
    door.house.scan().await;
    let mine = Taken { id: door.house.id_of("mine.wav").await, duplicate: false };
    let refused = door.intake.remove(&door.track(&mine).await).await;
    assert!(matches!(refused, Err(RemoveError::NotOurs)));
    assert!(path.exists());

    let taken = door.take("a.wav", wav(800)).await.unwrap();
    door.intake.remove(&door.track(&taken).await).await.unwrap();
    assert_eq!(door.files(), Vec::<String>::new());
    assert_eq!(door.house.store.track(&taken.id).await.unwrap(), None);
    assert_eq!(door.house.library.progress().borrow().tracks, 1);
}

//! Opening, settings and backups of the database.

use super::*;

#[tokio::test]
async fn a_path_and_an_address_name_the_same_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b/tutti.db");
    let store = Store::open(path.to_str().unwrap()).await.unwrap();
    store.create_room(&room(code(1)), &HASH, None, NOW).await.unwrap();
    store.close().await;
    assert!(store.check().await.is_err());
    let address = format!("sqlite://{}", path.to_str().unwrap().replace(' ', "%20"));
    let store = Store::open(&address).await.unwrap();
    assert_eq!(store.count_rooms().await.unwrap(), 1);
    store.check().await.unwrap();
}

#[tokio::test]
async fn other_databases_are_refused() {
    for address in ["postgres://localhost/tutti", "sqlite::memory:", "sqlite://x?mode=memory"] {
        assert!(Store::open(address).await.is_err(), "{address}");
    }
}

#[tokio::test]
async fn the_database_is_set_for_safety() {
    let (_folder, store) = empty_store().await;
    for (pragma, wanted) in
        [("PRAGMA foreign_keys", "1"), ("PRAGMA synchronous", "2"), ("PRAGMA journal_mode", "wal")]
    {
        for pool in [&store.writer, &store.readers] {
            let row = sqlx::query(pragma).fetch_one(pool).await.unwrap();
            let value: String = sqlx::Row::try_get_unchecked(&row, 0).unwrap();
            assert_eq!(value, wanted, "{pragma}");
        }
    }
    let written = sqlx::query("DELETE FROM rooms").execute(&store.readers).await;
    assert!(written.is_err(), "readers do not write");
}

#[tokio::test]
async fn a_backup_is_a_whole_database() {
    let (folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.queue = vec![entry(1, &infos[0])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    let copy = folder.path().join("copy.db");
    let mut file = DatabaseFile::open(folder.path().join("data/tutti.db").to_str().unwrap()).await.unwrap();
    file.copy_to(&copy).await.unwrap();
    let copied = Store::open_file(&copy).await.unwrap();
    assert_eq!(copied.load_room(code(1)).await.unwrap(), Some(whole));
    assert_eq!(search(&copied, "b").await, ["b"]);
    assert!(file.copy_to(&copy).await.is_err(), "nothing is overwritten");
}

async fn file_of(path: &Path) -> DatabaseFile {
    DatabaseFile::open(path.to_str().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_file_says_what_it_is_and_is_not_changed_by_being_looked_at() {
    let (folder, store, _) = store().await;
    store.create_room(&room(code(1)), &HASH, None, NOW).await.unwrap();
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 3").execute(&store.writer).await.unwrap();
    let mut file = file_of(&folder.path().join("data/tutti.db")).await;
    assert_eq!(file.schema().await.unwrap(), Some(2), "it was not migrated");
    assert_eq!(newest_schema(), 3);
    assert_eq!(file.counts().await.unwrap(), (1, 3));
    assert!(file.bytes().await.unwrap() > 50_000);
    assert_eq!(file.faults(true).await.unwrap(), Vec::<String>::new());
    assert!(sqlx::query("DELETE FROM rooms").execute(&store.writer).await.is_ok(), "the server goes on");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(DatabaseFile::open(path.to_str().unwrap()).await.is_err());
    assert!(!path.exists());
}

#[tokio::test]
async fn a_database_of_others_is_told_from_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    std::fs::write(&path, b"").unwrap();
    assert_eq!(file_of(&path).await.schema().await.unwrap(), None);
    std::fs::write(&path, [7; 8192]).unwrap();
    let opened = DatabaseFile::open(path.to_str().unwrap()).await;
    let read = match opened {
        Ok(mut file) => file.schema().await,
        Err(error) => Err(error),
    };
    assert!(read.is_err(), "no database at all");
}

#[tokio::test]
async fn faults_are_found() {
    let (folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.queue = vec![entry(1, &infos[0])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    for step in ["PRAGMA foreign_keys = OFF", "DELETE FROM tracks"] {
        sqlx::query(step).execute(&store.writer).await.unwrap();
    }
    let mut file = file_of(&folder.path().join("data/tutti.db")).await;
    assert_eq!(file.faults(false).await.unwrap(), Vec::<String>::new());
    let faults = file.faults(true).await.unwrap();
    assert!(faults[0].contains("queue_entries"), "{faults:?}");
}

#[tokio::test]
async fn the_files_below_one_folder_come_below_another() {
    let (folder, store, _) = store().await;
    let mut near = file("d");
    near.path = PathBuf::from("/musical/d.flac");
    store.put_tracks(&[near], NOW).await.unwrap();
    store.close().await;
    let path = folder.path().join("data/tutti.db");
    DatabaseFile::relocate(&path, Path::new("/music"), Path::new("/longer/folder")).await.unwrap();
    let mut file = file_of(&path).await;
    assert_eq!(file.tracks_below(Path::new("/music")).await.unwrap(), Vec::<PathBuf>::new());
    let moved = file.tracks_below(Path::new("/longer/folder")).await.unwrap();
    assert_eq!(moved, ["a", "b", "c"].map(|name| PathBuf::from(format!("/longer/folder/{name}.flac"))));
    assert_eq!(file.tracks_below(Path::new("/musical")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_of_the_version_before_is_brought_up_and_keeps_what_it_has() {
    let (folder, store, infos) = store().await;
    let mut whole = room(code(1));
    whole.playback.track = Some(Arc::clone(&infos[0]));
    whole.playback.queue_entry_id = Some(EntryId(4));
    whole.history = vec![entry(1, &infos[1])];
    store.create_room(&whole, &HASH, None, NOW).await.unwrap();
    store.grant(&OTHER, code(1), Role::Dj).await.unwrap();
    for step in [
        "DROP TABLE kicked",
        "ALTER TABLE memberships DROP COLUMN pin_wanted",
        "ALTER TABLE rooms DROP COLUMN added_by",
        "DELETE FROM _sqlx_migrations WHERE version = 3",
    ] {
        sqlx::query(step).execute(&store.writer).await.unwrap();
    }
    store.close().await;
    let store = Store::open_file(&folder.path().join("data/tutti.db")).await.unwrap();
    assert_eq!(store.load_room(code(1)).await.unwrap(), Some(whole));
    let standing = Standing { role: Some(Role::Dj), ..Standing::default() };
    assert_eq!(store.standing(&OTHER, code(1)).await.unwrap(), standing);
    store.kick(&OTHER, code(1), NOW).await.unwrap();
}

#[test]
fn every_operation_is_timed_under_its_own_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage");
    let mut operations = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for operation in text.split("    pub async fn ").skip(1) {
            let (head, body) = operation.split_once(" {\n").unwrap();
            let name = head.split('(').next().unwrap();
            if head.contains("&self") && name != "close" {
                operations += 1;
                let timed = format!("let _timed = self.timed(\"{name}\");");
                assert_eq!(body.lines().next().unwrap().trim(), timed, "{}", path.display());
            }
        }
    }
    assert!(operations > 30, "these are not the operations");
}

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
    store.backup_to(&copy).await.unwrap();
    let copied = Store::open_file(&copy).await.unwrap();
    assert_eq!(copied.load_room(code(1)).await.unwrap(), Some(whole));
    assert_eq!(search(&copied, "b").await, ["b"]);
    assert!(store.backup_to(&copy).await.is_err(), "nothing is overwritten");
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

//! Databases as older versions left them, one of each schema, kept for ever in `src/tests/fixtures/`: each is opened,
//! brought up and has everything. A migration that is edited once it is there makes its checksum wrong, and the open
//! fail. What a whole server makes of them is in `tests::upgrade`.

use std::borrow::Cow;
use std::path::PathBuf;

use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Connection};

use super::*;

/// What a room with everything looks like, in the words of the first schema; later ones have values of their own for
/// what they added. The tracks are not on any disk.
///
/// Schemas 1 and 2 were never in the hands of anybody: their files are made of the migrations and of this, by
/// `make_the_fixtures_that_are_missing`. As far as it was compared with the storage code of that time, which is in parts,
/// it is what that wrote, but for `sort_key` and the ids of tracks, which are shorter here: the one had its parts parted by
/// U+0001 and numbers of ten digits, the others 32 hexadecimal digits. A scan writes the one anew, and the others are only
/// compared.
const CONTENT: &str = r"
INSERT INTO tracks (id, path, folder, filename, mime, size, mtime_ns, duration_us, title, artist, album, album_artist,
    disc, number, year, genre, artwork, artist_key, album_artist_key, album_key, sort_key, added_at_us)
VALUES
 ('0a', CAST('/kept/a.flac' AS BLOB), 'Night Ferry', 'a.flac', 'audio/flac', 1000, 1750000000000000001, 200000000,
  'Harbour Lights', 'The Pilots', 'Night Ferry', 'The Pilots', 1, 1, 2025, 'Folk', 'embedded',
  'the pilots', 'the pilots', 'night ferry', 'the pilots night ferry 1', 1750000000000000),
 ('0b', CAST('/kept/b.opus' AS BLOB), '', 'b.opus', 'audio/ogg', 1001, 1750000000000000002, 100000000,
  'Ünï', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'zz', 1750000000000001);
INSERT INTO rooms (code, host_token_hash, pin_hash, last_used_us, revision, last_entry_id, name, listed, who_controls,
    who_adds, profile, status, stream_id, last_stream_id, playback_revision, track_id, queue_entry_id, start_at_us,
    start_position_us, volume, repeat, upcoming_stream_id, upcoming_track_id, upcoming_queue_entry_id)
VALUES ('ATT2C3', x'e918db116f1f52d815904c490158ef15aed1cb5ad6c48dd30c713a08398ccb21',
  '$argon2id$v=19$m=19456,t=2,p=1$hQPmttJ8fIdIHlO1Mgixdg$EZq9XwY+sdDG/zhaUz1RiMJZ2sofRjLjzEwoCZN/fwM',
  1750000000000000, 42, 9, 'Attic', 1, 'everyone', 'djs', 'wan',
  'playing', 7, 8, 41, '0a', 5, 1750000000000000, 2000000, 0.5, 'all', 8, '0b', 6);
INSERT INTO queue_entries (room_code, list, place, entry_id, track_id, added_by) VALUES
  ('ATT2C3', 'queue', 0, 6, '0b', 'Dora'), ('ATT2C3', 'queue', 1, 9, '0a', NULL), ('ATT2C3', 'history', 0, 2, '0b', 'Dora');
INSERT INTO memberships (session_hash, room_code, role) VALUES
  (x'965f96b34f83a2fb8c999dc6b3dfa15d9cb2684da1c6679f393e44a4b6f4512f', 'ATT2C3', 'dj');
";

/// What a schema has beyond the ones before it. A new migration that adds something worth keeping adds it here.
const ADDED: &[(i64, &str)] = &[
    (
        2,
        r#"
UPDATE tracks SET version = '00112233aabbccdd', track_gain = -200, gain_source = 'measured',
  renditions = '[{"name":"original","mime":"audio/flac"}]' WHERE id = '0a';
UPDATE tracks SET needs_encoder = 1, gain_source = 'none' WHERE id = '0b';
UPDATE rooms SET loudness = 'album';
"#,
    ),
    (
        3,
        r"
UPDATE rooms SET added_by = 'Dora';
UPDATE memberships SET pin_wanted = 1;
INSERT INTO kicked (room_code, session_hash, kicked_at_us) VALUES
  ('ATT2C3', x'4ae20cda613809a0cf8edb68d62dcbc8c2771e42cfa640484a4b50a3c13a0ad9', 1750000000000000);
",
    ),
];

fn fixture(schema: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tests/fixtures/schema-{schema}.db"))
}

fn hash(hex: &str) -> SecretHash {
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// Makes the fixtures that are missing: to be run once when a migration is released, and its file to be committed.
#[tokio::test]
#[ignore = "writes into the sources"]
async fn make_the_fixtures_that_are_missing() {
    for schema in 1..=newest_schema() {
        if fixture(schema).exists() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("whole.db"))
            .create_if_missing(true)
            .page_size(1_024)
            .foreign_keys(true);
        let mut connection = options.connect().await.unwrap();
        let so_far: Vec<_> = MIGRATIONS.iter().filter(|step| step.version <= schema).cloned().collect();
        let steps = Migrator { migrations: Cow::Owned(so_far), ..Migrator::DEFAULT };
        steps.run(&mut connection).await.unwrap();
        sqlx::raw_sql(CONTENT).execute(&mut connection).await.unwrap();
        for (_, added) in ADDED.iter().filter(|(since, _)| *since <= schema) {
            sqlx::raw_sql(*added).execute(&mut connection).await.unwrap();
        }
        sqlx::query("VACUUM INTO ?")
            .bind(fixture(schema).to_str().unwrap())
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_every_schema_that_there_was_opens_and_has_everything() {
    for schema in 1..=newest_schema() {
        let kept = fixture(schema);
        assert!(
            kept.exists(),
            "schema {schema} has no fixture: cargo test make_the_fixtures_that_are_missing -- --ignored, and commit it"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tutti.db");
        std::fs::copy(&kept, &path).unwrap();
        let mut file = DatabaseFile::open(path.to_str().unwrap()).await.unwrap();
        assert_eq!(file.schema().await.unwrap(), Some(schema), "it is of its own schema");
        file.close().await.unwrap();

        let store = Store::open_file(&path).await.unwrap_or_else(|error| {
            panic!("schema {schema} does not open: {error}. A migration that was released is never edited")
        });
        let room = store.load_room("ATT2C3".parse().unwrap()).await.unwrap().unwrap();
        let settings = &room.settings;
        assert_eq!(settings.name.as_ref().map(ToString::to_string).as_deref(), Some("Attic"));
        assert!(settings.listed && settings.has_pin);
        assert_eq!((settings.who_controls, settings.who_adds), (WhoMay::Everyone, WhoMay::Djs));
        assert_eq!(settings.profile, Some(Profile::Wan));
        let loudness = if schema >= 2 { Loudness::Album } else { Loudness::Track };
        assert_eq!(settings.loudness, loudness);
        assert_eq!((room.revision, room.last_entry_id), (Revision(42), EntryId(9)));

        let playback = &room.playback;
        assert_eq!((playback.status, playback.revision), (Status::Playing, Revision(41)));
        assert_eq!((playback.stream_id, playback.last_stream_id), (StreamId(7), StreamId(8)));
        assert_eq!(playback.start_at, RoomTime::from_micros(1_750_000_000_000_000));
        assert_eq!(playback.start_position, MediaTime::from_micros(2_000_000));
        assert_eq!((playback.volume.get(), playback.repeat), (0.5, Repeat::All));
        let track = playback.track.as_ref().unwrap();
        assert_eq!((track.title.as_str(), track.artist.as_deref()), ("Harbour Lights", Some("The Pilots")));
        assert_eq!(playback.queue_entry_id, Some(EntryId(5)));
        let added_by = (schema >= 3).then(|| "Dora".to_owned());
        assert_eq!(playback.added_by, added_by);
        let upcoming = playback.upcoming.as_ref().unwrap();
        assert_eq!((upcoming.stream_id, upcoming.track.title.as_str()), (StreamId(8), "Ünï"));
        assert_eq!(upcoming.queue_entry_id, Some(EntryId(6)));

        let entries = |list: &[QueueEntry]| -> Vec<_> {
            list.iter()
                .map(|entry| (entry.entry_id.0, entry.track.title.clone(), entry.added_by.clone()))
                .collect()
        };
        let dora = || Some("Dora".to_owned());
        let lights = "Harbour Lights".to_owned();
        assert_eq!(entries(&room.queue), [(6, "Ünï".to_owned(), dora()), (9, lights, None)]);
        assert_eq!(entries(&room.history), [(2, "Ünï".to_owned(), dora())]);

        let code = room.code;
        let host = hash("e918db116f1f52d815904c490158ef15aed1cb5ad6c48dd30c713a08398ccb21");
        assert!(store.host_token_matches(code, &host).await.unwrap());
        let dj = hash("965f96b34f83a2fb8c999dc6b3dfa15d9cb2684da1c6679f393e44a4b6f4512f");
        let standing = Standing { role: Some(Role::Dj), pin_wanted: schema >= 3, kicked: false };
        assert_eq!(store.standing(&dj, code).await.unwrap(), standing);
        let kicked = hash("4ae20cda613809a0cf8edb68d62dcbc8c2771e42cfa640484a4b50a3c13a0ad9");
        assert_eq!(store.standing(&kicked, code).await.unwrap().kicked, schema >= 3);

        assert_eq!(search(&store, "pilots").await, ["Harbour Lights"]);
        assert_eq!(search(&store, "uni").await, ["Ünï"]);
        let change = RoomChange { settings: Some(settings.clone()), ..change(43) };
        store.save(code, &change).await.unwrap();
        store.close().await;
        let mut file = DatabaseFile::open(path.to_str().unwrap()).await.unwrap();
        assert_eq!(file.schema().await.unwrap(), Some(newest_schema()));
        assert_eq!(file.faults(true).await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_migration_that_was_edited_after_its_release_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tutti.db");
    std::fs::copy(fixture(1), &path).unwrap();
    let mut connection = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    // As if the text had been another one when this file was made.
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert!(Store::open_file(&path).await.is_err());
}

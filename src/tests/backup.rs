//! Backups of a server in use, and what becomes of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{ADMIN, Hello, TRACKS, TestRoom, TestServer, wav};
use crate::cli::backup::manifest::Manifest;
use crate::cli::backup::{Backup, backup};
use crate::cli::restore::restore;
use crate::server::{Config, Running, Secret, ServeError, serve};

fn config(server: &TestServer, data: &Path) -> Config {
    let mut config = Config::new(data.to_path_buf(), server.path("site"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.music_dirs = vec![server.path("music")];
    config
}

async fn back_up(server: &TestServer, to: &Path) -> anyhow::Result<Backup> {
    backup(&config(server, &server.path("data")), to, Arc::default()).await
}

/// A server on a restored data folder, once it has scanned.
async fn serve_restored(server: &TestServer, data: &Path) -> Running {
    let running = serve(config(server, data)).await.unwrap();
    let mut progress = running.state().library.progress();
    progress.wait_for(|p| !p.running && p.tracks > 0).await.unwrap();
    running
}

async fn ask(host: &str, path: &str, token: &str) -> Value {
    let url = format!("http://{host}{path}");
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.unwrap()
}

/// What must be the same in the restored room; not its position, which time has moved, nor who is there.
fn kept(room: &Value) -> Value {
    let playback = &room["playback"];
    json!({
        "name": room["name"], "settings": room["settings"], "queue": room["queue"], "history": room["history"],
        "revision": room["revision"],
        "status": playback["status"], "streamId": playback["streamId"], "track": playback["track"],
        "startAtServerMs": playback["startAtServerMs"], "startPositionSec": playback["startPositionSec"],
        "volume": playback["volume"], "repeat": playback["repeat"],
    })
}

/// Every file below a folder with its content, but for the lock.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("lock") {
                found.push((path.strip_prefix(folder).unwrap().to_path_buf(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

async fn upload(server: &TestServer, room: &TestRoom, name: &str, samples: u32) -> String {
    upload_file(server, room, name, wav::of(samples)).await
}

async fn upload_file(server: &TestServer, room: &TestRoom, name: &str, content: Vec<u8>) -> String {
    let post = server.api(Method::POST, "/api/tracks").bearer(&room.token);
    let added = post.files(&[(name, content)]).json().await;
    added["tracks"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_use_is_backed_up_and_comes_back_elsewhere_as_it_was() {
    let server = TestServer::start().await;
    // The server of the tests is told the token; the restored one has to know it from the file.
    let mut hash = String::new();
    for byte in Secret::new(ADMIN).hash() {
        write!(hash, "{byte:02x}").unwrap();
    }
    std::fs::write(server.path("data/admin-token.sha256"), hash).unwrap();

    let room = server.room_with(json!({ "name": "Attic", "pin": "4711", "listed": true })).await;
    let mut uploads = Vec::new();
    for n in 0..3 {
        uploads.push(upload(&server, &room, &format!("Before {n}.wav"), 480_000 + n).await);
    }
    let mut host = server.host_in(&room).await;
    // A page that wants a PIN gives no session yet; that of another room does.
    let busy = server.room().await;
    let session = server.browser_in(&busy).await;
    let guest = server.member(&room, Hello::default().cookie(&session).pin("4711").name("Dora")).await;
    host.say(&json!({ "t": "SET_ROLE", "memberId": guest.id, "role": "dj" })).await;
    server.act(&room, "queue", json!({ "trackIds": server.tracks })).await;
    server.act(&room, "queue", json!({ "trackIds": uploads })).await;
    server.act(&room, "playback/volume", json!({ "volume": 0.5 })).await;
    server.act(&room, "playback/repeat", json!({ "mode": "all" })).await;
    // So long that the next one is not announced meanwhile, which would be a change, however slow the disk is.
    let long = upload_file(&server, &room, "Long.wav", wav::of_an_hour()).await;
    server.act(&room, "playback/play", json!({ "trackId": long })).await;
    host.hear("PLAY_AT").await;
    let before = server.state_of(&room).await;
    assert_eq!(before["playback"]["status"], "playing");

    // Another room changes all the time, and files come in, for as long as the backup runs.
    let over = AtomicBool::new(false);
    let (changes, added) = (AtomicU32::new(0), AtomicU32::new(0));
    let changing = async {
        while !over.load(Ordering::Relaxed) {
            let changes = changes.fetch_add(1, Ordering::Relaxed);
            server.act(&busy, "playback/volume", json!({ "volume": f64::from(changes % 100) / 100.0 })).await;
        }
    };
    let coming = async {
        while !over.load(Ordering::Relaxed) {
            let n = added.fetch_add(1, Ordering::Relaxed);
            upload(&server, &room, &format!("Meanwhile {n}.wav"), 50_000 + n).await;
        }
    };
    let backing_up = async {
        // Well under way when it begins, and not over when it ends.
        while changes.load(Ordering::Relaxed) < 20 || added.load(Ordering::Relaxed) < 3 {
            tokio::task::yield_now().await;
        }
        let first = server.state_of(&busy).await["revision"].as_u64().unwrap();
        let done = back_up(&server, &server.path("backup")).await;
        let last = server.state_of(&busy).await["revision"].as_u64().unwrap();
        over.store(true, Ordering::Relaxed);
        (first, done.unwrap(), last)
    };
    let ((), (), (first, done, last)) = tokio::join!(changing, coming, backing_up);
    let (changes, added) = (changes.into_inner(), added.into_inner());
    assert_eq!(done.left_out, Vec::<String>::new());

    let copy = server.path("restored");
    restore(&config(&server, &copy), &done.folder, false).await.unwrap();
    let restored = serve_restored(&server, &copy).await;
    let there = restored.address.to_string();

    let path = format!("/api/rooms/{}", room.code);
    let after = ask(&there, &path, &room.token).await;
    assert_eq!(kept(&after), kept(&before), "the room that played");
    let position = |room: &Value| room["playback"]["positionSec"].as_f64().unwrap();
    assert!(position(&after) > position(&before), "the music went on");
    let changed = ask(&there, &format!("/api/rooms/{}", busy.code), &busy.token).await;
    let revision = changed["revision"].as_u64().unwrap();
    assert!((first..=last).contains(&revision), "as it was within the backup: {first} {revision} {last}");
    let rooms = ask(&there, "/api/rooms", ADMIN).await;
    assert_eq!(
        rooms["rooms"].as_array().unwrap().len(),
        2,
        "the operator's token works, and sees both rooms"
    );

    let back = super::harness::Member::join(&there, &room.code, Hello::default().cookie(&session)).await;
    assert_eq!(back.role, "dj", "without the PIN, and what it was made");
    let boss = super::harness::Member::join(&there, &room.code, Hello::default().token(&room.token)).await;
    assert_eq!(boss.role, "host");

    let manifest = Manifest::read(&done.folder).unwrap();
    let mut same = 0;
    for file in manifest.files.iter().filter(|file| file.path.as_str().starts_with("uploads/")) {
        let (old, new) = (file.path.below(&server.path("data")), file.path.below(&copy));
        assert!(std::fs::read(&old).unwrap() == std::fs::read(&new).unwrap(), "{}", file.path);
        same += 1;
    }
    assert!(same >= 3, "{same}");
    let mut before_tracks = TRACKS.len() + 1;
    for id in &uploads {
        let path = format!("/media/{id}/original");
        let bytes = |host: String| {
            let request = reqwest::Client::new().get(format!("http://{host}{path}")).bearer_auth(&room.token);
            async move { request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap() }
        };
        assert_eq!(bytes(there.clone()).await, bytes(server.host()).await);
        before_tracks += 1;
    }
    let tracks = ask(&there, "/api/tracks?limit=1000", &room.token).await;
    let tracks = tracks["tracks"].as_array().unwrap();
    assert_eq!(tracks.len() as u64, manifest.tracks, "the scan there found nothing new and nothing gone");
    assert!(tracks.len() >= before_tracks);
    println!(
        "the room that played: the same to the last field; a room that changed {changes} times: revision {revision}, \
         between {first} before the backup and {last} after; {} tracks; {same} uploads, byte for byte, of {} that were \
         there at the end",
        tracks.len(),
        uploads.len() as u32 + 1 + added
    );
    restored.stop().await;
}

#[tokio::test]
async fn a_backup_is_never_written_over_and_one_that_fails_leaves_nothing() {
    let server = TestServer::start().await;
    let backups = server.path("backups");
    std::fs::create_dir(&backups).unwrap();
    let dated = back_up(&server, &backups).await.unwrap().folder;
    assert_eq!(dated.parent(), Some(backups.as_path()), "a folder that is there gets a new one in it");
    let kept = files(&dated);
    let refused = back_up(&server, &dated).await.unwrap_err().to_string();
    assert!(refused.contains("never written over") || refused.contains("is ever written over"), "{refused}");
    assert_eq!(files(&dated), kept);

    let room = server.room().await;
    upload(&server, &room, "One.wav", 8_000).await;
    let interrupted = Arc::new(AtomicBool::new(true));
    let config = config(&server, &server.path("data"));
    let failed = backup(&config, &backups.join("second"), interrupted).await;
    assert!(format!("{:#}", failed.unwrap_err()).contains("interrupted"));
    let left: Vec<_> = std::fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [dated]);
}

#[tokio::test]
async fn what_is_gone_is_left_out_and_said() {
    let server = TestServer::start().await;
    let room = server.room().await;
    upload(&server, &room, "One.wav", 8_000).await;
    upload(&server, &room, "Two.wav", 9_000).await;
    std::fs::remove_file(server.path("data/uploads/Uploads/One.wav")).unwrap();
    let done = back_up(&server, &server.path("backup")).await.unwrap();
    assert_eq!(done.left_out.len(), 1);
    assert!(done.left_out[0].contains("One.wav"), "{:?}", done.left_out);
    assert!(done.folder.join("uploads/Uploads/Two.wav").exists());
}

#[tokio::test]
async fn a_folder_on_which_a_server_runs_is_not_restored_into_nor_served_twice() {
    let mut server = TestServer::start().await;
    let done = back_up(&server, &server.path("backup")).await.unwrap();
    let config = config(&server, &server.path("data"));
    for force in [false, true] {
        let refused = restore(&config, &done.folder, force).await.unwrap_err().to_string();
        assert!(refused.contains("stop it first"), "{refused}");
    }
    assert!(matches!(serve(config.clone()).await, Err(ServeError::DataDirTaken(_))));
    server.stop().await;
    restore(&config, &done.folder, true).await.unwrap();
    server.restart_stopped().await;
}

#[tokio::test]
async fn a_full_folder_is_kept_unless_it_is_to_be_put_aside() {
    let mut server = TestServer::start().await;
    let room = server.room().await;
    let done = back_up(&server, &server.path("backup")).await.unwrap();
    let later = server.room().await;
    server.stop().await;
    let data = server.path("data");
    let before = files(&data);
    let refused = restore(&config(&server, &data), &done.folder, false).await.unwrap_err().to_string();
    assert!(refused.contains("is not empty"), "{refused}");
    assert_eq!(files(&data), before);

    let restored = restore(&config(&server, &data), &done.folder, true).await.unwrap();
    assert_eq!(files(&restored.aside.unwrap()), before, "nothing was deleted");
    server.restart_stopped().await;
    assert_eq!(server.state_of(&room).await["code"], room.code.as_str());
    let path = format!("/api/rooms/{}", later.code);
    assert_eq!(server.api(Method::GET, &path).status().await, 404, "it came after the backup");
}

#[tokio::test]
async fn a_backup_that_is_not_whole_changes_nothing() {
    let server = TestServer::start().await;
    let room = server.room().await;
    upload(&server, &room, "One.wav", 8_000).await;
    let good = back_up(&server, &server.path("backup")).await.unwrap().folder;
    let target = server.path("target");
    let broken: [(&str, Breaking, &str); 5] = [
        ("no manifest", |folder| std::fs::remove_file(folder.join("manifest.json")).unwrap(), "is no backup"),
        (
            "a byte of an upload",
            |folder| flip(&folder.join("uploads/Uploads/One.wav")),
            "One.wav of the backup",
        ),
        (
            "a byte of the database",
            |folder| flip(&folder.join("tutti.db")),
            "tutti.db of the backup is damaged",
        ),
        (
            "a file that is gone",
            |folder| std::fs::remove_file(folder.join("uploads/Uploads/One.wav")).unwrap(),
            "cannot be copied",
        ),
        (
            "a newer schema",
            |folder| {
                let file = folder.join("manifest.json");
                let text = std::fs::read_to_string(&file).unwrap();
                let schema = format!("\"schema\": {}", crate::storage::newest_schema());
                assert!(text.contains(&schema));
                std::fs::write(file, text.replace(&schema, "\"schema\": 9999")).unwrap();
            },
            "newer Tutti",
        ),
    ];
    for (what, break_it, told) in broken {
        let bad = server.path("bad");
        super::harness::copy(&good, &bad);
        break_it(&bad);
        let error = format!("{:#}", restore(&config(&server, &target), &bad, false).await.unwrap_err());
        assert!(error.contains(told), "{what}: {error}");
        assert!(!target.exists(), "{what}: nothing is left");
        std::fs::remove_dir_all(bad).unwrap();
    }
}

/// Breaks the backup in a folder.
type Breaking = fn(&Path);

fn flip(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_backup_of_a_stopped_server_keeps_when_it_last_lived() {
    let mut server = TestServer::start().await;
    server.stop().await;
    let alive = std::fs::read(server.path("data/last-alive")).unwrap();
    let done = back_up(&server, &server.path("backup")).await.unwrap();
    assert_eq!(std::fs::read(done.folder.join("last-alive")).unwrap(), alive);
}

#[tokio::test]
async fn there_is_no_backup_of_nothing() {
    let house = tempfile::tempdir().unwrap();
    let config = Config::new(house.path().join("data"), house.path().join("site"));
    let error = backup(&config, &house.path().join("backup"), Arc::default()).await.unwrap_err();
    assert!(error.to_string().contains("--data-dir"), "{error}");
    assert!(!house.path().join("backup").exists());
    assert!(!house.path().join("data").exists());
}

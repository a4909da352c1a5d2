//! A room that plays what has to be encoded first. The encoder here is a script that copies, once it is told to.

use reqwest::Method;
use serde_json::json;

use super::harness::{TestRoom, TestServer};
use crate::server::Config;
use crate::storage::ENCODING;

/// Waits for a file beside the folder of renditions, and then copies.
const SLOW: &str = "#!/bin/sh\nwhile [ \"$1\" != -i ]; do shift; done\nin=\"$2\"\nfor out; do :; done\n\
                    while [ ! -e \"$(dirname \"$out\")/../go\" ]; do sleep 0.02; done\ncp \"$in\" \"$out\"\n";

fn with_slow_encoder(config: &mut Config) {
    std::fs::create_dir_all(&config.data_dir).unwrap();
    let program = config.data_dir.join("encoder");
    // By another process: a file that this one has open for writing while another test forks cannot be run.
    let write = r#"printf %s "$1" > "$2" && chmod +x "$2""#;
    let wrote = std::process::Command::new("sh").args(["-c", write, "sh", SLOW]).arg(&program).status();
    assert!(wrote.unwrap().success());
    config.ffmpeg = Some(program);
}

/// A server with a slow encoder, a room, and a track of MPEG layer II, which no browser plays.
async fn house() -> (TestServer, TestRoom, String) {
    let server = TestServer::start_with(with_slow_encoder).await;
    let mut frame = vec![0xff, 0xfd, 0xa4, 0x00];
    frame.resize(576, 0);
    std::fs::write(server.path("music/Old.mp2"), frame.repeat(500)).unwrap();
    let root = server.path("music").canonicalize().unwrap();
    let state = server.running().state();
    let id = state.library.add(&state.store, &root, &root.join("Old.mp2")).await.unwrap();
    let room = server.room().await;
    (server, room, id.to_string())
}

#[tokio::test]
async fn a_play_waits_for_the_encoder_while_the_room_goes_on() {
    let (server, room, track) = house().await;
    let path = |action: &str| format!("/api/rooms/{}/playback/{action}", room.code);
    let play = server.api(Method::POST, &path("play")).bearer(&room.token).body(&json!({ "trackId": track }));
    let mut play = tokio::spawn(play.status());

    // The room answers meanwhile, and has not begun.
    let volume =
        server.api(Method::POST, &path("volume")).bearer(&room.token).body(&json!({ "volume": 0.5 }));
    assert_eq!(volume.status().await, 202);
    let state = server.api(Method::GET, &format!("/api/rooms/{}/playback", room.code)).json().await;
    assert_eq!((&state["status"], &state["volume"]), (&json!("idle"), &json!(0.5)));
    tokio::select! {
        biased;
        status = &mut play => panic!("it plays what is not there, {status:?}"),
        () = std::future::ready(()) => {}
    }

    std::fs::write(server.path("data/go"), "").unwrap();
    assert_eq!(play.await.unwrap(), 202);
    let cookie = server.browser_in(&room).await;
    let media = server.api(Method::GET, &format!("/media/{track}/aac")).cookie(&cookie);
    assert_eq!(media.status().await, 200);
    // What another encoding was kept under is not asked for.
    let listed = server.api(Method::GET, &format!("/api/tracks/{track}")).cookie(&cookie).json().await;
    let address = listed["renditions"][0]["url"].as_str().unwrap();
    assert!(address.ends_with(&format!("&encoding={ENCODING}")), "{address}");
    let kept = server.api(Method::GET, address).cookie(&cookie).send().await;
    assert_eq!(kept.headers()["cache-control"], "private, max-age=31536000, immutable");
}

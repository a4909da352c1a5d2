//! What outlives the process.

use serde_json::{Value, json};

use super::harness::{Hello, TRACKS, TestServer, copy};
use crate::server::{Config, serve};

fn kept(state: &Value) -> Value {
    let playback = &state["playback"];
    json!([
        state["name"],
        state["revision"],
        state["queue"],
        state["settings"],
        playback["status"],
        playback["streamId"],
        playback["track"],
        playback["startAtServerMs"],
        playback["startPositionSec"],
        playback["volume"],
        playback["repeat"],
    ])
}

#[tokio::test]
async fn a_restart_keeps_the_room_its_queue_its_timeline_and_its_people() {
    let mut server = TestServer::start().await;
    let room = server.room_with(json!({ "name": "Attic" })).await;
    let session = server.browser_in(&room).await;
    server.act(&room, "queue", json!({ "trackIds": server.tracks })).await;
    server.act(&room, "playback/volume", json!({ "volume": 0.5 })).await;
    let mut host = server.host_in(&room).await;
    server.act(&room, "playback/play", json!({ "trackId": server.tracks[2] })).await;
    host.hear("PLAY_AT").await;
    let before = server.state_of(&room).await;
    assert_eq!(before["playback"]["status"], "playing");

    server.stop().await;
    assert_eq!(host.close_code().await, 1012);
    server.restart_stopped().await;

    let after = server.state_of(&room).await;
    assert_eq!(kept(&before), kept(&after));
    let state = server.member(&room, Hello::default().cookie(&session)).await.state;
    assert_eq!(state["playback"]["track"]["title"], TRACKS[2].0);
    let position = state["playback"]["positionSec"].as_f64().unwrap();
    let then = before["playback"]["positionSec"].as_f64().unwrap();
    assert!(position > then, "the music went on: {then} {position}");
}

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let server = TestServer::start().await;
    let room = server.room().await;
    server.act(&room, "queue", json!({ "trackIds": [server.tracks[0]] })).await;
    let taken = server.act(&room, "playback/play", json!({ "trackId": server.tracks[1] })).await;
    // What is on the disk now is what a crash would leave.
    let (crashed, image) = (server.path("data"), server.path("after-the-crash"));
    copy(&crashed, &image);

    let mut config = Config::new(image, server.path("site"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.music_dirs = vec![server.path("music")];
    let second = serve(config).await.unwrap();
    let url = format!("http://{}/api/rooms/{}", second.address, room.code);
    let state: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(state["playback"]["streamId"], taken["streamId"]);
    assert_eq!(state["playback"]["startAtServerMs"], taken["startAtServerMs"]);
    assert_eq!(state["queue"].as_array().unwrap().len(), 1);
    second.stop().await;
}

#[tokio::test]
async fn the_clocks_epoch_changes_and_its_time_does_not() {
    let mut server = TestServer::start().await;
    let room = server.room().await;
    let hello = || Hello::default().token(&room.token);
    let socket = async |server: &TestServer| {
        let mut member = server.socket(&room.code).await;
        member.hello(hello()).await;
        member.hear("WELCOME").await
    };
    let before = socket(&server).await;
    server.restart().await;
    let after = socket(&server).await;
    assert_ne!(before["clockEpoch"], after["clockEpoch"]);
    let gone = after["serverNowMs"].as_f64().unwrap() - before["serverNowMs"].as_f64().unwrap();
    assert!((0.0..60_000.0).contains(&gone), "{gone} ms");
}

#[tokio::test]
async fn a_room_that_nobody_uses_is_let_go_and_comes_back_as_it_was() {
    let server = TestServer::start().await;
    let room = server.room().await;
    server.act(&room, "queue", json!({ "trackIds": server.tracks })).await;
    let before = server.state_of(&room).await;
    let rooms = &server.running().state().rooms;
    let code = room.code.parse().unwrap();
    assert!(rooms.in_use(code).is_some());
    rooms.let_go_of_idle();
    assert!(rooms.in_use(code).is_none());
    assert_eq!(kept(&before), kept(&server.state_of(&room).await));
}

#[tokio::test]
async fn a_room_with_people_or_music_is_not_let_go() {
    let server = TestServer::start().await;
    let (quiet, playing) = (server.room().await, server.room().await);
    let mut host = server.host_in(&quiet).await;
    server.act(&playing, "playback/play", json!({ "trackId": server.tracks[0] })).await;
    let rooms = &server.running().state().rooms;
    rooms.let_go_of_idle();
    for room in [&quiet, &playing] {
        assert!(rooms.in_use(room.code.parse().unwrap()).is_some());
    }
    host.heard().await;
}

#[tokio::test]
async fn a_change_that_cannot_be_written_is_not_told() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    host.heard().await;
    // The database goes away under the server.
    server.running().state().store.close().await;
    host.say(&json!({ "t": "HOST_VOLUME", "volume": 0.5 })).await;
    let (said, code) = host.until_closed().await;
    assert!(said.iter().all(|message| message["t"] != "VOLUME"), "{said:?}");
    assert_eq!(code, 1012);
    let path = format!("/api/rooms/{}", room.code);
    assert_eq!(server.api(reqwest::Method::GET, &path).status().await, 503);
}

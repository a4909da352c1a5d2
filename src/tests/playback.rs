//! Starting, pausing, queueing, by socket and by API.

use serde_json::{Value, json};

use super::harness::{TRACKS, TestServer, play};

fn number(message: &Value, field: &str) -> f64 {
    message[field].as_f64().unwrap_or_else(|| panic!("{field} in {message}"))
}

#[tokio::test]
async fn all_members_are_told_the_same_instant() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let mut listener = server.listener_in(&room).await;

    host.say(&play(&server.tracks[0])).await;
    let (at_host, at_listener) = (host.hear("PREPARE_PLAY").await, listener.hear("PREPARE_PLAY").await);
    assert_eq!(at_host, at_listener);
    assert_eq!(at_host["title"], TRACKS[0].0);
    let ahead = number(&at_host, "startAtServerMs") - number(&at_host, "serverTimestampMs");
    assert!((ahead - number(&at_host, "leadMs")).abs() < 1e-6);

    for member in [&mut host, &mut listener] {
        let ready = json!({ "t": "READY", "streamId": at_host["streamId"], "tookMs": 40 });
        member.say(&ready).await;
    }
    let (confirmed, also) = (host.hear("PLAY_AT").await, listener.hear("PLAY_AT").await);
    assert_eq!(confirmed, also);
    assert_eq!(confirmed["startAtServerMs"], at_host["startAtServerMs"]);
    assert_eq!(confirmed["streamId"], at_host["streamId"]);
}

#[tokio::test]
async fn a_silent_member_does_not_hold_the_room_up() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let _silent = server.listener_in(&room).await;

    host.say(&play(&server.tracks[0])).await;
    let prepare = host.hear("PREPARE_PLAY").await;
    let confirmed = host.hear("PLAY_AT").await;
    assert_eq!(confirmed["startAtServerMs"], prepare["startAtServerMs"]);
}

#[tokio::test]
async fn a_listener_is_refused_and_nothing_changes() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut listener = server.listener_in(&room).await;
    let mut other = server.listener_in(&room).await;
    let before = server.state_of(&room).await;

    for message in [
        play(&server.tracks[0]),
        json!({ "t": "HOST_VOLUME", "volume": 0.1 }),
        json!({ "t": "QUEUE_ADD", "trackIds": [server.tracks[1]] }),
        json!({ "t": "QUEUE_CLEAR" }),
        json!({ "t": "SET_ROLE", "memberId": listener.id, "role": "host" }),
        json!({ "t": "KICK", "memberId": other.id }),
        json!({ "t": "SET_ROOM", "name": "Mine", "pin": "4711" }),
    ] {
        listener.say(&message).await;
        assert_eq!(listener.hear("ERROR").await["code"], "forbidden", "{message}");
    }
    let after = server.state_of(&room).await;
    assert_eq!(before["revision"], after["revision"]);
    let heard = other.heard().await;
    assert!(heard.iter().all(|message| message["t"] == "MEMBERS"), "{heard:?}");
}

#[tokio::test]
async fn a_track_that_is_not_there_is_refused() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    host.say(&play("nowhere")).await;
    assert_eq!(host.hear("ERROR").await["code"], "no-such-track");
    let both = json!([server.tracks[0], "nowhere"]);
    host.say(&json!({ "t": "QUEUE_ADD", "trackIds": both })).await;
    assert_eq!(host.hear("ERROR").await["code"], "no-such-track");
    assert_eq!(server.state_of(&room).await["queue"], json!([]));
}

#[tokio::test]
async fn who_joins_late_is_told_everything() {
    let server = TestServer::start().await;
    let room = server.room().await;
    server.act(&room, "queue", json!({ "trackIds": [server.tracks[1]] })).await;
    let taken = server.act(&room, "playback/play", json!({ "trackId": server.tracks[0] })).await;

    let state = server.listener_in(&room).await.state;
    let playback = &state["playback"];
    assert_eq!(playback["track"]["title"], TRACKS[0].0);
    assert_eq!(playback["startAtServerMs"], taken["startAtServerMs"]);
    assert_eq!(playback["streamId"], taken["streamId"]);
    assert_eq!(state["queue"][0]["track"]["title"], TRACKS[1].0);
}

#[tokio::test]
async fn what_the_api_does_the_sockets_hear() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut listener = server.listener_in(&room).await;

    let played = server.act(&room, "playback/play", json!({ "trackId": server.tracks[2] })).await;
    assert_eq!(listener.hear("PREPARE_PLAY").await["streamId"], played["streamId"]);

    server.act(&room, "playback/seek", json!({ "positionSec": 30 })).await;
    assert_eq!(listener.hear("PLAY_AT").await["startPositionSec"], 30.0);

    let paused = server.act(&room, "playback/pause", json!({})).await;
    let pause = listener.hear("PAUSE_AT").await;
    assert_eq!(pause["revision"], paused["revision"]);

    server.act(&room, "playback/volume", json!({ "volume": 0.25 })).await;
    assert_eq!(listener.hear("VOLUME").await["volume"], 0.25);
    server.act(&room, "playback/repeat", json!({ "mode": "one" })).await;
    assert_eq!(listener.hear("REPEAT").await["mode"], "one");
    server.act(&room, "playback/resume", json!({})).await;
    listener.hear("PLAY_AT").await;
    server.act(&room, "playback/stop", json!({})).await;
    listener.hear("STOP").await;
    assert_eq!(server.state_of(&room).await["playback"]["status"], "stopped");
}

#[tokio::test]
async fn the_queue_is_added_to_moved_and_cleared() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let titles = |body: &Value| -> Vec<String> {
        let queue = body["queue"].as_array().unwrap();
        queue.iter().map(|entry| entry["track"]["title"].as_str().unwrap().to_owned()).collect()
    };
    let added = server.act(&room, "queue", json!({ "trackIds": server.tracks })).await;
    assert_eq!(titles(&added), ["Anthem", "Ballad", "Canon"]);
    let id = |n: usize| added["queue"][n]["entryId"].to_string();
    let entry = |n: usize| format!("/api/rooms/{}/queue/{}", room.code, id(n));

    let moved = server
        .api(reqwest::Method::PATCH, &entry(2))
        .bearer(&room.token)
        .body(&json!({ "before": added["queue"][0]["entryId"] }))
        .json()
        .await;
    assert_eq!(titles(&moved), ["Canon", "Anthem", "Ballad"]);

    let delete = |path: String| server.api(reqwest::Method::DELETE, &path).bearer(&room.token);
    assert_eq!(titles(&delete(entry(0)).json().await), ["Canon", "Ballad"]);
    assert_eq!(delete(entry(0)).status().await, 404);
    assert!(titles(&delete(format!("/api/rooms/{}/queue", room.code)).json().await).is_empty());
}

#[tokio::test]
async fn a_queue_takes_so_many_entries_and_no_more() {
    let server = TestServer::start_with(|config| config.max_queue = 2).await;
    let room = server.room().await;
    let path = format!("/api/rooms/{}/queue", room.code);
    let answer = server
        .api(reqwest::Method::POST, &path)
        .bearer(&room.token)
        .body(&json!({ "trackIds": server.tracks }))
        .send()
        .await;
    assert_eq!(answer.status(), 409);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "queue-full");
}

//! Creating, joining, roles, and coming back.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{Hello, TestServer, cookie, play};

#[tokio::test]
async fn who_makes_a_room_by_token_or_cookie_is_its_host() {
    let server = TestServer::start().await;
    let answer = server.api(Method::POST, "/api/rooms").body(&json!({ "name": " Kitchen " })).send().await;
    assert_eq!(answer.status(), 201);
    let session = cookie(&answer).unwrap();
    let room: Value = answer.json().await.unwrap();
    let code = room["code"].as_str().unwrap();
    assert_eq!(room["url"], format!("/r/{code}"));

    let room = super::harness::TestRoom {
        code: code.to_owned(),
        token: room["hostToken"].as_str().unwrap().to_owned(),
    };
    let by_cookie = server.member(&room, Hello::default().cookie(&session)).await;
    assert_eq!(by_cookie.role, "host");
    let by_token = server.host_in(&room).await;
    assert_eq!(by_token.role, "host");
    assert_eq!(server.listener_in(&room).await.role, "listener");
    assert_eq!(server.state_of(&room).await["name"], "Kitchen");
}

#[tokio::test]
async fn a_token_of_another_room_makes_nobody_a_host() {
    let server = TestServer::start().await;
    let (room, other) = (server.room().await, server.room().await);
    let mut member = server.socket(&room.code).await;
    member.hello(Hello::default().token(&other.token)).await;
    assert_eq!(member.close_code().await, 1008);
}

#[tokio::test]
async fn a_promoted_member_may_control_and_keeps_that() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let mut host = server.host_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&session)).await;

    host.say(&json!({ "t": "SET_ROLE", "memberId": guest.id, "role": "dj" })).await;
    assert_eq!(guest.hear("WELCOME").await["role"], "dj");
    guest.say(&play(&server.tracks[0])).await;
    guest.hear("PREPARE_PLAY").await;
    guest.leave().await;

    let again = server.member(&room, Hello::default().cookie(&session)).await;
    assert_eq!(again.role, "dj");
    let path = format!("/api/rooms/{}/playback/pause", room.code);
    assert_eq!(server.api(Method::POST, &path).cookie(&session).status().await, 202);

    host.say(&json!({ "t": "SET_ROLE", "memberId": again.id, "role": "listener" })).await;
    host.heard().await;
    assert_eq!(server.api(Method::POST, &path).cookie(&session).status().await, 403);
}

#[tokio::test]
async fn who_comes_back_is_the_same_member_and_the_old_socket_is_dropped() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let mut first = server.member(&room, Hello::default().cookie(&session).name("Ada")).await;

    let again = Hello::default().cookie(&session).resume(&first.id);
    let second = server.member(&room, again).await;
    assert_eq!(second.id, first.id);
    assert_eq!(first.close_code().await, 1008);

    let state = &second.state;
    assert_eq!(state["memberCount"], 1);
    assert_eq!(state["members"][0]["name"], "Ada");
}

#[tokio::test]
async fn nobody_takes_another_members_place() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let (one, other) = (server.browser_in(&room).await, server.browser_in(&room).await);
    let ada = server.member(&room, Hello::default().cookie(&one)).await;
    let thief = server.member(&room, Hello::default().cookie(&other).resume(&ada.id)).await;
    assert_ne!(thief.id, ada.id);
}

#[tokio::test]
async fn a_room_is_renamed_and_gets_a_pin_by_its_host() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let change = json!({ "t": "SET_ROOM", "name": "Cellar", "pin": "4711", "whoControls": "everyone" });
    host.say(&change).await;
    let told = host.hear("ROOM").await;
    assert_eq!(told["name"], "Cellar");
    assert_eq!(told["settings"]["hasPin"], true);
    assert_eq!(told["settings"]["whoControls"], "everyone");

    let mut stranger = server.socket(&room.code).await;
    stranger.hello(Hello::default()).await;
    assert_eq!(stranger.close_code().await, 4401);
    let mut guest = server.member(&room, Hello::default().pin("4711")).await;
    guest.say(&play(&server.tracks[0])).await;
    guest.hear("PREPARE_PLAY").await;
}

#[tokio::test]
async fn names_and_reports_are_seen_by_the_host() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&session).name("Ada")).await;
    guest
        .say(&json!({
            "t": "SYNC_REPORT", "offsetMs": 12.5, "offsetErrorMs": 0.5, "rttMs": 3, "driftMs": -0.25,
            "rate": 1.0, "positionSec": 4, "buffering": false, "state": "in-sync", "unknownEngine": true
        }))
        .await;
    guest.say(&json!({ "t": "RENAME", "name": "Ada L." })).await;
    guest.heard().await;

    let path = format!("/api/rooms/{}/clients", room.code);
    let clients = server.api(Method::GET, &path).bearer(&room.token).json().await;
    assert_eq!(clients[0]["name"], "Ada L.");
    assert_eq!(clients[0]["driftMs"], -0.25);
    assert_eq!(clients[0]["offsetMs"], 12.5);
    assert_eq!(clients[0]["unknownEngine"], true);
    assert!(!clients.to_string().contains("127.0.0.1"));

    let as_listener = server.api(Method::GET, &path).cookie(&session).json().await;
    assert_eq!(as_listener[0]["name"], "Ada L.");
    assert_eq!(as_listener[0].get("driftMs"), None);
}

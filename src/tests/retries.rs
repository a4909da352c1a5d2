//! A request that comes again because its answer was lost is done once.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{ADMIN, TestServer};

const KEY: &str = "6d7f1c1e-2f5e-4c8a-9a50-0b2d3f1f7a11";

#[tokio::test]
async fn a_room_that_is_asked_for_twice_is_one_room() {
    let server = TestServer::start().await;
    let ask = |key: &'static str, name: &'static str| {
        let request = server.api(Method::POST, "/api/rooms").header("idempotency-key", key);
        request.body(&json!({ "name": name })).send()
    };
    let first = ask(KEY, "Kitchen").await;
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let cookie = first.headers()["set-cookie"].clone();
    let first: Value = first.json().await.unwrap();
    let again = ask(KEY, "Kitchen").await;
    assert_eq!(again.status(), 201);
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.headers()["set-cookie"], cookie);
    assert_eq!(again.json::<Value>().await.unwrap(), first, "with the token that was lost");

    let other = ask(KEY, "Cellar").await;
    assert_eq!(other.status(), 409);
    assert_eq!(other.json::<Value>().await.unwrap()["code"], "key-reused");
    assert_eq!(ask("short", "Kitchen").await.status(), 422);
    assert_eq!(ask("another-key-of-the-same", "Kitchen").await.status(), 201);
    let rooms = server.api(Method::GET, "/api/rooms").bearer(ADMIN).json().await;
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn requests_that_come_at_once_are_done_once() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let path = format!("/api/rooms/{}/queue", room.code);
    let add = || {
        let request = server.api(Method::POST, &path).bearer(&room.token).header("idempotency-key", KEY);
        request.body(&json!({ "trackIds": [server.tracks[0]] })).status()
    };
    let statuses = tokio::join!(add(), add(), add(), add());
    assert_eq!(statuses, (201, 201, 201, 201));
    assert_eq!(server.state_of(&room).await["queue"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_its_callers_own_and_what_was_refused_may_be_asked_again() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let next = format!("/api/rooms/{}/playback/next", room.code);
    let step =
        |token: &str| server.api(Method::POST, &next).bearer(token).header("idempotency-key", KEY).status();
    assert_eq!(step(&room.token).await, 409, "nothing is there to go on to");
    server.act(&room, "queue", json!({ "trackIds": server.tracks })).await;
    assert_eq!(step(&room.token).await, 202);
    assert_eq!(step(&room.token).await, 202);
    assert_eq!(server.state_of(&room).await["queue"].as_array().unwrap().len(), 2, "one step");
    assert_eq!(step(ADMIN).await, 202);
    assert_eq!(server.state_of(&room).await["queue"].as_array().unwrap().len(), 1, "another's step");
}

//! Who does not come in, and what a page can tell of it.

use reqwest::Method;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{Hello, Member, TestServer};

#[tokio::test]
async fn an_unknown_room_is_closed_with_4404() {
    let server = TestServer::start().await;
    for code in ["ZZZZZZ", "nonsense", "%2e%2e"] {
        assert_eq!(server.socket(code).await.close_code().await, 4404, "{code}");
    }
}

#[tokio::test]
async fn a_pin_room_opens_to_its_pin_only() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "4711" })).await;
    for hello in [Hello::default(), Hello::default().pin("4712")] {
        let mut stranger = server.socket(&room.code).await;
        stranger.hello(hello).await;
        assert_eq!(stranger.close_code().await, 4401);
    }
    let guest = server.member(&room, Hello::default().pin(" 4711 ")).await;
    assert_eq!(guest.role, "listener");
    assert_eq!(server.host_in(&room).await.role, "host");
}

#[tokio::test]
async fn pins_cannot_be_tried_for_ever() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "4711" })).await;
    for _ in 0..10 {
        let mut stranger = server.socket(&room.code).await;
        stranger.hello(Hello::default().pin("0000")).await;
        assert_eq!(stranger.close_code().await, 4401);
    }
    let mut late = server.socket(&room.code).await;
    late.hello(Hello::default().pin("4711")).await;
    assert_eq!(late.close_code().await, 4401);
}

#[tokio::test]
async fn who_is_kicked_goes_and_stays_out() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let mut host = server.host_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&session)).await;
    host.say(&json!({ "t": "KICK", "memberId": guest.id })).await;
    assert_eq!(guest.close_code().await, 4403);

    let mut again = Member::connect(&server.host(), &room.code, &Hello::default().cookie(&session)).await;
    again.hello(Hello::default()).await;
    assert_eq!(again.close_code().await, 4403);
    let path = format!("/api/rooms/{}/clients", room.code);
    assert_eq!(server.api(Method::GET, &path).cookie(&session).status().await, 403);
}

#[tokio::test]
async fn a_full_room_is_closed_with_4409() {
    let server = TestServer::start_with(|config| config.max_members = 1).await;
    let room = server.room().await;
    let _host = server.host_in(&room).await;
    let mut late = server.socket(&room.code).await;
    late.hello(Hello::default()).await;
    assert_eq!(late.close_code().await, 4409);
}

#[tokio::test]
async fn a_removed_room_is_closed_with_4404() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let path = format!("/api/rooms/{}", room.code);
    assert_eq!(server.api(Method::DELETE, &path).bearer(&room.token).status().await, 204);
    assert_eq!(host.close_code().await, 4404);
    assert_eq!(server.api(Method::GET, &path).status().await, 404);
    assert_eq!(server.socket(&room.code).await.close_code().await, 4404);
}

#[tokio::test]
async fn who_does_not_begin_with_hello_is_sent_away() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut rude = server.socket(&room.code).await;
    rude.say(&json!({ "t": "HOST_PAUSE" })).await;
    let (said, code) = rude.until_closed().await;
    assert_eq!(said[0]["code"], "bad-message");
    assert_eq!(code, 1008);

    let mut binary = server.socket(&room.code).await;
    binary.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(binary.close_code().await, 1008);
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_at_the_door() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let from = |origin: String| Hello { origin: Some(origin), ..Hello::default() };
    let foreign = from("http://evil.example".to_owned());
    let refused = Member::try_connect(&server.host(), &room.code, &foreign).await;
    assert_eq!(refused.err(), Some(403));
    let own = from(format!("http://{}", server.host()));
    assert!(Member::try_connect(&server.host(), &room.code, &own).await.is_ok());
}

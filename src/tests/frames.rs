//! Frames that no page sends.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{TestServer, play};
use crate::protocol::limits;

#[tokio::test]
async fn a_bad_frame_gets_one_error_each_and_changes_nothing() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let before = server.state_of(&room).await;
    let too_large = json!({ "t": "CHAT", "text": "x".repeat(limits::FRAME_BYTES) });
    for frame in [
        Message::text("hello"),
        Message::binary(vec![0; 16]),
        Message::text(r#"{"t":"HOST_SEEK","positionSec":-4}"#),
        Message::text(too_large.to_string()),
    ] {
        host.send(frame).await;
        assert_eq!(host.hear("ERROR").await["code"], "bad-message");
    }
    let heard = host.heard().await;
    assert!(heard.iter().all(|message| message["t"] != "ERROR"), "{heard:?}");
    assert_eq!(server.state_of(&room).await["revision"], before["revision"]);
    // It is still understood.
    host.say(&play(&server.tracks[0])).await;
    host.hear("PREPARE_PLAY").await;
}

#[tokio::test]
async fn who_goes_on_sending_bad_frames_is_closed_with_1008() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut rude = server.listener_in(&room).await;
    for _ in 0..limits::BAD_FRAMES {
        rude.send(Message::text("{")).await;
    }
    let (said, code) = rude.until_closed().await;
    let errors = said.iter().filter(|message| message["t"] == "ERROR").count();
    assert_eq!(errors, limits::BAD_FRAMES as usize);
    assert_eq!(code, 1008);
}

#[tokio::test]
async fn an_absurdly_large_frame_is_told_and_closed_with_1008() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut rude = server.listener_in(&room).await;
    rude.send(Message::text("x".repeat(3 * limits::FRAME_BYTES))).await;
    let (said, code) = rude.until_closed().await;
    assert!(said.iter().any(|message| message["code"] == "bad-message"));
    assert_eq!(code, 1008);
}

#[tokio::test]
async fn a_message_of_a_newer_page_is_ignored() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    member.say(&json!({ "t": "TELEPORT", "to": "mars" })).await;
    let heard = member.heard().await;
    assert!(heard.iter().all(|message| message["t"] != "ERROR"), "{heard:?}");
}

#[tokio::test]
async fn too_many_messages_are_dropped_and_told_once() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let flood = 3 * limits::MESSAGE_BURST;
    for _ in 0..flood {
        host.say(&json!({ "t": "HOST_VOLUME", "volume": 0.5 })).await;
    }
    let mut told = 0;
    let mut taken = 0;
    // A ping is counted apart, and its answer comes behind what was refused before it.
    host.say(&json!({ "t": "TIME_PING", "clientNowMs": 1, "pingId": 1 })).await;
    while told == 0 || taken < limits::MESSAGE_BURST {
        let message = host.next().await.unwrap();
        told += u32::from(message["code"] == "rate-limited");
        taken += u32::from(message["t"] == "VOLUME");
    }
    assert_eq!(told, 1);
    assert!(server.state_of(&room).await["revision"].as_u64().unwrap() < u64::from(flood));
}

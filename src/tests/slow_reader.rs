//! One reader that does not read costs nobody else.

use std::time::Duration;

use serde_json::json;

use super::harness::raw::{CLOSE, Raw, text};
use super::harness::{Hello, TestServer};
use crate::protocol::limits;
use crate::sync::time::Span;

#[tokio::test]
async fn a_slow_reader_is_sent_away_with_1013_while_the_others_hear_everything() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let lazy = Hello { receive_buffer: Some(4096), ..Hello::default() };
    let mut lazy = server.member(&room, lazy).await;
    let mut keen = server.listener_in(&room).await;

    // Large messages fill what the system keeps for the lazy one, small ones its outbox.
    let many: Vec<_> = server.tracks.iter().cycle().take(200).collect();
    for _ in 0..5 {
        server.act(&room, "queue", json!({ "trackIds": many })).await;
    }
    let mut host = server.host_in(&room).await;
    for _ in 0..20 {
        host.say(&json!({ "t": "QUEUE_SHUFFLE" })).await;
    }
    host.heard().await;
    let reading = tokio::spawn(async move {
        let mut volumes = Vec::new();
        while volumes.len() < 600 {
            let message = keen.next().await.unwrap();
            if message["t"] == "VOLUME" {
                volumes.push(message["revision"].as_u64().unwrap());
            }
        }
        volumes
    });
    for n in 0..600 {
        let volume = f64::from(n % 10) / 10.0;
        server.act(&room, "playback/volume", json!({ "volume": volume })).await;
    }
    let volumes = reading.await.unwrap();
    assert!(volumes.windows(2).all(|pair| pair[1] == pair[0] + 1), "one was lost");
    assert_eq!(lazy.close_code().await, 1013);
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_evictions_total"), 1);
    assert_eq!(scrape.count("tutti_sockets_closed_total{reason=\"too_slow\"}"), 1);
}

#[tokio::test]
async fn a_reader_that_stopped_is_sent_away_though_little_is_said_and_though_it_talks() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut keen = server.listener_in(&room).await;
    let reading = tokio::spawn(async move { keen.hear("VOLUME").await });
    let mut deaf = Raw::join(&server.host(), &room.code).await;

    // Each is told everything, and none of it is read: what the system keeps for it is full after a megabyte.
    let many: Vec<_> = server.tracks.iter().cycle().take(200).collect();
    for _ in 0..5 {
        server.act(&room, "queue", json!({ "trackIds": many })).await;
    }
    for _ in 0..40 {
        deaf.write(&text(r#"{"t":"REQUEST_STATE"}"#)).await;
    }
    // It says that it lives, all the time.
    let talking = async {
        for n in 0.. {
            deaf.write(&text(&format!(r#"{{"t":"TIME_PING","clientNowMs":1,"pingId":{n}}}"#))).await;
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    };
    let gone = server.scrape_within(Duration::from_secs(40), "it is sent away", |scrape| {
        scrape.count("tutti_sockets_closed_total{reason=\"too_slow\"}") == 1
    });
    tokio::select! {
        () = talking => unreachable!("it talks for ever"),
        _ = gone => {}
    }
    assert!(limits::READER_STUCK < Span::from_secs(10));
    server.act(&room, "playback/volume", json!({ "volume": 0.25 })).await;
    reading.await.unwrap();
    // Once it reads again, it hears why.
    let closed = deaf.until(CLOSE).await;
    assert!(closed.is_none_or(|heard| heard.code() == 1013), "what it heard is why, if it heard anything");
}

//! One reader that does not read costs nobody else.

use serde_json::json;

use super::harness::{Hello, TestServer};

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

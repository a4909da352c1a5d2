//! What time it is, by socket.

use serde_json::{Value, json};

use super::harness::{Member, TestServer};
use crate::protocol::limits;

async fn ping(member: &mut Member, id: u32) -> Value {
    let message = json!({ "t": "TIME_PING", "clientNowMs": f64::from(id) + 0.125, "pingId": id });
    member.say(&message).await;
    member.hear("TIME_PONG").await
}

#[tokio::test]
async fn a_ping_is_answered_with_four_timestamps() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let mut last = 0.0;
    for id in 0..5 {
        let pong = ping(&mut member, id).await;
        assert_eq!(pong["clientNowMs"], f64::from(id) + 0.125);
        assert_eq!(pong["pingId"], id);
        let received = pong["serverReceivedMs"].as_f64().unwrap();
        let now = pong["serverNowMs"].as_f64().unwrap();
        assert!(last <= received && received <= now, "{pong}");
        last = now;
    }
}

#[tokio::test]
async fn pings_are_answered_while_broadcasts_flood() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let tracks: Vec<_> = server.tracks.iter().cycle().take(150).collect();
    server.act(&room, "queue", json!({ "trackIds": tracks })).await;

    let flood = async {
        for n in 0..100 {
            let at = if n % 2 == 0 { "next" } else { "end" };
            let body = json!({ "trackId": server.tracks[n % 3], "at": at });
            server.act(&room, "queue", body).await;
        }
    };
    let pings = async {
        for id in 0..20 {
            assert_eq!(ping(&mut member, id).await["pingId"], id);
        }
        member
    };
    let ((), mut member) = tokio::join!(flood, pings);
    let queues = member.heard().await.iter().filter(|m| m["t"] == "QUEUE").count();
    assert!(queues > 0, "the flood was over before the pings");
}

#[tokio::test]
async fn too_many_pings_are_dropped_and_told_once() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let flood = 3 * limits::PING_BURST;
    for id in 0..flood {
        let message = json!({ "t": "TIME_PING", "clientNowMs": 1, "pingId": id });
        member.say(&message).await;
    }
    let heard = member.heard().await;
    let count = |what: &dyn Fn(&Value) -> bool| heard.iter().filter(|m| what(m)).count();
    let answered = count(&|m| m["t"] == "TIME_PONG");
    let burst = limits::PING_BURST as usize;
    assert!((burst..2 * burst).contains(&answered), "{answered}");
    assert_eq!(count(&|m| m["code"] == "rate-limited"), 1);
}

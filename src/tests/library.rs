//! The library while people are in rooms: what changes on the disk is heard, and the operator ends a scan.

use reqwest::Method;
use serde_json::Value;

use super::harness::{ADMIN, Member, TestServer};

/// The next news of the library that are of another version than this, with the scan done.
async fn news(member: &mut Member, version: Option<u64>) -> Value {
    loop {
        let news = member.hear("LIBRARY").await;
        if news["version"].as_u64() != version && news.get("scan").is_none() {
            return news;
        }
    }
}

#[tokio::test]
async fn everybody_in_every_room_hears_that_a_file_appeared() {
    let server = TestServer::start().await;
    let (one, other) = (server.room().await, server.room().await);
    let mut members =
        [server.host_in(&one).await, server.listener_in(&one).await, server.listener_in(&other).await];
    let anthem = server.path("music/Anthem.wav");
    std::fs::copy(&anthem, server.path("music/Descant.wav")).unwrap();
    let mut versions = Vec::new();
    for member in &mut members {
        let news = news(member, None).await;
        assert_eq!(news["tracks"], 4);
        versions.push(news["version"].as_u64().unwrap());
    }
    assert_eq!(versions, [versions[0]; 3], "all hear the same");
    // A scan that finds nothing new is no other version.
    std::fs::remove_file(server.path("music/Descant.wav")).unwrap();
    let news = news(&mut members[0], Some(versions[0])).await;
    assert_eq!(news["tracks"], 3);
    assert!(news["version"].as_u64().unwrap() > versions[0]);
}

#[tokio::test]
async fn the_operator_sees_how_far_the_library_is_and_may_end_a_scan() {
    let server = TestServer::start().await;
    let ask = |method: Method| server.api(method, "/api/library/scan");
    let status = ask(Method::GET).bearer(ADMIN).json().await;
    assert_eq!((&status["running"], &status["phase"]), (&false.into(), &"idle".into()));
    assert!(status["unmeasured"].is_u64());
    assert_eq!(ask(Method::DELETE).status().await, 401);
    let answer = ask(Method::DELETE).bearer(ADMIN).send().await;
    assert_eq!(answer.status(), 202, "nothing to end is no fault");
}

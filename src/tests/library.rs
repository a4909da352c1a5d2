//! The library while people are in rooms: what changes on the disk is heard, and the operator ends a scan.

use reqwest::Method;

use super::harness::{ADMIN, Member, TestServer};

/// The news that the library has so many tracks, once no scan runs.
async fn news(member: &mut Member, tracks: u64) -> u64 {
    loop {
        let news = member.hear("LIBRARY").await;
        if news["tracks"] == tracks && news.get("scan").is_none() {
            return news["version"].as_u64().unwrap();
        }
    }
}

#[tokio::test]
async fn everybody_in_every_room_hears_that_a_file_appeared() {
    let server = TestServer::start().await;
    let (one, other) = (server.room().await, server.room().await);
    let mut members =
        [server.host_in(&one).await, server.listener_in(&one).await, server.listener_in(&other).await];
    let (anthem, descant) = (server.path("music/Anthem.wav"), server.path("music/Descant.wav"));
    std::fs::copy(&anthem, &descant).unwrap();
    let mut versions = Vec::new();
    for member in &mut members {
        versions.push(news(member, 4).await);
    }
    assert_eq!(versions, [versions[0]; 3], "all hear the same");
    std::fs::remove_file(&descant).unwrap();
    assert!(news(&mut members[0], 3).await > versions[0]);
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

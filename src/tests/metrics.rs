//! What `/metrics` says of a server that is used.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{ADMIN, Hello, TestServer, play};
use crate::protocol::limits;
use crate::server::metrics::table::{Kind, TABLE};

#[tokio::test]
async fn a_scrape_is_for_the_operator() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let scrape = || server.api(Method::GET, "/metrics");
    assert_eq!(scrape().status().await, 401);
    assert_eq!(scrape().bearer(&room.token).status().await, 403);
    let answer = scrape().bearer(ADMIN).send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
}

#[tokio::test]
async fn a_scrape_is_for_everybody_where_the_operator_opened_it() {
    let server = TestServer::start_with(|config| config.open_metrics = true).await;
    assert_eq!(server.api(Method::GET, "/metrics").status().await, 200);
}

#[tokio::test]
async fn every_line_is_of_the_table_and_has_its_help_and_type() {
    let server = TestServer::start().await;
    let room = server.room().await;
    server.host_in(&room).await.heard().await;
    let scrape = server.scrape().await;
    let mut seen = BTreeSet::new();
    for line in scrape.0.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let metric = TABLE.iter().find(|metric| match metric.kind {
            Kind::Histogram(_) => {
                ["_bucket", "_sum", "_count"].iter().any(|part| name.strip_suffix(part) == Some(metric.name))
            }
            _ => name == metric.name,
        });
        let metric = metric.unwrap_or_else(|| panic!("{line} is not in the table"));
        seen.insert(metric.name);
    }
    for metric in TABLE {
        assert!(seen.contains(metric.name), "{} is not in the scrape", metric.name);
        assert!(scrape.0.contains(&format!("# HELP {} {}\n", metric.name, metric.help)));
        assert!(scrape.0.contains(&format!("# TYPE {} {}\n", metric.name, metric.kind.as_str())));
    }
}

#[tokio::test]
async fn a_member_counts_for_as_long_as_it_is_here() {
    let server = TestServer::start().await;
    let room = server.room().await;
    assert_eq!(server.scrape().await.count("tutti_members"), 0);
    let (host, guest) = (server.host_in(&room).await, server.listener_in(&room).await);
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_members"), 2);
    assert_eq!(scrape.count("tutti_sockets"), 2);
    assert_eq!(scrape.count("tutti_sockets_opened_total"), 2);
    assert_eq!(scrape.count("tutti_rooms"), 1);
    assert_eq!(scrape.count("tutti_rooms_in_use"), 1);
    assert_eq!(scrape.count("tutti_rooms_restored_total{why=\"use\"}"), 1);
    guest.leave().await;
    let scrape = server.scrape_until("tutti_members", 1).await;
    assert_eq!(scrape.count("tutti_sockets_closed_total{reason=\"left\"}"), 1);
    drop(host);
    server.scrape_until("tutti_sockets", 0).await;
}

#[tokio::test]
async fn who_is_not_let_in_counts_by_the_reason() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "2718" })).await;
    let mut socket = server.socket(&room.code).await;
    socket.hello(Hello::default().pin("3141")).await;
    assert_eq!(socket.close_code().await, 4401);
    let mut lost = server.socket("ZZZZZZ").await;
    assert_eq!(lost.close_code().await, 4404);
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_sockets_closed_total{reason=\"pin\"}"), 1);
    assert_eq!(scrape.count("tutti_sockets_closed_total{reason=\"no_room\"}"), 1);
    assert_eq!(scrape.count("tutti_members"), 0);
}

#[tokio::test]
async fn messages_count_by_their_names_and_what_nobody_knows_as_other() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let mut guest = server.listener_in(&room).await;
    host.say(&json!({ "t": "CHAT", "text": "hello" })).await;
    guest.hear("CHAT").await;
    host.say(&json!({ "t": "TELEPORT-to-mars" })).await;
    host.say(&json!({ "t": "HOST_SEEK" })).await;
    host.hear("ERROR").await;
    host.heard().await;
    let scrape = server.scrape().await;
    let received = |name: &str| scrape.count(&format!("tutti_messages_received_total{{type=\"{name}\"}}"));
    let sent = |name: &str| scrape.count(&format!("tutti_messages_sent_total{{type=\"{name}\"}}"));
    assert_eq!(received("HELLO"), 2);
    assert_eq!(received("CHAT"), 1);
    assert_eq!(received("other"), 1);
    assert_eq!(received("invalid"), 1);
    assert_eq!(sent("WELCOME"), 2);
    assert_eq!(sent("CHAT"), 2, "each who got it counts");
    assert_eq!(sent("ERROR"), 1);
    assert!(!scrape.0.contains("TELEPORT"));
    assert!(scrape.count("tutti_socket_sent_bytes_total") > 500);
    assert!(scrape.count("tutti_socket_received_bytes_total") > 50);
}

#[tokio::test]
async fn a_message_for_many_is_followed_until_the_last_has_it() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut members = vec![server.host_in(&room).await];
    for _ in 0..3 {
        members.push(server.listener_in(&room).await);
    }
    for member in &mut members {
        member.heard().await;
    }
    let before = server.scrape().await;
    server.act(&room, "playback/volume", json!({ "volume": 0.5 })).await;
    for member in &mut members {
        member.hear("VOLUME").await;
    }
    // The outboxes are looked at when a message is handed out, its way ends when the last has it.
    let after = server
        .scrape_when("every message arrives", |scrape| {
            let begun = scrape.count("tutti_outbox_messages_count");
            begun > before.count("tutti_outbox_messages_count")
                && scrape.count("tutti_broadcast_seconds_count") == begun
        })
        .await;
    let sum = "tutti_broadcast_seconds_sum";
    assert!(after.value(sum) > before.value(sum));
    assert_eq!(after.count("tutti_messages_sent_total{type=\"VOLUME\"}"), 4);
}

#[tokio::test]
async fn pings_are_measured_and_those_that_are_too_many_counted() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let flood = 2 * limits::PING_BURST;
    for id in 0..flood {
        member.say(&json!({ "t": "TIME_PING", "clientNowMs": 1, "pingId": id })).await;
    }
    member.heard().await;
    let scrape = server.scrape().await;
    let refused = scrape.count("tutti_rate_limited_total{what=\"pings\"}");
    let answered = scrape.count("tutti_messages_sent_total{type=\"TIME_PONG\"}");
    assert!(refused > 0);
    assert_eq!(refused + answered, u64::from(flood));
    assert_eq!(scrape.count("tutti_ping_turnaround_seconds_count"), answered);
}

#[tokio::test]
async fn a_start_counts_who_was_ready_and_who_came_too_late() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let mut slow = server.listener_in(&room).await;
    host.say(&play(&server.tracks[0])).await;
    let stream = host.hear("PREPARE_PLAY").await["streamId"].clone();
    let ready = json!({ "t": "READY", "streamId": stream, "tookMs": 20 });
    for _ in 0..2 {
        host.say(&ready).await;
    }
    host.hear("PLAY_AT").await;
    let path = format!("/api/rooms/{}/playback", room.code);
    loop {
        let playback = server.api(Method::GET, &path).json().await;
        if playback["positionSec"].as_f64().unwrap() > 0.0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    slow.say(&ready).await;
    slow.heard().await;
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_starts_total{kind=\"asked\"}"), 1);
    assert_eq!(scrape.count("tutti_start_ready_seconds_count"), 2, "said twice is once");
    assert_eq!(scrape.count("tutti_start_members_total{ready=\"in_time\"}"), 1);
    assert_eq!(scrape.count("tutti_start_members_total{ready=\"late\"}"), 1);
    assert_eq!(scrape.count("tutti_start_ready_ratio_count"), 1);
    assert!((scrape.value("tutti_start_ready_ratio_sum") - 0.5).abs() < 1e-9, "one of two");
}

#[tokio::test]
async fn reports_of_members_are_gathered_without_their_signs() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let report = |state: &str, drift: Value| {
        json!({ "t": "SYNC_REPORT", "offsetMs": 5e11, "offsetErrorMs": 3, "rttMs": 30, "driftMs": drift,
            "rate": 1.0, "positionSec": 1, "buffering": false, "state": state })
    };
    for (state, drift) in [
        ("in-sync", json!(-0.3)),
        ("correcting", json!(-20)),
        ("correcting", json!(10)),
        ("idle", Value::Null),
        ("correcting", json!(-4e8)),
    ] {
        member.say(&report(state, drift)).await;
    }
    member.heard().await;
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_sync_reports_total{state=\"correcting\"}"), 3);
    assert_eq!(scrape.count("tutti_corrections_reported_total"), 2);
    assert_eq!(scrape.count("tutti_reported_drift_seconds_count"), 4);
    assert_eq!(scrape.count("tutti_reported_drift_seconds_bucket{le=\"0.0004\"}"), 1);
    let sum = scrape.value("tutti_reported_drift_seconds_sum");
    assert!((sum - 10.0303).abs() < 1e-6, "what is absurd counts as ten seconds: {sum}");
    assert_eq!(scrape.count("tutti_reported_offset_error_seconds_bucket{le=\"0.005\"}"), 5);
    assert_eq!(scrape.count("tutti_reported_rtt_seconds_count"), 5);
}

#[tokio::test]
async fn requests_count_by_the_template_of_their_route_and_never_by_an_address() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let get = async |path: &str| server.api(Method::GET, path).send().await;
    get(&format!("/api/rooms/{}", room.code)).await;
    get("/api/rooms/ZZZZZZ").await;
    get("/api/made-up-by-somebody").await;
    get("/made-up-by-somebody.php").await;
    server.api("BREW".parse().unwrap(), "/healthz").send().await;
    let scrape = server.scrape().await;
    let count = |route: &str, method: &str, status: &str| {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        scrape.count(&format!("tutti_http_request_seconds_count{{{labels}}}"))
    };
    assert_eq!(count("/api/rooms/{code}", "GET", "2xx"), 1);
    assert_eq!(count("/api/rooms/{code}", "GET", "4xx"), 1);
    assert_eq!(count("/api/rooms", "POST", "2xx"), 1);
    assert_eq!(count("/healthz", "other", "4xx"), 1);
    assert!(!scrape.0.contains("made-up"), "{}", scrape.0);
    assert!(!scrape.0.contains(&room.code));
    let other = scrape.0.lines().filter(|line| line.contains("_count{route=\"other\""));
    assert!(other.count() >= 1, "{}", scrape.0);
}

#[tokio::test]
async fn the_library_and_the_database_are_measured() {
    let server = TestServer::start().await;
    let room = server.room().await;
    server.act(&room, "playback/volume", json!({ "volume": 0.5 })).await;
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_library_tracks"), 3);
    assert_eq!(scrape.count("tutti_library_scan_seen_files"), 3);
    assert_eq!(scrape.count("tutti_library_scan_seconds_count{outcome=\"done\"}"), 1);
    let save = "tutti_database_operation_seconds_count{operation=\"save\"}";
    assert_eq!(scrape.count(save), 1);
    assert!(scrape.value("process_start_time_seconds") > 1.7e9);
}

#[tokio::test]
async fn a_scan_that_fails_counts_as_failed() {
    let server = TestServer::start().await;
    std::fs::rename(server.path("music"), server.path("elsewhere")).unwrap();
    server.api(Method::POST, "/api/library/scan").bearer(ADMIN).send().await;
    server.scrape_until("tutti_library_scan_seconds_count{outcome=\"failed\"}", 1).await;
}

#[tokio::test]
async fn rooms_that_a_restart_took_up_again_are_counted() {
    let mut server = TestServer::start().await;
    let room = server.room().await;
    server.act(&room, "playback/play", json!({ "trackId": server.tracks[0] })).await;
    server.restart().await;
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_rooms_restored_total{why=\"start\"}"), 1);
    assert_eq!(scrape.count("tutti_rooms_in_use"), 1);
}

#[tokio::test]
async fn a_room_that_could_not_be_written_counts_as_a_failure() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    server.running().state().store.close().await;
    host.say(&json!({ "t": "HOST_VOLUME", "volume": 0.5 })).await;
    assert_eq!(host.close_code().await, 1012);
    let text = server.running().state().metrics.render();
    assert!(text.contains("\ntutti_room_failures_total 1\n"), "{text}");
}

//! People who mean harm: they are slow on purpose, say too much, or come in too great a number. Each costs a bounded
//! place for a bounded time, is told what it can be told, and somebody else in the same room goes on as before.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::raw::{CLOSE, FIN, PING, PONG, Raw, TEXT, frame, head_of, text};
use super::harness::{ADMIN, Hello, PATIENCE, TestRoom, TestServer, patiently};
use crate::protocol::limits;
use crate::server::Config;
use crate::sync::time::Span;

/// Everybody in the room still hears everybody.
async fn goes_on(server: &TestServer, room: &TestRoom) {
    let mut witness = server.listener_in(room).await;
    server.act(room, "playback/volume", json!({ "volume": 0.25 })).await;
    patiently(async { while witness.hear("VOLUME").await["volume"] != 0.25 {} }).await;
}

/// Waits longer than for anything else.
const LONG: Duration = Duration::from_secs(40);

#[tokio::test]
async fn who_shouts_is_read_slowly_and_then_closed_with_1008() {
    for shout in [frame(FIN | PING, b"x"), frame(FIN | PONG, b"x"), text("{"), text(r#"{"t":"HOST_PAUSE"}"#)]
    {
        let server = TestServer::start().await;
        let room = server.room().await;
        let mut raw = Raw::join(&server.host(), &room.code).await;
        let shouts = shout.repeat(200);
        let (mut reading, mut writing) = raw.stream.split();
        let shouting = async { while writing.write_all(&shouts).await.is_ok() {} };
        let listening = async {
            let mut heard = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(bytes @ 1..) = reading.read(&mut buffer).await {
                heard.extend_from_slice(&buffer[..bytes]);
                heard.drain(..heard.len().saturating_sub(64));
            }
            heard
        };
        let going_on = goes_on(&server, &room);
        let all = async { tokio::join!(shouting, listening, going_on) };
        let ((), heard, ()) = tokio::time::timeout(LONG, Box::pin(all)).await.expect("it goes on for ever");
        let code = 1008_u16.to_be_bytes();
        assert!(heard.windows(2).any(|bytes| bytes == code), "the last words: {heard:?}");
        server.scrape_until("tutti_sockets_closed_total{reason=\"policy\"}", 1).await;
    }
}

#[tokio::test]
async fn a_chat_flood_reaches_nobody_beyond_what_may_be() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut witness = server.listener_in(&room).await;
    let mut loud = server.listener_in(&room).await;
    for n in 0..50 {
        loud.say(&json!({ "t": "CHAT", "text": format!("{n}") })).await;
    }
    loud.heard().await;
    let chats = witness.heard().await.iter().filter(|message| message["t"] == "CHAT").count();
    assert!((1..=limits::CHAT_BURST as usize + 2).contains(&chats), "{chats} lines");
}

#[tokio::test]
async fn half_a_frame_is_not_waited_for() {
    let server = TestServer::start_with(|config| {
        config.patience.keep_alive = Span::from_millis(200);
        config.patience.timeout = Span::from_secs(1);
    })
    .await;
    let room = server.room().await;
    let half = head_of(FIN | TEXT, 1_000);
    for rest in [&b""[..], b"    ", b"{"] {
        let mut raw = Raw::join(&server.host(), &room.code).await;
        raw.write(&half).await;
        // It drips, and so is no silence to the system; to us it is.
        let dripping = async {
            loop {
                raw.write(rest).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
                if rest.is_empty() || raw.stream.try_read(&mut [0; 1024]).is_ok_and(|bytes| bytes == 0) {
                    break;
                }
            }
            raw.ends_within(PATIENCE).await
        };
        assert!(tokio::time::timeout(LONG, dripping).await.unwrap());
    }
    server.scrape_until("tutti_sockets_closed_total{reason=\"silent\"}", 3).await;
    goes_on(&server, &room).await;
}

#[tokio::test]
async fn who_never_says_hello_may_come_back() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut silent = Raw::open(&server.host(), &room.code, "").await;
    assert_eq!(silent.until(CLOSE).await.unwrap().code(), 1013, "a network that slow is no broken protocol");
}

fn few(config: &mut Config) {
    config.connections.per_address = 12;
    config.connections.count_loopback = true;
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_the_next_hears_429() {
    let server = TestServer::start_with(few).await;
    let mut open = Vec::new();
    let refused = loop {
        let mut stream = TcpStream::connect(server.host()).await.unwrap();
        // Said slowly, so that only who is refused is answered.
        let mut answer = String::new();
        let reading = stream.read_to_string(&mut answer);
        match tokio::time::timeout(Duration::from_millis(300), reading).await {
            Ok(_) => break answer,
            Err(_) => open.push(stream),
        }
        assert!(open.len() <= 12, "nobody is refused");
    };
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    // There is a place again as soon as one goes.
    drop(open);
    let scrape = server.scrape_until("tutti_sockets", 0).await;
    assert_eq!(scrape.count("tutti_rate_limited_total{what=\"connections\"}"), 1);
}

#[tokio::test]
async fn behind_a_proxy_it_is_the_listeners_address_that_has_so_many_sockets() {
    let server = TestServer::start_with(|config| {
        few(config);
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let room = server.room().await;
    let mut sockets = Vec::new();
    for _ in 0..12 {
        sockets.push(Raw::open(&server.host(), &room.code, "x-forwarded-for: 192.0.2.7\r\n").await);
    }
    let refused = Raw::open(&server.host(), &room.code, "x-forwarded-for: 192.0.2.7\r\n").await;
    assert!(refused.answer.starts_with("HTTP/1.1 429 "), "{}", refused.answer);
    assert!(refused.answer.contains("application/problem+json"), "{}", refused.answer);
    let neighbour = Raw::open(&server.host(), &room.code, "x-forwarded-for: 192.0.2.8\r\n").await;
    assert!(neighbour.answer.starts_with("HTTP/1.1 101 "), "{}", neighbour.answer);
    let scrape = server.scrape().await;
    assert_eq!(scrape.count("tutti_rate_limited_total{what=\"sockets\"}"), 1);
}

#[tokio::test]
async fn this_machine_and_proxies_are_not_counted() {
    let server = TestServer::start_with(|config| config.connections.per_address = 1).await;
    let room = server.room().await;
    let _one = server.listener_in(&room).await;
    let _two = server.member(&room, Hello::default()).await;
    goes_on(&server, &room).await;
}

#[tokio::test]
async fn a_head_of_a_megabyte_is_refused_and_not_kept() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.host()).await.unwrap();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await;
    let line = format!("x-filler: {}\r\n", "y".repeat(8_000));
    for _ in 0..128 {
        if stream.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it is kept open");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn many_wrong_pins_at_once_are_each_told_and_open_nothing() {
    let server = TestServer::start().await;
    let mut rooms = Vec::new();
    for _ in 0..4 {
        rooms.push(server.room_with(json!({ "pin": "4711" })).await);
    }
    let mut tries = Vec::new();
    for room in &rooms {
        for _ in 0..5 {
            let mut guest = server.socket(&room.code).await;
            tries.push(async move {
                guest.hello(Hello::default().pin("0000")).await;
                guest.close_code().await
            });
        }
    }
    let codes = futures_util::future::join_all(tries).await;
    assert!(codes.iter().all(|code| *code == 4401), "{codes:?}");
}

/// A page that was let in and never heard of it asks again, as who is the same load.
#[tokio::test]
async fn a_page_that_comes_back_in_the_dark_is_listed_once() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let cookie = server.browser_in(&room).await;
    let hello = Hello::default().cookie(&cookie).name("Ada").page(7);
    let mut ids = Vec::new();
    let mut sockets = Vec::new();
    for _ in 0..5 {
        // The one before stays open, as a half-open one does.
        let member = server.member(&room, hello.clone()).await;
        ids.push(member.id.clone());
        sockets.push(member);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let path = format!("/api/rooms/{}/clients", room.code);
    let clients: Value = server.api(Method::GET, &path).bearer(ADMIN).json().await;
    assert_eq!(clients.as_array().unwrap().len(), 1, "{clients}");
}

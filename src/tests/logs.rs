//! What gets into the log, and what must not.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use ipnet::IpNet;
use reqwest::Method;
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::harness::{ADMIN, Hello, TestServer, play, wav};
use crate::protocol::limits;

/// The lines of this test's thread, on which its server runs, too.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    /// All that we say, down to the last detail, and what libraries say down to `debug`; as `--log-format json`.
    fn listen() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(EnvFilter::new("debug,tutti=trace"))
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The first line of this message.
    fn line(&self, message: &str) -> Value {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let found = lines.into_iter().find(|line| line["message"] == message);
        found.unwrap_or_else(|| panic!("nothing says {message:?}:\n{text}"))
    }
}

const PIN: &str = "271828";
const WRONG_PIN: &str = "314159";
/// A listener's address, as the nearest proxy tells it.
const ADDRESS: &str = "203.0.113.77";

#[tokio::test]
async fn no_secret_and_no_address_gets_into_the_log() {
    let (log, _guard) = Log::listen();
    let mut server = TestServer::start_with(|config| {
        config.trusted_proxies = vec![IpNet::from(IpAddr::from([127, 0, 0, 1]))];
    })
    .await;
    let room = server.room_with(json!({ "pin": PIN })).await;

    // A browser that tries a wrong PIN, then the right one, and is put out again.
    let path = format!("/r/{}", room.code);
    let mut wrong = server.socket(&room.code).await;
    wrong.hello(Hello::default().pin(WRONG_PIN)).await;
    assert_eq!(wrong.close_code().await, 4401);
    let session = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6";
    let cookie = format!("tutti_session={session}");
    let page = server.api(Method::GET, &path).cookie(&cookie).header("x-forwarded-for", ADDRESS);
    assert_eq!(page.status().await, 200);
    let mut host = server.host_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&cookie).pin(PIN)).await;
    host.say(&json!({ "t": "KICK", "memberId": guest.id })).await;
    assert_eq!(guest.close_code().await, 4403);

    // An upload, a wrong token, the operator, a new PIN.
    let file = server.path("Chorale.wav");
    wav::write(&file, 5);
    let upload = server.api(Method::POST, "/api/tracks").bearer(&room.token);
    let upload = upload.header("x-forwarded-for", ADDRESS);
    let files = [("Chorale.wav", std::fs::read(&file).unwrap())];
    assert_eq!(upload.files(&files).send().await.status(), 201);
    assert_eq!(server.api(Method::GET, "/metrics").bearer("not-the-operator").status().await, 403);
    assert_eq!(server.api(Method::GET, "/metrics").bearer(ADMIN).status().await, 200);
    host.say(&json!({ "t": "SET_ROOM", "pin": "161803" })).await;
    host.hear("ROOM").await;
    host.say(&play(&server.tracks[0])).await;
    host.hear("PREPARE_PLAY").await;
    server.stop().await;

    let text = log.text();
    assert!(text.contains(&room.code) && text.contains("\"sent away\""), "this is not the log:\n{text}");
    let secrets = [PIN, WRONG_PIN, "161803", session, &room.token, ADMIN, "not-the-operator", ADDRESS];
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
    // This test is a client, too, and knows the server's address.
    let of_the_server = text.lines().filter(|line| !line.contains("\"target\":\"hyper_util::client"));
    let peer = of_the_server.clone().find(|line| line.contains("127.0.0.1"));
    assert!(of_the_server.count() > 20, "this is not the log");
    assert_eq!(peer, None, "an address is in the log");
}

#[tokio::test]
async fn an_evening_can_be_read_from_the_log() {
    let (log, _guard) = Log::listen();
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut host = server.host_in(&room).await;
    let guest = server.listener_in(&room).await;
    host.say(&play(&server.tracks[0])).await;
    let stream = host.hear("PREPARE_PLAY").await["streamId"].clone();
    host.say(&json!({ "t": "READY", "streamId": stream, "tookMs": 12.5 })).await;
    host.hear("PLAY_AT").await;
    let report = json!({ "t": "SYNC_REPORT", "offsetMs": 1, "offsetErrorMs": 3, "rttMs": 30, "driftMs": -7,
        "rate": 1.002, "positionSec": 1, "buffering": false, "state": "correcting" });
    host.say(&report).await;
    host.heard().await;
    guest.leave().await;
    server.scrape_until("tutti_members", 1).await;

    let fields = |message: &str| {
        let line = log.line(message);
        assert_eq!(line["room"], room.code, "{line}");
        line
    };
    assert_eq!(fields("joined")["role"], "host");
    assert_eq!(fields("joined")["member"], host.id);
    assert_eq!(fields("left")["reason"], "left");
    let scheduled = fields("start scheduled");
    assert_eq!(scheduled["stream_id"].as_str().unwrap(), stream.to_string());
    assert!(scheduled["lead_ms"].as_f64().unwrap() >= 300.0, "{scheduled}");
    assert_eq!(fields("ready")["took_ms"], 12.5);
    let confirmed = fields("start confirmed");
    assert_eq!((&confirmed["ready"], &confirmed["members"]), (&json!(1), &json!(2)));
    assert_eq!(fields("correction reported")["drift_ms"], -7.0);
    assert!(log.line("the library is scanned")["took_ms"].is_u64());
}

#[tokio::test]
async fn a_burst_of_pings_is_one_line() {
    let (log, _guard) = Log::listen();
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    for id in 0..8 {
        member.say(&json!({ "t": "TIME_PING", "clientNowMs": 1, "pingId": id })).await;
        member.hear("TIME_PONG").await;
    }
    // Looked for when the socket is pinged.
    let told = async {
        while !log.text().contains("ping burst") {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let patience = crate::server::clock::duration(limits::KEEP_ALIVE + limits::KEEP_ALIVE);
    tokio::time::timeout(patience, async { tokio::join!(told, member.heard()) }).await.unwrap();
    assert_eq!(log.line("ping burst")["pings"], 8);
}

#[tokio::test]
async fn a_request_can_be_found_in_the_log_by_the_id_of_its_answer() {
    let (log, _guard) = Log::listen();
    let server = TestServer::start().await;
    let room = server.room().await;
    let path = format!("/api/rooms/{}", room.code);
    let answer = server.api(Method::GET, &path).send().await;
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let text = log.text();
    let line = text.lines().find(|line| line.contains(&id)).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["message"], "answered");
    assert_eq!(line["span"]["route"], "/api/rooms/{code}");
    assert_eq!(line["status"], 200);

    let odd = server.api(Method::GET, &path).header("x-request-id", "a;b=c").send().await;
    assert_eq!(odd.status(), 200);
    assert!(!log.text().contains("a;b=c"));
}

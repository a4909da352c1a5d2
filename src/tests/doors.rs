//! Who does not come in, and what a page can tell of it.

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{Hello, Member, TestServer, patiently};

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

/// The lines of a handshake as it should be.
const HANDSHAKE: [&str; 4] = [
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

/// Asks for the socket of a room in these words: the head of the answer, in small letters.
async fn asked(server: &TestServer, request_line: &str, lines: &[&str]) -> String {
    let mut tcp = TcpStream::connect(server.running().address).await.unwrap();
    let head = format!("{request_line}\r\nhost: {}\r\n{}\r\n\r\n", server.host(), lines.join("\r\n"));
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        assert!(patiently(tcp.read_buf(&mut answer)).await.unwrap() > 0, "an answer ends");
    }
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test]
async fn what_is_no_handshake_is_told_so_and_what_cannot_be_upgraded_how() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let get = format!("GET /ws/{} HTTP/1.1", room.code);
    let without =
        |name: &str| -> Vec<&str> { HANDSHAKE.into_iter().filter(|line| !line.starts_with(name)).collect() };
    assert!(asked(&server, &get, &HANDSHAKE).await.starts_with("http/1.1 101"));
    // A browser that is pointed at the address, or a program that forgot something.
    for missing in ["connection", "upgrade", "sec-websocket-key"] {
        let answer = asked(&server, &get, &without(missing)).await;
        assert!(answer.starts_with("http/1.1 400"), "without {missing}: {answer}");
    }
    // One of another version of WebSocket, and one over a connection that never changes.
    let mut old = without("sec-websocket-version");
    old.push("sec-websocket-version: 8");
    let answer = asked(&server, &get, &old).await;
    assert!(answer.starts_with("http/1.1 426"), "{answer}");
    assert!(answer.contains("sec-websocket-version: 13\r\n"), "{answer}");
    assert!(answer.contains("upgrade: websocket\r\n"), "{answer}");
    let answer = asked(&server, &get.replace("1.1", "1.0"), &HANDSHAKE).await;
    assert!(answer.starts_with("http/1.0 426"), "{answer}");
    // Whose page it is, is looked at first.
    let mut foreign = HANDSHAKE.to_vec();
    foreign.push("origin: http://evil.example");
    assert!(asked(&server, &get, &foreign).await.starts_with("http/1.1 403"));
}

#[tokio::test]
async fn over_http_2_a_socket_is_refused_with_426() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let host = server.host();
    let path = format!("/ws/{}", room.code);
    // RFC 9113 §4.1 and RFC 7541 §6: `:method GET`, `:scheme http`, and two that are spelled out.
    let mut fields = vec![0x82, 0x86, 0x04, path.len() as u8];
    fields.extend(path.as_bytes());
    fields.extend([0x01, host.len() as u8]);
    fields.extend(host.as_bytes());
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    bytes.extend([0, 0, fields.len() as u8, 1, 0x05, 0, 0, 0, 1]);
    bytes.extend(fields);
    let mut tcp = TcpStream::connect(server.running().address).await.unwrap();
    tcp.write_all(&bytes).await.unwrap();
    let headers = patiently(async {
        loop {
            let mut head = [0; 9];
            tcp.read_exact(&mut head).await.unwrap();
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            tcp.read_exact(&mut payload).await.unwrap();
            if head[3] == 1 {
                break payload;
            }
        }
    })
    .await;
    // `:status 426`, in Huffman's code.
    assert!(headers.starts_with(&[0x48, 0x83, 0x68, 0x4e, 0x7f]), "{headers:x?}");
}

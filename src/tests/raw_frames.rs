//! Bytes that no page sends, in the groups of the Autobahn suite: what may be is understood, what may not ends with the
//! close code of RFC 6455 §7.4.1, and somebody else in the same room notices nothing.

use serde_json::json;

use super::harness::raw::{
    BINARY, CLOSE, CONTINUATION, FIN, Heard, PING, PONG, RSV1, RSV2, RSV3, Raw, TEXT, close, frame, head_of,
    text,
};
use super::harness::{TestRoom, TestServer};
use crate::protocol::limits;

/// What is to come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    /// It is understood as before.
    Goes,
    /// A pong with this payload, and it is understood as before.
    Pong(Vec<u8>),
    /// An `ERROR`, and it is understood as before.
    Error,
    /// It is closed with this code.
    Closed(u16),
}
use Then::{Closed, Error, Goes, Pong};

/// A room with somebody in it who is not to notice.
struct Stage {
    server: TestServer,
    room: TestRoom,
}

impl Stage {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let room = server.room().await;
        Self { server, room }
    }

    /// Has each of these sent on a socket of its own.
    async fn hold(&self, cases: Vec<(&str, Vec<u8>, Then)>) {
        let mut witness = self.server.listener_in(&self.room).await;
        for (n, (what, bytes, then)) in cases.into_iter().enumerate() {
            let mut raw = Raw::join(&self.server.host(), &self.room.code).await;
            raw.write(&bytes).await;
            match then {
                Goes => {}
                Pong(payload) => {
                    assert_eq!(raw.until(PONG).await, Some(Heard { opcode: PONG, payload }), "{what}");
                }
                Error => {
                    raw.hear(|message| message["code"] == "bad-message").await;
                }
                Closed(code) => {
                    let heard = raw.until(CLOSE).await;
                    assert_eq!(heard.map(|heard| heard.code()), Some(code), "{what}");
                    raw.write(&close(1000, b"")).await;
                    continue;
                }
            }
            assert!(raw.is_understood().await, "{what}");
            witness.say(&json!({ "t": "TIME_PING", "clientNowMs": 0, "pingId": n })).await;
            if n % 20 == 0 {
                assert_eq!(witness.hear("TIME_PONG").await["pingId"], n);
            }
        }
        witness.heard().await;
        // Nobody is left behind.
        self.server.scrape_until("tutti_sockets", 1).await;
    }
}

/// A message of exactly so many bytes.
fn ping_of(bytes: usize) -> String {
    let ping = r#"{"t":"TIME_PING","clientNowMs":1,"pingId":1}"#;
    format!("{}{ping}", " ".repeat(bytes - ping.len()))
}

/// A message as fragments of so many bytes.
fn fragments(payload: &[u8], bytes: usize) -> Vec<u8> {
    let pieces: Vec<_> = payload.chunks(bytes).collect();
    let last = pieces.len() - 1;
    let of = |(n, piece): (usize, &&[u8])| {
        let opcode = if n == 0 { TEXT } else { CONTINUATION };
        frame(if n == last { FIN | opcode } else { opcode }, piece)
    };
    pieces.iter().enumerate().flat_map(of).collect()
}

#[tokio::test]
async fn group_1_and_9_frames_of_every_length_are_understood_and_absurd_ones_told() {
    let stage = Stage::new().await;
    let mut cases = vec![
        ("nothing at all is no JSON", text(""), Error),
        ("binary", frame(FIN | BINARY, &[0; 300]), Error),
        ("more than is taken", text(&ping_of(limits::FRAME_BYTES + 1)), Error),
        ("more than is read", text(&ping_of(2 * limits::FRAME_BYTES + 1)), Closed(1008)),
        ("a promise of more than is read", head_of(FIN | TEXT, 1 << 30), Closed(1008)),
        ("a promise of exabytes", head_of(FIN | TEXT, 1 << 62), Closed(1008)),
        ("fragments beyond what is read", fragments(&vec![b' '; 160 * 1024], 4_096), Closed(1008)),
        ("unmasked", [&[FIN | TEXT, 2][..], b"{}"].concat(), Closed(1002)),
    ];
    for length in [100, 125, 126, 127, 128, 1_000, 65_535, limits::FRAME_BYTES] {
        cases.push(("a length", text(&ping_of(length)), Goes));
    }
    stage.hold(cases).await;
}

#[tokio::test]
async fn group_2_pings_come_back_as_they_were_and_too_large_ones_do_not() {
    let stage = Stage::new().await;
    let binary: Vec<u8> = (0..125).map(|n| n ^ 0xa5).collect();
    stage
        .hold(vec![
            ("an empty ping", frame(FIN | PING, b""), Pong(Vec::new())),
            ("a ping", frame(FIN | PING, b"hello"), Pong(b"hello".to_vec())),
            ("the longest ping", frame(FIN | PING, &binary), Pong(binary)),
            ("a ping of 126 bytes", frame(FIN | PING, &[b'x'; 126]), Closed(1002)),
            ("a pong unasked", frame(FIN | PONG, b"unasked"), Goes),
            ("pongs in number", frame(FIN | PONG, b"12345678").repeat(20), Goes),
            (
                "ten pings, of which the last is answered",
                frame(FIN | PING, b"ten").repeat(10),
                Pong(b"ten".to_vec()),
            ),
        ])
        .await;
}

#[tokio::test]
async fn group_3_and_12_reserved_bits_and_compression_are_declined() {
    let stage = Stage::new().await;
    let mut cases = Vec::new();
    for bits in [RSV1, RSV2, RSV3, RSV1 | RSV2, RSV1 | RSV2 | RSV3] {
        for opcode in [TEXT, PING, CLOSE] {
            cases.push(("reserved bits", frame(FIN | bits | opcode, b"xx"), Closed(1002)));
        }
    }
    stage.hold(cases).await;
    let offers =
        "sec-websocket-extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame\r\n";
    let raw = Raw::open(&stage.server.host(), &stage.room.code, offers).await;
    assert!(raw.answer.starts_with("HTTP/1.1 101"), "{}", raw.answer);
    assert!(!raw.answer.to_lowercase().contains("sec-websocket-extensions"), "{}", raw.answer);
}

#[tokio::test]
async fn group_4_unknown_opcodes_end_it() {
    let stage = Stage::new().await;
    let mut cases = Vec::new();
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        cases.push(("an unknown opcode", frame(FIN | opcode, b""), Closed(1002)));
        let behind = [text(&ping_of(60)), frame(FIN | opcode, b"x")].concat();
        cases.push(("one behind a good frame", behind, Closed(1002)));
    }
    stage.hold(cases).await;
}

#[tokio::test]
async fn group_5_messages_in_pieces_are_put_together_and_nothing_else_is() {
    let stage = Stage::new().await;
    let whole = ping_of(100);
    let between = [
        frame(TEXT, &whole.as_bytes()[..40]),
        frame(FIN | PING, b"between"),
        frame(FIN | CONTINUATION, &whole.as_bytes()[40..]),
    ];
    let twice = [frame(TEXT, b"{"), frame(FIN | TEXT, b"{}")].concat();
    let after = [text(&whole), frame(FIN | CONTINUATION, b"}")].concat();
    stage
        .hold(vec![
            ("two pieces", fragments(whole.as_bytes(), 50), Goes),
            ("pieces of a byte", fragments(whole.as_bytes(), 1), Goes),
            (
                "empty pieces",
                [frame(TEXT, b""), frame(CONTINUATION, b""), frame(FIN | CONTINUATION, whole.as_bytes())]
                    .concat(),
                Goes,
            ),
            ("a ping between pieces", between.concat(), Pong(b"between".to_vec())),
            ("a ping in pieces", frame(PING, b"x"), Closed(1002)),
            ("a pong in pieces", frame(PONG, b"x"), Closed(1002)),
            ("a close in pieces", frame(CLOSE, b"\x03\xe8"), Closed(1002)),
            ("the rest of nothing", frame(FIN | CONTINUATION, b"x"), Closed(1002)),
            ("a piece of nothing", frame(CONTINUATION, b"x"), Closed(1002)),
            ("the rest of what was whole", after, Closed(1002)),
            ("a message within a message", twice, Closed(1002)),
        ])
        .await;
}

#[tokio::test]
async fn group_6_text_is_utf_8_however_it_is_cut() {
    let stage = Stage::new().await;
    let good = r#"{"t":"FUTURE","text":"κόσμε 𝄞 \u0000 é"}"#.as_bytes();
    let mut cases = vec![
        ("characters in one", text(std::str::from_utf8(good).unwrap()), Goes),
        ("characters cut in the middle", fragments(good, 1), Goes),
        ("the same in threes", fragments(good, 3), Goes),
    ];
    for bad in [
        &b"\x80"[..],
        b"\xff",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xce",
        b"\xf0\x9d\x84",
    ] {
        let message = [&br#"{"t":"FUTURE","text":""#[..], bad, b"\"}"].concat();
        cases.push(("no UTF-8", frame(FIN | TEXT, &message), Closed(1007)));
        cases.push(("no UTF-8, in pieces", fragments(&message, 1), Closed(1007)));
        cases.push(("no UTF-8 at the very end", frame(FIN | TEXT, bad), Closed(1007)));
    }
    stage.hold(cases).await;
}

#[tokio::test]
async fn group_7_a_close_is_answered_and_a_wrong_one_told() {
    let stage = Stage::new().await;
    let mut cases = vec![
        ("a close without a code", frame(FIN | CLOSE, b""), Closed(1005)),
        ("a close with a long reason", close(1000, &[b'r'; 123]), Closed(1000)),
        ("a close of one byte", frame(FIN | CLOSE, b"\x03"), Closed(1002)),
        ("a reason that is no UTF-8", close(1000, b"\xce\xba\xe1\xbd\xed\xa0\x80"), Closed(1007)),
        ("a close of 126 bytes", close(1000, &[b'r'; 124]), Closed(1002)),
        ("two closes", [close(1000, b""), close(1001, b"")].concat(), Closed(1000)),
        ("a message behind a close", [close(1000, b""), text(&ping_of(60))].concat(), Closed(1000)),
        ("a ping behind a close", [close(1000, b""), frame(FIN | PING, b"")].concat(), Closed(1000)),
        ("a close in the middle of a message", [frame(TEXT, b"{"), close(1000, b"")].concat(), Closed(1000)),
    ];
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        cases.push(("a code that may be", close(code, b"bye"), Closed(code)));
    }
    for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999] {
        cases.push(("a code that may not be", close(code, b""), Closed(1002)));
    }
    stage.hold(cases).await;
}

#[tokio::test]
async fn bytes_that_drip_are_put_together() {
    let stage = Stage::new().await;
    let mut raw = Raw::join(&stage.server.host(), &stage.room.code).await;
    raw.drip(&text(&ping_of(300))).await;
    assert_eq!(raw.message().await["pingId"], 1);
    raw.drip(&frame(FIN | PING, b"slow")).await;
    assert_eq!(raw.until(PONG).await.unwrap().payload, b"slow");
    raw.drip(&fragments(ping_of(60).as_bytes(), 7)).await;
    assert_eq!(raw.message().await["pingId"], 1);
    raw.drip(&close(1000, b"done")).await;
    assert_eq!(raw.until(CLOSE).await.unwrap().code(), 1000);
    assert!(
        raw.ends_within(super::harness::PATIENCE).await,
        "the server closes the connection first (§7.1.1)"
    );
}

#[tokio::test]
async fn before_hello_the_same_holds() {
    let stage = Stage::new().await;
    for (bytes, code) in [
        (frame(FIN | TEXT, b"\xff"), 1007),
        (frame(FIN | 3, b""), 1002),
        (frame(FIN | BINARY, b""), 1008),
        (text("{}"), 1008),
        (close(1000, b""), 1000),
        (head_of(FIN | TEXT, 1 << 40), 1008),
    ] {
        let mut raw = Raw::open(&stage.server.host(), &stage.room.code, "").await;
        raw.write(&bytes).await;
        assert_eq!(raw.until(CLOSE).await.map(|heard| heard.code()), Some(code), "{bytes:?}");
    }
}

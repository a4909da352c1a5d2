//! A socket that is written byte by byte: what no library would send (RFC 6455 §5).

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::patiently;

pub const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xa;
/// The last frame of its message.
pub const FIN: u8 = 0x80;
pub const RSV1: u8 = 0x40;
pub const RSV2: u8 = 0x20;
pub const RSV3: u8 = 0x10;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame of a client, masked.
pub fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head_of(head, payload.len() as u64);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// The head of a frame that says it has so many bytes, with its mask.
pub fn head_of(head: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![head];
    match length {
        0..=125 => bytes.push(0x80 | length as u8),
        126..=0xffff => {
            bytes.push(0x80 | 0x7e);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 0x7f);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes
}

/// A close frame.
pub fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// A text frame.
pub fn text(text: &str) -> Vec<u8> {
    frame(FIN | TEXT, text.as_bytes())
}

/// One frame of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

impl Heard {
    /// The code of a close frame; 1005 if it has none.
    pub fn code(&self) -> u16 {
        match self.payload[..] {
            [high, low, ..] => u16::from_be_bytes([high, low]),
            _ => 1005,
        }
    }
}

/// See the module.
pub struct Raw {
    pub stream: TcpStream,
    unread: Vec<u8>,
    /// What came of a message whose last frame has not.
    begun: Option<Heard>,
    /// The head of the answer to the handshake.
    pub answer: String,
}

impl Raw {
    /// Opens the socket of a room with more lines in the request's head, and says nothing yet.
    pub async fn open(host: &str, code: &str, more: &str) -> Self {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!(
            "GET /ws/{code} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: tutti.v1\r\n{more}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut raw = Self { stream, unread: Vec::new(), begun: None, answer: String::new() };
        let end = loop {
            if let Some(end) = raw.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(raw.read_more().await > 0, "the handshake was cut off");
        };
        raw.answer = String::from_utf8(raw.unread.drain(..end).collect()).unwrap();
        raw
    }

    /// Comes into a room.
    pub async fn join(host: &str, code: &str) -> Self {
        let mut raw = Self::open(host, code, "").await;
        raw.write(&text(r#"{"t":"HELLO","name":"Raw"}"#)).await;
        raw.hear(|message| message["t"] == "ROOM_STATE").await;
        raw
    }

    /// Writes bytes; what can no longer be written is not.
    pub async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Writes byte by byte, each in a packet of its own.
    pub async fn drip(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write(&[*byte]).await;
            tokio::task::yield_now().await;
        }
    }

    /// The next frame; `None` when the connection ends.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(heard) = self.take() {
                return Some(heard);
            }
            if self.read_more().await == 0 {
                return None;
            }
        }
    }

    /// The next message of the protocol.
    pub async fn message(&mut self) -> Value {
        self.hear(|_| true).await
    }

    /// The next message that is such a one.
    pub async fn hear(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        patiently(async {
            loop {
                let heard = self.next().await.expect("the socket ended");
                if heard.opcode == TEXT {
                    let message = serde_json::from_slice(&heard.payload).unwrap();
                    if is_it(&message) {
                        return message;
                    }
                }
            }
        })
        .await
    }

    /// The next frame of this kind, and what was heard before it; `None` when the connection ends before.
    pub async fn until(&mut self, opcode: u8) -> Option<Heard> {
        patiently(async {
            loop {
                let heard = self.next().await?;
                if heard.opcode == opcode {
                    return Some(heard);
                }
            }
        })
        .await
    }

    /// Whether it is still understood: a ping of the protocol is answered.
    pub async fn is_understood(&mut self) -> bool {
        self.write(&text(r#"{"t":"TIME_PING","clientNowMs":1,"pingId":77}"#)).await;
        patiently(async {
            loop {
                match self.next().await {
                    Some(heard) if heard.opcode == TEXT => {
                        let message: Value = serde_json::from_slice(&heard.payload).unwrap();
                        if message["pingId"] == 77 {
                            return true;
                        }
                    }
                    Some(heard) if heard.opcode != CLOSE => {}
                    _ => return false,
                }
            }
        })
        .await
    }

    /// Whether the connection ends within this time; what comes before is passed over.
    pub async fn ends_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, async { while self.read_more().await > 0 {} }).await.is_ok()
    }

    /// The next message, or frame of control. What is large comes in pieces.
    fn take(&mut self) -> Option<Heard> {
        loop {
            let (is_last, frame) = self.take_frame()?;
            if frame.opcode >= CLOSE {
                assert!(is_last, "frames of control are whole");
                return Some(frame);
            }
            assert_eq!(
                frame.opcode == CONTINUATION,
                self.begun.is_some(),
                "a message begins when none is under way"
            );
            let mut message =
                self.begun.take().unwrap_or(Heard { opcode: frame.opcode, payload: Vec::new() });
            message.payload.extend(frame.payload);
            if is_last {
                return Some(message);
            }
            self.begun = Some(message);
        }
    }

    fn take_frame(&mut self) -> Option<(bool, Heard)> {
        let [first, second, ..] = self.unread[..] else { return None };
        assert!(second & 0x80 == 0, "a server's frames are not masked");
        let (start, length) = match second {
            126 => (4, u16::from_be_bytes(self.unread.get(2..4)?.try_into().unwrap()) as usize),
            127 => (10, u64::from_be_bytes(self.unread.get(2..10)?.try_into().unwrap()) as usize),
            short => (2, short as usize),
        };
        let payload = self.unread.get(start..start + length)?.to_vec();
        self.unread.drain(..start + length);
        Some((first & FIN != 0, Heard { opcode: first & 0x0f, payload }))
    }

    async fn read_more(&mut self) -> usize {
        patiently(self.stream.read_buf(&mut self.unread)).await.unwrap_or(0)
    }
}

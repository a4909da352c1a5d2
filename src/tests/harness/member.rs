//! A member by hand: a real socket that says and hears JSON.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, http};

use super::patiently;

/// How somebody comes in.
#[derive(Clone, Debug, Default)]
pub struct Hello {
    pub cookie: Option<String>,
    pub origin: Option<String>,
    pub protocol: Option<&'static str>,
    /// Bytes that the system may keep for it unread; the system's choice if `None`.
    pub receive_buffer: Option<u32>,
    pub fields: serde_json::Map<String, Value>,
}

impl Hello {
    pub fn cookie(mut self, cookie: &str) -> Self {
        self.cookie = Some(cookie.to_owned());
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.field("hostToken", token)
    }

    pub fn name(self, name: &str) -> Self {
        self.field("name", name)
    }

    pub fn pin(self, pin: &str) -> Self {
        self.field("pin", pin)
    }

    pub fn resume(self, member: &str) -> Self {
        self.field("resume", member)
    }

    /// A load of a page, of which a copied tab is another.
    pub fn page(mut self, number: u64) -> Self {
        self.fields.insert("page".to_owned(), number.into());
        self
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }
}

/// One socket.
pub struct Member {
    socket: WebSocketStream<TcpStream>,
    /// Its id, once it is in.
    pub id: String,
    /// Its role, as it was told.
    pub role: String,
    /// What it was told of the room when it came in.
    pub state: Value,
}

impl Member {
    /// Opens a socket and says nothing yet.
    pub async fn connect(host: &str, code: &str, hello: &Hello) -> Self {
        Self::try_connect(host, code, hello).await.unwrap()
    }

    /// Opens a socket; the status of the refusal if the handshake is refused.
    pub async fn try_connect(host: &str, code: &str, hello: &Hello) -> Result<Self, u16> {
        let mut request = format!("ws://{host}/ws/{code}").into_client_request().unwrap();
        let mut header = |name, value: &str| {
            request.headers_mut().insert(name, http::HeaderValue::from_str(value).unwrap());
        };
        header("sec-websocket-protocol", hello.protocol.unwrap_or("tutti.v1"));
        if let Some(cookie) = &hello.cookie {
            header("cookie", cookie);
        }
        if let Some(origin) = &hello.origin {
            header("origin", origin);
        }
        let tcp = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = hello.receive_buffer {
            tcp.set_recv_buffer_size(bytes).unwrap();
        }
        let tcp = tcp.connect(host.parse().unwrap()).await.unwrap();
        match tokio_tungstenite::client_async(request, tcp).await {
            Ok((socket, _)) => {
                Ok(Self { socket, id: String::new(), role: String::new(), state: Value::Null })
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Comes in.
    pub async fn join(host: &str, code: &str, hello: Hello) -> Self {
        let mut member = Self::connect(host, code, &hello).await;
        member.hello(hello).await;
        let welcome = member.hear("WELCOME").await;
        member.id = welcome["memberId"].as_str().unwrap().to_owned();
        member.role = welcome["role"].as_str().unwrap().to_owned();
        member.state = member.hear("ROOM_STATE").await;
        member
    }

    /// Says hello and does not wait for an answer.
    pub async fn hello(&mut self, hello: Hello) {
        let mut message = hello.fields;
        message.insert("t".to_owned(), "HELLO".into());
        self.say(&Value::Object(message)).await;
    }

    pub async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub async fn send(&mut self, frame: Message) {
        self.socket.send(frame).await.unwrap();
    }

    /// The next message, whatever it is; `None` when the socket ends.
    pub async fn next(&mut self) -> Option<Value> {
        patiently(async {
            loop {
                match self.frame().await? {
                    Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                    Message::Close(_) => return None,
                    _ => {}
                }
            }
        })
        .await
    }

    /// The next message of this name; others are passed over.
    pub async fn hear(&mut self, name: &str) -> Value {
        patiently(async {
            loop {
                let message = self.next().await;
                let message = message.unwrap_or_else(|| panic!("closed while waiting for {name}"));
                if message["t"] == name {
                    return message;
                }
            }
        })
        .await
    }

    /// Everything that the room said up to now.
    pub async fn heard(&mut self) -> Vec<Value> {
        self.say(&json!({ "t": "REQUEST_STATE" })).await;
        let mut heard = Vec::new();
        patiently(async {
            loop {
                let message = self.next().await.unwrap();
                if message["t"] == "ROOM_STATE" {
                    return heard;
                }
                heard.push(message);
            }
        })
        .await
    }

    /// The code with which the server closes; what it says before is passed over.
    pub async fn close_code(&mut self) -> u16 {
        self.until_closed().await.1
    }

    /// What the server says until it closes, and the code.
    pub async fn until_closed(&mut self) -> (Vec<Value>, u16) {
        let mut said = Vec::new();
        patiently(async {
            loop {
                match self.frame().await {
                    Some(Message::Text(text)) => said.push(serde_json::from_str(&text).unwrap()),
                    Some(Message::Close(Some(frame))) => return (said, frame.code.into()),
                    Some(Message::Close(None)) => panic!("closed without a code"),
                    Some(_) => {}
                    None => panic!("ended without being closed"),
                }
            }
        })
        .await
    }

    /// Ends the socket.
    pub async fn leave(mut self) {
        let _ = self.socket.close(None).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        patiently(self.socket.next()).await.and_then(Result::ok)
    }
}

/// Plays a track.
pub fn play(track: &str) -> Value {
    json!({ "t": "HOST_PLAY", "trackId": track })
}

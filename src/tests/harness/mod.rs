//! What the tests speak in: a server on a free port with a temporary house, rooms, browsers and members.

pub mod contract;
mod member;
pub mod raw;
mod schema;
mod scrape;
pub mod wav;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use contract::Contract;
pub use member::{Hello, Member, play};

use crate::protocol::limits;
use crate::server::{Config, Running, Secret, serve};

/// Nothing that a test waits for takes so long, unless it never comes. A disk that has just taken the files of a build
/// may let a commit wait for many seconds.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for something, but not for ever: a socket is never silent, so silence alone would end no wait.
pub async fn patiently<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::timeout(2 * PATIENCE, waiting).await.expect("it never comes")
}

/// The operator's token of every test server.
pub const ADMIN: &str = "operator-of-the-tests";

/// The titles of the test tracks and how long they are, in seconds.
pub const TRACKS: [(&str, u32); 3] = [("Anthem", 60), ("Ballad", 90), ("Canon", 120)];

/// A server with its folders.
pub struct TestServer {
    running: Option<Running>,
    house: TempDir,
    change: fn(&mut Config),
    /// The ids of [`TRACKS`].
    pub tracks: Vec<String>,
}

/// A room and the token of its host.
#[derive(Clone, Debug)]
pub struct TestRoom {
    pub code: String,
    pub token: String,
}

impl TestServer {
    /// A server with three tracks.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// One that is configured otherwise.
    pub async fn start_with(change: fn(&mut Config)) -> Self {
        let house = tempfile::tempdir().unwrap();
        let music = house.path().join("music");
        std::fs::create_dir(&music).unwrap();
        for (title, secs) in TRACKS {
            wav::write(&music.join(format!("{title}.wav")), secs);
        }
        let site = house.path().join("site/pkg");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(site.join("tutti.js"), "// the browser's half").unwrap();
        let mut server = Self { running: None, house, change, tracks: Vec::new() };
        server.open().await;
        server
    }

    async fn open(&mut self) {
        self.open_at(([127, 0, 0, 1], 0).into()).await;
    }

    async fn open_at(&mut self, address: SocketAddr) {
        let mut config = Config::new(self.path("data"), self.path("site"));
        config.listen = address;
        config.music_dirs = vec![self.path("music")];
        config.admin_token = Some(Secret::new(ADMIN));
        // A member of a test answers pings only while the test listens to it.
        config.patience.timeout = limits::SOCKET_TIMEOUT * 10;
        (self.change)(&mut config);
        let running = serve(config).await.unwrap();
        let mut progress = running.state().library.progress();
        let scanned = progress.wait_for(|p| !p.running && p.tracks >= TRACKS.len() as u64);
        tokio::time::timeout(PATIENCE, scanned).await.unwrap().unwrap();
        self.running = Some(running);
        if Contract::known().is_none() {
            Contract::learn(self.api(Method::GET, "/api/openapi.json").json().await);
        }
        let page = self.api(Method::GET, "/api/tracks").bearer(ADMIN).json().await;
        let of = |title: &str| -> String {
            let tracks = page["tracks"].as_array().unwrap();
            let track = tracks.iter().find(|track| track["title"] == title);
            track.unwrap()["id"].as_str().unwrap().to_owned()
        };
        self.tracks = TRACKS.iter().map(|(title, _)| of(title)).collect();
    }

    /// Stops the server, and starts another in the same house.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.open().await;
    }

    /// Stops the server, and starts another in the same house and at this address.
    pub async fn restart_at(&mut self, address: SocketAddr) {
        self.stop().await;
        self.open_at(address).await;
    }

    /// Starts another server in the house of one that was stopped.
    pub async fn restart_stopped(&mut self) {
        self.open().await;
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// The running server.
    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// A path in the house.
    pub fn path(&self, name: &str) -> PathBuf {
        self.house.path().join(name)
    }

    /// Where it listens.
    pub fn host(&self) -> String {
        self.running().address.to_string()
    }

    /// A request to be sent.
    pub fn api(&self, method: Method, path: &str) -> Request {
        let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let mut scheme = "http";
        if self.running().tls.is_some() {
            scheme = "https";
            let root = std::fs::read(self.path("data/tls/self-signed.pem")).unwrap();
            client = client.add_root_certificate(reqwest::Certificate::from_pem(&root).unwrap());
        }
        let url = format!("{scheme}://{}{path}", self.host());
        Request(client.build().unwrap().request(method, url))
    }

    /// A room without a PIN.
    pub async fn room(&self) -> TestRoom {
        self.room_with(json!({})).await
    }

    /// A room as the API makes it of this body.
    pub async fn room_with(&self, body: Value) -> TestRoom {
        let answer = self.api(Method::POST, "/api/rooms").body(&body).send().await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let room: Value = answer.json().await.unwrap();
        TestRoom {
            code: room["code"].as_str().unwrap().to_owned(),
            token: room["hostToken"].as_str().unwrap().to_owned(),
        }
    }

    /// A browser that has opened the page of a room: its cookie.
    pub async fn browser_in(&self, room: &TestRoom) -> String {
        let path = format!("/r/{}", room.code);
        cookie(&self.api(Method::GET, &path).send().await).unwrap()
    }

    /// A member by the host's token.
    pub async fn host_in(&self, room: &TestRoom) -> Member {
        let hello = Hello::default().token(&room.token).name("Host");
        self.member(room, hello).await
    }

    /// A member that brings nothing.
    pub async fn listener_in(&self, room: &TestRoom) -> Member {
        self.member(room, Hello::default()).await
    }

    /// A member that got in.
    pub async fn member(&self, room: &TestRoom, hello: Hello) -> Member {
        Member::join(&self.host(), &room.code, hello).await
    }

    /// A socket that may be refused: nothing is said yet.
    pub async fn socket(&self, code: &str) -> Member {
        Member::connect(&self.host(), code, &Hello::default()).await
    }

    /// Does something in a room by the host's token and gives the answer's body.
    pub async fn act(&self, room: &TestRoom, action: &str, body: Value) -> Value {
        let path = format!("/api/rooms/{}/{action}", room.code);
        let answer = self.api(Method::POST, &path).bearer(&room.token).body(&body).send().await;
        assert!(answer.status().is_success(), "{action}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// A room's state.
    pub async fn state_of(&self, room: &TestRoom) -> Value {
        let path = format!("/api/rooms/{}", room.code);
        self.api(Method::GET, &path).bearer(&room.token).json().await
    }
}

/// A request to be sent.
pub struct Request(reqwest::RequestBuilder);

impl Request {
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub fn body(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Files as a form: their names and what is in them.
    pub fn files(self, files: &[(&str, Vec<u8>)]) -> Self {
        let form = files.iter().fold(Form::new(), |form, (name, bytes)| {
            form.part("file", Part::bytes(bytes.clone()).file_name((*name).to_owned()))
        });
        Self(self.0.multipart(form))
    }

    pub fn text(self, body: &str) -> Self {
        Self(self.0.body(body.to_owned()))
    }

    pub fn bytes(self, body: Vec<u8>) -> Self {
        Self(self.0.body(body))
    }

    /// The answer, which is as the description of the API says.
    pub async fn send(self) -> reqwest::Response {
        let (client, request) = self.0.build_split();
        let request = request.unwrap();
        let (method, address) = (request.method().clone(), request.url().path().to_owned());
        let answer = client.execute(request).await.unwrap();
        let Some(contract) = Contract::known() else { return answer };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.unwrap();
        contract.check(&method, &address, status, &headers, &body);
        let mut answer = axum::http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        answer.into()
    }

    pub async fn status(self) -> u16 {
        self.send().await.status().as_u16()
    }

    pub async fn json(self) -> Value {
        let answer = self.send().await;
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.unwrap()
    }
}

/// The session that an answer gives, as a browser sends it back.
pub fn cookie(answer: &reqwest::Response) -> Option<String> {
    let header = answer.headers().get("set-cookie")?.to_str().unwrap();
    Some(header.split(';').next().unwrap().to_owned())
}

/// Copies a folder with all that is in it, as a crash would leave it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

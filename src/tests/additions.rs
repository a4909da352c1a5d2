//! What people add to the library, and its removal, by REST.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{ADMIN, PATIENCE, Request, TestRoom, TestServer, wav};
use crate::library::IntakeLimits;

fn post(server: &TestServer, room: &TestRoom) -> Request {
    server.api(Method::POST, "/api/tracks").bearer(&room.token)
}

async fn answer(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

/// All that lies in the folder of uploads, hidden files too.
fn kept(server: &TestServer) -> Vec<String> {
    let root = server.path("data/uploads");
    let mut names: Vec<String> = [root.clone(), root.join("Uploads")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Waits until nothing is on its way any more.
async fn settled(server: &TestServer) -> Vec<String> {
    let settled = async {
        loop {
            let kept = kept(server);
            if !kept.iter().any(|name| name.starts_with('.')) {
                return kept;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.unwrap()
}

#[tokio::test]
async fn an_upload_is_there_for_everybody_at_once_and_after_a_restart() {
    let mut server = TestServer::start().await;
    let room = server.room().await;
    let listener = server.browser_in(&room).await;
    let files = [("One.wav", wav::of(8_000)), ("../Two.mp3", wav::of(9_000))];
    let (status, added) = answer(post(&server, &room).files(&files).send().await).await;
    assert_eq!(status, 201, "{added}");
    assert_eq!(added["refused"], json!([]));
    let titles: Vec<_> = added["tracks"].as_array().unwrap().iter().map(|track| &track["title"]).collect();
    assert_eq!(titles, ["One", "Two"]);
    assert_eq!(added["tracks"][0]["folder"], "Uploads");
    assert_eq!(added["tracks"][0]["durationSec"], 1.0);
    assert_eq!(added["tracks"][0].get("duplicate"), None);

    let media = added["tracks"][1]["trackUrl"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let found = server.api(Method::GET, "/api/tracks?folder=Uploads").cookie(&listener).json().await;
        assert_eq!(found["total"], 2);
        let heard = server.api(Method::GET, &media).cookie(&listener).send().await;
        assert_eq!(heard.bytes().await.unwrap()[..], wav::of(9_000));
        server.restart().await;
    }
    assert_eq!(kept(&server), ["One.wav", "Two.wav"]);
}

#[tokio::test]
async fn who_may_add_is_what_the_room_says() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let guest = server.browser_in(&room).await;
    let path = format!("/api/tracks?room={}", room.code);
    let ask = |path: &str, samples| {
        server.api(Method::POST, path).cookie(&guest).files(&[("a.wav", wav::of(samples))])
    };
    assert_eq!(ask(&path, 8_000).status().await, 403);
    assert_eq!(ask("/api/tracks", 8_000).status().await, 422, "it must name its room");

    let mut host = server.host_in(&room).await;
    host.say(&json!({ "t": "SET_ROOM", "whoAdds": "everyone" })).await;
    host.hear("ROOM").await;
    assert_eq!(ask(&path, 8_000).status().await, 201);
    let other = server.room().await;
    assert_eq!(ask(&format!("/api/tracks?room={}", other.code), 8_000).status().await, 403);
    let own = ask(&path, 8_001).header("origin", &format!("http://{}", server.host()));
    assert_eq!(own.status().await, 201);
    for (name, value) in [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")] {
        let foreign = ask(&path, 8_002).header(name, value).send().await;
        assert_eq!(foreign.status(), 403, "{name}");
    }
    assert_eq!(kept(&server), ["a (2).wav", "a.wav"]);
}

#[tokio::test]
async fn the_room_may_be_named_in_the_form_before_the_files() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let host = server.api(Method::POST, "/api/rooms").send().await;
    let cookie = super::harness::cookie(&host).unwrap();
    let own: Value = host.json().await.unwrap();
    let form = |code: &str, samples| {
        let mut body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"room\"\r\n\r\n{code}\r\n--x\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(wav::of(samples));
        body.extend(b"\r\n--x--\r\n");
        let request = server.api(Method::POST, "/api/tracks").cookie(&cookie);
        request.header("content-type", "multipart/form-data; boundary=x").bytes(body)
    };
    assert_eq!(form(own["code"].as_str().unwrap(), 8_000).status().await, 201);
    assert_eq!(form(&room.code, 8_001).status().await, 403);
    assert_eq!(settled(&server).await, ["a.wav"]);
}

#[tokio::test]
async fn what_is_there_already_is_found_and_not_kept_twice() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let anthem = std::fs::read(server.path("music/Anthem.wav")).unwrap();
    let files = [("mine.wav", anthem)];
    let (status, found) = answer(post(&server, &room).files(&files).send().await).await;
    assert_eq!(status, 200);
    assert_eq!(found["tracks"][0]["id"], server.tracks[0]);
    assert_eq!(found["tracks"][0]["duplicate"], true);
    assert_eq!(kept(&server), Vec::<String>::new());
}

#[tokio::test]
async fn a_refused_file_is_told_with_its_reason_and_nothing_is_left_of_it() {
    let limits = IntakeLimits { file_bytes: 100_000, total_bytes: 180_000 };
    let server = TestServer::start_with(move |config| {
        config.additions = IntakeLimits { file_bytes: 100_000, total_bytes: 180_000 };
    })
    .await;
    let room = server.room().await;
    let text = b"Not every file that is called music is music.\n".repeat(100);
    let large = wav::of(limits.file_bytes as u32);
    for (name, bytes, status, code) in [
        ("fake.mp3", text.clone(), 415, "not-audio"),
        ("empty.mp3", Vec::new(), 415, "not-audio"),
        ("large.wav", large, 413, "too-large"),
        ("bit-large.wav", wav::of(50_001), 413, "too-large"),
    ] {
        let (answered, problem) = answer(post(&server, &room).files(&[(name, bytes)]).send().await).await;
        assert_eq!((answered, problem["code"].as_str().unwrap()), (status, code), "{name}: {problem}");
        assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
    }
    let files = [("fake.mp3", text), ("good.wav", wav::of(40_000))];
    let (status, mixed) = answer(post(&server, &room).files(&files).send().await).await;
    assert_eq!(status, 201);
    assert_eq!(mixed["tracks"][0]["title"], "good");
    assert_eq!(mixed["refused"][0]["filename"], "fake.mp3");
    assert_eq!(mixed["refused"][0]["code"], "not-audio");

    let second = post(&server, &room).files(&[("second.wav", wav::of(45_000))]);
    assert_eq!(second.status().await, 201);
    let (status, full) =
        answer(post(&server, &room).files(&[("third.wav", wav::of(45_000))]).send().await).await;
    assert_eq!((status, full["code"].as_str().unwrap()), (507, "storage-full"));
    assert_eq!(settled(&server).await, ["good.wav", "second.wav"]);
    assert_eq!(post(&server, &room).text("no form").status().await, 400);
}

/// The head of an upload that says it has so many bytes, and its first part's head.
async fn begin(server: &TestServer, room: &TestRoom, length: u64) -> TcpStream {
    let mut socket = TcpStream::connect(server.host()).await.unwrap();
    let head = format!(
        "POST /api/tracks HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\n\
         content-type: multipart/form-data; boundary=x\r\n\r\n",
        server.host(),
        room.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket
}

async fn status_line(socket: &mut TcpStream) -> String {
    let mut line = vec![0; 12];
    let read = tokio::time::timeout(PATIENCE, socket.read_exact(&mut line));
    read.await.expect("the server says nothing").unwrap();
    String::from_utf8(line).unwrap()
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut socket = begin(&server, &room, 1_000_000).await;
    let part = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n";
    socket.write_all(part.as_bytes()).await.unwrap();
    socket.write_all(&wav::of(8_000)).await.unwrap();
    let begun = async {
        while kept(&server).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, begun).await.unwrap();
    drop(socket);
    assert_eq!(settled(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_says_that_it_is_too_large_is_refused_before_it_is_read() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut large = begin(&server, &room, 1 << 30).await;
    assert_eq!(status_line(&mut large).await, "HTTP/1.1 413");
}

#[tokio::test]
async fn a_head_of_a_part_that_does_not_end_is_cut_off() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut socket = begin(&server, &room, 100_000_000).await;
    socket.write_all(b"--x\r\nx-long: ").await.unwrap();
    let (mut reading, mut writing) = socket.split();
    // The server may close before its answer is read, and then it is still there to be read.
    let endless = async {
        while writing.write_all(&[b'a'; 4_096]).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let mut line = vec![0; 12];
    tokio::select! {
        () = endless => unreachable!("it is endless"),
        read = tokio::time::timeout(PATIENCE, reading.read_exact(&mut line)) => { read.unwrap().unwrap(); }
    }
    assert_eq!(line, b"HTTP/1.1 400");
}

#[tokio::test]
async fn an_address_adds_so_much_at_once_and_no_more() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut waiting = Vec::new();
    for _ in 0..6 {
        waiting.push(begin(&server, &room, 1_000).await);
    }
    let another = || async { post(&server, &room).files(&[("a.wav", wav::of(8_000))]).status().await };
    // Which of them are let in before the first of the others, is chance.
    let full = async {
        while another().await != 429 {
            waiting.push(begin(&server, &room, 1_000).await);
        }
    };
    tokio::time::timeout(PATIENCE, full).await.unwrap();
    drop(waiting);
    let free = async { while another().await == 429 {} };
    tokio::time::timeout(PATIENCE, free).await.unwrap();
}

#[tokio::test]
async fn the_operator_removes_uploads_and_rooms_that_name_them_go_on() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let upload = || async {
        let files = [("a.wav", wav::of(80_000))];
        post(&server, &room).files(&files).json().await["tracks"][0]["id"].as_str().unwrap().to_owned()
    };
    let remove = |id: &str| server.api(Method::DELETE, &format!("/api/tracks/{id}")).bearer(ADMIN);
    let id = upload().await;
    server.act(&room, "queue", json!({ "trackIds": [id, server.tracks[0]] })).await;
    assert_eq!(remove(&id).status().await, 204);
    assert_eq!(kept(&server), Vec::<String>::new());
    assert_eq!(server.api(Method::GET, &format!("/api/tracks/{id}")).bearer(ADMIN).status().await, 404);
    assert_eq!(server.state_of(&room).await["queue"].as_array().unwrap().len(), 2);
    server.act(&room, "playback/play", json!({ "trackId": server.tracks[1] })).await;

    assert_eq!(upload().await, id, "what rooms still name comes back as what it was");
    assert_eq!(remove("nope").status().await, 404);
    let own = remove(&server.tracks[0]).send().await;
    assert_eq!(own.status(), 409);
    assert_eq!(own.json::<Value>().await.unwrap()["code"], "read-only");
    assert!(server.path("music/Anthem.wav").exists());
}

#[tokio::test]
async fn a_link_is_fetched_where_links_are_allowed_and_never_from_within() {
    let server = TestServer::start_with(|config| config.allow_links = true).await;
    let room = server.room().await;
    let link = |url: &str| {
        server.api(Method::POST, "/api/tracks/links").bearer(&room.token).body(&json!({ "url": url }))
    };
    for url in [
        format!("http://{}/media/{}/original", server.host(), server.tracks[0]),
        "http://127.0.0.1/a.mp3".to_owned(),
        "http://localhost/a.mp3".to_owned(),
        "http://[::1]/a.mp3".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://192.168.1.1/a.mp3".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let (status, problem) = answer(link(&url).send().await).await;
        assert_eq!((status, problem["code"].as_str().unwrap()), (422, "bad-value"), "{url}: {problem}");
    }
}

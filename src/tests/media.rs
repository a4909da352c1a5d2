//! The audio: ranges, conditions, and what is not audio.

use reqwest::Method;

use super::harness::{Request, TestServer};

struct Audio {
    server: TestServer,
    cookie: String,
    bytes: Vec<u8>,
}

impl Audio {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let room = server.room().await;
        let cookie = server.browser_in(&room).await;
        let bytes = std::fs::read(server.path("music/Anthem.wav")).unwrap();
        Self { server, cookie, bytes }
    }

    fn ask(&self, method: Method) -> Request {
        let path = format!("/media/{}/original", self.server.tracks[0]);
        self.server.api(method, &path).cookie(&self.cookie)
    }
}

#[tokio::test]
async fn a_track_is_served_whole_with_its_type_and_validators() {
    let audio = Audio::new().await;
    let answer = audio.ask(Method::GET).header("accept-encoding", "br, gzip").send().await;
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-type").starts_with("audio/"), "{}", header("content-type"));
    assert_eq!(header("accept-ranges"), "bytes");
    assert!(header("etag").starts_with('"'));
    assert!(header("cache-control").contains("max-age="));
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert!(answer.headers().get("content-encoding").is_none());
    assert_eq!(answer.bytes().await.unwrap()[..], audio.bytes);
}

#[tokio::test]
async fn ranges_are_served() {
    let audio = Audio::new().await;
    let size = audio.bytes.len();
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=100-199".to_owned(), 100, 200),
        (format!("bytes={}-", size - 10), size - 10, size),
        ("bytes=-10".to_owned(), size - 10, size),
        (format!("bytes=10-{}", size * 2), 10, size),
    ] {
        let answer = audio.ask(Method::GET).header("range", &range).send().await;
        assert_eq!(answer.status(), 206, "{range}");
        let content_range = format!("bytes {from}-{}/{size}", to - 1);
        assert_eq!(answer.headers()["content-range"], content_range.as_str());
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("audio/"));
        assert_eq!(answer.bytes().await.unwrap()[..], audio.bytes[from..to], "{range}");
    }
    let beyond = format!("bytes={size}-");
    let answer = audio.ask(Method::GET).header("range", &beyond).send().await;
    assert_eq!(answer.status(), 416);
    assert_eq!(answer.headers()["content-range"], format!("bytes */{size}").as_str());
}

#[tokio::test]
async fn head_tells_the_size_and_sends_nothing() {
    let audio = Audio::new().await;
    let answer = audio.ask(Method::HEAD).send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-length"], audio.bytes.len().to_string().as_str());
    assert!(answer.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_range_of_another_version_is_the_whole() {
    let audio = Audio::new().await;
    let first = audio.ask(Method::HEAD).send().await;
    let (etag, modified) = (&first.headers()["etag"], &first.headers()["last-modified"]);
    for (validator, status) in [
        (etag.to_str().unwrap(), 206),
        (modified.to_str().unwrap(), 206),
        ("\"another\"", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
    ] {
        let ask = audio.ask(Method::GET).header("range", "bytes=0-9").header("if-range", validator);
        assert_eq!(ask.status().await, status, "{validator}");
    }
    let known = audio.ask(Method::GET).header("if-none-match", etag.to_str().unwrap());
    assert_eq!(known.status().await, 304);
}

#[tokio::test]
async fn only_what_the_library_knows_is_served() {
    let audio = Audio::new().await;
    let track = &audio.server.tracks[0];
    for path in [
        "/media/nope/original".to_owned(),
        format!("/media/{track}/huge"),
        format!("/media/{track}/..%2f..%2fdata%2ftutti.db"),
        "/media/..%2f..%2fdata%2ftutti.db/original".to_owned(),
        "/media/%2fetc%2fpasswd/original".to_owned(),
        "/..%2fdata/tutti.db".to_owned(),
        "/pkg/..%2f..%2fdata/tutti.db".to_owned(),
    ] {
        let status = audio.server.api(Method::GET, &path).cookie(&audio.cookie).status().await;
        assert_eq!(status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_went_away_is_not_found() {
    let audio = Audio::new().await;
    std::fs::remove_file(audio.server.path("music/Anthem.wav")).unwrap();
    assert_eq!(audio.ask(Method::GET).status().await, 404);
}

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
    assert_eq!(header("cache-control"), "private, no-cache");
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

/// A server with the demo's MP3 beside its tracks, which a browser asks for.
struct Remuxed {
    server: TestServer,
    cookie: String,
    /// As the server names it.
    url: String,
    original: Vec<u8>,
}

impl Remuxed {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let demo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("public/demo/01-window-seat.mp3");
        let original = std::fs::read(demo).unwrap();
        std::fs::write(server.path("music/Demo.mp3"), &original).unwrap();
        let root = server.path("music").canonicalize().unwrap();
        let state = server.running().state();
        let id = state.library.add(&state.store, &root, &root.join("Demo.mp3")).await.unwrap();
        let room = server.room().await;
        let cookie = server.browser_in(&room).await;
        let track = state.store.track(&id).await.unwrap().unwrap();
        let url = track.info.track_url.clone();
        assert!(url.starts_with(&format!("/media/{id}/mp4?v=")), "{url}");
        Self { server, cookie, url, original }
    }

    fn ask(&self, method: Method, url: &str) -> Request {
        self.server.api(method, url).cookie(&self.cookie)
    }

    async fn whole(&self) -> Vec<u8> {
        let answer = self.ask(Method::GET, &self.url).send().await;
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }
}

#[tokio::test]
async fn an_mp3_is_served_as_an_mp4_of_its_own_bytes() {
    let remuxed = Remuxed::new().await;
    let whole = remuxed.whole().await;
    assert_eq!(&whole[4..8], b"ftyp");
    let media = whole.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    assert!(remuxed.original.ends_with(&whole[media..]));
    assert!(media < 20_000, "the head has {media} bytes");
    let head = remuxed.ask(Method::HEAD, &remuxed.url).send().await;
    assert_eq!(head.headers()["content-type"], r#"audio/mp4; codecs="mp3""#);
    assert_eq!(head.headers()["content-length"], whole.len().to_string().as_str());
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn ranges_of_an_mp4_cross_from_its_head_into_the_original() {
    let remuxed = Remuxed::new().await;
    let whole = remuxed.whole().await;
    let media = whole.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    let size = whole.len();
    for (from, to) in [(0, 1), (0, media), (media - 5, media + 5), (media, media + 1), (size - 9, size)] {
        let range = format!("bytes={from}-{}", to - 1);
        let answer = remuxed.ask(Method::GET, &remuxed.url).header("range", &range).send().await;
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(answer.headers()["content-range"], format!("bytes {from}-{}/{size}", to - 1).as_str());
        assert_eq!(answer.bytes().await.unwrap()[..], whole[from..to], "{range}");
    }
    let beyond = remuxed.ask(Method::GET, &remuxed.url).header("range", &format!("bytes={size}-"));
    assert_eq!(beyond.status().await, 416);
}

#[tokio::test]
async fn only_what_is_named_by_its_version_is_kept_for_ever() {
    let remuxed = Remuxed::new().await;
    let (path, _) = remuxed.url.split_once('?').unwrap();
    for (url, cache) in [
        (remuxed.url.clone(), "private, max-age=31536000, immutable"),
        (path.to_owned(), "private, no-cache"),
        (format!("{path}?v="), "private, no-cache"),
        (format!("{path}?v=0123456789abcdef"), "private, no-cache"),
        (remuxed.url.replace("/mp4", "/original"), "private, max-age=31536000, immutable"),
    ] {
        let answer = remuxed.ask(Method::GET, &url).header("range", "bytes=0-9").send().await;
        assert_eq!(answer.headers()["cache-control"], cache, "{url}");
    }
}

#[tokio::test]
async fn validators_of_an_mp4_are_its_own() {
    let remuxed = Remuxed::new().await;
    let etag = |url: String| {
        let ask = remuxed.ask(Method::HEAD, &url);
        async move { ask.send().await.headers()["etag"].to_str().unwrap().to_owned() }
    };
    let own = etag(remuxed.url.clone()).await;
    let original = etag(remuxed.url.replace("/mp4", "/original")).await;
    assert_ne!(own, original);
    for (validator, status) in [(&own, 206), (&original, 200)] {
        let ask = remuxed.ask(Method::GET, &remuxed.url).header("range", "bytes=0-9");
        assert_eq!(ask.header("if-range", validator).status().await, status);
    }
    let known = remuxed.ask(Method::GET, &remuxed.url).header("if-none-match", &own);
    assert_eq!(known.status().await, 304);
}

#[tokio::test]
async fn a_file_that_changed_is_no_mp4_and_its_new_content_is_not_kept_as_the_old() {
    let remuxed = Remuxed::new().await;
    remuxed.whole().await;
    std::fs::write(remuxed.server.path("music/Demo.mp3"), &remuxed.original[..500_000]).unwrap();
    assert_eq!(remuxed.ask(Method::GET, &remuxed.url).status().await, 404);
    let original = remuxed.ask(Method::GET, &remuxed.url.replace("/mp4", "/original")).send().await;
    assert_eq!(original.status(), 200);
    assert_eq!(original.headers()["cache-control"], "private, no-cache");
}

#[tokio::test]
async fn what_needs_an_encoder_is_refused_by_name_where_there_is_none() {
    let server = TestServer::start_with(|config| config.ffmpeg = Some("/nowhere/ffmpeg".into())).await;
    let mut frame = vec![0xff, 0xfd, 0xa4, 0x00];
    frame.resize(576, 0);
    std::fs::write(server.path("music/Old.mp2"), frame.repeat(100)).unwrap();
    let root = server.path("music").canonicalize().unwrap();
    let state = server.running().state();
    let id = state.library.add(&state.store, &root, &root.join("Old.mp2")).await.unwrap();
    let room = server.room().await;
    let path = format!("/api/rooms/{}/queue", room.code);
    let body = serde_json::json!({ "trackIds": [id] });
    let answer = server.api(Method::POST, &path).bearer(&room.token).body(&body).send().await;
    assert_eq!(answer.status(), 409);
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "needs-encoder");
    let cookie = server.browser_in(&room).await;
    let media = |name: &str| server.api(Method::GET, &format!("/media/{id}/{name}")).cookie(&cookie);
    assert_eq!(media("aac").status().await, 409);
    assert_eq!(media("original").status().await, 200);
}

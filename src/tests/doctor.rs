//! What the doctor says of a healthy house, and of broken ones.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use super::harness::{TestServer, wav};
use crate::cli::doctor::diagnose;
use crate::cli::doctor::finding::{Diagnosis, Level};
use crate::server::Config;

/// A house in which nothing is broken; no server runs.
struct House(tempfile::TempDir);

impl House {
    fn new() -> Self {
        let house = Self(tempfile::tempdir().unwrap());
        for folder in ["music", "site/pkg", "bin"] {
            std::fs::create_dir_all(house.path(folder)).unwrap();
        }
        wav::write(&house.path("music/One.wav"), 1);
        std::fs::write(house.path("bin/hash.txt"), "js: J\nwasm: W\ncss: C\n").unwrap();
        for file in ["tutti.J.js", "tutti.W.wasm", "tutti.C.css"] {
            std::fs::write(house.path("site/pkg").join(file), "x").unwrap();
            std::fs::write(house.path("site/pkg").join(format!("{file}.br")), "x").unwrap();
        }
        for file in ["manifest.webmanifest", "favicon.svg", "icon-512.png"] {
            std::fs::write(house.path("site").join(file), "0123456789").unwrap();
        }
        house
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn config(&self) -> Config {
        let mut config = Config::new(self.path("data"), self.path("site"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.music_dirs = vec![self.path("music")];
        config.max_members = 50;
        config
    }

    async fn diagnose(&self, change: impl FnOnce(&mut Config)) -> Diagnosis {
        let mut config = self.config();
        change(&mut config);
        diagnose(&config, None, Some(&self.path("bin/tutti"))).await
    }
}

/// What is said of this area at this level.
fn said(diagnosis: &Diagnosis, area: &str, level: Level) -> String {
    let of = diagnosis.findings.iter().filter(|finding| finding.area == area && finding.level == level);
    of.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nothing_is_broken_in_a_healthy_house_and_nothing_is_changed_by_looking() {
    let house = House::new();
    let diagnosis = house.diagnose(|_| {}).await;
    assert!(diagnosis.healthy, "{diagnosis}");
    for (area, says) in
        [("Data", "not there yet"), ("Database", "none yet"), ("Music", "1 file"), ("Site", "is complete")]
    {
        assert!(said(&diagnosis, area, Level::Good).contains(says), "{area}: {diagnosis}");
    }
    assert!(!house.path("data").exists());
}

#[tokio::test]
async fn a_music_folder_that_is_not_there_is_broken_and_an_empty_one_worth_a_word() {
    let house = House::new();
    let empty = house.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let gone = house.path("gone");
    let diagnosis = house.diagnose(|config| config.music_dirs = vec![gone, empty]).await;
    assert!(!diagnosis.healthy);
    assert!(said(&diagnosis, "Music", Level::Broken).contains("gone cannot be read"), "{diagnosis}");
    assert!(said(&diagnosis, "Music", Level::Warning).contains("has no music"), "{diagnosis}");
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_broken() {
    let house = House::new();
    std::fs::write(house.path("data"), "x").unwrap();
    let diagnosis = house.diagnose(|_| {}).await;
    assert!(said(&diagnosis, "Data", Level::Broken).contains("cannot be written"), "{diagnosis}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_data_folder_that_others_may_read_is_worth_a_word() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new();
    let data = house.path("data");
    std::fs::create_dir(&data).unwrap();
    for (mode, open) in [(0o755, true), (0o700, false)] {
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(mode)).unwrap();
        let diagnosis = house.diagnose(|_| {}).await;
        assert_eq!(said(&diagnosis, "Data", Level::Warning).contains("chmod 700"), open, "{mode:o}");
    }
}

#[tokio::test]
async fn a_site_without_its_scripts_is_broken_and_an_uncompressed_one_slow() {
    let house = House::new();
    std::fs::remove_file(house.path("site/pkg/tutti.W.wasm.br")).unwrap();
    let diagnosis = house.diagnose(|_| {}).await;
    assert!(
        said(&diagnosis, "Site", Level::Warning).contains("tutti.W.wasm is not compressed"),
        "{diagnosis}"
    );
    std::fs::remove_file(house.path("bin/hash.txt")).unwrap();
    let diagnosis = house.diagnose(|_| {}).await;
    assert!(said(&diagnosis, "Site", Level::Broken).contains("keep hash.txt"), "{diagnosis}");
}

#[tokio::test]
async fn a_database_that_is_none_is_broken() {
    let house = House::new();
    std::fs::create_dir(house.path("data")).unwrap();
    for (content, says) in [(vec![7; 9_000], "cannot be read"), (Vec::new(), "is no database of Tutti")] {
        std::fs::write(house.path("data/tutti.db"), content).unwrap();
        let diagnosis = house.diagnose(|_| {}).await;
        assert!(said(&diagnosis, "Database", Level::Broken).contains(says), "{diagnosis}");
    }
}

#[tokio::test]
async fn an_encoder_that_is_named_has_to_be_there_and_be_one() {
    let house = House::new();
    let diagnosis = house.diagnose(|config| config.ffmpeg = Some(PathBuf::from("/no/ffmpeg"))).await;
    assert!(said(&diagnosis, "Encoder", Level::Broken).contains("is not there"), "{diagnosis}");
    let file = house.path("music/One.wav");
    let diagnosis = house.diagnose(|config| config.ffmpeg = Some(file)).await;
    assert!(said(&diagnosis, "Encoder", Level::Broken).contains("does not run"), "{diagnosis}");
}

/// Something that answers on a free port of this machine.
async fn answering(router: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_server_of_ours_is_told_from_another_and_from_nobody() {
    let house = House::new();
    let server = TestServer::start().await;
    let ours = server.host().parse().unwrap();
    let diagnosis = house.diagnose(|config| config.listen = ours).await;
    assert!(said(&diagnosis, "Port", Level::Good).contains("Tutti answers"), "{diagnosis}");
    let other = answering(Router::new().route("/healthz", get(|| async { "ok" }))).await;
    let diagnosis = house.diagnose(|config| config.listen = other).await;
    assert!(said(&diagnosis, "Port", Level::Broken).contains("not Tutti"), "{diagnosis}");
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let free = silent.local_addr().unwrap();
    drop(silent);
    let diagnosis = house.diagnose(|config| config.listen = free).await;
    assert!(said(&diagnosis, "Port", Level::Good).contains("is free"), "{diagnosis}");
    assert!(said(&diagnosis, "Port", Level::Warning).contains("--listen 0.0.0.0"), "{diagnosis}");
}

#[tokio::test]
async fn the_database_of_a_running_server_is_whole() {
    let house = House::new();
    let server = TestServer::start().await;
    server.room().await;
    let data = server.path("data");
    let diagnosis = house.diagnose(|config| config.data_dir = data).await;
    let says = said(&diagnosis, "Database", Level::Good);
    assert!(says.contains("1 rooms, 3 tracks") && says.contains("a server has it open"), "{diagnosis}");
}

async fn public(house: &House, url: &str) -> Diagnosis {
    diagnose(&house.config(), Some(url), None::<&Path>).await
}

#[tokio::test]
async fn a_public_address_that_leads_to_a_server_lets_rooms_through() {
    let house = House::new();
    let server = TestServer::start().await;
    std::fs::write(server.path("site/icon-512.png"), "0123456789").unwrap();
    let diagnosis = public(&house, &format!("http://{}", server.host())).await;
    let good = said(&diagnosis, "Public", Level::Good);
    for says in ["leads to the server", "sockets of rooms pass", "seeking works", "compressed"] {
        assert!(good.contains(says), "{says}: {diagnosis}");
    }
    assert!(said(&diagnosis, "Public", Level::Warning).contains("Wake Lock"), "{diagnosis}");
}

#[tokio::test]
async fn a_proxy_that_passes_no_sockets_and_no_ranges_is_found_out() {
    let house = House::new();
    let proxy = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/ws/{code}", get(|| async { StatusCode::BAD_REQUEST }))
        .route("/icon-512.png", get(|| async { "0123456789" }))
        .route("/", get(|| async { "home" }));
    let proxy = answering(proxy).await;
    let diagnosis = public(&house, &format!("http://{proxy}")).await;
    let broken = said(&diagnosis, "Public", Level::Broken);
    assert!(
        broken.contains("400 Bad Request instead of 101") && broken.contains("proxy_http_version"),
        "{diagnosis}"
    );
    assert!(broken.contains("it gives 10 with 200"), "{diagnosis}");
    assert!(said(&diagnosis, "Public", Level::Warning).contains("uncompressed"), "{diagnosis}");
}

#[tokio::test]
async fn a_public_address_that_leads_nowhere_is_told_why() {
    let house = House::new();
    let gateway = answering(Router::new().fallback(|| async { StatusCode::BAD_GATEWAY })).await;
    let moved = Router::new().fallback(|| async { axum::response::Redirect::to("https://music.example/") });
    let moved = answering(moved).await;
    for (url, says) in [
        (format!("http://{gateway}"), "does not reach the server"),
        (format!("http://{moved}"), "https://music.example/"),
        (format!("http://{gateway}/music"), "has a path"),
        ("music.example".to_owned(), "no address of a web site"),
        ("http://127.0.0.1:1".to_owned(), "cannot be reached"),
    ] {
        let diagnosis = public(&house, &url).await;
        assert!(said(&diagnosis, "Public", Level::Broken).contains(says), "{url}: {diagnosis}");
    }
}

#[tokio::test]
async fn whoever_trusts_everybody_is_told_so_and_a_proxy_that_nobody_trusts_too() {
    let house = House::new();
    let diagnosis =
        house.diagnose(|config| config.trusted_proxies = vec!["0.0.0.0/0".parse().unwrap()]).await;
    assert!(said(&diagnosis, "Proxies", Level::Broken).contains("is everybody"), "{diagnosis}");
    let diagnosis =
        house.diagnose(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    assert!(said(&diagnosis, "Proxies", Level::Good).contains("127.0.0.1/32"), "{diagnosis}");
    let diagnosis = public(&house, "https://127.0.0.1:1").await;
    assert!(said(&diagnosis, "Proxies", Level::Warning).contains("no proxy is trusted"), "{diagnosis}");
}

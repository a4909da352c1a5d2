//! Starting and stopping.

use reqwest::Method;

use super::harness::TestServer;
use crate::server::{Config, ServeError, serve};

#[tokio::test]
async fn a_missing_music_folder_is_named_before_anything_is_served() {
    let house = tempfile::tempdir().unwrap();
    let mut config = Config::new(house.path().join("data"), house.path().join("site"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.music_dirs = vec![house.path().to_path_buf(), house.path().join("not-there")];
    let error = serve(config).await.unwrap_err();
    assert!(matches!(error, ServeError::MusicDir { .. }));
    assert!(error.to_string().contains("not-there"), "{error}");
    assert!(!house.path().join("data").exists());
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let server = TestServer::start().await;
    let mut config = Config::new(server.path("data2"), server.path("site"));
    config.listen = server.running().address;
    assert!(matches!(serve(config).await, Err(ServeError::Listen { .. })));
}

#[tokio::test]
async fn without_a_music_folder_the_demo_tracks_and_what_is_added_are_the_library() {
    let server = TestServer::start().await;
    let demo = server.path("site/demo");
    std::fs::create_dir_all(&demo).unwrap();
    let config = Config::new(server.path("data2"), server.path("site"));
    assert_eq!(config.music_roots(), [demo, server.path("data2/uploads")]);
}

#[tokio::test]
async fn the_operators_token_is_made_once() {
    let house = tempfile::tempdir().unwrap();
    let config = || {
        let mut config = Config::new(house.path().join("data"), house.path().join("site"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config
    };
    let first = serve(config()).await.unwrap();
    let token = first.new_admin_token.clone().unwrap();
    first.stop().await;

    let second = serve(config()).await.unwrap();
    assert!(second.new_admin_token.is_none());
    let url = format!("http://{}/api/library/scan", second.address);
    let ask = reqwest::Client::new().get(url).bearer_auth(token.expose());
    assert_eq!(ask.send().await.unwrap().status(), 200);
    second.stop().await;
}

#[tokio::test]
async fn a_stopped_server_has_closed_its_sockets_and_its_port() {
    let mut server = TestServer::start().await;
    let room = server.room().await;
    let mut member = server.listener_in(&room).await;
    let address = server.running().address;
    assert_eq!(server.api(Method::GET, "/readyz").status().await, 200);
    let (code, ()) = tokio::join!(member.close_code(), server.stop());
    assert_eq!(code, 1012);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

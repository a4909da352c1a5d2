//! Whether a server lives, and whether it can work.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::TestServer;

async fn ready(server: &TestServer) -> (u16, Value) {
    let answer = server.api(Method::GET, "/readyz").send().await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_server_that_can_work_says_so() {
    let server = TestServer::start().await;
    let fine = json!({ "ready": true, "database": "ok", "dataFolder": "ok", "accepting": "ok" });
    assert_eq!(ready(&server).await, (200, fine));
    let left = std::fs::read_dir(server.path("data")).unwrap();
    assert!(left.flatten().all(|entry| entry.file_name() != ".writable"), "it cleans up");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let server = TestServer::start().await;
    std::fs::rename(server.path("data"), server.path("elsewhere")).unwrap();
    let (status, said) = ready(&server).await;
    assert_eq!((status, &said["dataFolder"], &said["ready"]), (503, &json!("missing"), &json!(false)));
    assert_eq!(said["accepting"], "ok");
    assert_eq!(server.api(Method::GET, "/healthz").status().await, 200, "it lives all the same");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named() {
    let server = TestServer::start().await;
    server.running().state().store.close().await;
    let (status, said) = ready(&server).await;
    assert_eq!((status, &said["database"]), (503, &json!("does not answer")));
    assert_eq!(said["dataFolder"], "ok");
}

#[tokio::test]
async fn a_server_that_is_about_to_stop_is_not_ready() {
    let server = TestServer::start().await;
    server.running().state().stopping.store(true, Ordering::Relaxed);
    let (status, said) = ready(&server).await;
    assert_eq!((status, &said["accepting"]), (503, &json!("stopping")));
}

//! The server speaks TLS itself: pages, the API and the socket; and behind a proxy that it trusts.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{TestServer, cookie};
use crate::server::{Config, ServeError, Tls, serve};

fn self_signed(config: &mut Config) {
    config.tls = Tls::SelfSigned;
}

/// A connection of somebody who trusts this server's certificate.
async fn connected(server: &TestServer) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(server.path("data/tls/self-signed.pem")).unwrap();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(server.running().address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap()
}

#[tokio::test]
async fn a_room_is_opened_and_joined_over_tls() {
    let server = TestServer::start_with(self_signed).await;
    let room = server.room().await;
    let page = server.api(Method::GET, &format!("/r/{}", room.code)).send().await;
    assert_eq!(page.headers()["cross-origin-opener-policy"], "same-origin");
    assert!(page.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    assert!(cookie(&page).is_some());

    let tls = connected(&server).await;
    let address = format!("wss://localhost/ws/{}", room.code);
    let (mut socket, _) = tokio_tungstenite::client_async(address, tls).await.unwrap();
    socket.send(Message::text(r#"{"t":"HELLO"}"#)).await.unwrap();
    let Some(Ok(Message::Text(first))) = socket.next().await else { panic!("the server says nothing") };
    assert!(first.contains("WELCOME"), "{first}");
}

#[tokio::test]
async fn sockets_over_tls_are_told_that_the_server_stops() {
    let mut server = TestServer::start_with(self_signed).await;
    let room = server.room().await;
    let tls = connected(&server).await;
    let address = format!("wss://localhost/ws/{}", room.code);
    let (mut socket, _) = tokio_tungstenite::client_async(address, tls).await.unwrap();
    socket.send(Message::text(r#"{"t":"HELLO"}"#)).await.unwrap();
    // One that says nothing does not hold the server up.
    let _silent = TcpStream::connect(server.running().address).await.unwrap();
    let heard = async {
        loop {
            if let Some(Ok(Message::Close(Some(frame)))) = socket.next().await {
                break u16::from(frame.code);
            }
        }
    };
    let ((), code) = tokio::join!(server.stop(), heard);
    assert_eq!(code, 1012);
}

#[tokio::test]
async fn a_pair_that_was_made_is_kept_and_a_renewed_one_is_taken() {
    let mut server = TestServer::start_with(self_signed).await;
    let first = server.running().tls.as_ref().unwrap().fingerprint();
    server.restart().await;
    let tls = server.running().tls.clone().unwrap();
    assert_eq!(tls.fingerprint(), first);
    assert!(!tls.refresh().unwrap());

    // What cannot be used is left alone.
    let (certificate, key) =
        (server.path("data/tls/self-signed.pem"), server.path("data/tls/self-signed.key"));
    let made =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    assert!(tls.refresh().is_err());
    assert_eq!(tls.fingerprint(), first);
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    assert!(tls.refresh().unwrap());
    assert_ne!(tls.fingerprint(), first);
    // Trusted by the new certificate only, so it is the one that is shown.
    assert_eq!(server.api(Method::GET, "/healthz").status().await, 200);
}

#[tokio::test]
async fn a_wrong_pair_is_told_before_anything_starts() {
    let house = tempfile::tempdir().unwrap();
    let mut config = Config::new(house.path().join("data"), house.path().join("site"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.tls = Tls::Files { certificate: house.path().join("c.pem"), key: house.path().join("k.pem") };
    let error = serve(config).await.unwrap_err();
    assert!(matches!(error, ServeError::Tls(_)), "{error}");
    assert!(error.to_string().contains("c.pem cannot be read"), "{error}");
}

#[tokio::test]
async fn plain_http_is_sent_on_to_https() {
    let server = TestServer::start_with(|config| {
        self_signed(config);
        config.http_redirect = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let mut plain = TcpStream::connect(server.running().redirect_address.unwrap()).await.unwrap();
    plain
        .write_all(b"GET /r/ABC?x=1 HTTP/1.1\r\nhost: tutti.local\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).await.unwrap();
    let port = server.running().address.port();
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
    assert!(answer.contains(&format!("location: https://tutti.local:{port}/r/ABC?x=1")), "{answer}");
}

#[tokio::test]
async fn a_proxy_is_believed_where_it_is_trusted_and_nobody_else() {
    let secure = async |server: &TestServer| {
        let room = server.room().await;
        let page = server.api(Method::GET, &format!("/r/{}", room.code)).header("x-forwarded-proto", "https");
        page.send().await.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure")
    };
    let behind =
        TestServer::start_with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    assert!(secure(&behind).await);
    let alone = TestServer::start().await;
    assert!(!secure(&alone).await);
}

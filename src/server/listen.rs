//! Connections: accepted, with or without TLS, and handed to the application until the server stops.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Who connects and says nothing is let go after so long. Browsers open connections ahead of need.
const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(30);
/// How long the head of a request may take, and how long a connection may rest between two requests: more than the 60 s
/// for which proxies keep theirs, so that it is they who let go.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// Accepts connections until `stopping`, and waits for them to end then.
pub(super) async fn accept(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    app: Router,
    handle: Handle<SocketAddr>,
    stopping: CancellationToken,
) {
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = Server::<SocketAddr>::from_listener(listener).handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let prompt = Prompt(stopping);
    let served = match tls {
        Some(config) => server.acceptor(RustlsAcceptor::new(config).acceptor(prompt)).serve(service).await,
        None => server.acceptor(prompt).serve(service).await,
    };
    if let Err(error) = served {
        tracing::error!(%error, "the server cannot accept connections any more");
    }
}

/// Waits for the first byte of a connection, so that silent ones cost a while and no more.
#[derive(Clone, Debug)]
struct Prompt(CancellationToken);

impl<S: Send + 'static> Accept<TcpStream, S> for Prompt {
    type Stream = TcpStream;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(TcpStream, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let stopping = self.0.clone();
        Box::pin(async move {
            // Messages are small and each counts at once: nothing may wait for more to come.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
            tokio::select! {
                biased;
                first = tokio::time::timeout(FIRST_BYTE_WITHIN, stream.readable()) => first??,
                () = stopping.cancelled() => return Err(io::ErrorKind::Interrupted.into()),
            }
            Ok((stream, service))
        })
    }
}

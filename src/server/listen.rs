//! Connections: accepted, with or without TLS, and handed to the application until the server stops. Who is slow to say
//! what it wants costs a while and no more, and one address has only so many.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::AddExtension;
use axum::{Extension, Router};
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Layer;

use super::front::Front;
use super::metrics::Counters;
use super::turnstile::Turnstile;
use super::wire::{Outflow, Wire};

/// Who connects and says nothing is let go after so long; so is who has not said a line that long after a handshake of
/// TLS. Browsers open connections ahead of need.
const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(30);
/// How long the head of a request may take, and how long a connection may rest between two requests: more than the 60 s
/// for which proxies keep theirs, so that it is they who let go.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// Bytes of a request's head, and of what is read of a connection ahead. A page's are 2 KiB.
const HEAD_BYTES: usize = 64 * 1024;
/// Bytes that the system keeps of a connection beyond what is on the way: more would only hide that a reader does not
/// read, and megabytes of memory for each.
const UNSENT_BYTES: u32 = 128 * 1024;
/// What an address hears that has too many connections, where it can be said.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 10\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Who may connect.
#[derive(Clone, Debug)]
pub(super) struct Guests {
    /// How many connections an address has.
    pub(super) turnstile: Turnstile,
    /// Who is not counted.
    pub(super) front: Arc<Front>,
    /// Who was refused.
    pub(super) refused: Counters,
}

/// Accepts connections until `stopping`, and waits for them to end then.
pub(super) async fn accept(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    app: Router,
    guests: Guests,
    handle: Handle<SocketAddr>,
    stopping: CancellationToken,
) {
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = Server::<SocketAddr>::from_listener(listener).handle(handle);
    let http = server.http_builder();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES);
    let prompt = Prompt(stopping);
    let served = match tls {
        Some(config) => {
            let inner = RustlsAcceptor::new(config).acceptor(prompt);
            server.acceptor(Door { inner, guests, speaks_plainly: false }).serve(service).await
        }
        None => server.acceptor(Door { inner: prompt, guests, speaks_plainly: true }).serve(service).await,
    };
    if let Err(error) = served {
        tracing::error!(%error, "the server cannot accept connections any more");
    }
}

/// Lets in as many of an address as may be, and no more.
#[derive(Clone, Debug)]
struct Door<A> {
    inner: A,
    guests: Guests,
    /// There is no TLS between us, so that a refusal can be said.
    speaks_plainly: bool,
}

impl<A, S> Accept<TcpStream, S> for Door<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
    S: Send + 'static,
{
    type Stream = Wire<A::Stream>;
    type Service = AddExtension<A::Service, Outflow>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let address = match stream.peer_addr() {
            Ok(peer) => peer.ip(),
            Err(gone) => return Box::pin(async { Err(gone) }),
        };
        let pass = if self.guests.front.is_uncounted(address) {
            None
        } else {
            let pass = self.guests.turnstile.enter(address);
            if pass.is_none() {
                self.guests.refused.of("connections").increment(1);
                let speaks_plainly = self.speaks_plainly;
                return Box::pin(async move {
                    if speaks_plainly && stream.writable().await.is_ok() {
                        // A courtesy: what cannot be written at once is not.
                        let _ = stream.try_write(TOO_MANY);
                    }
                    Err(io::ErrorKind::QuotaExceeded.into())
                });
            }
            pass
        };
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let wire = Wire::new(stream, FIRST_BYTE_WITHIN, pass);
            let service = Extension(wire.outflow()).layer(service);
            Ok((wire, service))
        })
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
            keep_little_unsent(&stream);
            tokio::select! {
                biased;
                first = tokio::time::timeout(FIRST_BYTE_WITHIN, stream.readable()) => first??,
                () = stopping.cancelled() => return Err(io::ErrorKind::Interrupted.into()),
            }
            Ok((stream, service))
        })
    }
}

/// Bounds what the system keeps for who does not read.
#[cfg(target_os = "linux")]
fn keep_little_unsent(stream: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES) {
        tracing::debug!(%error, "TCP_NOTSENT_LOWAT could not be set");
    }
}

/// Other systems keep what they keep.
#[cfg(not(target_os = "linux"))]
const fn keep_little_unsent(_: &TcpStream) {
    let _ = UNSENT_BYTES;
}

//! A room's socket as a program opens it, over http or https. For `load` and `doctor`.

use reqwest::header::{
    CONNECTION, HeaderName, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use reqwest::{StatusCode, Url};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error as SocketError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::protocol::SUBPROTOCOL;

/// Bytes that a socket reads at once; thousands of them are open in one process.
const BUFFER: usize = 4 * 1024;

/// What carries bytes both ways.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// An open socket.
pub(super) type Socket = WebSocketStream<Box<dyn Wire>>;

/// Why a socket did not open.
#[derive(Debug, Error)]
pub(super) enum OpenError {
    /// There is nobody, or the way there is closed.
    #[error("{0}")]
    Unreachable(String),
    /// Somebody answered, but not by changing to a socket.
    #[error("the answer was {0} instead of 101 Switching Protocols")]
    Refused(StatusCode),
    /// It is a socket, but not one that speaks ours.
    #[error("the answer does not choose the subprotocol {SUBPROTOCOL}")]
    OtherProtocol,
}

/// Opens the socket at `path` of a server; `origin`: as a page of there would.
///
/// # Errors
/// See [`OpenError`].
pub(super) async fn open(
    client: &reqwest::Client,
    base: &Url,
    path: &str,
    origin: Option<&str>,
) -> Result<Socket, OpenError> {
    let headers = origin.map(|origin| (ORIGIN, origin));
    open_with(client, base, path, headers.as_slice()).await
}

/// The same, with such headers.
///
/// # Errors
/// See [`OpenError`].
pub(super) async fn open_with(
    client: &reqwest::Client,
    base: &Url,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Result<Socket, OpenError> {
    let url = base.join(path).map_err(|error| OpenError::Unreachable(error.to_string()))?;
    let config = WebSocketConfig::default().read_buffer_size(BUFFER);
    if url.scheme() == "https" {
        return upgraded(client, url, headers, config).await;
    }
    let unreachable = |error: &dyn std::fmt::Display| OpenError::Unreachable(error.to_string());
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| unreachable(&error))?;
    stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
    let socket_url = url.as_str().replacen("http", "ws", 1);
    let mut request = socket_url.into_client_request().map_err(|error| unreachable(&error))?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            request.headers_mut().insert(name, value);
        }
    }
    let stream: Box<dyn Wire> = Box::new(stream);
    match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(SocketError::Http(answer)) => Err(OpenError::Refused(answer.status())),
        Err(SocketError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_))) => {
            Err(OpenError::OtherProtocol)
        }
        Err(error) => Err(unreachable(&error)),
    }
}

/// Through TLS, which is the HTTP client's.
async fn upgraded(
    client: &reqwest::Client,
    url: Url,
    headers: &[(HeaderName, &str)],
    config: WebSocketConfig,
) -> Result<Socket, OpenError> {
    let mut request = client
        .get(url)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, generate_key())
        .header(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let answer = request.send().await.map_err(|error| OpenError::Unreachable(why(&error)))?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(OpenError::Refused(answer.status()));
    }
    if answer.headers().get(SEC_WEBSOCKET_PROTOCOL).is_none_or(|chosen| chosen != SUBPROTOCOL) {
        return Err(OpenError::OtherProtocol);
    }
    let stream = answer.upgrade().await.map_err(|error| OpenError::Unreachable(why(&error)))?;
    let stream: Box<dyn Wire> = Box::new(stream);
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

/// What an error is really about: the last of its causes.
pub(super) fn why(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

//! A bare repeater: what axum and tokio do by themselves when everybody in a room is told what one says. One task for
//! each socket, one broadcast channel for each room, nothing else. The measure that a server of rooms is held against.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::protocol::SUBPROTOCOL;

/// Messages that a slow socket may be behind.
const BEHIND: usize = 256;

type Rooms = Arc<Mutex<HashMap<String, Sender<Utf8Bytes>>>>;

/// A repeater on threads of its own, as a server has them; it ends when this is dropped.
pub(super) struct Repeater {
    /// Where it listens.
    pub(super) base: String,
    stop: CancellationToken,
}

impl Repeater {
    /// Starts one on a free port of this machine.
    pub(super) async fn start() -> Result<Self> {
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::Builder::new().name("repeater".to_owned()).spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await else { return };
                let Ok(address) = listener.local_addr() else { return };
                let listener = listener.tap_io(|stream| {
                    let _ = stream.set_nodelay(true);
                });
                let router = Router::new().route("/ws/{code}", get(upgrade)).with_state(Rooms::default());
                let _ = tell.send(address);
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    () = stopping.cancelled() => {}
                }
            });
            runtime.shutdown_background();
        })?;
        let address = told.await.context("the repeater does not start")?;
        Ok(Self { base: format!("http://{address}"), stop })
    }
}

impl Drop for Repeater {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn upgrade(
    State(rooms): State<Rooms>,
    Path(code): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let room = {
        let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(code).or_insert_with(|| broadcast::channel(BEHIND).0).clone()
    };
    upgrade.protocols([SUBPROTOCOL]).read_buffer_size(4 * 1024).on_upgrade(|socket| one(socket, room))
}

async fn one(mut socket: WebSocket, room: Sender<Utf8Bytes>) {
    let mut heard = room.subscribe();
    loop {
        tokio::select! {
            said = heard.recv() => match said {
                Ok(text) => if socket.send(Message::Text(text)).await.is_err() { return },
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => { let _ = room.send(text); }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

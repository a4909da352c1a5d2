//! The room socket of the browser. Arrivals are stamped before anything is made of them, pings as they are handed over.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::now::now;
use crate::protocol::{ClientMessage, RoomCode, SUBPROTOCOL};
use crate::sync::time::LocalTime;

/// What a socket tells.
#[derive(Debug)]
pub(super) enum SocketEvent {
    Open,
    Text(String),
    Closed(u16),
}

/// An open or opening socket. Dropping it closes it, silently.
pub(super) struct Socket {
    socket: WebSocket,
    // Kept alive as long as the socket may call them.
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens the socket of a room; `None` when the browser refuses to try.
    pub(super) fn open(
        code: RoomCode,
        tell: impl Fn(LocalTime, SocketEvent) + Clone + 'static,
    ) -> Option<Self> {
        let location = web_sys::window()?.location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let address = format!("{scheme}://{}/ws/{code}", location.host().ok()?);
        let socket = WebSocket::new_with_str(&address, SUBPROTOCOL).ok()?;

        let on_open = Closure::<dyn FnMut()>::new({
            let tell = tell.clone();
            move || tell(now(), SocketEvent::Open)
        });
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let tell = tell.clone();
            move |event: MessageEvent| {
                let arrived = now();
                if let Some(text) = event.data().as_string() {
                    tell(arrived, SocketEvent::Text(text));
                }
            }
        });
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            tell(now(), SocketEvent::Closed(event.code()));
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    /// Sends a message; one that cannot be sent is lost, as one in a broken socket is. Gives the text back.
    pub(super) fn send(&self, message: &ClientMessage) -> Option<String> {
        let text = serde_json::to_string(message).ok()?;
        let _ = self.socket.send_with_str(&text);
        Some(text)
    }

    /// Sends a ping with the time of this very moment.
    pub(super) fn ping(&self, ping_id: u64) -> Option<String> {
        self.send(&ClientMessage::TimePing { client_now: now(), ping_id })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

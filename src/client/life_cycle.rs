//! The life of the page: shown, hidden, thawed, back from the cache, on the network again, with another speaker.

use js_sys::Reflect;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Event, EventTarget, VisibilityState};

use crate::listener::PageEvent;

type Registration = (EventTarget, &'static str, Closure<dyn FnMut(Event)>);

/// Listens until it is dropped.
pub(super) struct LifeCycle {
    listeners: Vec<Registration>,
}

impl LifeCycle {
    pub(super) fn listen(tell: impl Fn(PageEvent) + Clone + 'static) -> Self {
        let mut listeners = Vec::new();
        let Some(window) = web_sys::window() else { return Self { listeners } };
        let Some(document) = window.document() else { return Self { listeners } };
        let on_window: [(&'static str, PageEvent); 3] =
            [("pageshow", PageEvent::Shown), ("focus", PageEvent::Shown), ("online", PageEvent::Online)];
        for (name, event) in on_window {
            let tell = tell.clone();
            let listener = Closure::<dyn FnMut(Event)>::new(move |_| tell(event));
            listeners.push((EventTarget::from(window.clone()), name, listener));
        }
        // Only secure contexts have it.
        let outputs = Reflect::get(&window.navigator(), &JsValue::from_str("mediaDevices"));
        if let Some(outputs) = outputs.ok().and_then(|outputs| outputs.dyn_into::<EventTarget>().ok()) {
            let tell = tell.clone();
            let listener = Closure::<dyn FnMut(Event)>::new(move |_| tell(PageEvent::OutputChanged));
            listeners.push((outputs, "devicechange", listener));
        }
        let thawed = tell.clone();
        let resume = Closure::<dyn FnMut(Event)>::new(move |_| thawed(PageEvent::Shown));
        listeners.push((EventTarget::from(document.clone()), "resume", resume));
        let seen = document.clone();
        let visibility = Closure::<dyn FnMut(Event)>::new(move |_| {
            tell(if seen.visibility_state() == VisibilityState::Visible {
                PageEvent::Shown
            } else {
                PageEvent::Hidden
            });
        });
        listeners.push((EventTarget::from(document), "visibilitychange", visibility));
        for (target, name, listener) in &listeners {
            let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        Self { listeners }
    }
}

impl Drop for LifeCycle {
    fn drop(&mut self) {
        for (target, name, listener) in &self.listeners {
            let _ = target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    }
}

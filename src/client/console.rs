//! `window.tutti`: what the panel of diagnostics shows and does, for who has a console or a program
//! (manual/operations.md). It holds the session by a thread only, so that a page that is left is let go.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Interval;
use js_sys::{Function, JSON, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

use super::session::{Inner, Session};
use crate::listener::Listener;
use crate::listener::diary::{Watcher, written};
use crate::sync::time::LocalTime;

const NAME: &str = "tutti";
/// How often a watched state is printed, unless said; and the most often, in ms.
const WATCH_MS: f64 = 1_000.0;
const WATCH_LEAST_MS: f64 = 100.0;

type Call = Closure<dyn Fn(JsValue) -> JsValue>;

/// The object in the window; gone when dropped.
pub(super) struct Console {
    object: Object,
    // Kept alive as long as the object may be called.
    _calls: Vec<Call>,
}

impl Console {
    /// Puts it there; `None` when the browser does not let us.
    pub(super) fn install(session: &Session) -> Option<Self> {
        let object = Object::new();
        let mut calls: Vec<Call> = Vec::new();
        let mut on = |name: &str, call: fn(&Session, JsValue) -> JsValue| {
            let session: Weak<Inner> = Rc::downgrade(&session.0);
            let call = Call::new(move |argument| match session.upgrade() {
                Some(inner) => call(&Session(inner), argument),
                None => JsValue::UNDEFINED,
            });
            let _ = Reflect::set(&object, &JsValue::from_str(name), call.as_ref());
            calls.push(call);
        };
        on("state", |session, _| told(session, |listener, now| written(&listener.state_now(now))));
        on("offset", |session, _| told(session, |listener, now| written(&listener.state_now(now).offset)));
        on("drift", |session, _| told(session, |listener, now| written(&listener.state_now(now).drift)));
        on("pending", |session, _| told(session, |listener, now| written(&listener.pending(now))));
        on("ping", |session, _| {
            session.ping();
            JsValue::UNDEFINED
        });
        on("resync", |session, _| {
            session.resync();
            JsValue::UNDEFINED
        });
        on("log", |session, _| {
            session.set_watched(Watcher::Console, true);
            told(session, |listener, _| listener.diary().messages_as_json())
        });
        on("watch", watch);
        let window = web_sys::window()?;
        let is_there = Reflect::set(&window, &JsValue::from_str(NAME), &object).ok()?;
        is_there.then_some(Self { object, _calls: calls })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let Some(window) = web_sys::window() else { return };
        // Another room's may be there already.
        if Reflect::get(&window, &JsValue::from_str(NAME)).is_ok_and(|there| there == *self.object) {
            let _ = Reflect::delete_property(&window, &JsValue::from_str(NAME));
        }
    }
}

/// What a look at the listener gives, which is JSON, as a value.
fn told(session: &Session, look: fn(&Listener, LocalTime) -> String) -> JsValue {
    let mut json = String::new();
    session.look(&mut |listener, now| json = look(listener, now));
    JSON::parse(&json).unwrap_or(JsValue::UNDEFINED)
}

/// Prints the state every so many ms, and returns what stops it.
fn watch(session: &Session, every: JsValue) -> JsValue {
    let every = every.as_f64().unwrap_or(WATCH_MS).max(WATCH_LEAST_MS) as u32;
    let session = Rc::downgrade(&session.0);
    let running: Rc<RefCell<Option<Interval>>> = Rc::default();
    let timer = running.clone();
    let print = move || match session.upgrade().map(Session) {
        Some(session) => {
            print_line(&session);
        }
        None => drop(timer.take()),
    };
    print();
    running.replace(Some(Interval::new(every, print)));
    Closure::once_into_js(move || drop(running.take()))
}

fn print_line(session: &Session) -> Option<()> {
    let mut line = String::new();
    session.look(&mut |listener, now| {
        let state = listener.state_now(now);
        let [drift, offset, error, rtt] =
            [state.drift, state.offset, state.offset_error, state.rtt].map(|span| written(&span));
        let state = state.state.as_str();
        line = format!("tutti: {state}, drift {drift} ms, offset {offset} ± {error} ms, rtt {rtt} ms");
    });
    let console = Reflect::get(&js_sys::global(), &JsValue::from_str("console")).ok()?;
    let log: Function = Reflect::get(&console, &JsValue::from_str("log")).ok()?.dyn_into().ok()?;
    log.call1(&console, &JsValue::from_str(&line)).ok()?;
    Some(())
}

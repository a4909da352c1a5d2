//! Keeps the screen on while the music plays, because a phone whose screen is off saves power on its network too, and
//! holds messages back by 100–300 ms. Only pages on a secure origin have it; elsewhere, and where the browser refuses
//! (little battery), nothing happens.
//!
//! `web-sys` has the Screen Wake Lock API only behind an unstable flag, so it is reached by name.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The lock of this page, held or not.
#[derive(Clone)]
pub(super) struct WakeLock(Rc<Inner>);

struct Inner {
    /// `navigator.wakeLock`.
    api: JsValue,
    wanted: Cell<bool>,
    /// A request is under way.
    asking: Cell<bool>,
    /// A `WakeLockSentinel`; the browser may have released it.
    held: RefCell<Option<JsValue>>,
}

impl WakeLock {
    /// `None` where the browser has none.
    pub(super) fn find() -> Option<Self> {
        let navigator = web_sys::window()?.navigator();
        let api = Reflect::get(&navigator, &"wakeLock".into()).ok().filter(JsValue::is_object)?;
        Some(Self(Rc::new(Inner {
            api,
            wanted: Cell::new(false),
            asking: Cell::new(false),
            held: RefCell::default(),
        })))
    }

    /// Holds it from now on, or lets it go.
    pub(super) fn want(&self, wanted: bool) {
        if self.0.wanted.replace(wanted) != wanted {
            self.settle();
        }
    }

    /// The page is seen again: what the browser released when it was hidden is asked for anew.
    pub(super) fn seen(&self) {
        self.settle();
    }

    fn settle(&self) {
        if !self.0.wanted.get() {
            if let Some(held) = self.0.held.take() {
                let _ = call(&held, "release", &Array::new());
            }
            return;
        }
        if self.0.asking.get() || self.is_held() {
            return;
        }
        let Some(promise) = call(&self.0.api, "request", &Array::of1(&"screen".into())) else { return };
        self.0.asking.set(true);
        let lock = self.clone();
        spawn_local(async move {
            let answer = JsFuture::from(promise).await;
            lock.0.asking.set(false);
            if let Ok(sentinel) = answer {
                lock.0.held.replace(Some(sentinel));
                // It may not be wanted any more.
                if !lock.0.wanted.get() {
                    lock.settle();
                }
            }
        });
    }

    fn is_held(&self) -> bool {
        self.0.held.borrow().as_ref().is_some_and(|held| {
            Reflect::get(held, &"released".into()).is_ok_and(|released| released != JsValue::TRUE)
        })
    }
}

fn call(object: &JsValue, name: &str, arguments: &Array) -> Option<Promise> {
    let method = Reflect::get(object, &name.into()).ok()?.dyn_into::<Function>().ok()?;
    let promise = method.apply(object, arguments).ok()?.dyn_into::<Promise>().ok()?;
    Some(promise)
}

//! Sends a file, or a link, to the server and tells how far it is. By `XMLHttpRequest`, because `fetch` tells nothing of
//! what is still being sent. It decides nothing: what is sent when, `ui::upload` says.

use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget, File, FormData, ProgressEvent, XmlHttpRequest};

/// What is sent.
#[derive(Clone, Debug)]
pub enum Cargo {
    /// A file that somebody picked or dropped.
    File(File),
    /// A body of JSON.
    Json(String),
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// This share of it, from 0 to 1, is on its way or there.
    Share(f64),
    /// The server answers.
    Answered {
        /// In HTTP.
        status: u16,
        /// What it says.
        body: String,
    },
    /// No answer came.
    Broken,
}

/// One that is on its way; dropped, it is called off.
#[derive(Debug)]
pub struct Sending {
    request: XmlHttpRequest,
    listeners: Vec<Listener>,
}

type Listener = (EventTarget, &'static str, Closure<dyn FnMut(Event)>);

impl Sending {
    /// Begins to send; `None` when the browser does not let us. `tell` is not called any more once the result is
    /// dropped.
    pub fn start(url: &str, cargo: &Cargo, tell: impl Fn(Sent) + Clone + 'static) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open_with_async("POST", url, true).ok()?;
        let upload: EventTarget = request.upload().ok()?.into();
        let mut sending = Self { request: request.clone(), listeners: Vec::new() };

        let share = tell.clone();
        sending.listen(upload, "progress", move |event| {
            if let Some(progress) = event.dyn_ref::<ProgressEvent>()
                && progress.length_computable()
                && progress.total() > 0.0
            {
                share(Sent::Share(progress.loaded() / progress.total()));
            }
        });
        let (answered, asked) = (tell.clone(), request.clone());
        sending.listen(request.clone().into(), "load", move |_| {
            answered(Sent::Answered {
                status: asked.status().unwrap_or_default(),
                body: asked.response_text().ok().flatten().unwrap_or_default(),
            });
        });
        for name in ["error", "timeout"] {
            let broken = tell.clone();
            sending.listen(request.clone().into(), name, move |_| broken(Sent::Broken));
        }

        match cargo {
            Cargo::File(file) => {
                let form = FormData::new().ok()?;
                form.append_with_blob_and_filename("file", file, &file.name()).ok()?;
                request.send_with_opt_form_data(Some(&form)).ok()?;
            }
            Cargo::Json(body) => {
                request.set_request_header("Content-Type", "application/json").ok()?;
                request.send_with_opt_str(Some(body)).ok()?;
            }
        }
        Some(sending)
    }

    fn listen(&mut self, target: EventTarget, name: &'static str, tell: impl FnMut(Event) + 'static) {
        let listener = Closure::<dyn FnMut(Event)>::new(tell);
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        self.listeners.push((target, name, listener));
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        for (target, name, listener) in &self.listeners {
            let _ = target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        // Does nothing to one that is done.
        let _ = self.request.abort();
    }
}

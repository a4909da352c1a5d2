//! What this page is adding to the library: a list of files and links, at most two of which are on their way. Here,
//! and in [`live`](crate::ui::live), browser and server differ: on the server nothing is sent.

use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use serde_json::Value;

#[cfg(feature = "hydrate")]
use crate::client::upload::{Cargo, Sending, Sent};
#[cfg(feature = "hydrate")]
use crate::protocol::reading::field;
use crate::protocol::{RoomCode, TrackId};

/// Sent at once: a second one uses the pauses of the first, more would only share the line.
#[cfg(feature = "hydrate")]
const AT_ONCE: usize = 2;

/// One file or link.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) name: StoredValue<String>,
    pub(super) state: RwSignal<State>,
}

/// How far one is.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "on the server nothing is sent"))]
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// Its turn has not come.
    Waiting,
    /// This share is sent, from 0 to 1; all of it: the server looks at it.
    Sending(f64),
    /// It is in the library.
    Done { track_id: TrackId, title: String, duplicate: bool },
    /// It is not, and why.
    Refused(String),
}

impl State {
    /// Whether nothing will become of it any more.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Refused(_))
    }
}

/// All of this page.
#[derive(Clone, Copy)]
pub(super) struct Additions {
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "on the server nothing is sent"))]
    code: RoomCode,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "on the server nothing is sent"))]
    max_bytes: u64,
    lines: RwSignal<Vec<Line>>,
    #[cfg(feature = "hydrate")]
    cargo: StoredValue<Vec<(u64, Cargo)>, LocalStorage>,
    #[cfg(feature = "hydrate")]
    sending: StoredValue<Vec<(u64, Sending)>, LocalStorage>,
}

impl Additions {
    pub(super) fn new(code: RoomCode, max_bytes: u64) -> Self {
        Self {
            code,
            max_bytes,
            lines: RwSignal::new(Vec::new()),
            #[cfg(feature = "hydrate")]
            cargo: StoredValue::new_local(Vec::new()),
            #[cfg(feature = "hydrate")]
            sending: StoredValue::new_local(Vec::new()),
        }
    }

    pub(super) const fn lines(self) -> RwSignal<Vec<Line>> {
        self.lines
    }
}

#[cfg(not(feature = "hydrate"))]
#[expect(clippy::unused_self, reason = "on the server nothing is sent")]
impl Additions {
    pub(super) fn picked(self, _: &Event) {}
    pub(super) fn dropped(self, _: &DragEvent) {}
    pub(super) fn link(self, _: &str) {}
    pub(super) fn take_off(self, _: u64) {}
}

/// Whether what is dragged over the page is files.
#[cfg(not(feature = "hydrate"))]
pub(super) fn has_files(_: &DragEvent) -> bool {
    false
}

#[cfg(feature = "hydrate")]
pub(super) fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|dragged| dragged.types().includes(&"Files".into(), 0))
}

#[cfg(feature = "hydrate")]
impl Additions {
    /// Files were picked in a field, which is empty again then: the same file may be picked once more.
    pub(super) fn picked(self, event: &Event) {
        let field = event_target::<web_sys::HtmlInputElement>(event);
        self.add_files(field.files());
        field.set_value("");
    }

    /// Files were dropped on the page.
    pub(super) fn dropped(self, event: &DragEvent) {
        self.add_files(event.data_transfer().and_then(|dropped| dropped.files()));
    }

    /// A link was typed.
    pub(super) fn link(self, url: &str) {
        let url = url.trim();
        if !url.is_empty() {
            let body = serde_json::json!({ "url": url }).to_string();
            self.add(url.to_owned(), State::Waiting, Cargo::Json(body));
            self.go_on();
        }
    }

    /// Calls one off that is not done, and takes its line away.
    pub(super) fn take_off(self, id: u64) {
        self.sending.update_value(|sending| sending.retain(|(one, _)| *one != id));
        self.cargo.update_value(|cargo| cargo.retain(|(one, _)| *one != id));
        self.lines.update(|lines| lines.retain(|line| line.id != id));
        self.go_on();
    }

    fn add_files(self, files: Option<web_sys::FileList>) {
        let Some(files) = files else { return };
        for file in (0..files.length()).filter_map(|at| files.get(at)) {
            // Told before it is sent: the server would refuse it at the end of a long wait.
            let state = if self.max_bytes > 0 && file.size() > self.max_bytes as f64 {
                State::Refused(format!("It is larger than {} MB.", self.max_bytes >> 20))
            } else {
                State::Waiting
            };
            self.add(file.name(), state, Cargo::File(file));
        }
        self.go_on();
    }

    fn add(self, name: String, state: State, cargo: Cargo) {
        let id = self.lines.with_untracked(|lines| lines.last().map_or(0, |line| line.id + 1));
        if state == State::Waiting {
            self.cargo.update_value(|waiting| waiting.push((id, cargo)));
        }
        let line = Line { id, name: StoredValue::new(name), state: RwSignal::new(state) };
        self.lines.update(|lines| lines.push(line));
    }

    fn line(self, id: u64) -> Option<Line> {
        self.lines.try_with_untracked(|lines| lines.iter().find(|line| line.id == id).copied()).flatten()
    }

    /// Sends what waits, as long as there is room on the line.
    fn go_on(self) {
        while self.sending.with_value(Vec::len) < AT_ONCE {
            let next = self.cargo.try_update_value(|cargo| (!cargo.is_empty()).then(|| cargo.remove(0)));
            let Some((id, cargo)) = next.flatten() else { return };
            let path = match cargo {
                Cargo::File(_) => "/api/tracks",
                Cargo::Json(_) => "/api/tracks/links",
            };
            let url = format!("{path}?room={}", self.code);
            if let Some(line) = self.line(id) {
                line.state.set(State::Sending(0.0));
            }
            match Sending::start(&url, &cargo, move |sent| self.happened(id, sent)) {
                Some(sending) => self.sending.update_value(|all| all.push((id, sending))),
                None => self.happened(id, Sent::Broken),
            }
        }
    }

    fn happened(self, id: u64, sent: Sent) {
        let Some(line) = self.line(id) else { return };
        let state = match sent {
            Sent::Share(share) => State::Sending(share),
            Sent::Answered { status, body } => told(status, &body),
            Sent::Broken => State::Refused("The connection broke. Try again.".to_owned()),
        };
        let over = state.is_over();
        line.state.set(state);
        if over {
            // Later: what is dropped is what calls us.
            leptos::task::spawn_local(async move {
                let done = self.sending.try_update_value(|all| all.retain(|(one, _)| *one != id));
                if done.is_some() {
                    self.go_on();
                }
            });
        }
    }
}

/// What the server says of one file.
#[cfg(feature = "hydrate")]
fn told(status: u16, body: &str) -> State {
    let body = serde_json::from_str::<Value>(body).unwrap_or_default();
    let added = &body["tracks"][0];
    if let (Ok(track_id), Ok(title)) = (field(added, "id"), field(added, "title")) {
        return State::Done { track_id, title, duplicate: added["duplicate"] == true };
    }
    State::Refused(field(&body, "detail").unwrap_or_else(|_| format!("The server refused it ({status}).")))
}

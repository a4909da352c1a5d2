//! The messages as they passed, the latest first: a line each, and its text below it to unfold. Filtered by kind and by
//! text, paused, cleared. What comes is added at the top, so that a line that somebody reads or has in focus stays.

use leptos::web_sys::Element;

use super::page::escaped;
use super::tables::direction_word;
use super::{find, moment};
use crate::listener::diary::{Diary, Message};
use crate::ui::wording::grouped;

/// Lines that are shown: what a person reads through. All that is kept is in the export.
const SHOWN: usize = 100;
/// Characters of a text that are shown; the whole is in the export.
const TEXT_CHARS: usize = 10_000;

/// Which messages are shown, and which are drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct LogView {
    /// Of this kind; empty: of any.
    kind: String,
    /// With this text; empty: with any.
    text: String,
    is_paused: bool,
    /// The number of the last message that was looked at.
    seen: u64,
    /// What is drawn is of another filter.
    is_stale: bool,
}

impl LogView {
    /// Shows what fits another kind or another text.
    pub(super) fn filter(&mut self, kind: Option<String>, text: Option<String>) {
        self.kind = kind.unwrap_or(std::mem::take(&mut self.kind));
        self.text = text.unwrap_or(std::mem::take(&mut self.text));
        self.is_stale = true;
    }

    /// Shows nothing new for now, or what came meanwhile; true when paused.
    pub(super) const fn pause_or_go_on(&mut self) -> bool {
        self.is_paused = !self.is_paused;
        self.is_paused
    }

    /// What was recorded is gone.
    pub(super) const fn begin_anew(&mut self) {
        self.is_stale = true;
    }

    /// The lines to put on top of those that are drawn, and whether those go first.
    fn news(&mut self, diary: &Diary) -> (String, bool) {
        let from_anew = std::mem::take(&mut self.is_stale);
        let until = if self.is_paused { self.seen } else { diary.last_number() };
        let from = if from_anew { 0 } else { self.seen };
        self.seen = until;
        let mut html = String::new();
        let news =
            diary.messages().iter().rev().filter(|message| message.number > from && message.number <= until);
        for message in news.filter(|message| message.matches(&self.kind, &self.text)).take(SHOWN) {
            html += &line(message);
        }
        (html, from_anew)
    }

    pub(super) fn draw(&mut self, panel: &Element, diary: &Diary) {
        if let Some(select) = find(panel, "[data-testid=log-kind]") {
            add_kinds(&select, diary);
        }
        let Some(list) = find(panel, ".diag-log") else { return };
        let (news, from_anew) = self.news(diary);
        if from_anew {
            list.set_inner_html(&news);
        } else if !news.is_empty() {
            // Refused only for places that there are not.
            let _ = list.insert_adjacent_html("afterbegin", &news);
            while list.child_element_count() as usize > SHOWN
                && let Some(last) = list.last_element_child()
            {
                last.remove();
            }
        }
    }
}

/// The kinds there are by now, behind those that are to choose from already: a list that is open stays as it is.
fn add_kinds(select: &Element, diary: &Diary) {
    let mut kinds: Vec<&str> = Vec::new();
    for traffic in diary.traffic() {
        if !kinds.contains(&&*traffic.kind) {
            kinds.push(&traffic.kind);
        }
    }
    for kind in kinds.into_iter().skip(select.child_element_count() as usize - 1) {
        let kind = escaped(kind);
        let _ = select.insert_adjacent_html(
            "beforeend",
            &["<option value=\"", &kind, "\">", &kind, "</option>"].concat(),
        );
    }
}

fn line(message: &Message) -> String {
    let kind = escaped(&message.kind);
    let text: String = message.text.chars().take(TEXT_CHARS).collect();
    [
        "<li data-testid=log-message data-type=\"",
        &kind,
        "\"><details><summary><span class=log-at>",
        &moment(message.at),
        "</span><span class=log-way>",
        direction_word(message.direction),
        "</span><span class=log-kind>",
        &kind,
        "</span><span class=log-bytes>",
        &grouped(message.bytes as u64),
        "</span><span class=log-said>",
        &escaped(&message.summary()),
        "</span></summary><pre>",
        &escaped(&text),
        "</pre></details></li>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::diary::{Direction, Watcher};
    use crate::sync::time::LocalTime;

    fn diary(texts: &[&str]) -> Diary {
        let mut diary = Diary::default();
        diary.set_watched(Watcher::Panel, true);
        for text in texts {
            diary.note_message(LocalTime::ZERO, Direction::Received, text);
        }
        diary
    }

    fn kinds(html: &str) -> Vec<&str> {
        html.split("data-type=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn what_comes_is_put_on_top_and_drawn_once() {
        let mut view = LogView::default();
        let mut diary = diary(&[r#"{"t":"A"}"#, r#"{"t":"B"}"#]);
        let (html, _) = view.news(&diary);
        assert_eq!(kinds(&html), ["B", "A"]);
        diary.note_message(LocalTime::ZERO, Direction::Sent, r#"{"t":"C"}"#);
        let (html, from_anew) = view.news(&diary);
        assert_eq!((kinds(&html), from_anew), (vec!["C"], false));
        assert!(view.news(&diary).0.is_empty());
    }

    #[test]
    fn a_filter_draws_anew_and_a_pause_keeps_out_what_comes_until_it_is_over() {
        let mut view = LogView::default();
        let mut diary = diary(&[r#"{"t":"A","x":1}"#, r#"{"t":"B"}"#]);
        view.news(&diary);
        view.pause_or_go_on();
        diary.note_message(LocalTime::ZERO, Direction::Sent, r#"{"t":"A","x":2}"#);
        assert!(view.news(&diary).0.is_empty());
        view.filter(Some("A".to_owned()), None);
        let (html, from_anew) = view.news(&diary);
        assert_eq!((kinds(&html), from_anew), (vec!["A"], true));
        view.pause_or_go_on();
        assert_eq!(kinds(&view.news(&diary).0), ["A"]);
        view.filter(Some(String::new()), Some("X:2".to_owned()));
        assert!(view.news(&diary).0.is_empty());
    }

    #[test]
    fn what_somebody_said_is_shown_as_they_said_it() {
        let html = line(&diary(&[r#"{"t":"CHAT","text":"<script>"}"#]).messages()[0]);
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    }
}

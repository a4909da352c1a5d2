//! What of the panel stands still: head, tools, places for what moves. And how a text gets into HTML.

use crate::sync::profile::Profile;
use crate::ui::live::Live;
use crate::ui::words::words;

/// The jump that is proposed: far enough to need a seek, near enough to hear that it was one. ms
const JUMP_MS: &str = "300";

/// A text as HTML shows it, in an element or in an attribute in double quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}

/// The whole panel, with nothing in it yet.
pub(super) fn shell(live: Live) -> String {
    let text = &words().diagnostics;
    let resync = words().sync.resync;
    let button = |testid: &str, name: &str| {
        ["<button type=button class=button data-testid=", testid, ">", name, "</button>"].concat()
    };
    let mut forced = None;
    live.look(&mut |listener, _| forced = listener.forced_profile());
    let mut profiles = ["<option value=\"\">", text.auto, "</option>"].concat();
    for profile in Profile::ALL {
        let selected = if forced == Some(profile) { " selected>" } else { ">" };
        let word = profile.as_str();
        profiles += &["<option value=", word, selected, word, "</option>"].concat();
    }
    [
        "<header class=panel-head><h2 id=diagnostics-title tabindex=-1>",
        text.title,
        "</h2><div class=panel-tools>",
        &button("diagnostics-export", text.export),
        &button("diagnostics-close", words().app.close),
        "</div></header><div class=diag-tools>",
        &button("diagnostics-ping", text.ping),
        &button("diagnostics-resync", resync),
        &button("diagnostics-drop", text.drop),
        "<div class=diag-field><label for=jump-by>",
        text.jump,
        "</label><input id=jump-by class=field type=number inputmode=numeric min=0 step=10 data-testid=diagnostics-jump-ms value=",
        JUMP_MS,
        ">",
        &button("diagnostics-jump-back", text.jump_back),
        &button("diagnostics-jump-ahead", text.jump_ahead),
        "</div><div class=diag-field><label for=profile>",
        text.profile,
        "</label><select id=profile class=field autocomplete=off data-testid=diagnostics-profile>",
        &profiles,
        "</select><span class=quiet data-part=profile></span></div></div><div class=plots data-part=plots></div><p class=quiet>",
        text.plots_why,
        "</p><div class=diag-tables>",
        &table("decisions", text.decisions, text.decisions_head),
        &table("traffic", text.traffic, text.traffic_head),
        "</div><section class=diag-part aria-labelledby=log-title><h3 id=log-title>",
        text.messages,
        "</h3><div class=diag-log-head><input class=field type=search autocomplete=off data-testid=log-filter aria-label=\"",
        text.filter,
        "\" placeholder=\"",
        text.filter,
        "\"><select class=field autocomplete=off data-testid=log-kind aria-label=\"",
        text.kind,
        "\"><option value=\"\">",
        text.all_kinds,
        "</option></select>",
        &button("log-pause aria-pressed=false", text.pause),
        &button("log-clear", text.clear),
        "</div><ol class=\"diag-log diag-scroll\" tabindex=0 aria-labelledby=log-title></ol><p class=empty>",
        text.no_messages,
        "</p></section>",
    ]
    .concat()
}

/// A table whose rows come later.
fn table(name: &str, title: &str, head: [&str; 4]) -> String {
    let head = head.map(|name| ["<th scope=col>", name, "</th>"].concat()).concat();
    [
        "<section class=diag-part aria-labelledby=",
        name,
        "-title><h3 id=",
        name,
        "-title>",
        title,
        "</h3><div class=diag-scroll tabindex=0 role=region aria-labelledby=",
        name,
        "-title><table class=\"diag-table diag-",
        name,
        "\" data-testid=",
        name,
        "><thead><tr>",
        &head,
        "</tr></thead><tbody data-part=",
        name,
        "></tbody></table></div></section>",
    ]
    .concat()
}

/// What a profile does, in a line.
pub(super) fn profile_line(profile: Profile) -> String {
    let beyond = profile.thresholds().seek_beyond.micros() / 1_000;
    words().diagnostics.seeks_beyond.fill([profile.as_str(), &beyond.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_a_text_and_no_element() {
        assert_eq!(
            escaped(r#"<img src=x onerror="a()"> & 'b'"#),
            "&lt;img src=x onerror=&quot;a()&quot;&gt; &amp; 'b'"
        );
    }
}

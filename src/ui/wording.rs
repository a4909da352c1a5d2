//! How numbers and states are written for people.

use super::words::words;
use crate::protocol::ReportedState;
use crate::protocol::snapshot::TrackInfo;
use crate::sync::time::Span;

/// A track that is so much short of a second, by a few samples of its coder, has that second. s
const NEARLY: f64 = 0.005;

/// A position or a length: `m:ss`, from an hour on `h:mm:ss`.
pub fn clock_time(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let whole = (seconds + NEARLY).clamp(0.0, 359_999.0) as u32;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A volume of 0 to 1 in percent.
pub fn percent(volume: f64) -> String {
    format!("{:.0} %", volume * 100.0)
}

/// A span in ms with two decimals, for machines; empty when unknown.
pub fn ms_or_nothing(span: Option<Span>) -> String {
    span.map_or_else(String::new, |span| format!("{:.2}", span.as_ms()))
}

/// A span in ms with one decimal, for people.
pub fn ms(span: Option<Span>) -> String {
    let Some(span) = span else { return "–".to_owned() };
    let tenths = (span.abs().micros() + 50) / 100;
    let minus = if span < Span::ZERO && tenths > 0 { "-" } else { "" };
    format!("{minus}{}{}{} ms", tenths / 10, words().numbers.decimal, tenths % 10)
}

/// What the calm line says of a sync state.
pub fn sync_line(state: ReportedState, silenced: bool) -> &'static str {
    let sync = &words().sync;
    match state {
        ReportedState::Idle => sync.idle,
        ReportedState::Syncing => sync.syncing,
        ReportedState::InSync => sync.in_sync,
        ReportedState::Correcting => sync.correcting,
        ReportedState::OutOfSync => sync.out_of_sync,
        ReportedState::Buffering => sync.buffering,
        ReportedState::Paused if silenced => sync.silenced,
        ReportedState::Paused => sync.paused,
        ReportedState::Reconnecting => sync.reconnecting,
        ReportedState::Blocked => sync.blocked,
    }
}

/// Artist and album in one line; the file's name when there is neither.
pub fn byline(track: &TrackInfo) -> String {
    match (&track.artist, &track.album) {
        (Some(artist), Some(album)) => format!("{artist} · {album}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => track.filename.clone(),
    }
}

/// `1 track`, `2 tracks`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A number with a mark between the thousands.
pub fn grouped(number: u64) -> String {
    let thousands = words().numbers.thousands;
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_on_a_record_sleeve() {
        for (seconds, text) in [
            (-1.0, "0:00"),
            (f64::NAN, "0:00"),
            (9.99, "0:09"),
            (61.0, "1:01"),
            (119.999, "2:00"),
            (3600.0, "1:00:00"),
            (3661.5, "1:01:01"),
        ] {
            assert_eq!(clock_time(seconds), text);
        }
    }

    #[test]
    fn large_numbers_are_written_in_groups() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(1_200, "file", "files"), "1,200 files");
    }

    #[test]
    fn machines_read_two_decimals_or_nothing() {
        assert_eq!(ms_or_nothing(Some(Span::from_micros(-1_239))), "-1.24");
        assert_eq!(ms_or_nothing(None), "");
    }
}

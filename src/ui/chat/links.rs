//! Addresses in what people wrote. Strict rather than clever: what is not plainly a web address stays text, and what a
//! link shows is where it leads.

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// `http://` or `https://`, a host, and whatever follows it.
    Link(&'a str),
}

/// The line, cut into text and addresses; together they are the line.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    for word in line.split_inclusive(char::is_whitespace) {
        let opening = word.len() - word.trim_start_matches(OPENING).len();
        if let Some(length) = address(&word[opening..]) {
            let from = at + opening;
            if text_from < from {
                pieces.push(Piece::Text(&line[text_from..from]));
            }
            text_from = from + length;
            pieces.push(Piece::Link(&line[from..text_from]));
        }
        at += word.len();
    }
    if text_from < line.len() {
        pieces.push(Piece::Text(&line[text_from..]));
    }
    pieces
}

/// What may stand before an address and does not belong to it, …
const OPENING: [char; 6] = ['(', '[', '"', '\'', '“', '„'];
/// … and what after it.
const CLOSING: [char; 12] = ['.', ',', ';', ':', '!', '?', '"', '\'', '”', '“', ']', '…'];

/// How many bytes of a word are an address that it begins with.
fn address(word: &str) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| word.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    // Letters that are drawn from right to left, or not at all, could make an address look like another one.
    let end = word.find(|c: char| c.is_whitespace() || !c.is_ascii_graphic() && !c.is_alphanumeric());
    let mut address = &word[..end.unwrap_or(word.len())];
    address = &address[..address.find(['<', '>', '"', '`']).unwrap_or(address.len())];
    loop {
        let trimmed = address.trim_end_matches(CLOSING);
        // A bracket that the address opened itself is its own: Wikipedia has many.
        let own = trimmed.matches('(').count() >= trimmed.matches(')').count();
        let trimmed = if own { trimmed } else { trimmed.strip_suffix(')').unwrap_or(trimmed) };
        if trimmed.len() == address.len() {
            break;
        }
        address = trimmed;
    }
    let rest = address.get(scheme.len()..)?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host_is_good = host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    let port_is_good = port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'));
    (host_is_good && port_is_good).then_some(address.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(line: &str) -> Vec<&str> {
        pieces(line)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn an_address_is_found_without_the_marks_around_it() {
        for (line, found) in [
            ("https://example.org", "https://example.org"),
            ("see http://nas:8080/r/ABC234.", "http://nas:8080/r/ABC234"),
            ("(https://example.org/a?b=c#d)", "https://example.org/a?b=c#d"),
            (
                "https://en.wikipedia.org/wiki/Tutti_(music), yes!",
                "https://en.wikipedia.org/wiki/Tutti_(music)",
            ),
            ("“HTTPS://Example.org/x”…", "HTTPS://Example.org/x"),
            ("http://192.168.1.20:3000/", "http://192.168.1.20:3000/"),
            ("https://example.org/straße?", "https://example.org/straße"),
        ] {
            assert_eq!(links(line), [found], "{line}");
        }
        assert_eq!(links("http://a.b http://c.d"), ["http://a.b", "http://c.d"]);
    }

    #[test]
    fn what_is_not_plainly_a_web_address_stays_text() {
        for line in [
            "",
            "example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://",
            "https:///path",
            "http://?x",
            "xhttp://example.org",
            "https://bank.example@evil.example/",
            "https://bank.example:80@evil.example/",
            "https://exämple.org/",
            "https://-a.org",
            "https://a..b",
            "https://a.b:99999",
            "http://\u{202e}gro.elpmaxe",
        ] {
            assert_eq!(links(line), Vec::<&str>::new(), "{line}");
        }
    }

    #[test]
    fn an_address_ends_where_letters_begin_that_cannot_be_seen() {
        assert_eq!(links("https://example.org/a\u{202e}b"), ["https://example.org/a"]);
        assert_eq!(links("https://example.org/<script>"), ["https://example.org/"]);
    }

    proptest! {
        #[test]
        fn the_pieces_of_a_line_are_the_line(line in "(https?://|[a-z(). <>\"é\u{202e}:@/]){0,30}") {
            let whole: String = pieces(&line).into_iter().map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) => text,
            }).collect();
            prop_assert_eq!(whole, line);
        }
    }
}

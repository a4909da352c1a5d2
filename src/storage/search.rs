//! From what somebody types to what FTS5 understands, and from a place in a list to a cursor and back.

use super::error::StoreError;

/// Words of a search that are looked at; nobody types more, and each costs a walk through the index.
const SEARCH_WORDS: usize = 16;

/// A search as FTS5 takes it: every word must begin a word of the track. `None` when no word has a letter or
/// digit, which can be found nowhere.
///
/// Each word is a quoted string, in which FTS5 knows no operators; what looks like one in the text stays text.
pub(super) fn match_expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(SEARCH_WORDS)
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A place in the library's order: behind this track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The sort key of the last track of a page.
    pub(super) sort_key: String,
    /// Its id, which tells equal sort keys apart.
    pub(super) id: String,
}

/// Between the two parts of a cursor; in no id.
const SEPARATOR: char = '\0';

impl Place {
    /// The cursor: hexadecimal, so that it goes into an address as it is.
    pub(super) fn to_cursor(&self) -> String {
        use std::fmt::Write;
        let plain = format!("{}{SEPARATOR}{}", self.id, self.sort_key);
        plain.bytes().fold(String::with_capacity(plain.len() * 2), |mut cursor, byte| {
            write!(cursor, "{byte:02x}").expect("a String takes what is written");
            cursor
        })
    }

    /// The place that a cursor stands for.
    pub(super) fn from_cursor(cursor: &str) -> Result<Self, StoreError> {
        let bytes = cursor
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
                _ => None,
            })
            .collect::<Option<Vec<u8>>>()
            .ok_or(StoreError::BadCursor)?;
        let plain = String::from_utf8(bytes).map_err(|_| StoreError::BadCursor)?;
        let (id, sort_key) = plain.split_once(SEPARATOR).ok_or(StoreError::BadCursor)?;
        Ok(Self { sort_key: sort_key.to_owned(), id: id.to_owned() })
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_become_quoted_beginnings() {
        for (text, expression) in [
            ("blue", Some(r#""blue"*"#)),
            ("  kind  of\tblue ", Some(r#""kind"* "of"* "blue"*"#)),
            (r#"say "hi""#, Some(r#""say"* """hi"""*"#)),
            ("a OR b", Some(r#""a"* "OR"* "b"*"#)),
            ("nul\0byte", Some(r#""nul"* "byte"*"#)),
            ("title:x*", Some(r#""title:x*"*"#)),
            ("* - & \"", None),
            ("", None),
        ] {
            assert_eq!(match_expression(text).as_deref(), expression, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_place(sort_key in ".{0,40}", id in "[0-9a-f]{32}") {
            let place = Place { sort_key, id };
            prop_assert_eq!(Place::from_cursor(&place.to_cursor()).unwrap(), place);
        }

        #[test]
        fn no_text_makes_the_cursor_parser_panic(text in ".{0,40}") {
            let _ = Place::from_cursor(&text);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "0", "zz", "30", "3031", "ff00", "é0", "3000é", "3A00"] {
            assert!(matches!(Place::from_cursor(text), Err(StoreError::BadCursor)), "{text}");
        }
    }
}

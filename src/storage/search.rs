//! From what somebody types to what FTS5 understands, and from a place in a list to a cursor and back.

use super::error::StoreError;

/// Words of a search that are looked at; nobody types more, and each costs a walk through the index.
const SEARCH_WORDS: usize = 16;

/// A search as FTS5 takes it: every word must begin a word of the track. `None` when no word has a letter or
/// digit, which can be found nowhere.
pub(super) fn match_expression(text: &str) -> Option<String> {
    let words = words(text);
    (!words.is_empty()).then(|| all_of(&words))
}

/// The same in one column of the search index alone.
pub(super) fn match_column(column: &str, text: &str) -> Option<String> {
    let words = words(text);
    (!words.is_empty()).then(|| format!("{column} : ({})", all_of(&words)))
}

/// The same in the order in which people expect what they find: titles that begin with the text, then titles with
/// all its words, then the rest. No track is in two of them.
pub(super) fn match_tiers(text: &str) -> Option<[String; 3]> {
    let words = words(text);
    if words.is_empty() {
        return None;
    }
    let begins = format!("title : ^ {}*", quoted(&words.join(" ")));
    let in_title = format!("title : ({})", all_of(&words));
    let anywhere = format!("({})", all_of(&words));
    Some([begins.clone(), format!("({in_title}) NOT ({begins})"), format!("{anywhere} NOT ({in_title})")])
}

/// What of a text can be looked for.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(SEARCH_WORDS)
        .collect()
}

fn all_of(words: &[&str]) -> String {
    words.iter().map(|word| format!("{}*", quoted(word))).collect::<Vec<_>>().join(" ")
}

/// A quoted string, in which FTS5 knows no operators; what looks like one in the text stays text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A place in a list: behind this line of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Which tier of a search; 0 where there are none.
    pub(super) tier: usize,
    /// What the list is ordered by, of the last line of a page.
    pub(super) key: String,
    /// What tells equal keys apart: a track's id, an album's key.
    pub(super) id: String,
}

/// Between the parts of a cursor; in no id.
const SEPARATOR: char = '\0';

impl Place {
    /// The cursor: hexadecimal, so that it goes into an address as it is.
    pub(super) fn to_cursor(&self) -> String {
        use std::fmt::Write;
        let plain = format!("{}{SEPARATOR}{}{SEPARATOR}{}", self.tier, self.id, self.key);
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
        let (tier, rest) = plain.split_once(SEPARATOR).ok_or(StoreError::BadCursor)?;
        let tier = tier.parse().map_err(|_| StoreError::BadCursor)?;
        let (id, key) = rest.split_once(SEPARATOR).ok_or(StoreError::BadCursor)?;
        Ok(Self { tier, key: key.to_owned(), id: id.to_owned() })
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

    #[test]
    fn what_begins_a_title_is_told_from_what_is_in_it_and_from_the_rest() {
        let [begins, in_title, rest] = match_tiers(r#"big "b"#).unwrap();
        assert_eq!(begins, r#"title : ^ "big ""b"*"#);
        assert_eq!(in_title, format!(r#"(title : ("big"* """b"*)) NOT ({begins})"#));
        assert_eq!(rest, r#"("big"* """b"*) NOT (title : ("big"* """b"*))"#);
        assert_eq!(match_tiers("*"), None);
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_place(tier in 0..3usize, key in ".{0,40}", id in "[0-9a-f]{32}") {
            let place = Place { tier, key, id };
            prop_assert_eq!(Place::from_cursor(&place.to_cursor()).unwrap(), place);
        }

        #[test]
        fn no_text_makes_the_cursor_parser_panic(text in ".{0,40}") {
            let _ = Place::from_cursor(&text);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "0", "zz", "30", "3031", "00", "0000", "ff00", "é0", "300000é", "3A0000"] {
            assert!(matches!(Place::from_cursor(text), Err(StoreError::BadCursor)), "{text}");
        }
    }
}

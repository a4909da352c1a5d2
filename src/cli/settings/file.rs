//! The configuration file: TOML, flat, one key for each setting, `max_rooms` or `max-rooms`. What a value may be, the
//! flag of the same name says. Called by [`layers`](super::layers).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Command;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::definition::{Definition, Kind, definitions};

/// The file that is read when none is named, in the folder that the program is started in, if it is there.
pub(crate) const USUAL: &str = "tutti.toml";

/// What a file says.
pub(super) type Entries = BTreeMap<String, Entry>;

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it stands, from 1.
    pub(super) line: usize,
    /// What it says; empty for an empty list.
    pub(super) values: Vec<OsString>,
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum FileError {
    /// It is not there, or not ours to read.
    #[error("the configuration {} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is no TOML; the text has the line.
    #[error("the configuration {} is not TOML: {error}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        error: Box<toml::de::Error>,
    },
    /// A line that cannot be.
    #[error("{}, line {line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

/// Reads a file, every line of it checked.
///
/// # Errors
/// [`FileError`].
pub(super) fn read(path: &Path, command: &Command) -> Result<Entries, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| FileError::Unreadable { path: path.to_path_buf(), error })?;
    parse(&text, command).map_err(|error| match error {
        Wrong::Syntax(error) => FileError::Syntax { path: path.to_path_buf(), error: Box::new(error) },
        Wrong::Line(line, what) => FileError::Line { path: path.to_path_buf(), line, what },
    })
}

enum Wrong {
    Syntax(toml::de::Error),
    Line(usize, String),
}

fn parse(text: &str, command: &Command) -> Result<Entries, Wrong> {
    let table = DeTable::parse(text).map_err(Wrong::Syntax)?;
    let mut entries = Entries::new();
    for (key, value) in table.get_ref() {
        let line = 1 + text[..key.span().start].matches('\n').count();
        let wrong = |what| Wrong::Line(line, what);
        let name = key.get_ref().replace('-', "_");
        let setting = definitions(command)
            .find(|setting| setting.key() == name)
            .ok_or_else(|| wrong(unknown(&name, value.get_ref())))?;
        let values = values(setting, value).map_err(wrong)?;
        for value in &values {
            setting.check(value).map_err(wrong)?;
        }
        if let Some(other) = entries.insert(setting.key(), Entry { line, values }) {
            return Err(Wrong::Line(line.max(other.line), format!("`{name}` is said twice")));
        }
    }
    Ok(entries)
}

fn unknown(name: &str, value: &DeValue<'_>) -> String {
    if value.is_table() {
        format!("`[{name}]`: there are no sections, all keys stand at the top")
    } else {
        format!("there is no setting `{name}`; `tutti --print-config` shows all of them")
    }
}

fn values(setting: Definition<'_>, value: &Spanned<DeValue<'_>>) -> Result<Vec<OsString>, String> {
    match value.get_ref() {
        DeValue::Array(list) if setting.has_many() => {
            list.iter().map(|value| written(setting, value.get_ref())).collect()
        }
        one => Ok(vec![written(setting, one)?]),
    }
}

/// A value as it would be typed behind the flag.
fn written(setting: Definition<'_>, value: &DeValue<'_>) -> Result<OsString, String> {
    let text = match (setting.kind(), value) {
        (Kind::Switch, DeValue::Boolean(on)) => on.to_string(),
        (Kind::Number, DeValue::Integer(number)) if number.radix() == 10 => number.as_str().to_owned(),
        (Kind::Text, DeValue::String(text)) => text.clone().into_owned(),
        (kind, other) => {
            let wanted = match kind {
                Kind::Switch => "`true` or `false`",
                Kind::Number => "a whole number without quotes",
                Kind::Text if setting.has_many() => "text in quotes, or a list of such",
                Kind::Text => "text in quotes",
            };
            return Err(format!("`{}` is {wanted}, not {}", setting.key(), named(other)));
        }
    };
    Ok(text.into())
}

const fn named(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "such a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "a switch",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    fn said(text: &str) -> Result<Entries, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.toml");
        std::fs::write(&path, text).unwrap();
        let shown = format!("{}/", dir.path().display());
        read(&path, &Args::command()).map_err(|error| error.to_string().replace(&shown, ""))
    }

    #[test]
    fn a_file_says_settings_by_the_names_of_their_flags() {
        let text =
            "# mine\nmax-rooms = 1_000\nallow_links = true\n\nmusic_dir = ['/a', '/b']\nwatch = \"off\"\n";
        let entries = said(text).unwrap();
        let entry = |line, values: &[&str]| Entry { line, values: values.iter().map(Into::into).collect() };
        assert_eq!(entries["max_rooms"], entry(2, &["1000"]));
        assert_eq!(entries["allow_links"], entry(3, &["true"]));
        assert_eq!(entries["music_dir"], entry(5, &["/a", "/b"]));
        assert_eq!(entries["watch"], entry(6, &["off"]));
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line() {
        for (text, told) in [
            ("\nmax_roms = 3", "t.toml, line 2: there is no setting `max_roms`"),
            ("[limits]\nmax_rooms = 3", "t.toml, line 1: `[limits]`: there are no sections"),
            ("max_rooms = \"3\"", "line 1: `max_rooms` is a whole number without quotes, not text"),
            ("max_rooms = 3.5", "`max_rooms` is a whole number without quotes, not a fraction"),
            ("max_rooms = 0", "line 1: invalid value '0' for '--max-rooms <N>': 0 is not in 1..="),
            ("allow_links = \"yes\"", "`allow_links` is `true` or `false`, not text"),
            ("listen = 3000", "`listen` is text in quotes, not such a number"),
            ("\n\nlisten = \"everywhere\"", "line 3: invalid value 'everywhere' for '--listen <ADDR:PORT>'"),
            ("watch = \"sometimes\"", "[possible values: auto, poll, off]"),
            ("music_dir = [3]", "`music_dir` is text in quotes, or a list of such"),
            ("max_rooms = 3\nmax-rooms = 4", "line 2: `max_rooms` is said twice"),
            ("config = \"other.toml\"", "there is no setting `config`"),
            ("max_rooms 3", "the configuration t.toml is not TOML: TOML parse error at line 1"),
        ] {
            let error = said(text).unwrap_err();
            assert!(error.contains(told), "{text:?}: {error}");
        }
        let error = read(Path::new("/nowhere/t.toml"), &Args::command()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/t.toml cannot be read"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s).{0,120}") {
            let _ = parse(&text, &Args::command());
        }

        #[test]
        fn no_value_of_a_known_key_makes_the_reader_panic(
            key in proptest::sample::select(vec!["max_rooms", "listen", "music_dir", "admin_token", "watch", "lead_ms", "public_url", "trusted_proxies"]),
            value in "[-+0-9_.eExobinf\"'a-z:/\\[\\]{},= \n]{0,40}",
        ) {
            let _ = parse(&format!("{key} = {value}"), &Args::command());
        }
    }
}

//! `--print-config`: all that counts as TOML, with the origin of each value beside it. It can be fed back as a file;
//! secrets are not in it.

use std::ffi::OsStr;
use std::fmt;

use super::definition::Kind;
use super::layers::{Chosen, Effective, Origin};

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self
            .file
            .as_ref()
            .map_or("There is no file.".to_owned(), |file| format!("The file is {}.", file.display()));
        writeln!(f, "# What counts, and where it comes from. {file}")?;
        let mut heading = "";
        for chosen in &self.chosen {
            if chosen.heading != heading {
                heading = &chosen.heading;
                writeln!(f, "\n### {heading}")?;
            }
            writeln!(f, "\n# {}\n{}", chosen.meaning, Line(chosen))?;
        }
        Ok(())
    }
}

/// A setting, its value and its origin.
struct Line<'a>(&'a Chosen);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(chosen) = self;
        let key = &chosen.key;
        let value = |value: &OsStr| {
            let text = value.to_string_lossy();
            match chosen.kind {
                Kind::Text => toml::Value::String(text.into_owned()).to_string(),
                // What a variable says may be `on` or `yes`.
                Kind::Switch => {
                    matches!(&*text.to_lowercase(), "true" | "yes" | "on" | "y" | "t" | "1").to_string()
                }
                Kind::Number => text.trim_start_matches('+').to_owned(),
            }
        };
        let values: Vec<_> = chosen.values.iter().map(|one| value(one)).collect();
        match (&values[..], &chosen.origin) {
            (_, origin) if chosen.is_secret && *origin != Origin::Default => {
                write!(f, "# {key} is set and not shown  # {origin}")
            }
            ([], Origin::Default) => write!(f, "# {key} is not set"),
            (values, origin) if chosen.has_many => write!(f, "{key} = [{}]  # {origin}", values.join(", ")),
            (values, origin) => write!(f, "{key} = {}  # {origin}", values.concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::layers;
    use super::*;

    fn read(words: &[&str], variables: &[(&str, &str)], file: &str) -> (Effective, tempfile::TempDir) {
        let house = tempfile::tempdir().unwrap();
        let path = house.path().join("tutti.toml");
        std::fs::write(&path, file).unwrap();
        let words: Vec<OsString> = ["tutti"].iter().chain(words).map(Into::into).collect();
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
        (layers::read(&words, variable, &path).unwrap(), house)
    }

    #[test]
    fn what_is_printed_can_be_fed_back() {
        let words = ["--max-rooms=5", "--music-dir", "/a \"b\"", "--music-dir=/c", "--listen", "[::1]:80"];
        let variables = [("TUTTI_ALLOW_LINKS", "on"), ("TUTTI_LOG_FORMAT", "json")];
        let (first, _house) = read(&words, &variables, "max_queue = 9\ndata_dir = 'C:\\x'");
        let (again, _house) = read(&[], &[], &first.to_string());
        for (one, other) in first.chosen.iter().zip(&again.chosen) {
            if one.kind != Kind::Switch {
                assert_eq!(one.values, other.values, "{}", one.key);
            }
        }
        let config =
            |effective: Effective| format!("{:?}", effective.args.settings.into_config(None).unwrap());
        assert_eq!(config(first), config(again));
    }

    #[test]
    fn each_value_says_where_it_comes_from_and_a_secret_stays_one() {
        let variables = [("TUTTI_ADMIN_TOKEN", "swordfish"), ("TUTTI_MAX_QUEUE", "8")];
        let (effective, _house) = read(&["--max-rooms=5"], &variables, "\nmax_members = 7");
        let printed = effective.to_string();
        for line in [
            "max_rooms = 5  # --max-rooms",
            "max_queue = 8  # TUTTI_MAX_QUEUE",
            "max_members = 7  # file, line 2",
            "data_dir = \"./data\"  # default",
            "# admin_token is set and not shown  # TUTTI_ADMIN_TOKEN",
            "# ffmpeg is not set",
        ] {
            assert!(printed.lines().any(|known| known == line), "{line}\n{printed}");
        }
        assert!(!printed.contains("swordfish"));
        assert!(!format!("{effective:?}").contains("swordfish"));
    }
}

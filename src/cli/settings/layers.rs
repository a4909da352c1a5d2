//! Flags before variables before the file before the defaults: what of each setting counts, and where it comes from.
//! The weaker layers are made flags, so that all are parsed by the same hand. Called at the start of every command.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use thiserror::Error;

use super::definition::{Definition, Kind, definitions};
use super::file::{self, Entries, FileError};
use crate::cli::args::Args;

/// The variable that names the file.
const FILE_VARIABLE: &str = "TUTTI_CONFIG";

/// What counts.
#[derive(Debug)]
pub(crate) struct Effective {
    /// The command and its settings.
    pub(crate) args: Args,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// Each setting with its origin, to be shown.
    pub(super) chosen: Vec<Chosen>,
}

/// A setting that is decided.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) key: String,
    pub(super) heading: String,
    pub(super) meaning: String,
    pub(super) kind: Kind,
    pub(super) has_many: bool,
    pub(super) is_secret: bool,
    pub(super) values: Vec<OsString>,
    pub(super) origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A flag of this name.
    Flag(String),
    /// The variable of this name.
    Variable(String),
    /// This line of the file.
    File(usize),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Variable(name) => f.write_str(name),
            Self::File(line) => write!(f, "file, line {line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Why nothing is done.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    /// A flag is wrong, or the help is wanted: clap says it, and how the process ends.
    #[error(transparent)]
    Usage(#[from] clap::Error),
    /// A variable cannot be what it is.
    #[error("{variable}: {what}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong with its value.
        what: String,
    },
    /// The file is wrong.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Reads all layers. `words`: the command line, with the program's name; `variable`: the environment; `usual`: where
/// the file is looked for that nobody names.
///
/// # Errors
/// [`Refused`], for the first thing that is wrong.
pub(crate) fn read(
    words: &[OsString],
    variable: impl Fn(&str) -> Option<OsString>,
    usual: &Path,
) -> Result<Effective, Refused> {
    let command = Args::command();
    let flags = command.clone().try_get_matches_from(words)?;
    // An empty variable is one that a compose file names and nobody has set.
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());

    let named = flags.get_one::<PathBuf>("config").cloned();
    let file = named
        .or_else(|| variable(FILE_VARIABLE).map(PathBuf::from))
        .or_else(|| usual.is_file().then(|| usual.to_path_buf()));
    let entries = match &file {
        Some(path) => file::read(path, &command)?,
        None => Entries::new(),
    };

    let mut all = words[..words.len().min(1)].to_vec();
    let mut origins = Vec::new();
    for setting in definitions(&command) {
        let (origin, values) = weaker(setting, &flags, &variable, &entries)?;
        all.extend(values.iter().map(|value| setting.typed(value)));
        origins.push(origin);
    }
    all.extend(words.iter().skip(1).cloned());
    let matches = command.clone().try_get_matches_from(&all)?;
    let chosen = definitions(&command)
        .zip(origins)
        .map(|(setting, origin)| Chosen {
            key: setting.key(),
            heading: setting.heading().to_owned(),
            meaning: setting.meaning(),
            kind: setting.kind(),
            has_many: setting.has_many(),
            is_secret: setting.is_secret(),
            values: raw(&matches, setting),
            origin,
        })
        .collect();
    Ok(Effective { args: Args::from_arg_matches(&matches)?, file, chosen })
}

/// What a setting is where no flag says it.
fn weaker(
    setting: Definition<'_>,
    flags: &ArgMatches,
    variable: &impl Fn(&str) -> Option<OsString>,
    entries: &Entries,
) -> Result<(Origin, Vec<OsString>), Refused> {
    if flags.value_source(setting.id()) == Some(ValueSource::CommandLine) {
        return Ok((Origin::Flag(setting.flag().to_owned()), Vec::new()));
    }
    for name in setting.variables() {
        let Some(value) = variable(&name) else { continue };
        setting.check(&value).map_err(|what| Refused::Variable { variable: name.clone(), what })?;
        return Ok((Origin::Variable(name), vec![value]));
    }
    Ok(entries
        .get(&setting.key())
        .map_or((Origin::Default, Vec::new()), |entry| (Origin::File(entry.line), entry.values.clone())))
}

fn raw(matches: &ArgMatches, setting: Definition<'_>) -> Vec<OsString> {
    // What must not be shown is not even kept.
    let values = matches.get_raw(setting.id()).filter(|_| !setting.is_secret());
    values.map(|values| values.map(OsStr::to_os_string).collect()).unwrap_or_default()
}

/// The flags, without anything that this machine says.
#[cfg(test)]
pub(super) fn command() -> clap::Command {
    Args::command()
}

#[cfg(test)]
mod tests {
    use super::super::definition::Kind;
    use super::*;

    struct House(tempfile::TempDir);

    impl House {
        fn new(file: &str) -> Self {
            let house = tempfile::tempdir().unwrap();
            std::fs::write(house.path().join("tutti.toml"), file).unwrap();
            Self(house)
        }

        fn read(&self, words: &str, variables: &[(&str, &str)]) -> Result<Effective, Refused> {
            let words: Vec<_> =
                ["tutti"].into_iter().chain(words.split_whitespace()).map(Into::into).collect();
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
            };
            read(&words, variable, &self.0.path().join("tutti.toml"))
        }
    }

    fn shown(effective: &Effective, key: &str) -> (String, String) {
        let chosen = effective.chosen.iter().find(|chosen| chosen.key == key).unwrap();
        let values: Vec<_> = chosen.values.iter().map(|value| value.to_string_lossy()).collect();
        (values.join(" "), chosen.origin.to_string())
    }

    #[test]
    fn a_flag_goes_before_a_variable_and_a_variable_before_the_file() {
        let house = House::new("\nmax_rooms = 3\n");
        let variables = [("TUTTI_MAX_ROOMS", "4")];
        for (words, variables, value, origin) in [
            ("--max-rooms 5", &variables[..], "5", "--max-rooms"),
            ("serve --max-rooms=5", &variables, "5", "--max-rooms"),
            ("serve", &variables, "4", "TUTTI_MAX_ROOMS"),
            ("", &[("TUTTI_MAX_ROOMS", "")], "3", "file, line 2"),
            ("scan", &[], "3", "file, line 2"),
        ] {
            let effective = house.read(words, variables).unwrap();
            assert_eq!(shown(&effective, "max_rooms"), (value.to_owned(), origin.to_owned()), "{words}");
            assert_eq!(shown(&effective, "max_queue").1, "default");
        }
    }

    #[test]
    fn a_switch_that_is_on_below_can_be_turned_off_above() {
        let house = House::new("allow_links = true");
        let on = |words, variables: &[_]| {
            house.read(words, variables).unwrap().args.settings.into_config(None).unwrap().allow_links
        };
        assert!(on("", &[]) && on("--allow-links", &[("TUTTI_ALLOW_LINKS", "off")]));
        assert!(!on("--allow-links=false", &[]) && !on("", &[("TUTTI_ALLOW_LINKS", "off")]));
    }

    #[test]
    fn a_list_of_a_stronger_layer_takes_the_place_of_the_weaker_one() {
        let house = House::new("music_dir = ['/a', '/b']");
        let dirs = |words, variables: &[_]| shown(&house.read(words, variables).unwrap(), "music_dir").0;
        assert_eq!(dirs("", &[]), "/a /b");
        assert_eq!(dirs("", &[("TUTTI_MUSIC_DIR", "/c:/d")]), "/c /d");
        assert_eq!(dirs("--music-dir /e", &[("TUTTI_MUSIC_DIR", "/c:/d")]), "/e");
    }

    #[test]
    fn another_file_can_be_named() {
        let house = House::new("max_rooms = 3");
        let other = House::new("max_rooms = 7");
        let path = other.0.path().join("tutti.toml");
        let path = path.to_str().unwrap();
        let rooms =
            |words: &str, variables: &[_]| shown(&house.read(words, variables).unwrap(), "max_rooms").0;
        assert_eq!(rooms(&format!("--config {path}"), &[("TUTTI_CONFIG", "/nowhere")]), "7");
        assert_eq!(rooms("", &[("TUTTI_CONFIG", path)]), "7");
        assert!(matches!(house.read("", &[("TUTTI_CONFIG", "/nowhere")]), Err(Refused::File(_))));
    }

    #[test]
    fn a_wrong_variable_is_told_by_its_name() {
        let house = House::new("");
        let error = house.read("", &[("TUTTI_MAX_ROOMS", "many")]).unwrap_err().to_string();
        assert!(error.starts_with("TUTTI_MAX_ROOMS: invalid value 'many'"), "{error}");
        assert!(matches!(house.read("--max-rooms many", &[]), Err(Refused::Usage(_))));
    }

    #[test]
    fn variables_of_other_programs_count_after_ours() {
        let house = House::new("");
        let url = |variables: &[_]| shown(&house.read("", variables).unwrap(), "database_url").0;
        assert_eq!(url(&[("DATABASE_URL", "sqlite:a")]), "sqlite:a");
        assert_eq!(url(&[("DATABASE_URL", "sqlite:a"), ("TUTTI_DATABASE_URL", "sqlite:b")]), "sqlite:b");
    }

    #[test]
    fn every_setting_is_a_flag_a_variable_and_a_key() {
        let command = command();
        assert!(definitions(&command).count() > 20);
        for setting in definitions(&command) {
            let value = sample(setting);
            let told = if setting.is_secret() { String::new() } else { value.clone() };
            let (variable, key) = (setting.variable(), setting.key());
            let written = match setting.kind() {
                Kind::Text => format!("{key} = '{value}'"),
                Kind::Switch | Kind::Number => format!("{key} = {value}"),
            };
            let house = House::new("");
            let flag = house.read(&format!("--{}={value}", setting.flag()), &[]).unwrap();
            let by_variable = house.read("", &[(&variable, &value)]).unwrap();
            let by_key = House::new(&written).read("", &[]).unwrap();
            assert_eq!(shown(&flag, &key), (told.clone(), format!("--{}", setting.flag())));
            assert_eq!(shown(&by_variable, &key), (told.clone(), variable));
            assert_eq!(shown(&by_key, &key), (told, "file, line 1".to_owned()));
        }
    }

    /// Something that this setting may be.
    fn sample(setting: Definition<'_>) -> String {
        let tried = setting.names().into_iter().chain(
            ["true", "1", "10", "100", "127.0.0.1:80", "10.0.0.0/8", "https://music.example", "sqlite:a"]
                .map(str::to_owned),
        );
        let takes = |value: &String| setting.check(OsStr::new(value)).is_ok();
        tried.into_iter().find(takes).unwrap_or_else(|| panic!("what may {} be?", setting.flag()))
    }
}

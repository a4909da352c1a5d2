//! One setting, as its flag defines it: the same name is the variable `TUTTI_…` and the key of the file, so none of
//! the three can know something that the others do not. Called by [`layers`](super::layers) and
//! [`file`](super::file).

use std::any::TypeId;
use std::ffi::OsStr;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};

/// Flags that choose a file or an action, and are no settings.
const NO_SETTINGS: [&str; 4] = ["config", "print_config", "help", "version"];

/// Never shown.
const SECRETS: [&str; 1] = ["admin_token"];

/// Variables of other programs that count as well, after our own.
const ALSO: [(&str, &str); 3] =
    [("listen", "LEPTOS_SITE_ADDR"), ("site_root", "LEPTOS_SITE_ROOT"), ("database_url", "DATABASE_URL")];

/// How a value is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `true` or `false`.
    Switch,
    /// Digits.
    Number,
    /// Text in quotes.
    Text,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition<'a>(&'a Arg);

/// The settings in their order.
pub(super) fn definitions(command: &Command) -> impl Iterator<Item = Definition<'_>> {
    command
        .get_arguments()
        .filter(|arg| arg.get_long().is_some() && !NO_SETTINGS.contains(&arg.get_id().as_str()))
        .map(Definition)
}

impl<'a> Definition<'a> {
    /// By which clap knows it.
    pub(super) fn id(self) -> &'a str {
        self.0.get_id().as_str()
    }

    /// What stands behind `--`.
    pub(super) fn flag(self) -> &'a str {
        self.0.get_long().unwrap_or_default()
    }

    /// Its key in the file.
    pub(super) fn key(self) -> String {
        self.flag().replace('-', "_")
    }

    /// Its variable.
    pub(super) fn variable(self) -> String {
        format!("TUTTI_{}", self.key().to_ascii_uppercase())
    }

    /// The variables that set it, the strongest first.
    pub(super) fn variables(self) -> impl Iterator<Item = String> {
        let key = self.key();
        let also = ALSO.iter().filter(move |(of, _)| *of == key).map(|(_, name)| (*name).to_owned());
        std::iter::once(self.variable()).chain(also)
    }

    /// Whether it must not be shown.
    pub(super) fn is_secret(self) -> bool {
        SECRETS.contains(&self.id())
    }

    /// Whether it has several values.
    pub(super) fn has_many(self) -> bool {
        matches!(self.0.get_action(), ArgAction::Append)
    }

    /// How its values are written.
    pub(super) fn kind(self) -> Kind {
        let parsed = self.0.get_value_parser();
        let is = |types: &[TypeId]| types.iter().any(|wanted| ValueParser::type_id(parsed) == *wanted);
        if is(&[TypeId::of::<bool>()]) {
            Kind::Switch
        } else if is(&[TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<i64>()]) {
            Kind::Number
        } else {
            Kind::Text
        }
    }

    /// What it is about, by the heading of the help.
    pub(super) fn heading(self) -> &'a str {
        self.0.get_help_heading().unwrap_or("Other")
    }

    /// What it means, in one line.
    pub(super) fn meaning(self) -> String {
        self.0.get_help().map(ToString::to_string).unwrap_or_default()
    }

    /// What it is when nobody says anything, if it is anything.
    #[cfg(test)]
    pub(super) fn default(self) -> Vec<String> {
        self.0.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect()
    }

    /// The names that it may be, if it is one of some.
    #[cfg(test)]
    pub(super) fn names(self) -> Vec<String> {
        if self.kind() == Kind::Switch {
            return Vec::new();
        }
        self.0.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    }

    /// The flag as it would be typed.
    pub(super) fn typed(self, value: &OsStr) -> std::ffi::OsString {
        let mut word = std::ffi::OsString::from(format!("--{}=", self.flag()));
        word.push(value);
        word
    }

    /// Whether a flag would take this value; if not, why.
    ///
    /// # Errors
    /// What clap says of it, in one line.
    pub(super) fn check(self, value: &OsStr) -> Result<(), String> {
        let alone = Command::new("tutti").no_binary_name(true).arg(self.0.clone().global(false));
        let Err(error) = alone.try_get_matches_from([self.typed(value)]) else {
            return Ok(());
        };
        let said = error.to_string();
        let lines = said.lines().map(str::trim);
        let told: Vec<_> =
            lines.take_while(|line| !line.starts_with("For more")).filter(|line| !line.is_empty()).collect();
        let told = told.join(" ");
        Err(told.strip_prefix("error: ").unwrap_or(&told).to_owned())
    }
}

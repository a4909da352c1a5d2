//! `tutti COMMAND --help`: what the command itself takes, with examples. The settings of the server, which every command
//! knows, are told once, by `tutti --help`: below each command they would bury what is its own.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::builder::StyledStr;

use super::args::Args;

/// Below the help of a command that goes by the server's settings.
const SETTINGS: &str = "\
It goes by the settings of the server (--data-dir, --config, …), which `tutti --help` lists.";

/// Commands that need none.
const WITHOUT_SETTINGS: [&str; 4] = ["load", "completions", "simulate", "help"];

/// The help of the command that these words name; `None`: they name none, and the help is that of the whole.
pub(super) fn of_command(words: &[OsString]) -> Option<StyledStr> {
    // Not built together with the whole, a command has only what is its own.
    let whole = Args::command();
    let name = words.iter().skip(1).find_map(|word| {
        let word = word.to_str().filter(|word| *word != "help")?;
        whole.find_subcommand(word).map(|_| word)
    })?;
    let mut command = whole.find_subcommand(name)?.clone().bin_name(format!("tutti {name}"));
    if !WITHOUT_SETTINGS.contains(&name) {
        let below = match command.get_after_help() {
            Some(examples) => format!("{examples}\n\n{SETTINGS}"),
            None => SETTINGS.to_owned(),
        };
        command = command.after_help(below);
    }
    Some(command.render_help())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(words: &str) -> Option<String> {
        let words: Vec<_> = words.split(' ').map(OsString::from).collect();
        of_command(&words).map(|help| help.to_string())
    }

    #[test]
    fn the_help_of_each_command_is_short_and_its_own() {
        for command in Args::command().get_subcommands() {
            let name = command.get_name();
            let help = help(&format!("tutti {name} --help")).unwrap();
            assert!(help.contains(&format!("Usage: tutti {name}")), "{help}");
            assert!(!help.contains("--max-queue"), "{help}");
            assert!(help.lines().count() <= 45, "{name}: {help}");
            // What may be chosen is listed by clap, in one line.
            let mut lines = help.lines().filter(|line| !line.contains("[possible values"));
            assert!(lines.all(|line| line.chars().count() <= 125), "{name}: {help}");
        }
    }

    #[test]
    fn the_commands_of_an_operator_have_examples() {
        for name in ["doctor", "backup", "restore", "load", "completions"] {
            let help = help(&format!("tutti {name} -h")).unwrap();
            assert!(help.contains("Examples:\n  tutti"), "{help}");
        }
        assert!(help("tutti backup --help").unwrap().contains("settings of the server"));
        assert!(!help("tutti load --help").unwrap().contains("settings of the server"));
        assert_eq!(help("tutti help backup"), help("tutti backup --help"));
    }

    #[test]
    fn the_help_of_the_whole_is_left_to_clap() {
        assert_eq!(help("tutti --help"), None);
        assert_eq!(help("tutti help"), None);
    }
}

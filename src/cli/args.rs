//! The commands and their flags. What a server is set to stands in [`settings`](super::settings).

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};

use super::backup::BackupArgs;
use super::completions::CompletionsArgs;
use super::doctor::DoctorArgs;
use super::load::LoadArgs;
use super::restore::RestoreArgs;
use super::settings::Settings;
use crate::sim::network::Link;
use crate::sync::engine::Engine;

/// How the settings hang together; below the flags.
const BELOW: &str = "Every setting --some-name is also the variable TUTTI_SOME_NAME and the key some_name of a TOML \
file. A flag goes before a variable, a variable before the file.";

/// Everyone in the room hears the same music at the same instant.
#[derive(Debug, Parser)]
#[command(version, about, after_help = BELOW)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// A TOML file with settings, or `TUTTI_CONFIG`. [default: `tutti.toml` in this folder, if it is there]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print all settings with what they are and where that comes from, and end.
    #[arg(long, global = true)]
    pub(super) print_config: bool,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// How the log is written: lines for people, or one JSON object a line.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, global = true, help_heading = "Log")]
    pub(super) log_format: LogFormat,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// Serve (what happens without a command).
    Serve,
    /// Scan the music folders, print what was found, and end.
    Scan,
    /// Look at everything that a server needs, and say what to do where something is wrong.
    Doctor(DoctorArgs),
    /// Copy everything that cannot be made again into a new folder, while the server goes on.
    Backup(BackupArgs),
    /// Make a data folder of a backup.
    Restore(RestoreArgs),
    /// Play thousands of listeners against a server of yours, and print how long it takes to tell them all.
    Load(LoadArgs),
    /// Print what a shell needs to complete commands and flags.
    Completions(CompletionsArgs),
    /// Run a room with simulated clocks, networks and players; print, and draw, what its listeners would hear.
    Simulate(Simulation),
}

/// What to simulate.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Simulation {
    /// The listeners' network; several, separated by commas, are had in turn.
    #[arg(
        long = "profile",
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "wifi",
        value_parser = PossibleValuesParser::new(Link::NAMED.map(|(name, _)| name))
    )]
    pub(super) profiles: Vec<String>,
    /// The listeners' browsers; several, separated by commas, are had in turn.
    #[arg(
        long = "engine",
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "chromium",
        value_parser = PossibleValuesParser::new(ENGINES.map(|(name, _)| name))
    )]
    pub(super) engines: Vec<String>,
    /// How many listen.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=200))]
    pub(super) listeners: u16,
    /// How long they listen before anybody does anything.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1_440))]
    pub(super) minutes: u16,
    /// What everything follows from: the same seed gives the same evening.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(super) seed: u64,
    /// Where the drawing goes. [default: `simulate-PROFILE-SEED.svg` in this folder]
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
}

/// The engines by the names that people type.
pub(super) const ENGINES: [(&str, Engine); 4] = [
    ("chromium", Engine::Chromium),
    ("firefox", Engine::Gecko),
    ("webkit", Engine::WebKit),
    ("unknown", Engine::Unknown),
];

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Config;
    use std::net::SocketAddr;

    fn config(words: &[&str]) -> Config {
        let args = Args::try_parse_from([&["tutti"], words].concat()).unwrap();
        args.settings.into_config(None).unwrap()
    }

    #[test]
    fn the_flags_are_sound() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn alone_it_serves_on_this_machine_only() {
        let args = Args::try_parse_from(["tutti"]).unwrap();
        assert!(args.command.is_none());
        let config = args.settings.into_config(None).unwrap();
        assert!(config.listen.ip().is_loopback());
        assert!(config.music_dirs.is_empty());
    }

    #[test]
    fn flags_stand_before_or_behind_the_command() {
        for words in [
            &["serve", "--listen", "0.0.0.0:80"][..],
            &["--listen", "0.0.0.0:80", "serve"],
            &["--listen", "0.0.0.0:80"],
        ] {
            assert_eq!(config(words).listen, SocketAddr::from(([0, 0, 0, 0], 80)));
        }
    }

    fn simulation(words: &[&str]) -> Result<Simulation, String> {
        let args =
            Args::try_parse_from([&["tutti", "simulate"], words].concat()).map_err(|e| e.to_string())?;
        match args.command {
            Some(Command::Simulate(simulation)) => Ok(simulation),
            other => panic!("not {other:?}"),
        }
    }

    #[test]
    fn a_simulation_is_told_what_to_simulate() {
        let words = "--profile wifi,4g --listeners 3 --minutes 5 --seed 9 --engine firefox --svg x.svg";
        let simulation = simulation(&words.split(' ').collect::<Vec<_>>()).unwrap();
        assert_eq!(simulation.profiles, ["wifi", "4g"]);
        assert_eq!((simulation.listeners, simulation.minutes, simulation.seed), (3, 5, 9));
        assert_eq!(simulation.engines, ["firefox"]);
        assert_eq!(simulation.svg, Some(PathBuf::from("x.svg")));
    }

    #[test]
    fn a_wrong_flag_of_a_simulation_is_told_what_would_be_right() {
        for (words, told) in [
            (["--profile", "dsl"], "bufferbloat"),
            (["--engine", "netscape"], "webkit"),
            (["--listeners", "1"], "2..=200"),
            (["--minutes", "0"], "1..=1440"),
            (["--seed", "seven"], "--seed"),
        ] {
            let error = simulation(&words).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}

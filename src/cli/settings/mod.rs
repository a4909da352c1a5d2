//! What an operator decides. The flags are the one definition: each is also a variable and a key of a file
//! ([`layers`]), is printed ([`mod@print`]) and stands in the table of the manual (the tests hold that).
//!
//! - [`network`]: where it listens, and what stands before it
//! - [`storage`]: where things are kept
//! - [`music`]: where the music is, and what may be added
//! - [`limits`]: how much of everything
//! - [`protocol`]: how far ahead rooms schedule, how long sockets may be silent

mod definition;
pub(super) mod file;
pub(super) mod layers;
mod limits;
mod music;
mod network;
mod print;
mod protocol;
mod storage;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::server::Config;

/// Attributes of a switch: `--it` turns it on, `--it=false` off, whatever the weaker layers say.
macro_rules! switch_parser {
    () => {
        clap::builder::BoolishValueParser::new()
    };
}
use switch_parser;

/// The settings of a server, all with their defaults.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[command(flatten, next_help_heading = "Network")]
    network: network::Network,
    #[command(flatten, next_help_heading = "Storage")]
    storage: storage::Storage,
    #[command(flatten, next_help_heading = "Music")]
    music: music::Music,
    #[command(flatten, next_help_heading = "Limits")]
    limits: limits::Limits,
    #[command(flatten, next_help_heading = "Protocol")]
    protocol: protocol::Protocol,
}

impl Settings {
    /// The configuration; `program` is where this executable lies.
    ///
    /// # Errors
    /// When two settings contradict each other, or a file that one names cannot be read.
    pub(crate) fn into_config(self, program: Option<&Path>) -> Result<Config> {
        let site_root = self.storage.site_root.clone().unwrap_or_else(|| site_root(program));
        let mut config = Config::new(self.storage.data_dir.clone(), site_root);
        // `cargo leptos` writes it there exactly when names have hashes, and leptos reads it there.
        config.hash_files =
            program.and_then(Path::parent).is_some_and(|folder| folder.join("hash.txt").is_file());
        self.network.configure(&mut config)?;
        self.storage.configure(&mut config)?;
        self.music.configure(&mut config);
        self.limits.configure(&mut config);
        self.protocol.configure(&mut config)?;
        Ok(config)
    }
}

/// `target/release/tutti` finds `target/site`; otherwise a build in the current folder.
fn site_root(program: Option<&Path>) -> PathBuf {
    program
        .and_then(|program| Some(program.parent()?.parent()?.join("site")))
        .filter(|site| site.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

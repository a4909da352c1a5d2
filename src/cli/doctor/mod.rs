//! `tutti doctor`: looks at everything that a server needs, says in plain words what it found, and what to do about
//! it. It changes nothing, and may run beside the server.

mod door;
pub(crate) mod finding;
mod folders;
mod machine;
mod parts;
mod proxies;
mod public;

use std::path::Path;

use anyhow::{Result, bail};

use self::finding::{Diagnosis, Level};
use crate::server::Config;

/// How to look, and what else to look at.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tutti doctor --data-dir /var/lib/tutti --music-dir /srv/music
  tutti doctor --url https://music.example     looks at the reverse proxy, too, from outside
  tutti doctor --json | jq '.findings[] | select(.level != \"good\")'

Give it the flags, variables or configuration file of the server, and run it as the user that the server runs as. It
ends with 0 when nothing is broken, and with 1 otherwise; what could only be better does not count.")]
pub(crate) struct DoctorArgs {
    /// The address that people use; else the one that --public-url names.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Looks, prints, and fails when something is broken.
pub(super) async fn run(config: Config, args: DoctorArgs, program: Option<&Path>) -> Result<()> {
    let url = args.url.clone().or_else(|| config.public_url.as_ref().map(ToString::to_string));
    let diagnosis = diagnose(&config, url.as_deref(), program).await;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&diagnosis)?);
    } else {
        println!("{diagnosis}");
    }
    match diagnosis.count(Level::Broken) {
        0 => Ok(()),
        1 => bail!("the server will not run as it should: 1 thing is broken"),
        broken => bail!("the server will not run as it should: {broken} things are broken"),
    }
}

/// Looks at everything; `program` is where this executable lies.
pub(crate) async fn diagnose(config: &Config, url: Option<&str>, program: Option<&Path>) -> Diagnosis {
    let hashes = program.and_then(Path::parent).map(|folder| folder.join("hash.txt"));
    let hashes = hashes.filter(|file| file.is_file());
    let mut findings = machine::user();
    findings.extend(folders::data(config));
    findings.extend(parts::database(config).await);
    findings.extend(folders::music(config));
    findings.push(parts::encoder(config).await);
    findings.push(parts::site(config, hashes.as_deref()));
    findings.extend(door::port(config).await);
    findings.extend(proxies::trusted(config, url));
    if let Some(url) = url {
        findings.extend(public::address(url).await);
    }
    findings.extend(machine::sockets(config));
    findings.extend(machine::memory(config));
    findings.extend(machine::clock().await);
    Diagnosis::of(findings)
}

//! What the server is made of besides its own program: the encoder, the site for browsers, the database.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use super::super::backup::copying::size;
use super::finding::Finding;
use crate::server::Config;
use crate::server::data_lock::DataLock;
use crate::storage::{DatabaseFile, newest_schema};

const ENCODER: &str = "Encoder";
const SITE: &str = "Site";
const DATABASE: &str = "Database";

/// How long ffmpeg may take to say what it can do.
const ASK_WITHIN: Duration = Duration::from_secs(10);

/// What has to be read that no browser plays everywhere (manual/operations.md), by ffmpeg's names.
const DECODERS: [&str; 6] = ["opus", "vorbis", "alac", "ape", "wavpack", "mpc7"];

/// The site's files beside the scripts and styles.
const SITE_FILES: [&str; 3] = ["manifest.webmanifest", "favicon.svg", "icon-512.png"];

/// ffmpeg.
pub(super) async fn encoder(config: &Config) -> Finding {
    let Some(encoder) = config.encoder() else {
        return match &config.ffmpeg {
            Some(named) => Finding::broken(
                ENCODER,
                format!("{} is not there", named.display()),
                "name the ffmpeg that is there, or leave --ffmpeg away",
            ),
            None => Finding::warning(
                ENCODER,
                "there is no ffmpeg: Opus and ALAC do not play in every browser, WavPack and its like in none",
                "install it (Debian: apt install ffmpeg), or name it with --ffmpeg",
            ),
        };
    };
    let program = encoder.program();
    let Some(version) = said_by(program, &["-version"]).await else {
        return Finding::broken(
            ENCODER,
            format!("{} does not run", program.display()),
            "install ffmpeg anew, or name another with --ffmpeg",
        );
    };
    let version = version.lines().next().unwrap_or_default().split(" Copyright").next().unwrap_or_default();
    let has = |list: &str, name: &str| list.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
    let encoders = said_by(program, &["-hide_banner", "-encoders"]).await.unwrap_or_default();
    if !has(&encoders, "aac") {
        return Finding::broken(
            ENCODER,
            format!("{version} at {} cannot encode AAC", program.display()),
            "install an ffmpeg with its own AAC encoder, as distributions have it",
        );
    }
    let decoders = said_by(program, &["-hide_banner", "-decoders"]).await.unwrap_or_default();
    let missing: Vec<_> = DECODERS.into_iter().filter(|name| !has(&decoders, name)).collect();
    if missing.is_empty() {
        Finding::good(ENCODER, format!("{version} at {}", program.display()))
    } else {
        Finding::warning(
            ENCODER,
            format!("{version} at {} cannot read {}", program.display(), missing.join(", ")),
            "such files are not converted; install a whole ffmpeg",
        )
    }
}

/// What a program prints; `None` when it does not run, fails, or takes too long.
async fn said_by(program: &Path, words: &[&str]) -> Option<String> {
    let running =
        Command::new(program).args(words).stdin(std::process::Stdio::null()).kill_on_drop(true).output();
    let said = tokio::time::timeout(ASK_WITHIN, running).await.ok()?.ok()?;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// What was built for browsers; `hashes` is the file that says which hashes are in its names.
pub(super) fn site(config: &Config, hashes: Option<&Path>) -> Finding {
    let root = &config.site_root;
    let build = "make build; or keep `site` beside the folder of the program; or name it with --site-root";
    if !root.is_dir() {
        return Finding::broken(
            SITE,
            format!("{} is not there: browsers get no page that works", root.display()),
            build,
        );
    }
    let hash_of = |kind: &str| -> Option<String> {
        let text = std::fs::read_to_string(hashes?).ok()?;
        text.lines()
            .find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'))
            .map(|hash| hash.trim().to_owned())
    };
    let mut missing = Vec::new();
    let mut unpressed = Vec::new();
    for kind in ["js", "wasm", "css"] {
        let name = match hash_of(kind) {
            Some(hash) => format!("pkg/tutti.{hash}.{kind}"),
            None => format!("pkg/tutti.{kind}"),
        };
        if !root.join(&name).is_file() {
            missing.push(name);
        } else if !root.join(format!("{name}.br")).is_file() {
            unpressed.push(name);
        }
    }
    missing
        .extend(SITE_FILES.iter().filter(|name| !root.join(name).is_file()).map(|name| (*name).to_owned()));
    if !missing.is_empty() {
        let hint = match hashes {
            Some(_) => build.to_owned(),
            None => format!("keep hash.txt of the same build beside the program; {build}"),
        };
        return Finding::broken(SITE, format!("{} lacks {}", root.display(), missing.join(", ")), hint);
    }
    if !unpressed.is_empty() {
        return Finding::warning(
            SITE,
            format!("{} is complete, but {} is not compressed", root.display(), unpressed.join(", ")),
            "make build compresses it; until then it is done for every visit",
        );
    }
    Finding::good(SITE, format!("{} is complete", root.display()))
}

/// The database.
pub(super) async fn database(config: &Config) -> Vec<Finding> {
    let location = config.database();
    let running = if DataLock::is_held(&config.data_dir) { "; a server has it open" } else { "" };
    let mut file = match DatabaseFile::open(&location).await {
        Ok(file) => file,
        Err(_) if config.database_url.is_none() && !config.data_dir.join("tutti.db").exists() => {
            return vec![Finding::good(DATABASE, "there is none yet; the server makes it when it starts")];
        }
        Err(error) => return vec![unreadable(&location, &error)],
    };
    let newest = newest_schema();
    let mut findings = Vec::new();
    match file.schema().await {
        Err(error) => return vec![unreadable(&location, &error)],
        Ok(None) => {
            return vec![Finding::broken(
                DATABASE,
                format!("{location} is no database of Tutti"),
                "name the right one (--data-dir, --database-url), or move this one away",
            )];
        }
        Ok(Some(schema)) if schema > newest => findings.push(Finding::broken(
            DATABASE,
            format!("{location} was written by a newer Tutti (schema {schema}, this one knows {newest})"),
            "run that version or a later one, or restore a backup of before",
        )),
        Ok(Some(schema)) if schema < newest => findings.push(Finding::good(
            DATABASE,
            format!("it is of schema {schema}, and the next start of the server brings it to {newest}"),
        )),
        Ok(Some(_)) => {}
    }
    findings.push(match file.faults(false).await.as_deref() {
        Ok([]) => {
            let bytes = file.bytes().await.unwrap_or_default();
            let (rooms, tracks) = file.counts().await.unwrap_or_default();
            Finding::good(
                DATABASE,
                format!("{location} is whole: {rooms} rooms, {tracks} tracks, {}{running}", size(bytes)),
            )
        }
        Ok([fault, ..]) => Finding::broken(
            DATABASE,
            format!("{location} is damaged: {fault}"),
            "stop the server and restore a backup (tutti restore --force); look at the disk, too",
        ),
        Err(error) => unreadable(&location, error),
    });
    findings
}

fn unreadable(location: &str, error: &dyn std::error::Error) -> Finding {
    Finding::broken(
        DATABASE,
        format!("{location} cannot be read: {error}"),
        "let the user of the server own it; if it is no database any more, restore a backup",
    )
}

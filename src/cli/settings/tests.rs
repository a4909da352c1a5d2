//! What the settings make of a configuration, that they do what their help says, and that the manual knows them all.

use std::ffi::OsStr;

use super::definition::{Definition, Kind, definitions};
use super::*;
use crate::cli::args::Args;
use crate::library::{IntakeLimits, Watch};
use crate::server::Tls;
use crate::server::config::MB;
use crate::sync::time::Span;
use clap::{CommandFactory, Parser};

const MANUAL: &str = include_str!("../../manual/operations.md");

fn config(words: &[&str]) -> Config {
    try_config(words).unwrap()
}

fn try_config(words: &[&str]) -> Result<Config> {
    let args = Args::try_parse_from([&["tutti"], words].concat())?;
    args.settings.into_config(None)
}

#[test]
fn what_is_not_said_is_as_the_server_has_it() {
    let said = format!("{:?}", config(&[]));
    let defaults = format!("{:?}", Config::new("./data".into(), "target/site".into()));
    assert_eq!(said, defaults);
}

#[test]
fn several_music_folders_may_be_named() {
    let dirs = ["--music-dir", "/a", "--music-dir", "/b:/c"];
    assert_eq!(config(&dirs).music_dirs, ["/a", "/b", "/c"].map(PathBuf::from));
}

#[test]
fn what_may_be_added_is_told_in_megabytes() {
    let config = config(&["--max-upload-mb", "7", "--max-uploads-total-mb", "70", "--allow-links"]);
    assert_eq!(config.additions, IntakeLimits { file_bytes: 7 * MB, total_bytes: 70 * MB });
    assert!(config.allow_links);
    assert!(!self::config(&[]).allow_links);
}

#[test]
fn the_site_is_found_beside_the_programs_folder() {
    let target = tempfile::tempdir().unwrap();
    std::fs::create_dir(target.path().join("site")).unwrap();
    let program = target.path().join("release").join("tutti");
    assert_eq!(site_root(Some(&program)), target.path().join("site"));
    assert_eq!(site_root(None), PathBuf::from("target/site"));
}

#[test]
fn the_music_folders_are_watched_unless_told_otherwise() {
    assert_eq!(config(&[]).watch, Watch::Auto);
    assert_eq!(config(&["--watch", "off"]).watch, Watch::Off);
    assert_eq!(config(&["scan", "--watch", "poll"]).watch, Watch::Poll);
}

#[test]
fn the_operators_token_may_lie_in_a_file() {
    let house = tempfile::tempdir().unwrap();
    let file = house.path().join("token");
    std::fs::write(&file, "swordfish\n").unwrap();
    let flag = format!("--admin-token-file={}", file.display());
    assert_eq!(config(&[&flag]).admin_token.unwrap().expose(), "swordfish");
    let both = try_config(&[&flag, "--admin-token=other"]).unwrap_err();
    assert!(both.to_string().contains("both set"), "{both}");
    std::fs::write(&file, "\n").unwrap();
    assert!(try_config(&[&flag]).unwrap_err().to_string().contains("no token"));
    assert!(try_config(&["--admin-token-file=/nowhere"]).unwrap_err().to_string().contains("/nowhere"));
}

#[test]
fn proxies_are_networks_or_single_addresses() {
    let shown =
        |words: &[&str]| config(words).trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        shown(&["--trusted-proxies", "10.1.2.3/8,::1", "--trusted-proxies=127.0.0.1"]),
        ["10.0.0.0/8", "::1/128", "127.0.0.1/32"]
    );
    let wrong = try_config(&["--trusted-proxies", "traefik"]).unwrap_err().to_string();
    assert!(wrong.contains("a network like 10.0.0.0/8"), "{wrong}");
}

#[test]
fn addresses_of_sites_have_no_path() {
    let config = config(&["--public-url=https://Music.example/", "--cors-origin=http://home.example:8123"]);
    assert_eq!(config.public_url.unwrap().to_string(), "https://music.example");
    assert_eq!(config.cors_origins, ["http://home.example:8123"]);
    let wrong = try_config(&["--public-url=https://music.example/tutti"]).unwrap_err().to_string();
    assert!(wrong.contains("a path is not supported"), "{wrong}");
}

#[test]
fn tls_is_spoken_with_a_whole_pair_or_one_of_our_own() {
    let (certificate, key) = ("--tls-cert=/c.pem", "--tls-key=/k.pem");
    let pair = Tls::Files { certificate: "/c.pem".into(), key: "/k.pem".into() };
    assert_eq!(config(&[]).tls, Tls::Off);
    assert_eq!(config(&[certificate, key]).tls, pair);
    assert_eq!(config(&["--tls-self-signed"]).tls, Tls::SelfSigned);
    for (words, told) in [
        (&[certificate][..], "tls_cert needs tls_key"),
        (&[key, "--tls-self-signed"], "tls_key needs tls_cert"),
        (&[certificate, key, "--tls-self-signed"], "both set"),
        (&["--http-redirect=0.0.0.0:80"], "http_redirect needs TLS"),
    ] {
        assert!(try_config(words).unwrap_err().to_string().contains(told), "{words:?}");
    }
}

#[test]
fn what_belongs_together_is_checked_together() {
    for (words, told) in [
        ("--lead-min-ms=900 --lead-max-ms=800", "lead_min_ms is 900, which is more than lead_max_ms, 800"),
        ("--lead-ms=500 --lead-min-ms=600", "lead_min_ms is 600, which is more than lead_ms, 500"),
        ("--lead-ms=500 --lead-max-ms=400", "lead_ms is 500, which is more than lead_max_ms, 400"),
        ("--sync-buffer-min-ms=600", "more than sync_buffer_max_ms, 500"),
        ("--keep-alive-s=20", "less than socket_timeout_s, 20"),
        ("--tick-s=31", "31 is not in 1..=30"),
    ] {
        let error = try_config(&words.split(' ').collect::<Vec<_>>()).unwrap_err().to_string();
        assert!(error.contains(told), "{words}: {error}");
    }
    let config = config(&["--lead-ms=500", "--tick-s=2", "--keep-alive-s=3", "--socket-timeout-s=9"]);
    assert_eq!(config.pacing.lead, Some(Span::from_millis(500)));
    assert_eq!(config.pacing.tick, Span::from_secs(2));
    assert_eq!(
        (config.patience.keep_alive, config.patience.timeout),
        (Span::from_secs(3), Span::from_secs(9))
    );
}

/// The range that a help ends with: `… (1 to 30).`
fn told_range(meaning: &str) -> Option<(i64, i64)> {
    let told = meaning.trim_end_matches('.').strip_suffix(')')?;
    let (_, told) = told.rsplit_once('(')?;
    let (least, most) = told.split_once(" to ")?;
    Some((least.parse().ok()?, most.parse().ok()?))
}

#[test]
fn every_number_has_the_range_that_its_help_tells() {
    let command = Args::command();
    for setting in definitions(&command).filter(|setting| setting.kind() == Kind::Number) {
        let flag = setting.flag();
        let (least, most) = told_range(&setting.meaning()).unwrap_or_else(|| panic!("{flag} tells no range"));
        let takes = |value: i64| setting.check(OsStr::new(&value.to_string())).is_ok();
        assert!(takes(least) && takes(most), "{flag}");
        assert!(!takes(least - 1) && !takes(most + 1), "{flag}");
        let refused = setting.check(OsStr::new(&(most + 1).to_string())).unwrap_err();
        assert!(refused.contains(&format!("is not in {least}..={most}")), "{refused}");
    }
}

/// One row of the manual's table.
fn row(setting: Definition<'_>) -> String {
    let meaning = setting.meaning();
    let range = told_range(&meaning);
    let (meaning, _) = match range {
        Some(_) => meaning.rsplit_once(" (").unwrap_or((&meaning, "")),
        None => (meaning.trim_end_matches('.'), ""),
    };
    let range = match (setting.kind(), range) {
        (Kind::Switch, _) => "`true`, `false`".to_owned(),
        (_, Some((least, most))) => format!("{least} to {most}"),
        _ => setting.names().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    let default = setting.default().join(" ");
    let default = if default.is_empty() { default } else { format!("`{default}`") };
    format!("| `{}` | {default} | {range} | {meaning} |\n", setting.flag())
}

#[test]
fn the_table_of_the_manual_is_what_the_flags_are() {
    let command = Args::command();
    let rows: String = definitions(&command).map(row).collect();
    let table = format!("| setting | default | range | what |\n|---|---|---|---|\n{rows}");
    assert!(MANUAL.contains(&table), "manual/operations.md should say:\n\n{table}");
}

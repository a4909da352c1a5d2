//! The floors of the house: an arrow points down, never up and never sideways. Read from the `crate::` and `super::`
//! paths of every source file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each folder may use. What is not named here may use nothing.
const FLOORS: [(&str, &[&str]); 13] = [
    ("sync", &[]),
    ("protocol", &["sync"]),
    ("room", &["sync", "protocol"]),
    ("listener", &["sync", "protocol"]),
    ("sim", &["sync", "protocol", "room", "listener"]),
    ("storage", &["sync", "protocol"]),
    ("library", &["sync", "protocol", "storage"]),
    ("client", &["sync", "protocol", "listener"]),
    ("ui", &["sync", "protocol", "listener", "client"]),
    ("server", &["sync", "protocol", "room", "listener", "storage", "library", "ui"]),
    ("cli", &["sync", "protocol", "room", "listener", "sim", "storage", "library", "ui", "server"]),
    ("main", &["cli"]),
    ("manual", &[]),
];

/// These floors have no clock, no network, no browser and no switches.
const PURE: [&str; 5] = ["sync", "protocol", "room", "listener", "sim"];

/// What a pure floor does not name.
const IMPURE: [&str; 15] = [
    "tokio",
    "axum",
    "sqlx",
    "leptos",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "gloo_timers",
    "rand::",
    "std::fs",
    "std::net",
    "Instant::now",
    "SystemTime",
    "feature =",
    "std::env",
];

fn source_files() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let below = path.strip_prefix(&root).unwrap().to_path_buf();
                let first = below.components().next().unwrap();
                let floor = Path::new(&first).with_extension("");
                let text = code_of(&std::fs::read_to_string(&path).unwrap());
                files.push((floor.to_str().unwrap().to_owned(), below, text));
            }
        }
    }
    assert!(files.len() > 50, "these are not the sources");
    files
}

/// A file without its comments: prose may name what code may not.
fn code_of(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The names right behind `crate::`, also of a list in braces.
fn uses(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.extend([std::mem::take(&mut name)]),
                    _ if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.insert(name);
        } else {
            names.insert(rest.to_owned());
        }
    }
    names
        .into_iter()
        .map(|name| {
            let name = name.trim();
            let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            name[..end.unwrap_or(name.len())].to_owned()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn wrong_arrows(files: &[(String, PathBuf, String)]) -> Vec<String> {
    let floors: BTreeMap<_, _> = FLOORS.into_iter().collect();
    let mut wrong = Vec::new();
    for (floor, path, code) in files {
        // The tests stand outside, and `lib.rs` names every floor.
        if floor == "tests" || floor == "lib" {
            continue;
        }
        let Some(below) = floors.get(floor.as_str()) else {
            wrong.push(format!("{} is on no floor", path.display()));
            continue;
        };
        for used in uses(code) {
            if used != *floor && floors.contains_key(used.as_str()) && !below.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    wrong
}

#[test]
fn every_arrow_points_down() {
    assert_eq!(wrong_arrows(&source_files()), Vec::<String>::new());
}

#[test]
fn pure_floors_name_no_clock_no_network_and_no_switch() {
    let mut wrong = Vec::new();
    for (floor, path, code) in source_files() {
        if !PURE.contains(&floor.as_str()) {
            continue;
        }
        // Its tests may be told which seeds to try.
        let told = |word| word == "std::env" && path.starts_with("sim/tests");
        for word in IMPURE.into_iter().filter(|word| !told(*word)) {
            if code.contains(word) {
                wrong.push(format!("{} names {word}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn clocks_and_random_numbers_of_the_server_have_one_place_each() {
    for (floor, path, code) in source_files() {
        let reads_clock = code.contains("SystemTime::now") || code.contains("Instant::now()");
        let is_clock = path.ends_with("server/clock.rs");
        if floor == "server" && !is_clock {
            assert!(!reads_clock, "{} reads a clock", path.display());
            let draws = code.contains("rand::");
            assert!(!draws || path.ends_with("server/random.rs"), "{} draws", path.display());
        }
    }
}

#[test]
fn a_wrong_arrow_is_seen() {
    let file = |floor: &str, code: &str| (floor.to_owned(), PathBuf::from(floor), code_of(code));
    let wrong = wrong_arrows(&[
        file("room", "use crate::listener::View;"),
        file("listener", "use crate::{protocol::{Role}, room::Room};"),
        file("client", "fn f() { crate::server::serve() }"),
        file("server", "use crate::client::Session;"),
        file("sync", "use crate::protocol;"),
        file("ui", "// crate::server is above\nuse crate::client::Session;"),
        file("attic", ""),
    ]);
    assert_eq!(
        wrong,
        [
            "room uses listener",
            "listener uses room",
            "client uses server",
            "server uses client",
            "sync uses protocol",
            "attic is on no floor",
        ]
    );
}

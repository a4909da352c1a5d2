//! Texts that come from outside and are neither a frame nor a file of music: the configuration, the description of a
//! backup, the last process's mark of life, and which part of a file a browser wants. Whatever they say, reading them
//! ends, and what was read means the same when it is written and read again.
//!
//! Called by the tests and by the fuzz target `texts` (`end2end/fuzz`).

use std::ffi::OsString;
use std::path::{Component, Path};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_RANGE, HeaderValue, IF_RANGE, RANGE};

use super::backup::manifest::{self, Manifest};
use super::settings::layers::{self, Effective};
use crate::library::Audio;
use crate::protocol::limits;
use crate::server::media::one_file;
use crate::sync::mark::{Mark, Reading};
use crate::sync::time::RoomTime;

/// What is sent before a section of the file, as before an MP4's.
const HEAD: &[u8] = b"head of ten";
/// The section, and the file that it is of.
const SECTION: std::ops::Range<usize> = 100..400;
const FILE_BYTES: usize = 500;

/// Reads a text: the first byte says as what. `folder` is for files that are needed on the way.
///
/// # Errors
/// What does not hold. That a text makes no sense is no error.
pub(crate) fn read(bytes: &[u8], folder: &Path) -> Result<(), String> {
    let Some((first, text)) = bytes.split_first() else { return Ok(()) };
    match first % 4 {
        0 => configuration(text, folder),
        1 => description(text, folder),
        2 => mark(text),
        _ => range(text, folder),
    }
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| error.to_string())
}

fn configuration(text: &[u8], folder: &Path) -> Result<(), String> {
    let path = folder.join("tutti.toml");
    let read = |text: &[u8]| -> Result<Option<Effective>, String> {
        write(&path, text)?;
        let words = [OsString::from("tutti")];
        match layers::read(&words, |_| None, &path) {
            Ok(effective) => Ok(Some(effective)),
            Err(refused) => {
                must(!refused.to_string().is_empty(), || "it is refused without a word".to_owned())
                    .map(|()| None)
            }
        }
    };
    let Some(first) = read(text)? else { return Ok(()) };
    let printed = first.to_string();
    let again = read(printed.as_bytes())?.ok_or_else(|| format!("what was printed is refused: {printed}"))?;
    let settings = |effective: &Effective| format!("{:?}", effective.args.settings);
    // Secrets are not printed.
    if !printed.contains("set and not shown") {
        must(settings(&first) == settings(&again), || {
            format!("what was printed means something else: {printed}")
        })?;
    }
    // Those that name a file that is read: who knows which.
    if !printed.lines().any(|line| line.starts_with("admin_token_file = ")) {
        let _ = first.args.settings.into_config(None);
    }
    Ok(())
}

fn description(text: &[u8], folder: &Path) -> Result<(), String> {
    let path = folder.join(manifest::FILE);
    let read = |text: &[u8]| {
        write(&path, text)?;
        Ok::<_, String>(Manifest::read(folder).ok())
    };
    let Some(first) = read(text)? else { return Ok(()) };
    for file in &first.files {
        let below = file.path.below(Path::new("/backup"));
        let stays =
            below.starts_with("/backup") && !below.components().any(|part| part == Component::ParentDir);
        must(stays && below != Path::new("/backup"), || {
            format!("{} leads out of a backup", below.display())
        })?;
    }
    let all = first.bytes();
    must(first.files.iter().all(|file| file.bytes <= all), || {
        format!("{all} bytes are less than one file's")
    })?;
    let written = |manifest: &Manifest| serde_json::to_string(manifest).map_err(|error| error.to_string());
    let again = read(written(&first)?.as_bytes())?.ok_or("what was written is no description")?;
    must(written(&first)? == written(&again)?, || "what was written means something else".to_owned())
}

fn mark(text: &[u8]) -> Result<(), String> {
    let Some(mark) = std::str::from_utf8(text).ok().and_then(|text| text.parse::<Mark>().ok()) else {
        return Ok(());
    };
    must(mark.to_string().parse() == Ok(mark.clone()), || format!("“{mark}” is read as something else"))?;
    for utc in [i64::MIN, 0, 1_800_000_000_000_000, i64::MAX] {
        for uptime in [None, mark.read.uptime.clone()] {
            let now = Reading { utc: RoomTime::from_micros(utc), uptime };
            let goes_on = mark.room_at(&now, limits::UNATTENDED) >= mark.room;
            must(goes_on, || format!("room time runs back after “{mark}”"))?;
        }
    }
    Ok(())
}

/// The first line is a `Range`; a second one, if there is one, an `If-Range`.
fn range(text: &[u8], folder: &Path) -> Result<(), String> {
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let mut header = || lines.next().and_then(|line| HeaderValue::from_bytes(line).ok());
    let Some(range) = header() else { return Ok(()) };
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(RANGE, range);
    if let Some(condition) = header() {
        request.headers_mut().insert(IF_RANGE, condition);
    }
    let path = folder.join("audio");
    let file: Vec<u8> = (0..FILE_BYTES).map(|n| (n % 251) as u8).collect();
    if std::fs::metadata(&path).map_or(0, |metadata| metadata.len()) != FILE_BYTES as u64 {
        write(&path, &file)?;
    }
    let whole = [HEAD, &file[SECTION]].concat();
    let section = SECTION.start as u64..SECTION.end as u64;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let audio = Audio::whole(path, "audio/wav", None).await.map_err(|error| error.to_string())?;
        let answer = one_file::answer(audio.behind(HEAD.into(), section), request).await;
        let status = answer.status().as_u16();
        let part =
            answer.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = to_bytes(answer.into_body(), 1 << 20).await.map_err(|error| error.to_string())?;
        let holds = match status {
            200 => body == whole,
            206 => part
                .as_deref()
                .and_then(|part| told(part, whole.len()))
                .is_some_and(|told| body == whole[told]),
            416 => body.is_empty(),
            _ => false,
        };
        must(holds, || format!("{status}, {part:?}, {} bytes", body.len()))
    })
}

/// `bytes 3-5/311`
fn told(part: &str, of: usize) -> Option<std::ops::Range<usize>> {
    let (from, to) = part.strip_prefix("bytes ")?.strip_suffix(&format!("/{of}"))?.split_once('-')?;
    let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && to < of).then_some(from..to + 1)
}

//! What the threat model of the manual (`security.md`) says of strangers, files and other pages, tried.

use std::path::Path;

use reqwest::{Method, Response};
use serde_json::json;

use super::harness::{ADMIN, TestRoom, TestServer, cookie, wav};
use crate::sim::random::Random;

const EVIL: &str = "http://evil.example";

/// A page that would run if a browser took it for one.
const PAGE: &[u8] = b"<!doctype html><script>alert(document.domain)</script>";

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

async fn added(server: &TestServer, room: &TestRoom, name: &str, bytes: Vec<u8>) -> (u16, String) {
    let files = [(name, bytes)];
    let answer = server.api(Method::POST, "/api/tracks").bearer(&room.token).files(&files).send().await;
    let status = answer.status().as_u16();
    let body: serde_json::Value = answer.json().await.unwrap();
    (status, body["tracks"][0]["id"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_file_that_is_also_a_page_is_served_as_the_audio_that_it_is() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let both = [wav::of(8_000), PAGE.to_vec()].concat();
    let (status, id) = added(&server, &room, "song.html", both).await;
    assert_eq!(status, 201);
    let path = format!("/media/{id}/original");
    // As a browser asks that would rather have a page.
    let asked = server.api(Method::GET, &path).bearer(&room.token).header("accept", "text/html");
    let answer = asked.send().await;
    assert_eq!(header(&answer, "content-type"), "audio/wav");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    let (status, _) = added(&server, &room, "song.mp3", PAGE.to_vec()).await;
    assert_eq!(status, 415, "a page by the name of a song");
}

#[tokio::test]
async fn a_file_that_claims_to_be_huge_is_refused_or_taken_and_costs_nobody_else() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let with = |head: &[u8], at: usize, claim: &[u8]| {
        let mut bytes = head.to_vec();
        bytes.resize(bytes.len().max(at + claim.len()), 0);
        bytes[at..at + claim.len()].copy_from_slice(claim);
        bytes
    };
    let wav = wav::of(8_000);
    let flac = [b"fLaC\x80\0\0\x22".to_vec(), vec![0xff; 34], vec![0x55; 600]].concat();
    let claims = [
        ("wav.wav", with(&wav, 40, &u32::MAX.to_le_bytes())),
        ("riff.wav", with(&wav, 4, &u32::MAX.to_le_bytes())),
        ("format.wav", with(&wav, 16, &u32::MAX.to_le_bytes())),
        ("channels.wav", with(&wav, 22, &[0xff; 10])),
        ("block.flac", with(&flac, 5, &[0xff, 0xff, 0xff])),
        ("samples.flac", flac),
        ("tag.mp3", [b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec(), vec![0; 4_000]].concat()),
        (
            "box.m4a",
            [
                b"\0\0\0\x18ftypM4A \0\0\0\0\0\0\0\0\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(),
                vec![0; 600],
            ]
            .concat(),
        ),
        (
            "boxes.m4a",
            [b"\0\0\0\x18ftypM4A \0\0\0\0\0\0\0\0".to_vec(), b"\0\0\x0f\xa0moov".repeat(500)].concat(),
        ),
        ("page.ogg", [b"OggS\0\x02".to_vec(), vec![0xff; 300]].concat()),
        ("aiff.aiff", [b"FORM\xff\xff\xff\xffAIFFCOMM\xff\xff\xff\xff".to_vec(), vec![0xff; 300]].concat()),
        ("ape.ape", [b"MAC \x96\x0f\0\0".to_vec(), vec![0xff; 300]].concat()),
        ("wavpack.wv", [b"wvpk".to_vec(), vec![0xff; 300]].concat()),
    ];
    for (name, bytes) in claims {
        let (status, _) = added(&server, &room, name, bytes).await;
        assert!([201, 415, 422].contains(&status), "{name}: {status}");
    }
    assert_eq!(server.api(Method::GET, "/healthz").status().await, 200);
    assert_eq!(added(&server, &room, "good.wav", wav::of(9_000)).await.0, 201);
}

/// What may stand in a `Range`, by numbers of a seed.
fn some_range(random: &mut Random) -> String {
    let numbers =
        ["", "0", "1", "5", "159", "160043", "160044", "160045", "99999999999999999999", "-1", "x", " 3"];
    let mut pick = |from: &[&str]| from[random.bits() as usize % from.len()].to_owned();
    let mut range = pick(&["bytes=", "bytes=", "bytes=", "bytes", "Bytes=", "bytes =", "lines=", ""]);
    for part in 0..=pick(&["", "", "", "1", "12"]).len() {
        range += if part > 0 { "," } else { "" };
        range += &pick(&numbers);
        range += &pick(&["-", "-", "-", "", "--"]);
        range += &pick(&numbers);
    }
    range
}

#[tokio::test]
async fn whatever_a_range_says_the_answer_is_that_part_of_the_file_or_all_or_nothing_of_it() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let whole = wav::of(80_000);
    let (_, id) = added(&server, &room, "song.wav", whole.clone()).await;
    let path = format!("/media/{id}/original");
    let mut random = Random::new(20_261_122);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..300 {
        let range = some_range(&mut random);
        let answer = server.api(Method::GET, &path).bearer(&room.token).header("range", &range).send().await;
        let (status, named) = (answer.status().as_u16(), header(&answer, "content-range"));
        let body = answer.bytes().await.unwrap();
        seen.insert(status);
        match status {
            200 => assert!(body == whole, "{range}"),
            206 => {
                let part = named.strip_prefix("bytes ").and_then(|named| named.strip_suffix("/160044"));
                let (from, to) =
                    part.and_then(|part| part.split_once('-')).unwrap_or_else(|| panic!("{named}"));
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                assert!(body == whole[from..=to], "{range}");
            }
            416 => assert!(body.len() < 1_000, "{range}"),
            status => panic!("{range}: {status}"),
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 206, 416]);
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_though_the_browser_sends_its_cookie() {
    let server = TestServer::start().await;
    let form = server.api(Method::POST, "/fn/create-room").text("name=Garden");
    let made = form.header("content-type", "application/x-www-form-urlencoded").send().await;
    let session = cookie(&made).unwrap();
    let address = header(&made, "location");
    let code = &address[3..];
    let calls = [
        (Method::POST, format!("/api/rooms/{code}/playback/stop")),
        (Method::POST, format!("/api/rooms/{code}/queue")),
        (Method::PATCH, format!("/api/rooms/{code}")),
        (Method::DELETE, format!("/api/rooms/{code}")),
        (Method::POST, "/api/rooms".to_owned()),
        (Method::POST, "/api/tracks".to_owned()),
        (Method::POST, "/fn/enter-pin".to_owned()),
        (Method::POST, "/fn/create-room".to_owned()),
    ];
    for (method, path) in calls {
        for (name, value) in [("origin", EVIL), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            // What a form can send without asking first.
            let kind =
                if path.starts_with("/fn/") { "application/x-www-form-urlencoded" } else { "text/plain" };
            let asked = server.api(method.clone(), &path).cookie(&session).header(name, value);
            let answer = asked.header("content-type", kind).text("code=x").send().await;
            assert_eq!(answer.status(), 403, "{method} {path} from {value}");
            assert_eq!(header(&answer, "access-control-allow-origin"), "", "{path}");
        }
    }
    // The same without another site in it is let through to where it is looked at.
    let own = server.api(Method::DELETE, &format!("/api/rooms/{code}")).cookie(&session);
    assert_eq!(own.header("sec-fetch-site", "same-origin").status().await, 204);
}

#[tokio::test]
async fn every_kind_of_answer_is_for_this_site_only_and_of_the_type_that_it_says() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let media = format!("/media/{}/original", server.tracks[0]);
    for (path, status) in [
        ("/", 200),
        ("/nowhere", 404),
        (media.as_str(), 200),
        ("/media/nothing/original", 404),
        ("/api/rooms/ZZZZZZ", 404),
        ("/api/openapi.json", 200),
        ("/api/docs", 303),
        ("/pkg/tutti.js", 200),
        ("/healthz", 200),
    ] {
        let answer = server.api(Method::GET, path).bearer(&room.token).send().await;
        let got = answer.status().as_u16();
        assert!(got == status || (path == "/api/docs" && got < 400), "{path}: {got}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        // Neither a PIN nor a token is in an address, and no address goes to strangers all the same.
        assert_eq!(header(&answer, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin", "{path}");
    }
    let page = server.api(Method::GET, "/").send().await;
    let policy = header(&page, "content-security-policy");
    for word in ["unsafe-inline", "'unsafe-eval'", " *", "http:", "https:"] {
        assert!(!policy.contains(word), "{word} in {policy}");
    }
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("object-src 'none'"), "{policy}");
}

#[tokio::test]
async fn a_pin_goes_into_no_address_and_no_answer() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "271828" })).await;
    let form = format!("code={}&pin=271828", room.code);
    let asked = server.api(Method::POST, "/fn/enter-pin");
    let answer = asked.header("content-type", "application/x-www-form-urlencoded").text(&form).send().await;
    assert!(!header(&answer, "location").contains("271828"));
    let session = cookie(&answer).expect("the PIN opens the door");
    let state = server.api(Method::GET, &format!("/api/rooms/{}", room.code)).cookie(&session).send().await;
    assert_eq!(state.status(), 200);
    assert!(!state.text().await.unwrap().contains("271828"));
    // A PIN behind the address opens nothing.
    let by_address = server.api(Method::GET, &format!("/api/rooms/{}?pin=271828", room.code));
    assert_eq!(by_address.status().await, 401);
}

/// All bytes below a folder.
fn all_bytes(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_bytes(&path, into);
        } else {
            into.extend(std::fs::read(path).unwrap_or_default());
        }
    }
}

#[tokio::test]
async fn what_lies_on_the_disk_opens_nothing() {
    let mut server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "271828", "name": "Porch" })).await;
    let form = format!("code={}&pin=271828", room.code);
    let asked = server.api(Method::POST, "/fn/enter-pin");
    let answer = asked.header("content-type", "application/x-www-form-urlencoded").text(&form).send().await;
    let session = cookie(&answer).unwrap();
    let session = session.split('=').nth(1).unwrap();
    server.stop().await;
    let mut bytes = Vec::new();
    all_bytes(&server.path("data"), &mut bytes);
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Porch") && holds("$argon2id$"), "this is not the data");
    for (what, secret) in
        [("the PIN", "271828"), ("a token", &*room.token), ("a session", session), ("the operator", ADMIN)]
    {
        assert!(!holds(secret), "{what} lies on the disk");
    }
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("src/manual/security.md")).unwrap();
    let mut sources = String::new();
    let mut folders = vec![root.join("src"), root.join("end2end/tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "ts") {
                sources += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    // In the tables of threats, the last column names tests and nothing else.
    let rows = manual.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let named: Vec<&str> = rows
        .filter_map(|row| row.trim_end_matches([' ', '|']).rsplit('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(
            sources.contains(&format!("fn {name}(")) || sources.contains(&format!("\"{name}\"")),
            "{name}"
        );
    }
}

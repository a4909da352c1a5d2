//! What older versions left behind, brought to a whole server of today: databases (`fixtures/schema-*.db`, made and read
//! by `storage::tests::released`), and what pages of the protocol's first version said and heard
//! (`fixtures/tutti.v1.jsonl`), which is said again and has to be answered with everything that they read.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::harness::{ADMIN, Hello, Member, PATIENCE, TestRoom, TestServer};
use crate::protocol::{ClientMessage, ServerMessage, parse_client_frame};
use crate::server::metrics::messages;
use crate::server::{Config, Secret, serve};
use crate::storage::newest_schema;
use crate::sync::time::Span;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures").join(name)
}

#[tokio::test]
async fn a_data_folder_of_every_version_is_served_as_it_was_left() {
    let server = TestServer::start().await;
    for schema in 1..=newest_schema() {
        let data = server.path(&format!("left by schema {schema}"));
        std::fs::create_dir(&data).unwrap();
        std::fs::copy(fixture(&format!("schema-{schema}.db")), data.join("tutti.db")).unwrap();
        // A minute after the start of what it played; as versions up to 0.1 wrote it.
        std::fs::write(data.join("last-alive"), "1750000060000000").unwrap();
        let mut config = Config::new(data, server.path("site"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.music_dirs = vec![server.path("music")];
        config.admin_token = Some(Secret::new(ADMIN));
        let running = serve(config).await.unwrap();

        let host = running.address.to_string();
        let token = Hello::default().token("host-of-the-fixtures");
        let member = Member::join(&host, "ATT2C3", token).await;
        let state = &member.state;
        assert_eq!((member.role.as_str(), &state["name"]), ("host", &json!("Attic")));
        let playback = &state["playback"];
        // Nobody looked after it for long: it stands where it was when the server was last alive.
        assert_eq!(playback["status"], "paused", "{playback}");
        assert_eq!(playback["positionSec"], 62.0);
        assert_eq!(
            (&playback["streamId"], &playback["track"]["title"]),
            (&json!(7), &json!("Harbour Lights"))
        );
        assert!(state["revision"].as_u64().unwrap() > 42, "the pause was a change");
        let queue: Vec<_> =
            state["queue"].as_array().unwrap().iter().map(|entry| &entry["entryId"]).collect();
        assert_eq!(queue, [6, 9]);

        let dj = Hello::default().cookie("tutti_session=sessionofthefixtures").pin("4711");
        // The later ones are of a room that got another PIN: whoever has to show it begins as a listener.
        let role = if schema >= 3 { "listener" } else { "dj" };
        assert_eq!(Member::join(&host, "ATT2C3", dj).await.role, role);
        running.stop().await;
    }
}

/// One line of a transcript.
struct Line {
    member: String,
    /// True: said by the member; false: heard by it.
    said: bool,
    message: Value,
}

fn transcript() -> Vec<Line> {
    let text = std::fs::read_to_string(fixture("tutti.v1.jsonl")).unwrap();
    let line = |text: &str| {
        let line: Value = serde_json::from_str(text).unwrap();
        let said = line.get("says").is_some();
        let message = line[if said { "says" } else { "hears" }].clone();
        Line { member: line["member"].as_str().unwrap().to_owned(), said, message }
    };
    text.lines().map(line).collect()
}

#[test]
fn what_old_pages_said_is_understood_and_so_is_what_old_servers_said() {
    let mut said = std::collections::BTreeSet::new();
    let mut heard = std::collections::BTreeSet::new();
    for line in transcript() {
        let (name, text) = (line.message["t"].as_str().unwrap().to_owned(), line.message.to_string());
        if line.said {
            let message = parse_client_frame(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_ne!(message, ClientMessage::Unknown, "{text}");
            said.insert(name);
        } else {
            let message: ServerMessage =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_ne!(message, ServerMessage::Unknown, "{text}");
            heard.insert(name);
        }
    }
    let missing = |names: &[&str], there: &std::collections::BTreeSet<String>| -> Vec<String> {
        let counted = names.iter().filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        counted.filter(|name| !there.contains(**name)).map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(missing(&messages::RECEIVED, &said), Vec::<String>::new(), "messages of pages without a line");
    assert_eq!(missing(&messages::SENT, &heard), Vec::<String>::new(), "messages of servers without a line");
}

#[tokio::test]
async fn pages_of_the_first_version_are_answered_with_everything_that_they_read() {
    replay(&mut transcript()).await;
}

/// Hears anew what the lines of the transcript hear: to be run when lines were added, with no more than `{"t": …}` in
/// what they hear. Lines that are there already are never made anew: they are what was released.
#[tokio::test]
#[ignore = "writes into the sources"]
async fn hear_the_new_lines_of_the_transcript() {
    let mut lines = transcript();
    replay(&mut lines).await;
    let mut text = String::new();
    for line in &lines {
        let what = if line.said { "says" } else { "hears" };
        writeln!(text, "{{\"member\":\"{}\",\"{what}\":{}}}", line.member, line.message).unwrap();
    }
    std::fs::write(fixture("tutti.v1.jsonl"), text).unwrap();
}

/// Plays a transcript against a server of today. What is heard has to have every field that is in the line, of the same
/// kind, and those of [`SAME`] with the same value; a line that has only a name gets what was heard.
async fn replay(lines: &mut [Line]) {
    let server = TestServer::start_with(|config| config.pacing.tick = Span::from_secs(1)).await;
    let room = server.room_with(json!({ "name": "Attic" })).await;
    let mut scene = Scene { known: HashMap::new(), members: HashMap::new(), unread: HashMap::new() };
    for (number, track) in server.tracks.iter().enumerate() {
        scene.known.insert(format!("track {number}"), json!(track));
    }
    for line in lines {
        if !scene.members.contains_key(&line.member) {
            let member = scene.enter(&server, &room, &line.member).await;
            scene.members.insert(line.member.clone(), member);
        }
        if line.said {
            let message = scene.translated("", &line.message, &room);
            scene.members.get_mut(&line.member).unwrap().say(&message).await;
            if message["t"] == "CLIENT_ERROR" {
                // The only one that is answered by nothing: here is a scan that pages hear of.
                server.running().state().scan_in_background();
            }
            continue;
        }
        let heard = scene.hear(&line.member, line.message["t"].as_str().unwrap()).await;
        if line.message.as_object().unwrap().len() == 1 {
            line.message = heard.clone();
        }
        if line.message["t"] == "WELCOME" {
            scene.known.insert(format!("member {}", line.member), heard["memberId"].clone());
        }
        scene.compare(&line.message["t"].clone().to_string(), "", &line.message, &heard);
    }
}

/// Fields whose value a page goes by.
const SAME: &[&str] = &[
    "status",
    "role",
    "volume",
    "mode",
    "repeat",
    "title",
    "emoji",
    "text",
    "listed",
    "hasPin",
    "whoControls",
    "whoAdds",
    "follows",
    "connected",
    "durationSec",
    "whole",
    "loudness",
];

/// A list of members.
const LISTED: &str = "members";

/// Fields that name something by what only this run calls it, and what kind of thing.
const NAMES: &[(&str, &str)] = &[
    ("memberId", "member"),
    ("resume", "member"),
    ("entryId", "entry"),
    ("queueEntryId", "entry"),
    ("before", "entry"),
    ("streamId", "stream"),
    ("trackId", "track"),
    ("trackIds", "track"),
];

struct Scene {
    /// What the things of the transcript are called in this run, by kind and name.
    known: HashMap<String, Value>,
    members: HashMap<String, Member>,
    /// What a member heard that no line was about yet.
    unread: HashMap<String, Vec<Value>>,
}

impl Scene {
    async fn enter(&self, server: &TestServer, room: &TestRoom, name: &str) -> Member {
        let cookie = format!("tutti_session=transcript{name}");
        Member::connect(&server.host(), &room.code, &Hello::default().cookie(&cookie)).await
    }

    /// A message in the names of this run.
    fn translated(&self, field: &str, value: &Value, room: &TestRoom) -> Value {
        let kind = NAMES.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind);
        match (kind, value) {
            (_, Value::Array(items)) => items.iter().map(|item| self.translated(field, item, room)).collect(),
            (_, Value::Object(fields)) => {
                let fields =
                    fields.iter().map(|(name, value)| (name.clone(), self.translated(name, value, room)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            (_, Value::String(_)) if field == "hostToken" => json!(room.token),
            (Some(kind), value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let known = self.known.get(&format!("{kind} {text}"));
                known.cloned().unwrap_or_else(|| panic!("{kind} {text} was not heard of"))
            }
            (None, value) => value.clone(),
        }
    }

    /// The first message of this name that no line was about yet.
    async fn hear(&mut self, who: &str, name: &str) -> Value {
        let unread = self.unread.entry(who.to_owned()).or_default();
        if let Some(at) = unread.iter().position(|message| message["t"] == name) {
            return unread.remove(at);
        }
        let member = self.members.get_mut(who).unwrap();
        loop {
            let next = tokio::time::timeout(PATIENCE, member.next()).await;
            let message = next.ok().flatten().unwrap_or_else(|| panic!("{who} waits for {name} in vain"));
            if message["t"] == name {
                return message;
            }
            self.unread.get_mut(who).unwrap().push(message);
        }
    }

    fn compare(&mut self, of: &str, field: &str, kept: &Value, heard: &Value) {
        match (kept, heard) {
            (Value::Object(kept), Value::Object(heard)) => {
                for (name, value) in kept {
                    let now = heard.get(name).unwrap_or_else(|| panic!("{of}: {name} is not there any more"));
                    // Who is listed where, and how, depends on the moment.
                    let of = if name == "members" { LISTED } else { of };
                    self.compare(of, name, value, now);
                }
            }
            (Value::Array(kept), Value::Array(heard)) => {
                // How many there are depends on the moment; those that are there are of the same form.
                for (value, now) in kept.iter().zip(heard) {
                    self.compare(of, field, value, now);
                }
            }
            (Value::Null, _) => {}
            (kept, heard) => {
                let same_kind = std::mem::discriminant(kept) == std::mem::discriminant(heard);
                assert!(same_kind, "{of}: {field} was {kept} and is {heard}");
                if SAME.contains(&field) && of != LISTED {
                    assert_eq!(kept, heard, "{of}: {field}");
                }
                if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == field) {
                    let text = kept.as_str().map_or_else(|| kept.to_string(), str::to_owned);
                    self.known.entry(format!("{kind} {text}")).or_insert_with(|| heard.clone());
                }
            }
        }
    }
}

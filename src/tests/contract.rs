//! The description of the API at `/api/openapi.json`: complete, and true. That answers are as it says, the harness
//! checks with every request of every test ([`contract`](super::harness::contract)).

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::contract::Contract;
use super::harness::{ADMIN, TestServer};

/// Addresses that are no part of the API: pages and sockets.
const NOT_THE_API: [&str; 3] = ["/measure", "/ws/{code}", "/docs/{file}"];

#[tokio::test]
async fn every_address_that_is_described_is_there_and_takes_no_other_method() {
    let server = TestServer::start().await;
    let contract = Contract::known().unwrap();
    let described: BTreeSet<_> =
        contract.operations().map(|(method, path, _)| (path.to_owned(), method.to_string())).collect();
    let paths: BTreeSet<_> = described.iter().map(|(path, _)| path.clone()).collect();
    assert!(paths.len() > 30, "{paths:?}");
    for path in paths {
        // A name that fits nothing, so that nothing happens.
        let address = path.replace("{trackId}", &server.tracks[0]).replace("{rendition}", "original");
        let address: Vec<_> =
            address.split('/').map(|part| if part.starts_with('{') { "ZZZZZZ" } else { part }).collect();
        let address = address.join("/");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            // Scans, and empty rooms, do no harm here.
            let request = server.api(method.clone(), &address).bearer(ADMIN).text("{}");
            let answer = request.send().await;
            let status = answer.status().as_u16();
            let is_described = described.contains(&(path.clone(), method.to_string()));
            if !path.starts_with("/api/") && !is_described {
                assert!(matches!(status, 404 | 405), "{method} {path}: {status}");
            } else if is_described {
                let body = answer.text().await.unwrap();
                assert!(status != 405 && !body.contains("no such address"), "{method} {path}: {status}");
            } else {
                assert_eq!(status, 405, "{method} {path} is not described");
                assert!(answer.headers().contains_key("allow"), "{method} {path}");
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
            }
        }
    }
}

#[test]
fn no_route_of_the_server_goes_past_the_description() {
    fn visit(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices(".route(\"") {
                let rest = &text[at + ".route(\"".len()..];
                found.insert(rest.split('"').next().unwrap().to_owned());
            }
            for (at, _) in text.match_indices("path = \"") {
                let rest = &text[at + "path = \"".len()..];
                found.remove(rest.split('"').next().unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let mut routes = BTreeSet::new();
    visit(&root, &mut routes);
    assert!(routes.contains("/ws/{code}"), "these are not the routes");
    let outside = std::fs::read_to_string(root.join("rest/outside.rs")).unwrap();
    for route in routes.iter().filter(|route| !NOT_THE_API.contains(&route.as_str())) {
        let bare = route.replace("{track}", "{trackId}");
        let described = [bare.clone(), format!("/api{bare}")]
            .iter()
            .any(|path| outside.contains(&format!("path = \"{path}\"")));
        assert!(described, "{route} is not described in rest/outside.rs");
    }
}

#[tokio::test]
async fn every_operation_says_what_it_does_and_how_it_is_refused() {
    let _server = TestServer::start().await;
    let mut names = BTreeSet::new();
    for (method, path, operation) in Contract::known().unwrap().operations() {
        let what = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 4), "{what} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{what} has no tag");
        assert!(names.insert(operation["operationId"].to_string()), "{what} has the name of another");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "413") {
            // What the media service says by itself has no body; readiness is told in both ways.
            if status != "416" && path != "/readyz" {
                assert!(response["content"]["application/problem+json"].is_object(), "{what} {status}");
            }
        }
        if method != Method::GET {
            assert!(responses.contains_key("403"), "{what}: pages of other sites are refused");
        }
    }
}

#[tokio::test]
async fn the_bounds_in_the_description_are_those_of_the_protocol() {
    use crate::protocol::limits;
    let server = TestServer::start().await;
    let document = server.api(Method::GET, "/api/openapi.json").json().await;
    let schema =
        |path: &str| document.pointer(&format!("/components/schemas/{path}")).cloned().unwrap_or_default();
    assert_eq!(schema("RoomName/maxLength"), limits::ROOM_NAME_CHARS);
    assert_eq!(schema("NewRoom/properties/name/maxLength"), limits::ROOM_NAME_CHARS);
    assert_eq!(schema("NewSettings/properties/name/maxLength"), limits::ROOM_NAME_CHARS);
    assert_eq!(schema("Room/properties/members/maxItems"), limits::MEMBERS_LISTED);
    assert_eq!(schema("Room/properties/history/maxItems"), limits::HISTORY_TOLD);
    assert_eq!(schema("Room/properties/chat/maxItems"), limits::CHAT_KEPT);
    assert_eq!(schema("AddToQueue/oneOf/0/properties/trackIds/maxItems"), limits::TRACKS_PER_ADD);
    let (fewest, most) = limits::PIN_CHARS;
    let pin = format!(r"^(\s*|\S.{{{},{}}}\S)$", fewest - 2, most - 2);
    assert_eq!(schema("NewRoom/properties/pin/pattern"), pin);
    assert_eq!(schema("NewSettings/properties/pin/pattern"), pin);
    assert_eq!(schema("Volume/maximum"), json!(1));
    assert_eq!(document["openapi"], "3.1.0");
    assert_ne!(schema("Problem"), Value::Null);
}

#[tokio::test]
async fn no_reference_in_the_description_leads_nowhere() {
    fn visit(part: &Value, found: &mut BTreeSet<String>) {
        match part {
            Value::Object(fields) => {
                if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                    found.insert(target.to_owned());
                }
                fields.values().for_each(|part| visit(part, found));
            }
            Value::Array(parts) => parts.iter().for_each(|part| visit(part, found)),
            _ => {}
        }
    }
    let server = TestServer::start().await;
    let document = server.api(Method::GET, "/api/openapi.json").json().await;
    let mut references = BTreeSet::new();
    visit(&document, &mut references);
    assert!(references.len() > 30, "{references:?}");
    for reference in references {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
    }
}

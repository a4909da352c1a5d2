//! Who may what in the REST API (manual/protocol.md, "Rights"), as tables.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{ADMIN, Request, TestRoom, TestServer};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Nobody,
    Stranger,
    Listener,
    OtherHost,
    Host,
    Operator,
}
use Who::{Host, Listener, Nobody, Operator, OtherHost, Stranger};

struct Cast {
    server: TestServer,
    room: TestRoom,
    other: TestRoom,
    listener: String,
}

impl Cast {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let room = server.room().await;
        let other = server.room().await;
        let listener = server.browser_in(&room).await;
        Self { server, room, other, listener }
    }

    fn ask(&self, who: Who, method: &str, path: &str) -> Request {
        let path = path.replace("{room}", &self.room.code).replace("{track}", &self.server.tracks[0]);
        let request = self.server.api(method.parse().unwrap(), &path);
        match who {
            Nobody => request,
            Stranger => request.cookie("tutti_session=0123456789abcdef"),
            Listener => request.cookie(&self.listener),
            OtherHost => request.bearer(&self.other.token),
            Host => request.bearer(&self.room.token),
            Operator => request.bearer(ADMIN),
        }
    }
}

#[tokio::test]
async fn the_table_of_rights_holds() {
    let cast = Cast::new().await;
    let play = json!({ "trackId": cast.server.tracks[0] }).to_string();
    let add = json!({ "trackIds": [cast.server.tracks[0]] }).to_string();
    #[rustfmt::skip]
    let table: Vec<(&str, &str, &str, [u16; 6])> = vec![
        // method, path, body                               nobody stranger listener other host operator
        ("GET",  "/api/rooms/{room}",                  "",   [200, 200, 200, 200, 200, 200]),
        ("GET",  "/api/rooms/{room}/playback",         "",   [200, 200, 200, 200, 200, 200]),
        ("GET",  "/api/rooms/{room}/queue",            "",   [200, 200, 200, 200, 200, 200]),
        ("GET",  "/api/rooms",                         "",   [200, 200, 200, 200, 200, 200]),
        ("GET",  "/api/rooms/{room}/clients",          "",   [401, 403, 200, 403, 200, 200]),
        ("POST", "/api/rooms/{room}/playback/play",   &play, [401, 403, 403, 403, 202, 202]),
        ("POST", "/api/rooms/{room}/playback/pause",   "",   [401, 403, 403, 403, 202, 202]),
        ("POST", "/api/rooms/{room}/playback/volume", r#"{"volume":1}"#, [401, 403, 403, 403, 202, 202]),
        ("POST", "/api/rooms/{room}/queue",           &add,  [401, 403, 403, 403, 201, 201]),
        ("DELETE", "/api/rooms/{room}/queue",          "",   [401, 403, 403, 403, 200, 200]),
        ("GET",  "/api/tracks",                        "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/folders",                       "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/artists",                       "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/albums",                        "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/tracks/{track}",                "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/tracks/{track}/artwork",        "",   [401, 403, 404, 404, 404, 404]),
        // No form and no link: who may comes to hear that, the others do not.
        ("POST", "/api/tracks?room={room}",            "",   [401, 403, 403, 403, 400, 400]),
        ("POST", "/api/tracks",                        "",   [401, 403, 400, 400, 400, 400]),
        ("POST", "/api/tracks/links?room={room}",      "",   [401, 403, 403, 403, 501, 501]),
        ("DELETE", "/api/tracks/{track}",              "",   [401, 403, 403, 403, 403, 409]),
        ("GET",  "/media/{track}/original",            "",   [401, 403, 200, 200, 200, 200]),
        ("GET",  "/api/library/scan",                  "",   [401, 403, 403, 403, 403, 200]),
        ("POST", "/api/library/scan",                  "",   [401, 403, 403, 403, 403, 202]),
        ("GET",  "/healthz",                           "",   [200, 200, 200, 200, 200, 200]),
        ("GET",  "/readyz",                            "",   [200, 200, 200, 200, 200, 200]),
        ("DELETE", "/api/rooms/{room}",                "",   [401, 403, 403, 403, 204, 404]),
    ];
    for (method, path, body, expected) in table {
        let everyone = [Nobody, Stranger, Listener, OtherHost, Host, Operator];
        for (who, expected) in everyone.into_iter().zip(expected) {
            let status = cast.ask(who, method, path).text(body).status().await;
            assert_eq!(status, expected, "{who:?} {method} {path}");
        }
    }
}

#[tokio::test]
async fn a_pin_rooms_state_is_for_its_members() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "pin": "4711" })).await;
    for path in ["", "/playback", "/queue"] {
        let ask = || server.api(Method::GET, &format!("/api/rooms/{}{path}", room.code));
        assert_eq!(ask().status().await, 401, "{path}");
        assert_eq!(ask().bearer("wrong").status().await, 403, "{path}");
        assert_eq!(ask().bearer(&room.token).status().await, 200, "{path}");
    }
}

#[tokio::test]
async fn bad_values_are_refused_with_their_reason() {
    let cast = Cast::new().await;
    #[rustfmt::skip]
    let table = [
        ("POST", "/api/rooms/{room}/playback/seek",   r#"{"positionSec":-1}"#,   422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/seek",   r#"{"positionSec":"x"}"#,  422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/seek",   "{}",                      422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/seek",   "",                        422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/seek",   "[1]",                     422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/seek",   "{positionSec",            400, "bad-message"),
        ("POST", "/api/rooms/{room}/playback/seek",   r#"{"positionSec":1}"#,    409, "nothing-loaded"),
        ("POST", "/api/rooms/{room}/playback/next",   "",                        409, "nothing-next"),
        ("POST", "/api/rooms/{room}/playback/volume", r#"{"volume":1.5}"#,       422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/repeat", r#"{"mode":"twice"}"#,     422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/play",   "{}",                      422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/play",   r#"{"trackId":"../x"}"#,   422, "bad-value"),
        ("POST", "/api/rooms/{room}/playback/play",   r#"{"trackId":"nope"}"#,   404, "no-such-track"),
        ("POST", "/api/rooms/{room}/playback/play",   r#"{"queueEntryId":99}"#,  404, "no-such-entry"),
        ("POST", "/api/rooms/{room}/playback/dance",  "",                        404, "unknown"),
        ("POST", "/api/rooms/{room}/queue",           r#"{"trackIds":[]}"#,      422, "bad-value"),
        ("POST", "/api/rooms/{room}/queue",           r#"{"trackIds":["nope"]}"#, 404, "no-such-track"),
        ("DELETE", "/api/rooms/{room}/queue/99",      "",                        404, "no-such-entry"),
        ("DELETE", "/api/rooms/{room}/queue/x",       "",                        404, "no-such-entry"),
        ("PATCH", "/api/rooms/{room}/queue/99",       "{}",                      404, "no-such-entry"),
        ("POST", "/api/rooms",                        r#"{"pin":"1"}"#,          422, "bad-value"),
        ("POST", "/api/rooms",                        r#"{"name":7}"#,           422, "bad-value"),
        ("POST", "/api/rooms",                        "{",                       400, "bad-message"),
        ("GET",  "/api/rooms/ZZZZZZ",                 "",                        404, "no-such-room"),
        ("GET",  "/api/rooms/no",                     "",                        404, "no-such-room"),
        ("POST", "/api/rooms/ZZZZZZ/playback/pause",  "",                        404, "no-such-room"),
        ("GET",  "/api/tracks?limit=0",               "",                        422, "bad-value"),
        ("GET",  "/api/tracks?limit=many",            "",                        422, "bad-value"),
        ("GET",  "/api/tracks?cursor=mine",           "",                        422, "bad-value"),
        ("GET",  "/api/tracks/nope",                  "",                        404, "no-such-track"),
        ("GET",  "/api/nothing",                      "",                        404, "unknown"),
        ("PUT",  "/api/rooms",                        "",                        405, "unknown"),
    ];
    for (method, path, body, status, code) in table {
        let answer = cast.ask(Host, method, path).text(body).send().await;
        let what = format!("{method} {path} {body}");
        assert_eq!(answer.status(), status, "{what}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{what}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], code, "{what}");
        assert_eq!(problem["status"], status, "{what}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{what}");
    }
}

#[tokio::test]
async fn a_page_of_tracks_leads_to_the_next() {
    let cast = Cast::new().await;
    let page = cast.ask(Host, "GET", "/api/tracks?limit=2").json().await;
    assert_eq!(page["tracks"].as_array().unwrap().len(), 2);
    assert_eq!(page["total"], 3);
    let cursor = page["nextCursor"].as_str().unwrap();
    let next = format!("/api/tracks?limit=2&cursor={cursor}");
    let next = cast.ask(Host, "GET", &next).json().await;
    assert_eq!(next["tracks"].as_array().unwrap().len(), 1);
    assert_eq!(next["nextCursor"], Value::Null);
    let found = cast.ask(Host, "GET", "/api/tracks?query=bal").json().await;
    assert_eq!(found["tracks"][0]["title"], "Ballad");
    assert_eq!(found["tracks"][0]["durationSec"], 90.0);
    assert!(!found.to_string().contains("/music/"), "a path of the disk is nobody's business");
}

#[tokio::test]
async fn rooms_are_listed_only_if_they_want_to_be() {
    let server = TestServer::start().await;
    let _quiet = server.room().await;
    let open = server.room_with(json!({ "name": "Open house", "listed": true })).await;
    let shown = server.api(Method::GET, "/api/rooms").json().await;
    let rooms = shown["rooms"].as_array().unwrap();
    assert_eq!(rooms.len(), 1);
    assert_eq!(rooms[0]["code"], open.code);
    assert_eq!(rooms[0]["name"], "Open house");
    let all = server.api(Method::GET, "/api/rooms").bearer(ADMIN).json().await;
    assert_eq!(all["rooms"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_server_takes_so_many_rooms_and_no_more() {
    let server = TestServer::start_with(|config| config.max_rooms = 1).await;
    server.room().await;
    let answer = server.api(Method::POST, "/api/rooms").send().await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "too-many-rooms");
}

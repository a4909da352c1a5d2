//! A room driven by a program alone: its settings, its people, its queue and what was played.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::harness::{ADMIN, Hello, TestRoom, TestServer};

/// A request to a room by its host's token.
async fn ask(server: &TestServer, room: &TestRoom, method: Method, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/api/rooms/{}{path}", room.code);
    let answer = server.api(method, &path).bearer(&room.token).body(&body).send().await;
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn a_program_sets_a_room() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut listener = server.listener_in(&room).await;
    let patch = json!({ "name": " Kitchen ", "whoControls": "everyone", "loudness": "album" });
    let (status, set) = ask(&server, &room, Method::PATCH, "", patch).await;
    assert_eq!((status, &set["name"]), (200, &json!("Kitchen")));
    assert_eq!(set["settings"]["whoControls"], "everyone");
    assert_eq!(set["settings"]["whoAdds"], "djs", "what is absent stays");
    let told = listener.hear("ROOM").await;
    assert_eq!(told["settings"], set["settings"]);

    let (_, set) = ask(&server, &room, Method::PATCH, "", json!({ "pin": "4711", "name": null })).await;
    assert_eq!(set["settings"]["hasPin"], true);
    assert_eq!((&set["name"], &set["settings"]["name"]), (&json!(room.code), &Value::Null));
    let (status, problem) = ask(&server, &room, Method::PATCH, "", json!({ "pin": "1" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("bad-value")));
    let (_, set) = ask(&server, &room, Method::PATCH, "", json!({ "pin": null })).await;
    assert_eq!(set["settings"]["hasPin"], false);
}

#[tokio::test]
async fn a_program_promotes_and_demotes_and_puts_out_and_takes_it_back() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let browser = server.browser_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&browser)).await;
    let (_, clients) = ask(&server, &room, Method::GET, "/clients", json!({})).await;
    let id = clients[0]["memberId"].as_str().unwrap().to_owned();
    let one = format!("/clients/{id}");

    let (status, member) = ask(&server, &room, Method::PATCH, &one, json!({ "role": "dj" })).await;
    assert_eq!((status, &member["role"]), (200, &json!("dj")));
    assert_eq!(guest.hear("WELCOME").await["role"], "dj");
    let (status, _) = ask(&server, &room, Method::PATCH, &one, json!({ "role": "king" })).await;
    assert_eq!(status, 422);
    let (_, member) = ask(&server, &room, Method::GET, &one, json!({})).await;
    assert_eq!(member["role"], "dj");

    let state = || server.api(Method::GET, &format!("/api/rooms/{}", room.code)).cookie(&browser);
    assert_eq!(ask(&server, &room, Method::DELETE, &one, json!({})).await.0, 204);
    assert_eq!(state().status().await, 403);
    let (status, problem) = ask(&server, &room, Method::DELETE, "/clients/nobody", json!({})).await;
    assert_eq!((status, &problem["code"]), (404, &json!("no-such-member")));

    let (status, pardoned) = ask(&server, &room, Method::DELETE, "/kicked", json!({})).await;
    assert_eq!((status, &pardoned["pardoned"]), (200, &json!(1)));
    assert_eq!(state().status().await, 200);
    server.member(&room, Hello::default().cookie(&browser)).await;
}

#[tokio::test]
async fn a_program_shuffles_and_walks_through_the_history() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut listener = server.listener_in(&room).await;
    ask(&server, &room, Method::POST, "/queue", json!({ "trackIds": server.tracks })).await;
    let (status, shuffled) = ask(&server, &room, Method::POST, "/queue/shuffle", json!({})).await;
    assert_eq!((status, shuffled["queue"].as_array().unwrap().len()), (200, 3));
    let both = json!({ "trackIds": server.tracks, "trackId": server.tracks[0] });
    assert_eq!(ask(&server, &room, Method::POST, "/queue", both).await.0, 422);

    for _ in 0..3 {
        assert_eq!(ask(&server, &room, Method::POST, "/playback/next", json!({})).await.0, 202);
    }
    let (_, page) = ask(&server, &room, Method::GET, "/history?limit=1", json!({})).await;
    assert_eq!(page["history"][0]["track"]["id"], shuffled["queue"][1]["track"]["id"], "the latest first");
    let cursor = page["nextCursor"].as_str().unwrap();
    let (_, page) = ask(&server, &room, Method::GET, &format!("/history?cursor={cursor}"), json!({})).await;
    assert_eq!(page["history"][0]["track"]["id"], shuffled["queue"][0]["track"]["id"]);
    assert_eq!(page["nextCursor"], Value::Null);
    assert_eq!(ask(&server, &room, Method::GET, "/history?cursor=99", json!({})).await.0, 422);

    assert_eq!(ask(&server, &room, Method::POST, "/sync-all", json!({})).await.0, 202);
    listener.hear("RESYNC").await;
}

#[tokio::test]
async fn the_operator_walks_through_all_rooms() {
    let server = TestServer::start().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(server.room_with(json!({ "name": "One of three" })).await.code);
    }
    made.sort();
    let mut seen = Vec::new();
    let mut path = "/api/rooms?limit=2".to_owned();
    loop {
        let page = server.api(Method::GET, &path).bearer(ADMIN).json().await;
        for room in page["rooms"].as_array().unwrap() {
            assert_eq!(room["name"], "One of three");
            seen.push(room["code"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/rooms?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, made);
    assert_eq!(server.api(Method::GET, "/api/rooms?cursor=x").bearer(ADMIN).status().await, 422);
}

#[tokio::test]
async fn a_server_says_what_it_is_and_tells_no_secret() {
    let server = TestServer::start().await;
    let said = server.api(Method::GET, "/api/server").json().await;
    assert_eq!((&said["name"], &said["features"]["links"]), (&json!("tutti"), &json!(false)));
    assert_eq!(said["limits"]["queueEntries"], 1000);
    let text = said.to_string();
    assert!(!text.contains(ADMIN) && !text.contains(server.path("data").to_str().unwrap()));
}

#[tokio::test]
async fn what_no_handler_sees_is_refused_with_a_problem_document_as_well() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let large = "x".repeat(100_000);
    for (method, path, body, status) in [
        ("POST", "/api/rooms", large.as_str(), 413),
        ("GET", "/api/rooms?limit=1&limit=2", "", 400),
        ("GET", "/api/rooms/%FF", "", 400),
        ("GET", "/api/tracks?limit=1&limit=2", "", 400),
        ("GET", "/api/docs/nothing.js", "", 404),
        ("TRACE", "/api/rooms", "", 405),
    ] {
        let request = server.api(method.parse().unwrap(), path).bearer(&room.token).text(body);
        let answer = request.send().await;
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_let_in_where_the_operator_names_it_and_never_by_a_cookie() {
    let named =
        TestServer::start_with(|config| config.cors_origins = vec!["https://Home.example".to_owned()]);
    let server = named.await;
    let room = server.room().await;
    let browser = server.browser_in(&room).await;
    let pause = || server.api(Method::POST, &format!("/api/rooms/{}/playback/stop", room.code));
    let ours = || pause().header("origin", "https://home.example").header("sec-fetch-site", "cross-site");
    let answer = ours().bearer(&room.token).send().await;
    assert_eq!(answer.status(), StatusCode::CONFLICT, "nothing is loaded, but it may ask");
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://home.example");
    assert!(!answer.headers().contains_key("access-control-allow-credentials"));
    assert_eq!(ours().cookie(&browser).status().await, 401, "a cookie does not count");

    let theirs = pause().header("origin", "https://evil.example").bearer(&room.token).send().await;
    assert_eq!(theirs.status(), 403);
    assert!(!theirs.headers().contains_key("access-control-allow-origin"));

    let preflight = |origin: &str| {
        let request = server.api(Method::OPTIONS, "/api/rooms").header("origin", origin);
        request.header("access-control-request-method", "POST").send()
    };
    let answer = preflight("https://home.example").await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://home.example");
    assert!(!preflight("https://evil.example").await.headers().contains_key("access-control-allow-origin"));
    let audio = format!("/media/{}/original", server.tracks[0]);
    let audio = server.api(Method::GET, &audio).header("origin", "https://home.example").bearer(&room.token);
    assert_eq!(audio.send().await.headers()["access-control-allow-origin"], "https://home.example");
}

#[tokio::test]
async fn no_page_of_another_site_is_let_in_by_itself() {
    let server = TestServer::start().await;
    let request = server.api(Method::GET, "/api/rooms").header("origin", "https://home.example");
    assert!(!request.send().await.headers().contains_key("access-control-allow-origin"));
}

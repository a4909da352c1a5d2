//! What browsers get: pages, files, headers, cookies.

use reqwest::Method;
use serde_json::json;

use super::harness::{TestServer, cookie};

#[tokio::test]
async fn every_page_is_isolated_and_has_a_policy_with_its_own_nonce() {
    let server = TestServer::start().await;
    let answer = server.api(Method::GET, "/").send().await;
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(header("cross-origin-embedder-policy"), "require-corp");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let policy = header("content-security-policy");
    assert!(policy.contains(&format!("ws://{}", server.host())), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let page = answer.text().await.unwrap();
    for tag in ["<script type=\"module\"", "<link rel=\"modulepreload\" href=\"/pkg/tutti.js\""] {
        assert!(page.contains(&format!("{tag} nonce=\"{nonce}\"")), "{tag}");
    }
    assert!(!page.contains(" style=\""), "the policy forbids it");
}

#[tokio::test]
async fn who_opens_a_room_becomes_a_member_by_cookie() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "name": "Porch" })).await;
    let path = format!("/r/{}", room.code);
    let answer = server.api(Method::GET, &path).send().await;
    assert_eq!(answer.status(), 200);
    let set = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "plain http drops such a cookie");
    let session = cookie(&answer).unwrap();
    let page = answer.text().await.unwrap();
    assert!(page.contains("Porch"));
    assert!(!page.contains(session.split('=').nth(1).unwrap()), "the secret is in the page");
    assert_eq!(server.api(Method::GET, "/api/tracks").cookie(&session).status().await, 200);
}

#[tokio::test]
async fn a_pin_rooms_page_makes_nobody_a_member() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "name": "Vault", "pin": "4711" })).await;
    let path = format!("/r/{}", room.code);
    let answer = server.api(Method::GET, &path).send().await;
    assert_eq!(cookie(&answer), None);
    assert!(!answer.text().await.unwrap().contains("Vault"));

    let enter = |pin: &str| {
        server
            .api(Method::POST, "/fn/enter-pin")
            .header("content-type", "application/x-www-form-urlencoded")
            .text(&format!("code={}&pin={pin}", room.code))
    };
    assert_eq!(cookie(&enter("0000").send().await), None);
    let session = cookie(&enter("4711").send().await).unwrap();
    let page = server.api(Method::GET, &path).cookie(&session).send().await;
    assert!(page.text().await.unwrap().contains("Vault"));
}

#[tokio::test]
async fn a_room_is_made_by_a_plain_form() {
    let server = TestServer::start().await;
    let answer = server
        .api(Method::POST, "/fn/create-room")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .text("name=Garden")
        .send()
        .await;
    assert_eq!(answer.status(), 302);
    let address = answer.headers()["location"].to_str().unwrap().to_owned();
    let session = cookie(&answer).unwrap();
    let page = server.api(Method::GET, &address).cookie(&session).send().await;
    assert!(page.text().await.unwrap().contains("Garden"));
    let path = format!("/api/rooms/{}", &address[3..]);
    assert_eq!(server.api(Method::DELETE, &path).cookie(&session).status().await, 204);
}

#[tokio::test]
async fn a_room_is_made_with_a_pin_and_an_open_door_by_the_form() {
    let server = TestServer::start().await;
    let make = |form: &str| {
        server
            .api(Method::POST, "/fn/create-room")
            .header("content-type", "application/x-www-form-urlencoded")
            .text(form)
    };
    assert_eq!(make("name=Den&pin=12").send().await.headers().get("location"), None);
    let answer = make("name=Den&pin=4711&listed=true").send().await;
    let address = answer.headers()["location"].to_str().unwrap().to_owned();
    let stranger = server.api(Method::GET, &format!("/api/rooms/{}", &address[3..]));
    assert_eq!(stranger.status().await, 401, "it has a PIN");
    let shown = server.api(Method::GET, "/api/rooms").json().await;
    assert_eq!(shown["rooms"][0]["name"], "Den");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let server = TestServer::start().await;
    for path in ["/r/ZZZZZZ", "/nowhere", "/pkg/nothing.js"] {
        let answer = server.api(Method::GET, path).send().await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.unwrap().contains("<html"), "{path}");
    }
}

#[tokio::test]
async fn the_browsers_half_is_served_from_the_site() {
    let server = TestServer::start().await;
    let answer = server.api(Method::GET, "/pkg/tutti.js").send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/javascript");
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    assert_eq!(answer.text().await.unwrap(), "// the browser's half");
}

#[tokio::test]
async fn files_with_hashed_names_are_kept_for_a_year() {
    let server = TestServer::start().await;
    let otherwise = axum::Router::new();
    let site = crate::server::site::files(&server.path("site"), true, otherwise);
    let request = axum::extract::Request::get("/pkg/tutti.js").body(axum::body::Body::empty());
    let answer = tower::ServiceExt::oneshot(site, request.unwrap()).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn a_typed_code_leads_to_its_room() {
    let server = TestServer::start().await;
    let answer = server.api(Method::GET, "/join?code=abc-234").header("accept", "text/html").send().await;
    assert!(answer.status().is_redirection(), "{}", answer.status());
    assert_eq!(answer.headers()["location"], "/r/ABC234");
}

#[tokio::test]
async fn a_page_speaks_the_language_of_its_reader_and_says_that_it_does() {
    let server = TestServer::start().await;
    for (wanted, tag, text) in [
        ("de-AT,de;q=0.9,en;q=0.5", "lang=\"de\"", "Raum öffnen"),
        ("fr,en;q=0.5", "lang=\"en\"", "Open a room"),
    ] {
        let answer = server.api(Method::GET, "/").header("accept-language", wanted).send().await;
        let vary: Vec<_> =
            answer.headers().get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.contains(&"accept-language"), "{vary:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(tag) && page.contains(text), "{wanted}");
    }
}

#[tokio::test]
async fn a_rooms_address_is_drawn_as_its_reader_knows_it() {
    let server = TestServer::start().await;
    let picture = async |path: &str, host: &str| {
        let answer = server.api(Method::GET, path).header("host", host).send().await;
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, of_lan) = picture("/r/K7M2QX/qr.svg", "192.168.1.20:3000").await;
    assert_eq!(status, 200);
    assert!(of_lan.contains("<svg"));
    let (_, of_name) = picture("/r/K7M2QX/qr.svg", "music.example").await;
    assert_ne!(of_lan, of_name);
    assert_eq!(picture("/r/nonsense/qr.svg", "music.example").await.0, 404);
}

#[tokio::test]
async fn the_page_that_measures_may_have_the_microphone_and_no_other_page_may() {
    let server = TestServer::start().await;
    let policy = async |path: &str| {
        let answer = server.api(Method::GET, path).send().await;
        (answer.status(), answer.headers()["permissions-policy"].to_str().unwrap().to_owned())
    };
    let (status, allowed) = policy("/measure").await;
    assert_eq!(status, 200);
    assert!(allowed.contains("microphone=(self)"), "{allowed}");
    for path in ["/", "/r/ZZZZZZ", "/pkg/tutti.js", "/api/rooms", "/measure/nothing"] {
        assert!(policy(path).await.1.contains("microphone=()"), "{path}");
    }
}

#[tokio::test]
async fn the_page_that_measures_runs_scripts_of_this_server_alone_and_none_that_stands_in_it() {
    let server = TestServer::start().await;
    for (wanted, tag, text) in
        [("de", "<html lang=\"de\"", "Mikrofon benutzen"), ("en", "<html lang=\"en\"", "Use the microphone")]
    {
        let answer = server.api(Method::GET, "/measure").header("accept-language", wanted).send().await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        let vary: Vec<_> =
            answer.headers().get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.contains(&"accept-language"), "{vary:?}");
        let page = answer.text().await.unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(tag) && page.contains(text), "{page}");
        let scripts: Vec<_> = page.split("<script").skip(1).collect();
        assert_eq!(scripts.len(), 2, "{scripts:?}");
        assert!(
            scripts[0].starts_with(" type=\"module\" src=\"/measure/page.mjs\"></script>"),
            "{}",
            scripts[0]
        );
        assert!(scripts[1].starts_with(" type=\"application/json\""), "{}", scripts[1]);
        assert!(!page.contains(" style=\"") && !page.contains(" onclick"), "the policy forbids it");
    }
}

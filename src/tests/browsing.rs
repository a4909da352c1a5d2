//! The library over REST and as the page asks for it: forms and refusals; what is found, the store's tests tell.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{ADMIN, TestServer};

async fn get(server: &TestServer, path: &str) -> Value {
    server.api(Method::GET, path).bearer(ADMIN).json().await
}

#[tokio::test]
async fn the_library_is_listed_by_folder_artist_and_album() {
    let server = TestServer::start().await;
    let top = get(&server, "/api/folders?path=/&limit=2").await;
    assert_eq!((&top["path"], &top["folders"], &top["total"]), (&json!(""), &json!([]), &json!(3)));
    assert_eq!(top["tracks"][0]["title"], "Anthem");
    let cursor = top["nextCursor"].as_str().unwrap();
    let rest = get(&server, &format!("/api/folders?path=&cursor={cursor}")).await;
    assert_eq!(rest["tracks"].as_array().unwrap().len(), 1);
    assert_eq!(rest["nextCursor"], Value::Null);
    // The test tracks have no tags.
    assert_eq!(get(&server, "/api/artists").await, json!({ "artists": [], "total": 0, "nextCursor": null }));
    assert_eq!(get(&server, "/api/albums").await, json!({ "albums": [], "total": 0, "nextCursor": null }));
    assert_eq!(get(&server, "/api/tracks?albumArtist=").await["total"], 3);
    assert_eq!(get(&server, "/api/tracks?albumArtist=Somebody").await["total"], 0);
    assert_eq!(get(&server, "/api/tracks?sort=added").await["total"], 3);
}

#[tokio::test]
async fn a_bad_order_length_or_cursor_is_422() {
    let server = TestServer::start().await;
    for path in [
        "/api/tracks?sort=loudest",
        "/api/tracks?limit=0",
        "/api/folders?limit=x",
        "/api/folders?cursor=x",
        "/api/artists?cursor=x",
        "/api/albums?limit=-1",
    ] {
        assert_eq!(server.api(Method::GET, path).bearer(ADMIN).status().await, 422, "{path}");
    }
}

#[tokio::test]
async fn a_page_asks_for_what_it_shows_and_for_all_that_can_be_played() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let browser = server.browser_in(&room).await;
    let ask = |name: &str, body: Value| {
        server.api(Method::POST, &format!("/fn/{name}")).cookie(&browser).body(&body)
    };
    let wanted =
        |place: Value| json!({ "wanted": { "place": place, "text": "", "limit": null, "cursor": null } });
    let top = ask("browse", wanted(json!({ "in": "folder", "path": "" }))).json().await;
    assert_eq!(top["tracks"].as_array().unwrap().len(), 3);
    let added = ask("browse", wanted(json!({ "in": "added" }))).json().await;
    assert_eq!(added["total"], 3);
    let all = ask("all-of", json!({ "place": { "in": "folder", "path": "" } })).json().await;
    assert_eq!((all["trackIds"].clone(), &all["total"]), (json!(server.tracks), &json!(3)));
    let stranger = server.api(Method::POST, "/fn/all-of").body(&json!({ "place": { "in": "everything" } }));
    assert!(!stranger.send().await.status().is_success());
}

//! Roles, kicks and PINs over real sockets and pages, and what is left of them after a restart.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{Hello, Member, TestRoom, TestServer, cookie};

/// Somebody who comes by cookie and hears why the door stays shut.
async fn turned_away(server: &TestServer, room: &TestRoom, hello: Hello) -> u16 {
    let mut outside = Member::connect(&server.host(), &room.code, &hello).await;
    outside.hello(hello).await;
    outside.close_code().await
}

async fn set_role(host: &mut Member, member: &str, role: &str) {
    host.say(&json!({ "t": "SET_ROLE", "memberId": member, "role": role })).await;
}

#[tokio::test]
async fn a_kick_puts_out_every_tab_and_holds_after_a_restart() {
    let mut server = TestServer::start().await;
    let room = server.room_with(json!({ "name": "Attic" })).await;
    let session = server.browser_in(&room).await;
    let mut host = server.host_in(&room).await;
    let mut first = server.member(&room, Hello::default().cookie(&session)).await;
    let mut second = server.member(&room, Hello::default().cookie(&session)).await;
    assert_ne!(first.id, second.id);
    host.say(&json!({ "t": "KICK", "memberId": first.id })).await;
    assert_eq!(first.close_code().await, 4403);
    assert_eq!(second.close_code().await, 4403);

    for restarted in [false, true] {
        if restarted {
            server.restart().await;
        }
        let hello = || Hello::default().cookie(&session);
        assert_eq!(turned_away(&server, &room, hello()).await, 4403);
        let page = server.api(Method::GET, &format!("/r/{}", room.code)).cookie(&session).send().await;
        assert!(page.status().is_client_error(), "{}", page.status());
        assert_eq!(cookie(&page), None);
        assert!(!page.text().await.unwrap().contains("Attic"));
        let media = format!("/media/{}/original", server.tracks[0]);
        for path in [format!("/api/rooms/{}", room.code), format!("/api/rooms/{}/clients", room.code), media]
        {
            assert_eq!(server.api(Method::GET, &path).cookie(&session).status().await, 403, "{path}");
        }
        // Others come in, and so does whoever has the host's token.
        assert_eq!(server.listener_in(&room).await.role, "listener");
    }
    let forgiven = server.member(&room, Hello::default().cookie(&session).token(&room.token)).await;
    assert_eq!(forgiven.role, "host");
}

#[tokio::test]
async fn the_host_is_host_again_after_a_restart_and_after_handing_over_it_is_not() {
    let mut server = TestServer::start().await;
    let answer = server.api(Method::POST, "/api/rooms").send().await;
    let creator = cookie(&answer).unwrap();
    let room: Value = answer.json().await.unwrap();
    let room = TestRoom {
        code: room["code"].as_str().unwrap().to_owned(),
        token: room["hostToken"].as_str().unwrap().to_owned(),
    };
    let guest = server.browser_in(&room).await;
    server.restart().await;
    let mut host = server.member(&room, Hello::default().cookie(&creator)).await;
    assert_eq!(host.role, "host");
    let own = host.id.clone();
    set_role(&mut host, &own, "listener").await;
    assert_eq!(host.hear("ERROR").await["code"], "last-host");

    let mut next = server.member(&room, Hello::default().cookie(&guest)).await;
    set_role(&mut host, &next.id, "host").await;
    assert_eq!(next.hear("WELCOME").await["role"], "host");
    set_role(&mut host, &own, "listener").await;
    assert_eq!(host.hear("WELCOME").await["role"], "listener");
    server.restart().await;
    assert_eq!(server.member(&room, Hello::default().cookie(&guest)).await.role, "host");
    assert_eq!(server.member(&room, Hello::default().cookie(&creator)).await.role, "listener");
}

#[tokio::test]
async fn a_wrong_host_token_is_refused_and_makes_nobody_a_listener() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut liar = server.socket(&room.code).await;
    liar.hello(Hello::default().token("guessed")).await;
    let (said, code) = liar.until_closed().await;
    assert_eq!((&said[0]["t"], &said[0]["code"]), (&json!("ERROR"), &json!("forbidden")));
    assert_eq!(code, 1008);
}

#[tokio::test]
async fn a_copied_tab_is_a_member_of_its_own_and_a_reload_is_not() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let hello = |page: u64| Hello::default().cookie(&session).page(page);
    let mut first = server.member(&room, hello(1)).await;
    let copy = server.member(&room, hello(2).resume(&first.id)).await;
    assert_ne!(copy.id, first.id);
    first.heard().await;
    let back = server.member(&room, hello(1).resume(&first.id)).await;
    assert_eq!(back.id, first.id, "its old socket may be dead without our knowing");
    assert_eq!(first.close_code().await, 1008);
}

#[tokio::test]
async fn health_is_for_djs_and_not_for_listeners() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let session = server.browser_in(&room).await;
    let mut host = server.host_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&session)).await;
    let report = json!({
        "t": "SYNC_REPORT", "offsetMs": 12.5, "offsetErrorMs": 0.5, "rttMs": 3, "driftMs": -0.25,
        "rate": 1.0, "buffering": false, "state": "in-sync"
    });
    guest.say(&report).await;
    let drift_of = |told: &Value, id: &str| -> Value {
        let members = told["members"].as_array();
        members
            .into_iter()
            .flatten()
            .find(|member| member["memberId"] == id)
            .map_or(Value::Null, |m| m["driftMs"].clone())
    };
    // With the list, or beside it.
    while drift_of(&host.next().await.unwrap(), &guest.id) != json!(-0.25) {}
    for told in guest.heard().await {
        assert!(!told.to_string().contains("driftMs"), "{told}");
    }
    set_role(&mut host, &guest.id, "dj").await;
    assert_eq!(drift_of(&guest.hear("ROOM_STATE").await, &guest.id), json!(-0.25));
    assert_eq!(drift_of(&guest.hear("MEMBERS").await, &guest.id), json!(-0.25));
    set_role(&mut host, &guest.id, "listener").await;
    guest.hear("WELCOME").await;
    guest.say(&report).await;
    for told in [guest.hear("ROOM_STATE").await, guest.hear("MEMBERS").await] {
        assert!(!told.to_string().contains("driftMs"), "{told}");
    }
}

#[tokio::test]
async fn a_new_pin_is_asked_of_who_comes_in_and_those_inside_stay() {
    let server = TestServer::start().await;
    let room = server.room_with(json!({ "name": "Vault" })).await;
    let (inside, outside) = (server.browser_in(&room).await, server.browser_in(&room).await);
    let mut host = server.host_in(&room).await;
    let mut guest = server.member(&room, Hello::default().cookie(&inside)).await;
    host.say(&json!({ "t": "SET_ROOM", "pin": "4711" })).await;
    assert_eq!(guest.hear("ROOM").await["settings"]["hasPin"], true);

    // Inside: goes on, and comes back after a moment without a network.
    guest.heard().await;
    let clients = format!("/api/rooms/{}/clients", room.code);
    assert_eq!(server.api(Method::GET, &clients).cookie(&inside).status().await, 200);
    let back = server.member(&room, Hello::default().cookie(&inside).resume(&guest.id)).await;
    assert_eq!(back.id, guest.id);

    // Outside, and whoever loads the page again: the PIN first.
    assert_eq!(turned_away(&server, &room, Hello::default().cookie(&outside)).await, 4401);
    assert_eq!(server.api(Method::GET, &clients).cookie(&outside).status().await, 403);
    let path = format!("/r/{}", room.code);
    for session in [&inside, &outside] {
        let page = server.api(Method::GET, &path).cookie(session).send().await;
        assert!(!page.text().await.unwrap().contains("Vault"));
    }
    let form = format!("code={}&pin=4711", room.code);
    let entered = server
        .api(Method::POST, "/fn/enter-pin")
        .cookie(&outside)
        .header("content-type", "application/x-www-form-urlencoded")
        .text(&form);
    entered.send().await;
    let page = server.api(Method::GET, &path).cookie(&outside).send().await;
    assert!(page.text().await.unwrap().contains("Vault"));
    assert_eq!(server.member(&room, Hello::default().cookie(&outside)).await.role, "listener");
}

#[tokio::test]
async fn the_history_says_who_added_what_and_outlives_a_restart() {
    let mut server = TestServer::start().await;
    let room = server.room_with(json!({})).await;
    let mut host = server.member(&room, Hello::default().token(&room.token).name("Ada")).await;
    host.say(&json!({ "t": "QUEUE_ADD", "trackIds": server.tracks })).await;
    host.say(&json!({ "t": "HOST_NEXT" })).await;
    host.hear("PREPARE_PLAY").await;
    server.restart().await;
    let mut host = server.host_in(&room).await;
    host.say(&json!({ "t": "HOST_NEXT" })).await;
    let told = host.hear("HISTORY").await;
    assert_eq!(told["entries"][0]["addedBy"], "Ada");
    assert_eq!(told["entries"][0]["track"]["title"], "Anthem");
    assert_eq!(server.state_of(&room).await["history"], told["entries"]);
    host.say(&json!({ "t": "HOST_PREVIOUS" })).await;
    assert_eq!(host.hear("QUEUE").await["entries"][0]["addedBy"], "Ada");
    assert_eq!(host.hear("HISTORY").await["entries"], json!([]));
}

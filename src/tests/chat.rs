//! What is said and shown, over real sockets.

use serde_json::{Value, json};

use super::harness::{Hello, Member, TestServer};

fn line(text: &str) -> Value {
    json!({ "t": "CHAT", "text": text })
}

async fn texts(member: &mut Member, many: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < many {
        texts.push(member.hear("CHAT").await["text"].as_str().unwrap().to_owned());
    }
    texts
}

#[tokio::test]
async fn everybody_hears_the_chat_in_one_order_and_who_comes_later_reads_it() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut ada = server.member(&room, Hello::default().name("Ada")).await;
    let mut bob = server.member(&room, Hello::default().name("Bob")).await;
    for number in 0..3 {
        ada.say(&line(&format!("ada {number}"))).await;
        bob.say(&line(&format!("  bob\n{number} "))).await;
    }
    let heard = texts(&mut ada, 6).await;
    assert_eq!(texts(&mut bob, 6).await, heard);
    assert!(heard.contains(&"bob 0".to_owned()), "cleaned like everything that people type: {heard:?}");

    let late = server.listener_in(&room).await;
    let chat = late.state["chat"].as_array().unwrap();
    assert_eq!(chat.iter().map(|line| line["text"].as_str().unwrap()).collect::<Vec<_>>(), heard);
    let ids: Vec<_> = chat.iter().map(|line| line["lineId"].as_u64().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    assert!(chat.iter().all(|line| line["name"] == "Ada" || line["name"] == "Bob"));
}

#[tokio::test]
async fn who_talks_too_fast_is_told_and_the_others_are_spared() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut other = server.listener_in(&room).await;
    let mut loud = server.listener_in(&room).await;
    for number in 0..6 {
        loud.say(&line(&number.to_string())).await;
    }
    assert_eq!(loud.hear("ERROR").await["code"], "rate-limited");
    loud.say(&json!({ "t": "REACT", "emoji": "🔥" })).await;
    assert_eq!(loud.hear("ERROR").await["code"], "rate-limited");
    let heard = other.heard().await;
    assert_eq!(heard.iter().filter(|message| message["t"] == "CHAT").count(), 5);
    assert!(heard.iter().all(|message| message["t"] != "REACT"));
}

#[tokio::test]
async fn a_reaction_is_told_and_not_kept() {
    let server = TestServer::start().await;
    let room = server.room().await;
    let mut ada = server.member(&room, Hello::default().name("Ada")).await;
    ada.say(&json!({ "t": "REACT", "emoji": "🎉" })).await;
    let told = ada.hear("REACT").await;
    assert_eq!((&told["name"], &told["emoji"]), (&json!("Ada"), &json!("🎉")));
    ada.say(&json!({ "t": "REACT", "emoji": "<b>" })).await;
    assert_eq!(ada.hear("ERROR").await["code"], "bad-message");
    assert_eq!(server.listener_in(&room).await.state["chat"], json!([]));
}

//! What is said and shown.

use super::*;
use crate::protocol::{ChatText, Reaction, limits};

fn line(text: &str) -> Command {
    Command::Chat { text: ChatText::parse(text).unwrap() }
}

fn heart() -> Command {
    Command::React { emoji: Reaction::parse("❤️").unwrap() }
}

#[test]
fn what_is_said_is_told_to_all_and_kept_for_who_comes_later() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    let before = stage.room.revision();
    stage.said.clear();
    stage.ask(&member(&ada), line("hello")).unwrap();
    stage.ask(&member(&bob), line("hi")).unwrap();
    stage.ask(&member(&bob), heart()).unwrap();
    assert!(
        stage.said.iter().all(|effect| matches!(effect, Effect::Broadcast(_))),
        "nothing is written down"
    );
    let told = stage.broadcasts();
    let texts: Vec<_> = told
        .iter()
        .filter_map(|message| match message {
            ServerMessage::Chat(line) => Some((line.line_id, line.text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [(1, "hello"), (2, "hi")]);
    assert!(matches!(&told[2], ServerMessage::React { member_id, .. } if *member_id == bob.member_id));
    assert_eq!(stage.room.revision(), before);

    // A member who is gone has said it all the same.
    stage.ask(&HOST, Command::Kick { member_id: bob.member_id }).unwrap();
    let kept = stage.room.snapshot(stage.now).chat;
    assert_eq!(kept.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["hello", "hi"]);
    assert_eq!(kept[0].said_at, stage.now);
}

#[test]
fn who_says_too_much_at_once_is_refused_and_nobody_else() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    for _ in 1..limits::CHAT_BURST {
        stage.ask(&member(&bob), line("me")).unwrap();
    }
    stage.ask(&member(&bob), heart()).unwrap();
    stage.said.clear();
    for command in [line("me again"), heart()] {
        assert_eq!(stage.ask(&member(&bob), command), Err(ErrorCode::RateLimited));
    }
    assert!(stage.said.is_empty());
    stage.ask(&member(&ada), line("quiet, please")).unwrap();
    stage.pass(limits::CHAT_EVERY);
    stage.ask(&member(&bob), heart()).unwrap();
}

#[test]
fn only_the_latest_lines_are_kept() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Host);
    for number in 1..=limits::CHAT_KEPT + 3 {
        stage.ask(&member(&ada), line(&format!("line {number}"))).unwrap();
        stage.pass(limits::CHAT_EVERY);
    }
    let kept = stage.room.snapshot(stage.now).chat;
    assert_eq!(kept.len(), limits::CHAT_KEPT);
    assert_eq!((kept[0].line_id, kept[0].text.as_str()), (4, "line 4"));
}

#[test]
fn a_token_alone_says_nothing() {
    let mut stage = Stage::new();
    stage.join("ada", Role::Host);
    for command in [line("from nowhere"), heart()] {
        assert_eq!(stage.ask(&HOST, command), Err(ErrorCode::Forbidden));
    }
}

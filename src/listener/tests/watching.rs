//! What is kept for who watches, and that nothing is for nobody.

use super::*;
use crate::listener::diary::{DECISIONS, Direction, KINDS, MESSAGE_BYTES, MESSAGES, SAMPLES, Watcher};
use crate::sync::drift::{Act, Decision, Why};
use crate::sync::profile::Profile;

fn watched() -> Stage {
    let mut stage = Stage::online();
    stage.listener.handle_watched(Watcher::Panel, true);
    stage
}

fn pass_by(stage: &mut Stage, text: &str) {
    stage.listener.handle_passed(stage.now, Direction::Sent, text);
}

#[test]
fn nothing_is_kept_while_nobody_watches() {
    let mut stage = Stage::playing();
    pass_by(&mut stage, r#"{"t":"TIME_PING","pingId":1}"#);
    stage.listener.handle_beat(stage.now);
    stage.play_off_by(Span::from_millis(20), Span::from_secs(3));
    let diary = stage.listener.diary();
    assert!(!diary.is_watched());
    assert_eq!(
        (diary.messages().len(), diary.samples().len(), diary.decisions().len(), diary.traffic().len()),
        (0, 0, 0, 0)
    );
    assert_eq!(diary.last_number(), 0);
}

#[test]
fn who_stops_watching_keeps_what_was_seen_and_gets_nothing_more() {
    let mut stage = watched();
    pass_by(&mut stage, r#"{"t":"READY","streamId":1}"#);
    stage.listener.handle_watched(Watcher::Panel, false);
    pass_by(&mut stage, r#"{"t":"READY","streamId":2}"#);
    assert_eq!(stage.listener.diary().messages().len(), 1);
    stage.listener.handle_watched(Watcher::Console, true);
    stage.listener.handle_watched(Watcher::Panel, false);
    pass_by(&mut stage, r#"{"t":"READY","streamId":3}"#);
    assert_eq!(stage.listener.diary().messages().len(), 2, "the console watches on");
}

#[test]
fn the_diary_is_bounded_in_everything() {
    let mut stage = watched();
    for number in 0..MESSAGES + 50 {
        pass_by(&mut stage, &format!(r#"{{"t":"KIND_{number}","n":{number}}}"#));
    }
    assert_eq!(stage.listener.diary().messages().len(), MESSAGES);
    assert_eq!(stage.listener.diary().traffic().len(), KINDS);
    assert!(stage.listener.diary().messages()[0].text.contains(":50}"), "the oldest goes first");
    let long = format!(r#"{{"t":"ROOM_STATE","name":"{}"}}"#, "x".repeat(MESSAGE_BYTES / 3));
    for _ in 0..10 {
        pass_by(&mut stage, &long);
    }
    let bytes: usize = stage.listener.diary().messages().iter().map(|message| message.text.len()).sum();
    assert!(bytes <= MESSAGE_BYTES, "{bytes}");
    for _ in 0..SAMPLES + 10 {
        stage.listener.handle_beat(stage.now);
    }
    assert_eq!(stage.listener.diary().samples().len(), SAMPLES);
    for number in 0..DECISIONS as u64 + 10 {
        let decision = Decision { why: Why::Far, drift: Some(Span::from_micros(number as i64)), rate: 1.0 };
        stage.listener.diary.note_decision(stage.now, Some(decision));
    }
    assert_eq!(stage.listener.diary().decisions().len(), DECISIONS);
    stage.listener.handle_cleared();
    assert_eq!(stage.listener.diary().messages().len(), 0);
    pass_by(&mut stage, "{}");
    assert!(stage.listener.diary().is_watched());
    assert!(stage.listener.diary().messages()[0].number > MESSAGES as u64, "numbers are not given twice");
}

#[test]
fn secrets_do_not_get_in_and_what_looks_like_one_stays() {
    let mut stage = watched();
    for (passed, kept) in [
        (
            r#"{"t":"HELLO","pin":"4711","hostToken":"a\"b"}"#,
            r#"{"t":"HELLO","pin":"***","hostToken":"***"}"#,
        ),
        (r#"{"t":"SET_ROOM","pin":"00\\","name":"x"}"#, r#"{"t":"SET_ROOM","pin":"***","name":"x"}"#),
        (r#"{"t":"SET_ROOM","pin":""}"#, r#"{"t":"SET_ROOM","pin":"***"}"#),
        (r#"{"t":"CHAT","text":"my \"pin\":\"1\" is"}"#, r#"{"t":"CHAT","text":"my \"pin\":\"1\" is"}"#),
        (r#"{"t":"HELLO","pin":"47"#, r#"{"t":"HELLO","pin":"***"#),
    ] {
        pass_by(&mut stage, passed);
        assert_eq!(stage.listener.diary().messages().back().unwrap().text, kept);
    }
    let json = stage.listener.diary().to_json(&stage.listener.state_now(stage.now));
    assert!(!json.contains("4711"));
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["messages"][0]["message"]["t"], "HELLO");
    assert_eq!(read["messages"][4]["message"], r#"{"t":"HELLO","pin":"***"#, "what is no JSON is a text");
}

#[test]
fn a_message_is_known_by_its_kind_and_said_in_short() {
    let mut stage = watched();
    let text = r#"{"t":"PAUSE_AT","streamId":3,"positionSec":1.5,"why":"so"}"#;
    pass_by(&mut stage, text);
    pass_by(&mut stage, r#"{"t":"CHAT","text":"he said \"t\":\"FAKE\""}"#);
    pass_by(&mut stage, "nonsense");
    let messages = stage.listener.diary().messages();
    let kinds: Vec<_> = messages.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(kinds, ["PAUSE_AT", "CHAT", ""]);
    assert_eq!(messages[0].summary(), "streamId: 3, positionSec: 1.5, why: so");
    assert_eq!(messages[0].bytes, text.len());
    assert!(messages[0].matches("", "pause") && messages[0].matches("PAUSE_AT", "STREAMid"));
    assert!(!messages[0].matches("CHAT", "") && !messages[0].matches("", "volume"));
    let counted = &stage.listener.diary().traffic()[0];
    assert_eq!((counted.count, counted.bytes), (1, text.len() as u64));
}

#[test]
fn a_correction_is_noted_once_with_its_reason_and_so_is_each_reason_to_hold() {
    let mut stage = Stage::playing();
    stage.listener.handle_watched(Watcher::Panel, true);
    stage.play_off_by(Span::from_millis(300), Span::from_secs(1));
    let noted: Vec<_> = stage.listener.diary().decisions().iter().map(|noted| noted.decision).collect();
    let sought: Vec<_> = noted.iter().filter(|decision| decision.why.act() == Act::Seek).collect();
    assert_eq!(sought.len(), 1, "{noted:?}");
    assert_eq!(sought[0].why, Why::Far);
    assert!((sought[0].drift.unwrap() - Span::from_millis(300)).abs() < Span::from_millis(5));
    assert!(noted.windows(2).all(|two| two[0].why != two[1].why), "{noted:?}");
}

#[test]
fn a_profile_that_is_chosen_by_hand_counts_until_it_is_let_go() {
    let mut stage = watched();
    let own = stage.listener.profile();
    stage.listener.handle_profile(stage.now, Some(Profile::Wan));
    assert_eq!(
        (stage.listener.profile(), stage.listener.forced_profile()),
        (Profile::Wan, Some(Profile::Wan))
    );
    assert!(stage.listener.state_now(stage.now).profile_forced);
    stage.listener.handle_profile(stage.now, None);
    assert_eq!((stage.listener.profile(), stage.listener.forced_profile()), (own, None));
}

#[test]
fn a_host_keeps_how_members_kept_step_and_forgets_who_is_gone() {
    let mut stage = Stage::online();
    let told = |ids: &[&str], drift_ms: i64| ServerMessage::Members {
        members: ids
            .iter()
            .map(|id| MemberInfo {
                member_id: id.parse().unwrap(),
                name: MemberName::parse(id).unwrap(),
                role: crate::protocol::Role::Listener,
                connected: true,
                health: Some(crate::protocol::snapshot::MemberHealth {
                    drift: Some(Span::from_millis(drift_ms)),
                    ..Default::default()
                }),
            })
            .collect(),
        member_count: ids.len(),
    };
    let bob: MemberId = "bob".parse().unwrap();
    for minute in 0..100 {
        stage.receive(told(&["ann", "bob"], minute));
        stage.pass(Span::from_secs(15));
    }
    let drifts: Vec<_> = stage.listener.view().trends.of(&bob).map(|point| point.drift.unwrap()).collect();
    assert_eq!(drifts.len(), 40);
    assert_eq!(drifts.last(), Some(&Span::from_millis(99)));
    stage.receive(told(&["ann", "bob"], 99));
    assert_eq!(stage.listener.view().trends.of(&bob).count(), 40, "what stands still is one point");
    stage.receive(told(&["ann"], 99));
    assert_eq!(stage.listener.view().trends.of(&bob).count(), 0);
}

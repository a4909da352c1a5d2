//! Who comes in, who may what, and who goes.

use super::*;

#[test]
fn a_listener_controls_nothing_and_changes_nothing_by_trying() {
    let mut stage = Stage::new();
    let bob = stage.join("bob", Role::Listener);
    stage.play("song", 60);
    let before = stage.room.record();
    for command in [
        Command::Pause,
        Command::Stop,
        Command::Next,
        Command::Seek { position: MediaTime::ZERO },
        Command::SetVolume { volume: Volume::FULL },
        Command::QueueClear,
        Command::SyncAll,
        Command::Kick { member_id: bob.member_id.clone() },
        Command::Play { track: track("other", 5), position: None },
    ] {
        let answer = stage.ask(&Actor::Member(bob.member_id.clone()), command.clone());
        assert_eq!(answer, Err(ErrorCode::Forbidden), "{command:?}");
    }
    assert_eq!(stage.room.record(), before);
}

#[test]
fn a_member_that_comes_back_is_the_same_member() {
    let mut stage = Stage::new();
    let ada = stage.join("ada", Role::Dj);
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    stage.pass(Span::from_secs(30));
    let request =
        |browser: &str| JoinRequest { resume: Some(ada.member_id.clone()), ..request("new", browser) };
    let back = stage.room.handle_join(stage.now, request("ada")).unwrap();
    assert_eq!(back.member_id, ada.member_id);
    assert_eq!(stage.room.role_of(&back.member_id), Some(Role::Dj));
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    assert!(stage.room.is_attended(), "the old connection's end is not the new one's");
    let stranger = stage.room.handle_join(stage.now, request("other")).unwrap();
    assert_eq!(stranger.member_id.as_str(), "new", "another browser cannot take the place");
}

#[test]
fn a_full_room_says_so() {
    let mut stage = Stage::new();
    stage.room.config.max_members = 1;
    stage.join("ada", Role::Host);
    assert_eq!(stage.room.handle_join(stage.now, request("bob", "bob")), Err(ErrorCode::RoomFull));
}

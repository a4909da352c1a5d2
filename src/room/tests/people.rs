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

fn role(member: &Joined, role: Role) -> Command {
    Command::SetRole { member_id: member.member_id.clone(), role }
}

fn kick(member: &Joined) -> Command {
    Command::Kick { member_id: member.member_id.clone() }
}

#[test]
fn a_page_that_comes_back_takes_its_place_and_a_copy_of_its_tab_gets_one_of_its_own() {
    let mut stage = Stage::new();
    let request = |resume: Option<&MemberId>, page: u64| JoinRequest {
        fresh_id: format!("m{page}").parse().unwrap(),
        resume: resume.cloned(),
        page: Some(page),
        ..super::request("any", "ada")
    };
    let first = stage.room.handle_join(stage.now, request(None, 1)).unwrap();
    let mut join = |page| stage.room.handle_join(stage.now, request(Some(&first.member_id), page)).unwrap();
    let again = join(1);
    assert_eq!(again.member_id, first.member_id, "its old connection may be dead without our knowing");
    let copy = join(2);
    assert_ne!(copy.member_id, first.member_id);
    stage.room.handle_leave(stage.now, &first.member_id, again.connection);
    let reloaded = stage.room.handle_join(stage.now, request(Some(&first.member_id), 3)).unwrap();
    assert_eq!(reloaded.member_id, first.member_id);
    assert_eq!(stage.room.snapshot(stage.now).member_count, 2);
}

#[test]
fn a_room_is_handed_over_and_never_left_without_a_host() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    let second_tab = stage.join_by("ada2", "ada", Role::Host);
    for tab in [&ada, &second_tab] {
        for less in [Role::Dj, Role::Listener] {
            assert_eq!(stage.ask(&member(&ada), role(tab, less)), Err(ErrorCode::LastHost));
        }
    }
    stage.ask(&member(&ada), role(&bob, Role::Host)).unwrap();
    stage.ask(&member(&ada), role(&ada, Role::Listener)).unwrap();
    assert_eq!(stage.room.role_of(&second_tab.member_id), Some(Role::Listener), "a person is all their tabs");
    assert_eq!(stage.ask(&member(&ada), role(&ada, Role::Host)), Err(ErrorCode::Forbidden));
    assert_eq!(stage.ask(&member(&bob), role(&bob, Role::Dj)), Err(ErrorCode::LastHost));
    stage.host(role(&bob, Role::Dj));
    assert_eq!(stage.room.role_of(&bob.member_id), Some(Role::Dj), "who has the token is a host, too");
}

#[test]
fn who_is_away_is_promoted_and_demoted_all_the_same() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Dj));
    stage.room.handle_leave(stage.now, &bob.member_id, bob.connection);
    stage.ask(&member(&ada), role(&bob, Role::Listener)).unwrap();
    let back = JoinRequest { resume: Some(bob.member_id.clone()), ..request("new", "bob") };
    let back = stage.room.handle_join(stage.now, back).unwrap();
    assert_eq!(stage.room.role_of(&back.member_id), Some(Role::Listener));
}

#[test]
fn a_kick_puts_out_all_tabs_of_a_browser_and_of_ones_own_only_the_one() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    let (tab, away) =
        (stage.join_by("tab", "bob", Role::Listener), stage.join_by("away", "bob", Role::Listener));
    stage.room.handle_leave(stage.now, &away.member_id, away.connection);
    stage.said.clear();
    stage.ask(&member(&ada), kick(&tab)).unwrap();
    for gone in [&bob, &tab, &away] {
        assert_eq!(stage.room.role_of(&gone.member_id), None);
        assert!(stage.said.contains(&Effect::Close(gone.member_id.clone(), CloseReason::Kicked)));
    }
    assert_eq!(stage.ask(&member(&ada), kick(&bob)), Err(ErrorCode::NoSuchMember));

    let own = stage.join_by("own", "ada", Role::Host);
    assert_eq!(stage.ask(&member(&ada), kick(&ada)), Err(ErrorCode::BadValue));
    stage.ask(&member(&ada), kick(&own)).unwrap();
    assert_eq!(stage.room.role_of(&ada.member_id), Some(Role::Host));
}

/// The lists of members that somebody was told: whether with health.
fn lists(said: &[Effect], of: &MemberId) -> Vec<bool> {
    let with_health = |members: &[MemberInfo]| members.iter().any(|member| member.health.is_some());
    said.iter()
        .filter_map(|effect| {
            let (told, message) = match effect {
                Effect::Broadcast(message) => (true, message),
                Effect::Tell(to, message) => (to.contains(of), message),
                Effect::TellOthers(but, message) => (!but.contains(of), message),
                Effect::Send(to, message) => (to == of, message),
                _ => return None,
            };
            match message {
                ServerMessage::Members { members, .. } if told => Some(with_health(members)),
                ServerMessage::RoomState(state) if told => Some(with_health(&state.members)),
                _ => None,
            }
        })
        .collect()
}

#[test]
fn health_is_told_to_those_who_may_see_it_from_when_on_they_may() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    let told = |stage: &mut Stage| {
        stage.pass(Span::from_secs(1));
        let said = std::mem::take(&mut stage.said);
        (lists(&said, &ada.member_id), lists(&said, &bob.member_id))
    };
    let (host, listener) = told(&mut stage);
    assert_eq!((host.last(), listener.last()), (Some(&true), Some(&false)));
    stage.ask(&member(&ada), role(&bob, Role::Dj)).unwrap();
    assert_eq!(told(&mut stage), (vec![true], vec![true, true]), "at once, and with the list");
    stage.ask(&member(&ada), role(&bob, Role::Listener)).unwrap();
    assert_eq!(told(&mut stage), (vec![true], vec![false, false]));
    stage.room.handle_request_state(stage.now, &ada.member_id);
    stage.hear();
    assert_eq!(told(&mut stage), (vec![true], vec![]));
}

#[test]
fn health_that_changes_is_told_every_two_seconds_at_most_and_to_nobody_else() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    stage.pass(Span::from_secs(10));
    stage.said.clear();
    for _ in 0..100 {
        stage.room.handle_rtt(stage.now, &bob.member_id, Span::from_millis(9));
        stage.pass(Span::from_millis(100));
    }
    let to_host = lists(&stage.said, &ada.member_id).len();
    assert!((4..=6).contains(&to_host), "{to_host} times in 10 s");
    assert!(lists(&stage.said, &bob.member_id).is_empty());
    let told = stage.said.iter().rev().find_map(|effect| match effect {
        Effect::Tell(_, ServerMessage::Members { members, .. }) => Some(members.clone()),
        _ => None,
    });
    let bobs = told.unwrap().into_iter().find(|listed| listed.member_id == bob.member_id);
    assert_eq!(bobs.unwrap().health.unwrap().rtt, Some(Span::from_millis(9)));
    stage.said.clear();
    stage.pass(Span::from_secs(60));
    assert!(stage.said.is_empty(), "nothing changes, nothing is told");
}

#[test]
fn who_runs_the_room_is_listed_however_many_listen() {
    let mut stage = Stage::new();
    for number in 0..limits::MEMBERS_LISTED + 20 {
        stage.join(&format!("a{number}"), Role::Listener);
    }
    stage.join("zoe", Role::Host);
    let listed = stage.room.snapshot(stage.now).members;
    assert_eq!(listed.len(), limits::MEMBERS_LISTED);
    assert_eq!(listed[0].member_id.as_str(), "zoe");
}

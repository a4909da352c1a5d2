//! Who comes in, who may what, and who goes.

use super::*;
use crate::protocol::snapshot::HealthNews;
use crate::protocol::{ReportedState, SyncReport};

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

#[test]
fn who_is_away_for_a_moment_keeps_its_place_in_a_full_room_and_the_limit_holds() {
    let mut stage = Stage::new();
    stage.room.config.max_members = 1;
    let ada = stage.join("ada", Role::Host);
    stage.room.handle_leave(stage.now, &ada.member_id, ada.connection);
    assert_eq!(stage.room.handle_join(stage.now, request("bob", "bob")), Err(ErrorCode::RoomFull));
    let back = JoinRequest { resume: Some(ada.member_id.clone()), ..request("new", "ada") };
    let back = stage.room.handle_join(stage.now, back).unwrap();
    stage.room.handle_leave(stage.now, &back.member_id, back.connection);
    stage.pass(crate::protocol::limits::RESUME_GRACE);
    stage.room.handle_join(stage.now, request("bob", "bob")).unwrap();
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
fn a_page_whose_welcome_was_lost_is_not_counted_twice() {
    let mut stage = Stage::new();
    let request =
        |id: &str, browser: &str, page: u64| JoinRequest { page: Some(page), ..super::request(id, browser) };
    let lost = stage.room.handle_join(stage.now, request("first", "ada", 1)).unwrap();
    let again = stage.room.handle_join(stage.now, request("again", "ada", 1)).unwrap();
    assert_eq!(again.member_id, lost.member_id);
    assert_ne!(again.connection, lost.connection);
    let stranger = stage.room.handle_join(stage.now, request("bob", "bob", 1)).unwrap();
    let other_tab = stage.room.handle_join(stage.now, request("tab", "ada", 2)).unwrap();
    assert_ne!(stranger.member_id, lost.member_id, "a number is no secret: the browser has to be the same");
    assert_ne!(other_tab.member_id, lost.member_id);
    stage.room.handle_leave(stage.now, &lost.member_id, lost.connection);
    assert_eq!(stage.room.snapshot(stage.now).members.iter().filter(|m| m.connected).count(), 3);
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

/// A tab may be a host by the token that it showed, beside an older one of the same browser that is not.
#[test]
fn the_last_host_does_not_step_down_by_another_tab_of_its_own() {
    let mut stage = Stage::new();
    let (old, host) = (stage.join_by("old", "ada", Role::Listener), stage.join("ada", Role::Host));
    assert_eq!(stage.ask(&member(&host), role(&old, Role::Dj)), Err(ErrorCode::LastHost));
    assert_eq!(stage.room.role_of(&host.member_id), Some(Role::Host));
    stage.ask(&member(&host), role(&old, Role::Host)).unwrap();
    assert_eq!(stage.room.role_of(&old.member_id), Some(Role::Host));
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

/// What somebody was told of others' health beside the list, and how often.
fn health_told(said: &[Effect], of: &MemberId) -> Vec<Vec<HealthNews>> {
    let told = said.iter().filter_map(|effect| match effect {
        Effect::Tell(to, ServerMessage::Health { members }) if to.contains(of) => Some(members.clone()),
        Effect::Broadcast(ServerMessage::Health { .. })
        | Effect::TellOthers(_, ServerMessage::Health { .. }) => {
            panic!("health is not for everybody")
        }
        _ => None,
    });
    told.collect()
}

fn report(drift_micros: i64, state: ReportedState) -> SyncReport {
    SyncReport {
        offset: Span::ZERO,
        offset_error: Span::from_millis(1),
        rtt: Span::from_millis(9),
        drift: Some(Span::from_micros(drift_micros)),
        rate: 1.0,
        position: None,
        buffering: state == ReportedState::Buffering,
        state,
        unknown_engine: false,
    }
}

/// A host and a listener, of whom everything was told.
fn settled() -> (Stage, Joined, Joined) {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.join("ada", Role::Host), stage.join("bob", Role::Listener));
    stage.room.handle_rtt(stage.now, &bob.member_id, Span::from_millis(9));
    stage.room.handle_report(stage.now, &bob.member_id, &report(0, ReportedState::InSync));
    stage.pass(Span::from_secs(60));
    stage.said.clear();
    (stage, ada, bob)
}

#[test]
fn a_state_that_changes_is_told_every_two_seconds_at_most_and_to_nobody_else() {
    let (mut stage, ada, bob) = settled();
    for beat in 0..100 {
        let state = if beat % 3 == 0 { ReportedState::Buffering } else { ReportedState::InSync };
        stage.room.handle_report(stage.now, &bob.member_id, &report(0, state));
        stage.pass(Span::from_millis(100));
    }
    let told = health_told(&stage.said, &ada.member_id);
    assert!((4..=6).contains(&told.len()), "{} times in 10 s", told.len());
    assert!(
        told.iter().flatten().all(|news| news.member_id == bob.member_id),
        "nothing is new of the others"
    );
    assert!(health_told(&stage.said, &bob.member_id).is_empty());
}

#[test]
fn figures_rest_longer_than_states_and_what_has_not_moved_is_not_told() {
    let (mut stage, ada, bob) = settled();
    for beat in 0..600_i64 {
        stage.room.handle_report(stage.now, &bob.member_id, &report(beat * 1_000, ReportedState::InSync));
        stage.pass(Span::from_millis(100));
    }
    let told = health_told(&stage.said, &ada.member_id);
    assert!((3..=5).contains(&told.len()), "{} times in a minute", told.len());
    let last = told.last().and_then(|members| members.first()).and_then(|news| news.drift);
    assert!(last.is_some_and(|drift| drift > Span::from_millis(400)), "the latest of them: {last:?}");
    stage.pass(Span::from_secs(20));
    stage.said.clear();
    for beat in 0..60 {
        let (rtt, drift) = (Span::from_micros(9_000 + beat % 3 * 1_000), 599_000 + beat % 5 * 100);
        stage.room.handle_rtt(stage.now, &bob.member_id, rtt);
        stage.room.handle_report(stage.now, &bob.member_id, &report(drift, ReportedState::InSync));
        stage.pass(Span::from_secs(1));
    }
    assert!(stage.said.is_empty(), "nothing has changed, nothing is told: {:?}", stage.said);
}

#[test]
fn a_page_that_falls_silent_behind_a_living_socket_is_told_of_with_when_it_last_spoke() {
    let (mut stage, ada, bob) = settled();
    let spoke = stage.now;
    stage.room.handle_report(stage.now, &bob.member_id, &report(0, ReportedState::InSync));
    for _ in 0..15 {
        stage.room.handle_rtt(stage.now, &bob.member_id, Span::from_millis(9));
        stage.pass(Span::from_secs(8));
    }
    let told: Vec<_> = health_told(&stage.said, &ada.member_id).into_iter().flatten().collect();
    assert_eq!(told.len(), 1, "once: {told:?}");
    assert_eq!((told[0].state.as_deref(), told[0].drift, told[0].reported_at), (None, None, Some(spoke)));
    stage.room.handle_report(stage.now, &bob.member_id, &report(0, ReportedState::InSync));
    stage.pass(Span::from_secs(2));
    let again: Vec<_> = health_told(&stage.said, &ada.member_id).into_iter().flatten().collect();
    assert_eq!(again.last().and_then(|news| news.state.as_deref()), Some("in-sync"));
}

/// With two devices that keep step; a host's page is to have 6 KB a minute, with the ticks and the pings.
#[test]
fn the_health_of_two_costs_a_host_less_than_a_kilobyte_a_minute() {
    let (mut stage, ada, bob) = settled();
    let mut bytes = 0;
    for second in 0..600_i64 {
        for (number, who) in (0_i64..).zip([&ada.member_id, &bob.member_id]) {
            if second % 20 == number {
                let drift = (second * 7_919 + number * 331) % 700 - 350;
                stage.room.handle_report(stage.now, who, &report(drift, ReportedState::InSync));
            }
            if second % 8 == number {
                stage.room.handle_rtt(stage.now, who, Span::from_micros(400 + second * 613 % 2_500));
            }
        }
        stage.pass(Span::from_secs(1));
    }
    for members in health_told(&stage.said, &ada.member_id) {
        bytes += serde_json::to_string(&ServerMessage::Health { members }).unwrap().len();
    }
    println!("{} bytes a minute", bytes / 10);
    assert!(bytes / 10 < 1_000, "{} bytes a minute", bytes / 10);
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

//! Coming, going and coming back: the socket, the server's clock, and what cannot be asked meanwhile.

use super::*;

#[test]
fn it_says_hello_and_measures_the_clock_at_once() {
    let mut stage = Stage::new();
    assert!(matches!(stage.take()[..], [Output::Connect]));
    stage.open();
    assert!(matches!(&stage.take()[..], [Output::Transmit(ClientMessage::Hello { resume: None, .. }), ..]));
    assert_eq!(stage.listener.view().connection, Connection::Online);
    stage.pass(Span::from_secs(1));
    let offset = stage.listener.view().sync.offset.expect("the clock is known");
    assert!((offset - AHEAD).abs() < Span::from_micros(5));
}

#[test]
fn a_broken_socket_is_tried_again_with_growing_pauses() {
    let mut stage = Stage::online();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        stage.listener.handle_closed(stage.now, 1006);
        stage.hear();
        assert_eq!(stage.listener.view().connection, Connection::Reconnecting);
        let from = stage.now;
        while !stage.take().contains(&Output::Connect) {
            stage.pass(Span::from_millis(10));
            assert!(stage.now - from < Span::from_secs(9), "it gave up");
        }
        pauses.push(stage.now - from);
    }
    assert!(pauses[0] <= Span::from_millis(260), "{pauses:?}");
    assert!(pauses[7] >= Span::from_millis(1_250) && pauses[7] <= Span::from_millis(2_510), "{pauses:?}");
}

/// Lets time pass while the network swallows everything; when it first did this.
fn in_the_dark(stage: &mut Stage, span: Span, wanted: &Output) -> Option<Span> {
    while stage.listener.poll_output().is_some() {}
    let (from, until) = (stage.now, stage.now + span);
    while let Some(due) = stage.listener.poll_timeout().filter(|due| *due <= until) {
        stage.now = stage.now.max(due);
        stage.listener.handle_timeout(stage.now);
        while let Some(output) = stage.listener.poll_output() {
            if output == *wanted {
                return Some(stage.now - from);
            }
        }
    }
    None
}

#[test]
fn a_half_open_socket_is_noticed_within_20_s() {
    for seconds in [0, 1, 7, 29, 31, 64, 200] {
        let mut stage = Stage::online();
        stage.pass(Span::from_secs(seconds));
        stage.take();
        let noticed = in_the_dark(&mut stage, Span::from_secs(60), &Output::Disconnect);
        assert!(noticed.is_some_and(|after| after <= Span::from_secs(20)), "{seconds} s: {noticed:?}");
        assert_eq!(stage.listener.view().connection, Connection::Reconnecting);
    }
}

#[test]
fn a_quiet_room_is_not_given_up_as_long_as_it_answers() {
    let mut stage = Stage::online();
    stage.pass(Span::from_secs(600));
    let said = stage.take();
    assert!(!said.contains(&Output::Disconnect));
    let pings = said.iter().filter(|output| matches!(output, Output::Ping { .. })).count();
    assert!(pings < 10 * 30, "{pings} pings in ten minutes");
}

#[test]
fn a_network_that_is_back_is_found_within_5_s_however_long_it_was_gone() {
    // Of a network that is gone, attempts say nothing; one that began 3 s ago or earlier is lost with its packets.
    for gone in 1..120 {
        let mut stage = Stage::online();
        stage.listener.handle_closed(stage.now, 1006);
        let back = stage.now + Span::from_secs(gone);
        let (mut began, mut found) = (None, None);
        while let Some(due) = stage.listener.poll_timeout() {
            stage.now = stage.now.max(due);
            stage.listener.handle_timeout(stage.now);
            while let Some(output) = stage.listener.poll_output() {
                match output {
                    Output::Connect => began = Some(stage.now),
                    Output::Disconnect => began = None,
                    _ => {}
                }
            }
            // TCP sends its first packet again 1, 3 and 7 s after the first time.
            let next = stage.listener.poll_timeout().unwrap();
            found = began.and_then(|began| {
                let tries = [0, 1, 3, 7].map(|after| began + Span::from_secs(after));
                tries.into_iter().find(|at| *at >= back && *at < next)
            });
            if found.is_some() {
                break;
            }
        }
        let found = found.unwrap();
        assert!(found - back <= Span::from_secs(5), "{gone} s: found after {:?}", found - back);
    }
}

#[test]
fn it_comes_back_as_who_it_was() {
    let mut stage = Stage::online();
    stage.listener.handle_closed(stage.now, 1012);
    stage.pass(Span::from_secs(1));
    stage.take();
    stage.listener.handle_open(stage.now);
    stage.hear();
    let hello = stage.take().into_iter().find_map(|output| match output {
        Output::Transmit(ClientMessage::Hello { resume, .. }) => resume,
        _ => None,
    });
    assert_eq!(hello, Some("me".parse().unwrap()));
}

#[test]
fn a_closed_door_is_respected_and_the_elements_are_freed() {
    for reason in [CloseReason::Kicked, CloseReason::NoRoom, CloseReason::Pin, CloseReason::Full] {
        let mut stage = Stage::playing();
        stage.listener.handle_closed(stage.now, reason.code());
        stage.hear();
        assert_eq!(stage.listener.view().connection, Connection::Closed(reason));
        assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Unload)), "{reason:?}");
        stage.pass(Span::from_secs(60));
        assert!(stage.take().is_empty(), "{reason:?}: it leaves the room alone");
    }
}

#[test]
fn an_end_is_shown_though_nothing_else_changes() {
    let mut stage = Stage::online();
    while stage.listener.poll_output().is_some() {}
    stage.listener.handle_closed(stage.now, CloseReason::Kicked.code());
    let said: Vec<Output> = std::iter::from_fn(|| stage.listener.poll_output()).collect();
    assert!(said.contains(&Output::Show));
}

#[test]
fn what_is_asked_while_the_room_is_out_of_reach_is_refused_here() {
    let mut stage = Stage::online();
    stage.listener.handle_closed(stage.now, 1006);
    stage.hear();
    stage.take();
    stage.listener.handle_wish(stage.now, ClientMessage::HostPause);
    stage.hear();
    assert_eq!(stage.take(), []);
    assert_eq!(stage.listener.view().notice.as_ref().map(|n| n.code), Some(ErrorCode::Unavailable));
}

#[test]
fn a_new_epoch_of_the_server_does_not_stop_the_sound() {
    let mut stage = Stage::playing();
    stage.listener.handle_closed(stage.now, 1006);
    stage.pass(Span::from_secs(1));
    stage.listener.handle_open(stage.now);
    let playback = stage.listener.view().playback.clone();
    stage.receive(ServerMessage::Welcome {
        member_id: "me".parse().unwrap(),
        role: crate::protocol::Role::Listener,
        clock_epoch: "two".into(),
        server_now: stage.room_now(),
        version: "0".into(),
    });
    let state =
        RoomSnapshot { playback: (*playback).clone(), members: Vec::<MemberInfo>::new(), ..snapshot() };
    stage.receive(ServerMessage::RoomState(Box::new(state)));
    stage.pass(Span::from_secs(2));
    let commands = stage.commands();
    assert!(
        commands.iter().all(|(_, c)| !matches!(c, PlayerCommand::Pause | PlayerCommand::Load(_))),
        "{commands:?}"
    );
}

#[test]
fn a_tick_of_something_that_was_missed_asks_for_everything() {
    let mut stage = Stage::playing();
    let tick = |revision| ServerMessage::MusicStreamTick {
        stream_id: StreamId(1),
        revision: crate::protocol::Revision(revision),
        status: Status::Playing,
        start_at: RoomTime::ZERO,
        start_position: MediaTime::ZERO,
        position: MediaTime::ZERO,
        server_timestamp: RoomTime::ZERO,
        track_url: String::new(),
    };
    stage.receive(tick(11));
    assert!(!stage.take().contains(&Output::Transmit(ClientMessage::RequestState)));
    stage.receive(tick(12));
    assert!(stage.take().contains(&Output::Transmit(ClientMessage::RequestState)));
}

#[test]
fn a_socket_that_stays_silent_after_waking_is_given_up_soon() {
    let mut stage = Stage::online();
    stage.listener.handle_page(stage.now, PageEvent::Shown);
    // The network swallows everything.
    while stage.listener.poll_output().is_some() {}
    let until = stage.now + Span::from_secs(5);
    while let Some(due) = stage.listener.poll_timeout().filter(|due| *due <= until) {
        stage.now = stage.now.max(due);
        stage.listener.handle_timeout(stage.now);
        while let Some(output) = stage.listener.poll_output() {
            stage.said.push(output);
        }
    }
    assert!(stage.take().contains(&Output::Disconnect));
}

/// Pings of a second in which the server's clock is `behind` where it was before.
fn pings_of_a_second(stage: &mut Stage, behind: Span) -> usize {
    let (until, way) = (stage.now + Span::from_secs(1), Span::from_millis(1));
    let mut pings = 0;
    while let Some(due) = stage.listener.poll_timeout().filter(|due| *due <= until) {
        stage.now = stage.now.max(due);
        stage.listener.handle_timeout(stage.now);
        while let Some(output) = stage.listener.poll_output() {
            if let Output::Ping { ping_id } = output {
                pings += 1;
                let client_now = stage.now;
                let server_now = stage.room_now() + way - behind;
                let pong =
                    ServerMessage::TimePong { client_now, ping_id, server_received: server_now, server_now };
                stage.now += way * 2;
                stage.listener.handle_message(stage.now, pong);
            }
        }
    }
    stage.now = until;
    pings
}

/// How far the room's clock is believed to be behind where it was at first.
fn believed_behind(stage: &Stage) -> Span {
    AHEAD - stage.listener.view().sync.offset.expect("the clock is known")
}

#[test]
fn a_server_that_stood_still_is_noticed_by_its_next_tick() {
    let mut stage = Stage::online();
    stage.pass(Span::from_secs(300));
    for (behind, pings) in [(Span::from_millis(100), 0..=0), (Span::from_secs(5), 8..=16)] {
        stage.pass(Span::from_secs(33));
        stage.take();
        let room_now = stage.room_now() - behind;
        stage.listener.handle_message(
            stage.now,
            ServerMessage::MusicStreamTick {
                stream_id: StreamId::default(),
                revision: Revision(1),
                status: Status::Idle,
                start_at: RoomTime::ZERO,
                start_position: MediaTime::ZERO,
                position: MediaTime::ZERO,
                server_timestamp: room_now,
                track_url: String::new(),
            },
        );
        // A message may come late; what comes much too late is asked about, and then measured.
        let asked = pings_of_a_second(&mut stage, behind);
        assert!(pings.contains(&asked), "{asked} pings, {behind:?} behind");
    }
    let behind = believed_behind(&stage);
    assert!((behind - Span::from_secs(5)).abs() < Span::from_millis(1), "{behind:?}");
}

#[test]
fn a_new_epoch_is_measured_afresh_however_little_it_differs() {
    let mut stage = Stage::online();
    stage.pass(Span::from_secs(600));
    stage.listener.handle_closed(stage.now, 1006);
    stage.listener.handle_open(stage.now);
    stage.listener.handle_message(
        stage.now,
        ServerMessage::Welcome {
            member_id: "me".parse().unwrap(),
            role: crate::protocol::Role::Listener,
            clock_epoch: "two".into(),
            server_now: stage.room_now(),
            version: "0".into(),
        },
    );
    // Too little to contradict what was known for long.
    let little = Span::from_micros(1_500);
    pings_of_a_second(&mut stage, little);
    let behind = believed_behind(&stage);
    assert!((behind - little).abs() < Span::from_micros(100), "{behind:?}");
}

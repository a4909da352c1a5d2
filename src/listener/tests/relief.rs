//! What can only be sought is relieved by the other deck, which is put in step unheard.

use super::*;

/// A listener in WebKit.
fn online(sets_volume: bool) -> Stage {
    Stage::on_device(snapshot(), Engine::WebKit, false, sets_volume).enter()
}

/// Its first deck plays, and was heard for so long, off by so much.
fn playing(stage: Stage, off: Span, for_: Span) -> Stage {
    let mut stage = begun(stage, 0.0);
    play(&mut stage, [off, Span::ZERO], for_);
    stage
}

/// The sound of its first deck begins, so far into the track.
fn begun(stage: Stage, at_secs: f64) -> Stage {
    let mut stage = stage;
    stage.prepare(1, "one", 800, at_secs);
    for event in [MediaEvent::Loaded, MediaEvent::Seeked] {
        stage.media(Deck::A, event);
    }
    stage.rehearse(Deck::A);
    stage.pass(Span::from_millis(810));
    stage.media(Deck::A, MediaEvent::Playing);
    stage.take();
    stage
}

/// The elements are off by so much, whatever they are told.
fn play(stage: &mut Stage, off: [Span; 2], for_: Span) {
    let sound_ahead = Engine::WebKit.policy().sound_ahead;
    let until = stage.now + for_;
    while stage.now < until {
        stage.now += Span::from_millis(5);
        let expected = stage.listener.expected_position(stage.now).unwrap();
        let decks: Vec<Deck> = stage.listener.playing_decks().collect();
        for deck in decks {
            let off = off[usize::from(deck == Deck::B)];
            stage.listener.handle_reading(stage.now, deck, expected + off - sound_ahead);
        }
        stage.listener.handle_timeout(stage.now);
        stage.hear();
    }
}

const OFF: Span = Span::from_millis(5);
const MOMENT: Span = Span::from_millis(1_500);

/// The second deck stands in, and its sound begins.
fn standing_in(stage: &mut Stage, off: [Span; 2]) -> Vec<(Deck, PlayerCommand)> {
    let mut said = stage.commands();
    for (event, then) in [(MediaEvent::Loaded, 90), (MediaEvent::Seeked, 150)] {
        stage.media(Deck::B, event);
        play(stage, off, Span::from_millis(then));
        said.extend(stage.commands());
    }
    stage.media(Deck::B, MediaEvent::Playing);
    said
}

fn volumes(said: &[(Deck, PlayerCommand)], of: Deck) -> Vec<f64> {
    let volume = |(deck, command): &(Deck, PlayerCommand)| match command {
        PlayerCommand::Volume(volume) if *deck == of => Some(*volume),
        _ => None,
    };
    said.iter().filter_map(volume).collect()
}

#[test]
fn the_other_deck_is_put_in_step_unheard_and_takes_over() {
    let mut stage = playing(online(true), OFF, MOMENT);
    let said = standing_in(&mut stage, [OFF, Span::from_millis(-4)]);
    assert!(said.contains(&(Deck::B, PlayerCommand::Load(track("one").renditions.clone()))), "{said:?}");
    assert!(said.contains(&(Deck::B, PlayerCommand::Play)), "{said:?}");
    assert!(said.iter().all(|(deck, _)| *deck == Deck::B), "the first goes on as it is: {said:?}");
    assert!(volumes(&said, Deck::B).iter().all(|volume| *volume <= UNHEARD), "{said:?}");

    // It landed 4 ms behind: it is sought until it is nearer, and the first one is heard meanwhile.
    play(&mut stage, [OFF, Span::from_millis(-4)], Span::from_millis(600));
    let said = stage.commands();
    assert!(matches!(said[..], [(Deck::B, PlayerCommand::Seek(_))]), "{said:?}");
    stage.media(Deck::B, MediaEvent::Seeked);

    play(&mut stage, [OFF, Span::from_micros(300)], MOMENT);
    let said = stage.commands();
    assert_eq!(said, [(Deck::B, PlayerCommand::Volume(1.0)), (Deck::A, PlayerCommand::Pause)]);
    assert!(stage.listener.view().sync.drift.unwrap().abs() < Span::from_millis(1));

    // What follows has the first deck again, and nothing more is done to what is in step.
    play(&mut stage, [OFF, Span::from_micros(300)], Span::from_secs(60));
    let said = stage.commands();
    assert!(said.iter().all(|(deck, _)| *deck == Deck::A), "{said:?}");
}

#[test]
fn what_does_not_land_better_is_heard_when_it_is_much_better_than_what_was() {
    let landed = Span::from_micros(1_600);
    for (off, is_heard) in [(OFF, true), (Span::from_millis(2), false)] {
        let mut stage = playing(online(true), off, MOMENT);
        standing_in(&mut stage, [off, landed]);
        let mut said = Vec::new();
        let mut stand_in = |for_| {
            let until = stage.now + for_;
            while stage.now < until {
                play(&mut stage, [off, landed], Span::from_millis(500));
                let now = stage.commands();
                if now.iter().any(|(_, command)| matches!(command, PlayerCommand::Seek(_))) {
                    stage.media(Deck::B, MediaEvent::Seeked);
                }
                said.extend(now);
            }
            said.contains(&(Deck::A, PlayerCommand::Pause))
        };
        assert!(!stand_in(Span::from_millis(1_500)), "{off:?}: it may land nearer");
        assert_eq!(stand_in(Span::from_secs(5)), is_heard, "{off:?}");
        assert_eq!(stand_in(Span::from_secs(10)), is_heard, "{off:?}");
    }
}

#[test]
fn what_is_in_step_is_relieved_once_as_its_first_sound_may_be_off_unseen() {
    let mut stage = playing(online(true), Span::ZERO, MOMENT);
    standing_in(&mut stage, [Span::ZERO; 2]);
    play(&mut stage, [Span::ZERO; 2], MOMENT);
    assert!(stage.commands().contains(&(Deck::A, PlayerCommand::Pause)));
    play(&mut stage, [Span::ZERO; 2], Span::from_secs(60));
    assert_eq!(stage.commands(), []);
}

#[test]
fn a_browser_that_does_not_let_two_play_goes_on_with_one() {
    for event in
        [MediaEvent::Refused, MediaEvent::Interrupted, MediaEvent::Failed { message: "too many".into() }]
    {
        let mut stage = playing(online(true), OFF, MOMENT);
        standing_in(&mut stage, [OFF; 2]);
        stage.commands();
        stage.media(Deck::B, event);
        assert_eq!(stage.commands(), [(Deck::B, PlayerCommand::Pause)]);
        let view = stage.listener.view();
        assert!(!view.blocked && !view.silenced);
        play(&mut stage, [OFF; 2], Span::from_secs(80));
        assert_eq!(stage.commands(), [], "nor is it tried again");
    }
}

#[test]
fn one_that_does_not_come_to_be_in_step_is_given_up_for_a_while() {
    let mut stage = playing(online(true), OFF, MOMENT);
    standing_in(&mut stage, [OFF; 2]);
    let mut said = stage.commands();
    for _ in 0..30 {
        play(&mut stage, [OFF; 2], Span::from_millis(500));
        stage.media(Deck::B, MediaEvent::Seeked);
        said.extend(stage.commands());
    }
    let sought = said.iter().filter(|(_, command)| matches!(command, PlayerCommand::Seek(_))).count();
    assert!((5..40).contains(&sought), "{sought} seeks");
    assert_eq!(said.last(), Some(&(Deck::B, PlayerCommand::Pause)));
    assert!(volumes(&said, Deck::B).is_empty() && volumes(&said, Deck::A).is_empty());
    play(&mut stage, [OFF; 2], Span::from_secs(10));
    assert_eq!(stage.commands(), []);
    play(&mut stage, [OFF; 2], Span::from_secs(8));
    assert_eq!(stage.commands().first().map(|(deck, _)| *deck), Some(Deck::B), "tried again");
}

#[test]
fn what_was_sent_elsewhere_and_does_not_move_is_not_sent_on_but_loaded_anew() {
    let behind = Span::from_millis(-4);
    let mut stage = playing(online(true), OFF, MOMENT);
    standing_in(&mut stage, [OFF, behind]);
    stage.commands();
    play(&mut stage, [OFF, behind], Span::from_millis(600));
    assert!(matches!(stage.commands()[..], [(Deck::B, PlayerCommand::Seek(_))]));
    stage.media(Deck::B, MediaEvent::Seeked);
    let sought_at = stage.now;
    let mut said = Vec::new();
    while said.is_empty() && stage.now - sought_at < Span::from_secs(8) {
        // It stays where it was sent.
        let stood = stage.now - sought_at;
        play(&mut stage, [OFF, Span::ZERO - stood], Span::from_millis(5));
        said = stage.commands();
    }
    assert!(
        matches!(said[..], [(Deck::B, PlayerCommand::Pause), (Deck::B, PlayerCommand::Load(_)), ..]),
        "{said:?}"
    );
    assert!(stage.now - sought_at > Span::from_secs(4), "its data may be on the way");
}

#[test]
fn near_the_end_the_deck_is_left_to_what_follows() {
    let mut stage = begun(online(true), 77.0);
    play(&mut stage, [OFF; 2], Span::from_secs(5));
    assert_eq!(stage.commands(), []);
}

#[test]
fn whose_volume_is_the_users_plays_one_deck_and_seeks() {
    let mut stage = playing(online(false), OFF, MOMENT);
    let said = stage.commands();
    assert!(matches!(said[..], [(Deck::A, PlayerCommand::Seek(_))]), "{said:?}");
}

#[test]
fn the_room_may_go_elsewhere_meanwhile() {
    let mut stage = playing(online(true), OFF, MOMENT);
    standing_in(&mut stage, [OFF; 2]);
    stage.commands();
    let pause_at = stage.room_now() + Span::from_millis(50);
    stage.receive(ServerMessage::PauseAt {
        stream_id: StreamId(1),
        revision: Revision(12),
        pause_at,
        position: MediaTime::from_secs_f64(1.0),
        sync_buffer: Span::from_millis(100),
        server_timestamp: stage.room_now(),
    });
    stage.pass(Span::from_secs(3));
    let said = stage.commands();
    for deck in Deck::BOTH {
        assert!(said.contains(&(deck, PlayerCommand::Pause)), "{said:?}");
    }
    assert_eq!(stage.listener.playing_decks().count(), 0);
}

#[test]
fn what_never_lands_where_it_is_sent_is_heard_all_the_same_in_a_while() {
    const LOOK: Span = Span::from_millis(50);
    let off = [Span::from_millis(-170); 2];
    let mut stage = playing(online(true), off[0], MOMENT);
    let (mut unheard, mut silent, mut longest) = (false, Span::ZERO, Span::ZERO);
    for _ in 0..400 {
        for said in stage.commands() {
            match said {
                (Deck::A, PlayerCommand::Volume(volume)) => unheard = volume <= UNHEARD,
                (Deck::A, PlayerCommand::Seek(_)) => stage.media(Deck::A, MediaEvent::Seeked),
                _ => {}
            }
        }
        play(&mut stage, off, LOOK);
        silent = if unheard { silent + LOOK } else { Span::ZERO };
        longest = longest.max(silent);
    }
    let (least, most) = (Span::from_millis(500), Span::from_millis(3_200));
    assert!(longest > least && longest < most, "{longest:?}");
}

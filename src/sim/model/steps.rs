//! What can happen in a room, read from bytes: who does what, and when. The numbers are small, so that people meet the
//! same entries, members and tracks again and again; a few are as large as the protocol lets through.

use std::sync::Arc;

use super::choices::Choices;
use crate::protocol::snapshot::{Repeat, RoomSettings, TrackInfo};
use crate::protocol::{
    ChatText, EntryId, Loudness, MemberId, MemberName, QueuePlace, Reaction, ReportedState, Role, RoomName,
    SyncReport, Volume, WhoMay,
};
use crate::room::Command;
use crate::sync::profile::Profile;
use crate::sync::time::{MAX_WIRE_MICROS, MediaTime, Span};

/// Tabs that come and go; of each browser there are some.
pub(super) const TABS: u8 = 9;
/// Browsers that they are of.
pub(super) const BROWSERS: u8 = 4;

const WHO: [WhoMay; 3] = [WhoMay::Host, WhoMay::Djs, WhoMay::Everyone];
const ROLES: [Role; 3] = [Role::Listener, Role::Dj, Role::Host];
const MODES: [Repeat; 3] = [Repeat::Off, Repeat::One, Repeat::All];
const PROFILES: [Option<Profile>; 3] = [None, Some(Profile::Lan), Some(Profile::Wan)];
const LOUDNESS: [Loudness; 3] = [Loudness::Off, Loudness::Track, Loudness::Album];

/// Lengths of tracks, in ms: shorter than the guard at the end, shorter than the announcement ahead, longer.
const LENGTHS_MS: [i64; 8] = [1, 240, 600, 3_000, 11_000, 20_000, 90_000, 3_600_000];

/// How time passes between two steps, in ms: mostly at once, sometimes over the end of a track.
const PAUSES_MS: [i64; 16] = [0, 0, 0, 0, 0, 1, 20, 90, 150, 400, 700, 1_300, 2_500, 5_000, 11_000, 30_000];
/// Seldom for longer than members are expected back, and than a room without people plays on, in ms.
const LONG_PAUSES_MS: [i64; 4] = [61_000, 61_000, 140_000, 700_000];

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A tab opens its socket.
    Join { tab: u8, role: Role, named: bool, resumes: Option<u8>, page: Option<u64> },
    /// A tab's socket ends; `stale`: by a connection that was replaced since.
    Leave { tab: u8, stale: bool },
    /// A member asks for something.
    Ask { tab: u8, command: Command },
    /// The holder of a token asks for something.
    Api { role: Role, command: Command },
    /// A member says that it has loaded one of the latest streams.
    Ready { tab: u8, back: u8, took: Span },
    /// A member says how it keeps in step.
    Report { tab: u8, report: SyncReport },
    /// A ping came back.
    Rtt { tab: u8, rtt: Span },
    /// A page asks for everything.
    RequestState { tab: u8 },
    /// Nothing but time; `late`: the server was stopped meanwhile and finds out afterwards.
    Wait { late: bool },
}

/// A step, the time that passes after it, and whether the server dies: after so many of its effects, for so long.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) step: Step,
    pub(super) pause: Span,
    pub(super) crash: Option<(u8, Span)>,
}

pub(super) fn turn(choices: &mut Choices<'_>, entries: u64) -> Turn {
    let step = step(choices, entries);
    let pause = some_time(choices);
    let crash = choices.once_in(151).then(|| (choices.below(6), some_time(choices)));
    Turn { step, pause, crash }
}

fn some_time(choices: &mut Choices<'_>) -> Span {
    Span::from_millis(if choices.once_in(128) { choices.of(&LONG_PAUSES_MS) } else { choices.of(&PAUSES_MS) })
}

/// The id of a tab when it comes for the first time. Ids are given anew after a kick or a crash.
pub(super) fn tab_id(tab: u8, generation: u64) -> MemberId {
    let text = format!("tab{tab}-{generation}");
    text.parse().expect("letters, digits and a hyphen are an id")
}

fn step(choices: &mut Choices<'_>, entries: u64) -> Step {
    let tab = choices.below(TABS);
    match choices.below(20) {
        0 | 1 => Step::Join {
            tab,
            // Else most of what is asked is refused.
            role: choices.of(&[Role::Listener, Role::Dj, Role::Host, Role::Host]),
            named: choices.once_in(2),
            resumes: choices.once_in(2).then(|| choices.below(TABS)),
            page: choices.once_in(2).then(|| u64::from(choices.below(3))),
        },
        2 => Step::Leave { tab, stale: choices.once_in(4) },
        3 => Step::Ready {
            tab,
            back: choices.below(4),
            took: Span::from_micros((i64::from(choices.wide()) * 100).min(MAX_WIRE_MICROS as i64)),
        },
        4 => Step::Report { tab, report: report(choices) },
        5 => Step::Rtt { tab, rtt: Span::from_micros(i64::from(choices.wide()) * 50) },
        6 => match choices.below(3) {
            0 => Step::RequestState { tab },
            1 => Step::Wait { late: false },
            _ => Step::Wait { late: true },
        },
        7 | 8 => Step::Api { role: choices.of(&ROLES), command: command(choices, entries) },
        _ => Step::Ask { tab, command: command(choices, entries) },
    }
}

fn command(choices: &mut Choices<'_>, entries: u64) -> Command {
    match choices.below(26) {
        0..=2 => Command::Play { track: track(choices), position: position(choices) },
        3 => Command::PlayEntry { entry_id: entry(choices, entries), position: position(choices) },
        4 => Command::Pause,
        5 => Command::Resume,
        6 => Command::Seek { position: position(choices).unwrap_or(MediaTime::ZERO) },
        7 => Command::Stop,
        8 | 9 => Command::Next,
        10 | 11 => Command::Previous,
        12 => Command::SetVolume {
            volume: Volume::new(f64::from(choices.below(101)) / 100.0).expect("at most 1"),
        },
        13 => Command::SetRepeat { mode: choices.of(&MODES) },
        14 => Command::SyncAll,
        15..=17 => {
            let tracks = (0..choices.below(8)).map(|_| track(choices)).collect();
            let at = choices.of(&[QueuePlace::End, QueuePlace::Next]);
            Command::QueueAdd { tracks, at }
        }
        18 => Command::QueueRemove { entry_id: entry(choices, entries) },
        19 => Command::QueueMove {
            entry_id: entry(choices, entries),
            before: choices.once_in(2).then(|| entry(choices, entries)),
        },
        20 => match choices.below(4) {
            0 => Command::QueueClear,
            _ => Command::QueueShuffle { seed: u64::from(choices.byte()) },
        },
        21 => Command::SetRole { member_id: somebody(choices), role: choices.of(&ROLES) },
        22 => Command::Kick { member_id: somebody(choices) },
        23 => Command::SetSettings { settings: settings(choices) },
        24 => Command::Rename { name: name(choices) },
        _ => match choices.below(3) {
            0 => Command::React { emoji: Reaction::parse("🔥").expect("it is offered") },
            _ => Command::Chat {
                text: ChatText::parse(&"ä".repeat(1 + choices.below(100) as usize)).expect("short"),
            },
        },
    }
}

/// A member by its place among all that are known; the walk replaces it by the id that it has.
fn somebody(choices: &mut Choices<'_>) -> MemberId {
    tab_id(choices.below(TABS), 0)
}

/// One of the latest entries, or one that is not there.
fn entry(choices: &mut Choices<'_>, entries: u64) -> EntryId {
    EntryId(entries.saturating_sub(u64::from(choices.below(16))))
}

fn position(choices: &mut Choices<'_>) -> Option<MediaTime> {
    match choices.below(4) {
        0 => None,
        1 => Some(MediaTime::from_micros(i64::from(choices.wide()) * 1_000)),
        2 => Some(MediaTime::from_micros(i64::from(choices.wide()) * 1_000_000)),
        _ => Some(MediaTime::from_micros(MAX_WIRE_MICROS as i64)),
    }
}

fn track(choices: &mut Choices<'_>) -> Arc<TrackInfo> {
    let ms = choices.of(&LENGTHS_MS);
    let name = format!("t{ms}");
    Arc::new(TrackInfo {
        track_id: name.parse().expect("letters and digits are an id"),
        track_url: String::new(),
        renditions: Vec::new(),
        title: name,
        artist: None,
        album: None,
        filename: String::new(),
        duration: MediaTime::from_micros(ms * 1_000),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

fn name(choices: &mut Choices<'_>) -> MemberName {
    MemberName::parse(&format!("Name {}", choices.below(8))).expect("it is short")
}

fn settings(choices: &mut Choices<'_>) -> RoomSettings {
    RoomSettings {
        name: choices.once_in(2).then(|| RoomName::parse("Kitchen").expect("it is short")),
        listed: choices.once_in(2),
        has_pin: choices.once_in(2),
        who_controls: choices.of(&WHO),
        who_adds: choices.of(&WHO),
        profile: choices.of(&PROFILES),
        loudness: choices.of(&LOUDNESS),
    }
}

fn report(choices: &mut Choices<'_>) -> SyncReport {
    let far = choices.once_in(8);
    let mut span = || {
        let small = i64::from(choices.wide()) - 32_768;
        Span::from_micros(if far { MAX_WIRE_MICROS as i64 * small.signum() } else { small })
    };
    SyncReport {
        offset: span(),
        offset_error: span(),
        rtt: span(),
        drift: Some(span()),
        rate: 1.0,
        position: None,
        buffering: choices.once_in(4),
        state: choices.of(&ReportedState::ALL),
        unknown_engine: false,
    }
}

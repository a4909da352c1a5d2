//! One media element as a state machine: load, stand, seek, start on time, keep in step, fall silent on time. It
//! follows a *cue*, the course of one track in room time; which cue, the [`player`](super::player) says.

mod events;
mod keep;
mod rehearsal;
mod relief;
mod start;
mod step;
mod supply;

use std::collections::VecDeque;
use std::sync::Arc;

use super::Output;
use super::media::PlayerCommand;
use super::player::Deck;
use super::room_clock::RoomClock;
use crate::protocol::snapshot::TrackInfo;
use crate::protocol::{Loudness, StreamId};
use crate::sync::course::Skew;
use crate::sync::drift::{Decision, DriftController};
use crate::sync::engine::EnginePolicy;
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};
use crate::sync::timeline::Timeline;
use keep::Lesson;
use rehearsal::Watch;
use start::{PREROLL_MOST, SILENT_MOST};
use supply::Supply;

/// How long a paused seek takes, until it is measured.
const PRIME: Span = Span::from_millis(120);
/// A seek that does not report back by then is taken as done.
const SEEK_TIMEOUT: Span = Span::from_millis(2_500);
/// A start that does not report back by then is read all the same (WebKit may never fire `playing`).
const START_TIMEOUT: Span = Span::from_millis(1_200);
/// The volume of what is played without being heard, −80 dB. Not zero: then Chromium plays to no sound card at all, and
/// tells the time of that.
pub const UNHEARD: f64 = 1e-4;
/// A file that has less left than this has been given to the sound card whole.
const AT_THE_END: Span = Span::from_millis(500);
/// *Resync* seeks only when that is likely to help.
const RESYNC_SEEKS_BEYOND: Span = Span::from_millis(10);

/// The course of one track in room time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cue {
    pub(super) stream: StreamId,
    pub(super) track: Arc<TrackInfo>,
    pub(super) line: Timeline,
    /// Whether the room waits to hear that it is loaded.
    pub(super) awaited: bool,
}

/// What a deck needs to know of the rest.
pub(super) struct Surroundings<'a> {
    pub(super) clock: &'a RoomClock,
    pub(super) policy: EnginePolicy,
    pub(super) output_offset: Span,
    /// The listener silenced this device, or the browser refuses.
    pub(super) held: bool,
}

#[derive(Clone, Debug)]
enum State {
    Empty,
    Loading {
        since: LocalTime,
    },
    /// Paused; `None`: somewhere.
    Standing {
        at: Option<MediaTime>,
    },
    /// Paused, on the way.
    Seeking {
        to: MediaTime,
        since: LocalTime,
    },
    /// It plays for itself, so that its start will be prompt.
    Rehearsing {
        since: LocalTime,
    },
    /// `play()` was called.
    Starting(Starting),
    Playing(Box<Playing>),
    Failed {
        retry_at: LocalTime,
    },
}

#[derive(Clone, Copy, Debug)]
struct Starting {
    called: LocalTime,
    /// When the sound is due.
    due: LocalTime,
    /// What it was called for.
    line: Timeline,
    /// Whether the sound that comes will tell how late `play()` is.
    teaches: bool,
    /// Whether it is put in step before it is heard.
    unheard: bool,
}

#[derive(Clone, Debug)]
struct Playing {
    controller: DriftController,
    /// What it follows; the cue's line may already be another.
    line: Timeline,
    /// It is on its way to where it should be, and says nothing of where it is.
    away: Option<Away>,
    /// It is being put in step before it is heard; this long at most, …
    unheard_until: Option<LocalTime>,
    /// … and no longer than that, however often it is sent elsewhere meanwhile.
    heard_by: LocalTime,
    /// What the next good measurement teaches.
    lesson: Option<Lesson>,
}

/// How an element that plays gets elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Away {
    /// By a seek.
    Seeking { since: LocalTime },
    /// By a seek of which its engine says that it is over; it is where it moves again.
    Landing { since: LocalTime },
    /// By a pause, …
    Pausing { until: LocalTime },
    /// … which is over.
    Resuming { since: LocalTime },
}

impl Away {
    /// When something has to be done about it: play on, or take it as done.
    fn poll_timeout(self) -> LocalTime {
        match self {
            Self::Seeking { since } | Self::Landing { since } => since + SEEK_TIMEOUT,
            Self::Pausing { until } => until,
            Self::Resuming { since } => since + START_TIMEOUT,
        }
    }
}

impl Playing {
    /// Puts it in step before it is heard again, which is so long after its next sound at the latest.
    fn be_unheard(&mut self, now: LocalTime, sounds_in: Span) {
        if self.unheard_until.is_none() {
            self.heard_by = now + SILENT_MOST;
        }
        self.unheard_until = Some((now + sounds_in + PREROLL_MOST).min(self.heard_by));
        self.controller.set_unheard(true);
    }

    /// It is where it was sent, or is taken to be.
    fn land(&mut self, now: LocalTime) {
        self.away = None;
        self.controller.handle_jump(now);
    }
}

/// How a deck is, for those who show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing to play, or not now.
    Resting,
    /// Loading, seeking, or waiting for its moment.
    Preparing,
    /// It should sound and has no data.
    Buffering,
    /// It plays and is being measured.
    Measuring,
    /// It plays and the drift is known.
    Tracking { bending: bool },
}

/// One element.
#[derive(Clone, Debug)]
pub(super) struct DeckPlayer {
    deck: Deck,
    cue: Option<Cue>,
    cued_at: LocalTime,
    /// When it falls silent for good.
    retire_at: Option<RoomTime>,
    state: State,
    loaded: Option<String>,
    told_ready: bool,
    failures: usize,
    supply: Supply,
    watch: Watch,
    /// It has played what it has loaded, if only for itself.
    has_played: bool,
    /// When it last did anything.
    stirred_at: LocalTime,
    /// What begins then does so as the other deck ends.
    seam_at: Option<RoomTime>,
    prime: Span,
    aim_tries: i64,
    rate: f64,
    /// How loud everything is when it is heard.
    volume: f64,
    /// What is made of the track's own loudness.
    loudness: Loudness,
    unheard: bool,
    /// It plays what another deck plays, to relieve it once it is this near.
    stands_in: Option<Span>,
    /// How loud the element was told to be.
    told_volume: f64,
    /// What it followed when its file came to an end.
    ended: Option<Timeline>,
}

impl DeckPlayer {
    pub(super) const fn new(deck: Deck) -> Self {
        Self {
            deck,
            cue: None,
            cued_at: LocalTime::ZERO,
            retire_at: None,
            state: State::Empty,
            loaded: None,
            told_ready: false,
            failures: 0,
            supply: Supply::new(),
            watch: Watch::new(LocalTime::ZERO),
            has_played: false,
            stirred_at: LocalTime::ZERO,
            seam_at: None,
            prime: PRIME,
            aim_tries: 0,
            rate: 1.0,
            volume: 1.0,
            loudness: Loudness::Off,
            unheard: false,
            stands_in: None,
            told_volume: 1.0,
            ended: None,
        }
    }

    pub(super) const fn cue(&self) -> Option<&Cue> {
        self.cue.as_ref()
    }

    pub(super) const fn is_retiring(&self) -> bool {
        self.retire_at.is_some()
    }

    pub(super) const fn is_sounding(&self) -> bool {
        matches!(self.state, State::Rehearsing { .. } | State::Starting(_) | State::Playing(_))
    }

    /// Whether where it is matters now.
    pub(super) fn is_read(&self, policy: &EnginePolicy) -> bool {
        match &self.state {
            State::Playing(playing) => {
                matches!(playing.away, None | Some(Away::Landing { .. }))
                    && (!self.supply.is_wanted() || policy.starts_untold)
            }
            State::Starting(_) => policy.starts_untold,
            State::Rehearsing { .. } => true,
            _ => false,
        }
    }

    pub(super) fn drift(&self, now: LocalTime, around: &Surroundings<'_>) -> Option<Span> {
        match &self.state {
            State::Playing(playing) => {
                let heading = around.clock.heading(now, &playing.line, around.output_offset)?;
                playing.controller.estimate(now, &heading).map(|estimate| estimate.drift)
            }
            _ => None,
        }
    }

    /// Where the element is, as far as that is known while it plays.
    pub(super) fn position(&self, now: LocalTime, around: &Surroundings<'_>) -> Option<MediaTime> {
        let State::Playing(playing) = &self.state else { return None };
        let heading = around.clock.heading(now, &playing.line, around.output_offset)?;
        Some(heading.position + playing.controller.estimate(now, &heading)?.drift)
    }

    /// What its controller decided last, and why; `None` while there is nothing to decide about.
    pub(super) fn decision(&self) -> Option<Decision> {
        match &self.state {
            State::Playing(playing) if !self.supply.is_wanted() => Some(playing.controller.decision()),
            _ => None,
        }
    }

    /// Whether sound comes out of it; not before `play()` has told.
    pub(super) const fn is_heard(&self) -> bool {
        matches!(self.state, State::Playing(_))
    }

    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn condition(&self) -> Condition {
        match (&self.state, &self.cue) {
            (_, None) => Condition::Resting,
            (State::Playing(_), _) if self.supply.is_wanted() => Condition::Buffering,
            (State::Playing(playing), _) if playing.controller.is_tracking() => {
                Condition::Tracking { bending: playing.controller.is_bending() }
            }
            (State::Playing(_) | State::Starting(_), _) => Condition::Measuring,
            (_, Some(cue)) if !cue.line.running => Condition::Resting,
            (State::Loading { .. } | State::Failed { .. }, _) => Condition::Buffering,
            _ => Condition::Preparing,
        }
    }

    /// Follows a cue from now on. The same track is not loaded again.
    pub(super) fn assign(&mut self, now: LocalTime, cue: Cue) {
        self.retire_at = None;
        match &mut self.cue {
            Some(known) if known.track.track_url == cue.track.track_url => {
                let another = known.stream != cue.stream && known.line != cue.line;
                *known = cue;
                if another {
                    self.cued_at = now;
                    self.told_ready = false;
                    self.try_again();
                }
            }
            _ => {
                self.cued_at = now;
                self.told_ready = false;
                self.cue = Some(cue);
                self.try_again();
            }
        }
    }

    /// Whether what it plays is over by then, or soon after.
    pub(super) fn ends_about(&self, at: RoomTime) -> bool {
        self.cue.as_ref().and_then(|cue| cue.line.ends_at()).is_some_and(|end| end <= at + AT_THE_END)
    }

    /// When what the other deck plays to its end is followed by what this one begins.
    pub(super) const fn set_seam(&mut self, at: Option<RoomTime>) {
        self.seam_at = at;
    }

    /// There is reason to believe that what failed works now: another track, the network is back, somebody asked.
    pub(super) fn try_again(&mut self) {
        self.failures = 0;
        self.aim_tries = 0;
        if matches!(self.state, State::Failed { .. }) {
            self.state = State::Empty;
        }
    }

    /// Goes on as it is until then, and is free afterwards.
    pub(super) fn retire(&mut self, at: RoomTime) {
        if self.is_sounding() {
            self.retire_at = Some(at);
        } else {
            self.cue = None;
        }
    }

    /// Falls silent and is free.
    pub(super) fn release(&mut self, out: &mut VecDeque<Output>) {
        if self.is_sounding() {
            self.command(PlayerCommand::Pause, out);
            self.state = State::Standing { at: None };
        }
        self.retire_at = None;
        self.stands_in = None;
        self.seam_at = None;
        self.cue = None;
    }

    /// Lets go of the file, too.
    pub(super) fn leave(&mut self, out: &mut VecDeque<Output>) {
        self.release(out);
        self.state = State::Empty;
        self.loaded = None;
        self.command(PlayerCommand::Unload, out);
    }

    /// Measures anew, and seeks at once when that is likely to help.
    pub(super) fn resync(&mut self, now: LocalTime) {
        self.ask_anew();
        if let State::Playing(playing) = &mut self.state {
            playing.lesson = None;
            playing.controller.demand(now, RESYNC_SEEKS_BEYOND);
        }
        self.try_again();
    }

    /// What was asked for over a connection that is gone may never come: who waits for data asks for it anew.
    pub(super) fn ask_anew(&mut self) {
        let waits = match self.state {
            State::Loading { .. } => true,
            State::Starting(_) | State::Playing(_) => self.supply.is_wanted(),
            State::Empty
            | State::Standing { .. }
            | State::Seeking { .. }
            | State::Rehearsing { .. }
            | State::Failed { .. } => false,
        };
        if waits {
            self.loaded = None;
        }
    }

    /// Somebody moved where it should be, and listens for it.
    pub(super) fn handle_asked(&mut self, now: LocalTime) {
        if let State::Playing(playing) = &mut self.state {
            playing.controller.handle_asked(now);
        }
    }

    /// Where the element is, is anybody's guess.
    pub(super) fn handle_wake(&mut self, now: LocalTime) {
        if let State::Playing(playing) = &mut self.state {
            playing.lesson = None;
            playing.controller.handle_jump(now);
        }
    }

    /// The sound comes out of another card, of which this is known.
    pub(super) fn handle_new_card(&mut self, now: LocalTime, skew: Skew) {
        if let State::Playing(playing) = &mut self.state {
            playing.lesson = None;
            playing.controller.handle_new_card(now, skew);
        }
    }

    /// Reads at full speed from now on.
    pub(super) fn look_closely(&mut self, now: LocalTime) {
        if let State::Playing(playing) = &mut self.state {
            playing.controller.look_closely(now);
        }
    }

    /// How loud everything is when it is heard, 0 to 1, and what is made of the track's own loudness.
    pub(super) fn set_volume(&mut self, volume: f64, loudness: Loudness, out: &mut VecDeque<Output>) {
        self.volume = volume;
        self.loudness = loudness;
        self.tell_volume(out);
    }

    /// Whether it plays without being heard, to be put in step first.
    fn set_unheard(&mut self, unheard: bool, out: &mut VecDeque<Output>) {
        if unheard != self.unheard {
            self.unheard = unheard;
            self.tell_volume(out);
        }
    }

    fn tell_volume(&mut self, out: &mut VecDeque<Output>) {
        let gain = self.cue.as_ref().and_then(|cue| cue.track.gain);
        let heard = self.volume * self.loudness.factor(gain);
        let volume = if self.unheard { UNHEARD.min(heard) } else { heard };
        if (volume - self.told_volume).abs() > f64::EPSILON {
            self.told_volume = volume;
            self.command(PlayerCommand::Volume(volume), out);
        }
    }

    fn set_rate(&mut self, rate: f64, out: &mut VecDeque<Output>) {
        self.rate = rate;
        self.command(PlayerCommand::Rate(rate), out);
    }

    fn command(&self, command: PlayerCommand, out: &mut VecDeque<Output>) {
        out.push_back(Output::Player(self.deck, command));
    }
}

//! One media element as a state machine: load, stand, seek, start on time, keep in step, fall silent on time. It
//! follows a *cue*, the course of one track in room time; which cue, the [`player`](super::player) says.

use std::collections::VecDeque;
use std::sync::Arc;

use super::room_clock::RoomClock;
use crate::protocol::snapshot::{Rendition, TrackInfo};
use crate::protocol::{ClientMessage, StreamId};
use crate::sync::drift::{Correction, DriftController};
use crate::sync::engine::EnginePolicy;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, RoomTime, Span};
use crate::sync::timeline::{END_GUARD, Timeline};

use super::Output;
use super::player::Deck;

/// A standing element is where it should be when it is this near: less than one sample's worth of anyone's care.
const THERE: Span = Span::from_millis(1);
/// `play()` that is called up to so late still lands within what bending removes at once.
const STILL_ON_TIME: Span = Span::from_millis(8);
/// How long a paused seek takes, until it is measured.
const PRIME: Span = Span::from_millis(120);
/// Aiming ahead further than this would be a pause.
const PRIME_MOST: Span = Span::from_millis(1_500);
/// A seek that does not report back by then is taken as done.
const SEEK_TIMEOUT: Span = Span::from_millis(2_500);
/// A start that does not report back by then is read all the same (WebKit may never fire `playing`).
const START_TIMEOUT: Span = Span::from_millis(1_200);
/// After the sound should have begun, reads are not trusted for so long.
const START_SETTLE: Span = Span::from_millis(100);
/// The pauses before a failed track is loaded again; then its listener is told, and it is tried now and then.
const RETRIES: [Span; 3] = [Span::from_millis(500), Span::from_secs(2), Span::from_secs(5)];
/// How often a track that failed again and again is tried.
const RETRY_LATER: Span = Span::from_secs(10);
/// So many aims that came too late: this element does not seek while it stands, or is slower than any aim.
const AIMS: i64 = 3;
/// *Resync* seeks only when that is likely to help.
const RESYNC_SEEKS_BEYOND: Span = Span::from_millis(10);
/// A skew known this well is worth keeping.
const SKEW_WORTH_KEEPING: f64 = 4e-6;

/// What to do with an element.
#[derive(Clone, Debug, PartialEq)]
pub enum PlayerCommand {
    /// Load the first of these that the browser can play; do not play.
    Load(Vec<Rendition>),
    /// Play from where it stands.
    Play,
    /// Pause.
    Pause,
    /// Go to a position.
    Seek(MediaTime),
    /// Play at this rate.
    Rate(f64),
    /// Play this loud, 0 to 1.
    Volume(f64),
    /// Let go of the file.
    Unload,
}

/// What happened to an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// It can play (`canplay`).
    Loaded,
    /// It has arrived where it was sent (`seeked`).
    Seeked,
    /// It plays (`playing`).
    Playing,
    /// It waits for data (`waiting`).
    Waiting,
    /// It came to its end (`ended`).
    Ended,
    /// The browser does not let it play without a tap.
    Refused,
    /// It was paused by somebody else: a headset, the lock screen, the browser.
    Interrupted,
    /// It cannot load or decode.
    Failed {
        /// What the browser says.
        message: String,
    },
}

/// The course of one track in room time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cue {
    pub(super) stream: StreamId,
    pub(super) track: Arc<TrackInfo>,
    pub(super) line: Timeline,
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
}

#[derive(Clone, Debug)]
struct Playing {
    controller: DriftController,
    /// What it follows; the cue's line may already be another.
    line: Timeline,
    waiting: bool,
    /// Sent elsewhere while playing: when, and how far ahead it was aimed.
    seeking: Option<LocalTime>,
    /// What the next good measurement teaches.
    lesson: Option<Lesson>,
}

#[derive(Clone, Copy, Debug)]
enum Lesson {
    /// `play()` was called so long before the sound was due.
    Start { head_start: Span },
    /// The seek was aimed so far ahead.
    Seek { aimed: Span },
}

impl Lesson {
    /// Behind by so much: it was so much later than it was given time for.
    fn teach(self, learned: &mut Learned, drift: Span) {
        match self {
            Self::Start { head_start } => learned.learn_start(head_start - drift),
            Self::Seek { aimed } => learned.learn_seek(aimed - drift),
        }
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
    prime: Span,
    aim_tries: i64,
    rate: f64,
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
            prime: PRIME,
            aim_tries: 0,
            rate: 1.0,
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
        matches!(self.state, State::Starting(_) | State::Playing(_))
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(&self.state, State::Playing(playing) if !playing.waiting && playing.seeking.is_none())
    }

    pub(super) fn drift(&self, now: LocalTime) -> Option<Span> {
        match &self.state {
            State::Playing(playing) => playing.controller.estimate(now).map(|estimate| estimate.drift),
            _ => None,
        }
    }

    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn condition(&self, now: LocalTime) -> Condition {
        match (&self.state, &self.cue) {
            (_, None) => Condition::Resting,
            (State::Playing(playing), _) if playing.waiting => Condition::Buffering,
            (State::Playing(playing), _) => match playing.controller.estimate(now) {
                Some(_) => Condition::Tracking { bending: playing.controller.is_bending() },
                None => Condition::Measuring,
            },
            (State::Starting(_), _) => Condition::Measuring,
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
    pub(super) fn resync(&mut self) {
        if let State::Playing(playing) = &mut self.state {
            playing.waiting = false;
            playing.lesson = None;
            playing.controller.demand(RESYNC_SEEKS_BEYOND);
        }
        self.try_again();
    }

    /// Something happened to the element; true when the track is given up.
    pub(super) fn handle_media(
        &mut self,
        now: LocalTime,
        event: &MediaEvent,
        around: &Surroundings<'_>,
        learned: &Learned,
    ) -> bool {
        match (event, &mut self.state) {
            (MediaEvent::Loaded, State::Loading { .. }) => {
                self.failures = 0;
                self.state = State::Standing { at: Some(MediaTime::ZERO) };
            }
            (MediaEvent::Seeked, State::Seeking { to, since }) => {
                let took = now - *since;
                self.prime += (took - self.prime).scale(0.5);
                self.state = State::Standing { at: Some(*to) };
            }
            (MediaEvent::Seeked, State::Playing(playing)) if playing.seeking.is_some() => {
                playing.seeking = None;
                playing.waiting = false;
                playing.controller.handle_jump(now);
            }
            (MediaEvent::Playing, State::Starting(_)) => self.begin(now, around, learned),
            // What had to wait for data says nothing of the device.
            (MediaEvent::Waiting, State::Starting(starting)) => starting.teaches = false,
            (MediaEvent::Playing | MediaEvent::Loaded, State::Playing(playing)) if playing.waiting => {
                playing.waiting = false;
                playing.lesson = None;
                playing.controller.handle_jump(now);
            }
            (MediaEvent::Waiting, State::Playing(playing)) if playing.seeking.is_none() => {
                playing.waiting = true;
            }
            (
                MediaEvent::Ended | MediaEvent::Interrupted | MediaEvent::Refused,
                State::Starting(_) | State::Playing(_),
            ) => {
                if *event == MediaEvent::Ended {
                    self.ended = self.cue.as_ref().map(|cue| cue.line);
                }
                self.state = State::Standing { at: None };
            }
            (MediaEvent::Failed { .. }, _) => {
                let pause = RETRIES.get(self.failures).copied().unwrap_or(RETRY_LATER);
                self.failures += 1;
                self.loaded = None;
                self.state = State::Failed { retry_at: now + pause };
                // Said once; trying goes on, for the network may come back.
                return self.failures == RETRIES.len() + 1 && self.cue.is_some();
            }
            _ => {}
        }
        false
    }

    /// A reading of the element.
    pub(super) fn handle_reading(&mut self, now: LocalTime, position: MediaTime, around: &Surroundings<'_>) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        let Some(room) = around.clock.room_at(now + around.output_offset) else {
            return;
        };
        let expected = playing.line.position_at(room);
        let near_end = playing.line.duration - expected <= END_GUARD;
        if !near_end && room >= playing.line.start_at {
            playing.controller.handle_read(now, (position + around.policy.sound_ahead) - expected);
        } else {
            playing.controller.skip_read(now);
        }
    }

    /// Does what is due.
    pub(super) fn advance(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) {
        if let Some(at) = self.retire_at
            && around.clock.local_at(at).is_none_or(|due| due - around.output_offset <= now)
        {
            self.release(out);
        }
        // A step may make the next one possible; none comes twice.
        for _ in 0..6 {
            if !self.step(now, around, learned, out) {
                break;
            }
        }
    }

    /// One step; true when another may follow.
    fn step(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let Some(cue) = self.cue.clone() else {
            return false;
        };
        if self.loaded.as_deref() != Some(&cue.track.track_url) && !matches!(self.state, State::Failed { .. })
        {
            return self.load(now, &cue, out);
        }
        match &self.state {
            State::Empty => self.load(now, &cue, out),
            State::Failed { retry_at } => *retry_at <= now && self.load(now, &cue, out),
            State::Loading { since } => {
                // Some browsers load nothing before a tap: then `play()` tells.
                let patience = around.clock.thresholds().metadata_wait;
                if cue.line.running && now - *since >= patience {
                    self.state = State::Standing { at: Some(MediaTime::ZERO) };
                    return true;
                }
                false
            }
            State::Seeking { to, since } => {
                if now - *since >= SEEK_TIMEOUT {
                    self.state = State::Standing { at: Some(*to) };
                    return true;
                }
                false
            }
            State::Standing { at } => {
                let at = *at;
                self.stand(now, at, &cue, around, learned, out)
            }
            State::Starting(starting) => {
                let Starting { called, line, .. } = *starting;
                if Self::falls_silent(now, &cue, around) {
                    return self.pause(now, &cue, out);
                }
                if around.held || (cue.line.running && line != cue.line) {
                    self.command(PlayerCommand::Pause, out);
                    self.state = State::Standing { at: None };
                    return true;
                }
                if now - called >= START_TIMEOUT {
                    self.begin(now, around, learned);
                    return true;
                }
                false
            }
            State::Playing(playing) => {
                let moved = cue.line.running && playing.line != cue.line;
                if Self::falls_silent(now, &cue, around) {
                    return self.pause(now, &cue, out);
                }
                if moved || around.held {
                    self.command(PlayerCommand::Pause, out);
                    self.state = State::Standing { at: None };
                    return true;
                }
                self.keep_in_step(now, around, learned, out);
                false
            }
        }
    }

    fn load(&mut self, now: LocalTime, cue: &Cue, out: &mut VecDeque<Output>) -> bool {
        if self.is_sounding() {
            self.command(PlayerCommand::Pause, out);
        }
        self.loaded = Some(cue.track.track_url.clone());
        self.state = State::Loading { since: now };
        self.command(PlayerCommand::Load(cue.track.renditions.clone()), out);
        true
    }

    /// Whether the room stands by now.
    fn falls_silent(now: LocalTime, cue: &Cue, around: &Surroundings<'_>) -> bool {
        !cue.line.running
            && around.clock.local_at(cue.line.start_at).is_none_or(|due| due - around.output_offset <= now)
    }

    fn pause(&mut self, now: LocalTime, cue: &Cue, out: &mut VecDeque<Output>) -> bool {
        self.command(PlayerCommand::Pause, out);
        self.seek(now, cue.line.start_position, out);
        false
    }

    fn seek(&mut self, now: LocalTime, to: MediaTime, out: &mut VecDeque<Output>) {
        self.command(PlayerCommand::Seek(to), out);
        self.state = State::Seeking { to, since: now };
    }

    /// The local time at which `play()` has to be called so that a position is heard on time.
    fn call_at(
        line: &Timeline,
        position: MediaTime,
        around: &Surroundings<'_>,
        latency: Span,
    ) -> Option<LocalTime> {
        let heard = around.clock.local_at(line.start_at + (position - line.start_position))?;
        Some(heard - around.output_offset - latency)
    }

    /// Stands: gets to where the music will begin, says so, and starts when it is time.
    fn stand(
        &mut self,
        now: LocalTime,
        at: Option<MediaTime>,
        cue: &Cue,
        around: &Surroundings<'_>,
        learned: &Learned,
        out: &mut VecDeque<Output>,
    ) -> bool {
        let start = cue.line.start_position;
        let at_start = at.is_some_and(|at| (at - start).abs() <= THERE);
        if at_start && !self.told_ready {
            self.told_ready = true;
            out.push_back(Output::Transmit(ClientMessage::Ready {
                stream_id: cue.stream,
                took: now - self.cued_at,
            }));
        }
        if !cue.line.running {
            if !at_start {
                self.seek(now, start, out);
            }
            return false;
        }
        if self.ended == Some(cue.line) {
            // The file is shorter than it said: playing would begin it again.
            return false;
        }
        let latency = learned.start_latency(&around.policy);
        let Some(on_time) = Self::call_at(&cue.line, start, around, latency) else {
            return false;
        };
        if around.held {
            // Ready where it will begin; what comes later is decided then.
            if !at_start && now + self.prime < on_time {
                self.seek(now, start, out);
            }
            return false;
        }
        let call_at = at.and_then(|at| Self::call_at(&cue.line, at, around, latency));
        match call_at {
            Some(call_at) if now <= call_at + STILL_ON_TIME && (at_start || call_at - now <= PRIME_MOST) => {
                if now < call_at {
                    return false;
                }
                let rate = DriftController::resting_rate_of(&around.policy, learned.skew());
                if (rate - self.rate).abs() > 1e-9 {
                    self.set_rate(rate, out);
                }
                self.play(
                    Starting { called: now, due: call_at + latency, line: cue.line, teaches: true },
                    out,
                );
                true
            }
            _ if !at_start && now + self.prime < on_time => {
                self.seek(now, start, out);
                false
            }
            _ => self.aim(now, cue, around, latency, out),
        }
    }

    /// Too late for the beginning: aims at where the music will be once the element is ready.
    fn aim(
        &mut self,
        now: LocalTime,
        cue: &Cue,
        around: &Surroundings<'_>,
        latency: Span,
        out: &mut VecDeque<Output>,
    ) -> bool {
        if self.aim_tries >= AIMS {
            // It plays from where it is; the controller, or a refusal, says what comes next.
            self.play(Starting { called: now, due: now + latency, line: cue.line, teaches: false }, out);
            return true;
        }
        let ahead = (self.prime.scale(1.3) + Span::from_millis(30)) * (1 << self.aim_tries.min(4));
        let heard = now + ahead.min(PRIME_MOST) + latency + around.output_offset;
        let Some(room) = around.clock.room_at(heard) else {
            return false;
        };
        let to = cue.line.position_at(room);
        if cue.line.duration - to <= END_GUARD {
            self.state = State::Standing { at: None };
            return false;
        }
        self.aim_tries += 1;
        self.seek(now, to, out);
        false
    }

    fn play(&mut self, starting: Starting, out: &mut VecDeque<Output>) {
        self.aim_tries = 0;
        self.command(PlayerCommand::Play, out);
        self.state = State::Starting(starting);
    }

    /// The element has begun to play.
    fn begin(&mut self, now: LocalTime, around: &Surroundings<'_>, learned: &Learned) {
        let State::Starting(Starting { called, due, line, teaches }) = self.state else {
            return;
        };
        let seek_beyond = around.clock.thresholds().seek_beyond;
        let trusted_from = now.max(due) + START_SETTLE;
        let lesson = teaches.then_some(Lesson::Start { head_start: due - called });
        self.state = State::Playing(Box::new(Playing {
            controller: DriftController::new(around.policy, seek_beyond, learned.skew(), trusted_from),
            line,
            waiting: false,
            seeking: None,
            lesson,
        }));
    }

    fn keep_in_step(
        &mut self,
        now: LocalTime,
        around: &Surroundings<'_>,
        learned: &mut Learned,
        out: &mut VecDeque<Output>,
    ) {
        let State::Playing(playing) = &mut self.state else {
            return;
        };
        if let Some(since) = playing.seeking {
            if now - since >= SEEK_TIMEOUT {
                playing.seeking = None;
                playing.controller.handle_jump(now);
            }
            return;
        }
        if playing.waiting {
            return;
        }
        if let (Some(lesson), Some(estimate)) = (playing.lesson, playing.controller.estimate(now)) {
            playing.lesson = None;
            lesson.teach(learned, estimate.drift);
            out.push_back(Output::Remember(*learned));
        }
        let skew = playing.controller.skew();
        if skew.sigma < SKEW_WORTH_KEEPING && (learned.skew().mean - skew.mean).abs() > SKEW_WORTH_KEEPING {
            learned.learn_skew(skew.mean);
            out.push_back(Output::Remember(*learned));
        }
        match playing.controller.poll_correction(now) {
            None => {}
            Some(Correction::Bend { rate, .. } | Correction::Rest { rate }) => self.set_rate(rate, out),
            Some(Correction::Seek { error }) => {
                if let Some(lesson) = playing.lesson.take() {
                    lesson.teach(learned, error);
                    out.push_back(Output::Remember(*learned));
                }
                let aimed = learned.seek_cost(&around.policy);
                let Some(room) = around.clock.room_at(now + aimed + around.output_offset) else {
                    return;
                };
                let to = playing.line.position_at(room);
                if playing.line.duration - to <= END_GUARD {
                    return;
                }
                playing.seeking = Some(now);
                playing.lesson = Some(Lesson::Seek { aimed });
                self.command(PlayerCommand::Seek(to), out);
            }
        }
    }

    /// When [`DeckPlayer::advance`] wants to be called.
    pub(super) fn poll_timeout(&self, around: &Surroundings<'_>, learned: &Learned) -> Option<LocalTime> {
        let local = |room| around.clock.local_at(room).map(|at| at - around.output_offset);
        let retire = self.retire_at.and_then(local);
        let cue = self.cue.as_ref();
        let pause = cue
            .filter(|cue| !cue.line.running && self.is_sounding())
            .and_then(|cue| local(cue.line.start_at));
        let own = match &self.state {
            State::Empty => None,
            State::Failed { retry_at } => cue.map(|_| *retry_at),
            State::Loading { since } => {
                cue.filter(|cue| cue.line.running).map(|_| *since + around.clock.thresholds().metadata_wait)
            }
            State::Seeking { since, .. } => cue.map(|_| *since + SEEK_TIMEOUT),
            State::Starting(starting) => Some(starting.called + START_TIMEOUT),
            State::Playing(playing) => match playing.seeking {
                Some(since) => Some(since + SEEK_TIMEOUT),
                None if playing.waiting => None,
                None => Some(playing.controller.poll_timeout()),
            },
            State::Standing { at } => {
                cue.filter(|cue| cue.line.running && !around.held && self.ended != Some(cue.line)).and_then(
                    |cue| Self::call_at(&cue.line, (*at)?, around, learned.start_latency(&around.policy)),
                )
            }
        };
        [retire, pause, own].into_iter().flatten().min()
    }

    fn set_rate(&mut self, rate: f64, out: &mut VecDeque<Output>) {
        self.rate = rate;
        self.command(PlayerCommand::Rate(rate), out);
    }

    fn command(&self, command: PlayerCommand, out: &mut VecDeque<Output>) {
        out.push_back(Output::Player(self.deck, command));
    }
}

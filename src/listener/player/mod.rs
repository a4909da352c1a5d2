//! Two decks and what they play: the current track on one, what follows on the other, so that a hand-over needs
//! nothing but the time. Which deck does what is decided here; how, in [`deck`](super::deck).

mod relief;

use std::collections::VecDeque;

use super::Output;
use super::deck::{Condition, Cue, DeckPlayer, Surroundings};
use super::media::MediaEvent;
use super::room_clock::RoomClock;
use crate::protocol::Loudness;
use crate::protocol::snapshot::Playback;
use crate::sync::drift::Decision;
use crate::sync::engine::EnginePolicy;
use crate::sync::learn::Learned;
use crate::sync::time::{LocalTime, MediaTime, Span};
use crate::sync::timeline::Timeline;
use relief::Relief;

/// One of the two elements of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deck {
    /// The first.
    A,
    /// The second.
    B,
}

impl Deck {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }
}

/// The player of a listener.
#[derive(Clone, Debug)]
pub(super) struct Player {
    policy: EnginePolicy,
    learned: Learned,
    output_offset: Span,
    decks: [DeckPlayer; 2],
    active: Deck,
    relief: Relief,
    held: bool,
    refused: bool,
}

impl Player {
    pub(super) const fn new(policy: EnginePolicy, learned: Learned, output_offset: Span) -> Self {
        Self {
            policy,
            learned,
            output_offset,
            decks: [DeckPlayer::new(Deck::A), DeckPlayer::new(Deck::B)],
            active: Deck::A,
            relief: Relief::new(),
            held: false,
            refused: false,
        }
    }

    pub(super) fn playing_decks(&self) -> impl Iterator<Item = Deck> + '_ {
        Deck::BOTH.into_iter().filter(|deck| self.decks[deck.index()].is_read(&self.policy))
    }

    pub(super) fn is_sounding(&self) -> bool {
        self.decks.iter().any(DeckPlayer::is_sounding)
    }

    /// Whether a deck plays, or is about to, because it was told to.
    pub(super) const fn is_deck_sounding(&self, deck: Deck) -> bool {
        self.decks[deck.index()].is_sounding()
    }

    /// The network is back: what failed may work now.
    pub(super) fn try_again(&mut self) {
        for deck in &mut self.decks {
            deck.try_again();
        }
    }

    /// There is a new connection: what was asked for over those before may never come.
    pub(super) fn ask_anew(&mut self) {
        for deck in &mut self.decks {
            deck.ask_anew();
        }
    }

    pub(super) fn condition(&self) -> Condition {
        self.decks[self.active.index()].condition()
    }

    pub(super) fn drift(&self, now: LocalTime, clock: &RoomClock) -> Option<Span> {
        self.decks[self.active.index()].drift(now, &self.surroundings(clock))
    }

    pub(super) const fn rate(&self) -> f64 {
        self.decks[self.active.index()].rate()
    }

    /// Where the current element is, as far as that is known while it plays.
    pub(super) fn position(&self, now: LocalTime, clock: &RoomClock) -> Option<MediaTime> {
        self.decks[self.active.index()].position(now, &self.surroundings(clock))
    }

    /// What the controller of the current element decided last, and why.
    pub(super) fn decision(&self) -> Option<Decision> {
        self.decks[self.active.index()].decision()
    }

    /// Whether sound comes out of a deck.
    pub(super) fn is_heard(&self) -> bool {
        self.decks.iter().any(DeckPlayer::is_heard)
    }

    pub(super) fn set_output_offset(&mut self, now: LocalTime, offset: Span) {
        if offset != self.output_offset {
            self.output_offset = offset;
            for deck in &mut self.decks {
                deck.handle_asked(now);
            }
        }
    }

    /// How loud everything is, 0 to 1, and what is made of the tracks' own loudness.
    pub(super) fn set_volume(&mut self, volume: f64, loudness: Loudness, out: &mut VecDeque<Output>) {
        for deck in &mut self.decks {
            deck.set_volume(volume, loudness, out);
        }
    }

    /// The browser may let it play now.
    pub(super) fn handle_unblocked(&mut self) {
        self.refused = false;
    }

    pub(super) fn handle_resync(&mut self, now: LocalTime) {
        for deck in &mut self.decks {
            deck.resync(now);
        }
    }

    /// The machine slept: where the elements are is anybody's guess.
    pub(super) fn handle_wake(&mut self, now: LocalTime) {
        for deck in &mut self.decks {
            deck.handle_wake(now);
        }
    }

    /// The sound comes out of another card, maybe.
    pub(super) fn handle_output_changed(&mut self, now: LocalTime) {
        self.learned.forget_card();
        for deck in &mut self.decks {
            deck.handle_new_card(now, self.learned.skew());
        }
    }

    /// Somebody looks: reads at full speed from now on.
    pub(super) fn look_closely(&mut self, now: LocalTime) {
        for deck in &mut self.decks {
            deck.look_closely(now);
        }
    }

    /// True when the current track is given up.
    pub(super) fn handle_media(
        &mut self,
        now: LocalTime,
        deck: Deck,
        event: &MediaEvent,
        clock: &RoomClock,
    ) -> bool {
        if *event == MediaEvent::Refused {
            self.refused = true;
        }
        let around = self.surroundings(clock);
        let given_up = self.decks[deck.index()].handle_media(now, event, &around, &self.learned);
        given_up && deck == self.active
    }

    pub(super) fn handle_reading(
        &mut self,
        now: LocalTime,
        deck: Deck,
        position: MediaTime,
        clock: &RoomClock,
    ) {
        let around = self.surroundings(clock);
        self.decks[deck.index()].handle_reading(now, position, &around);
    }

    /// Lets the decks follow what is wanted: `silenced`, nothing for now. Asking twice changes nothing.
    pub(super) fn follow(
        &mut self,
        now: LocalTime,
        wanted: Wanted,
        silenced: bool,
        clock: &RoomClock,
        out: &mut VecDeque<Output>,
    ) {
        self.held = silenced || self.refused;
        self.end_vain_relief(now, wanted.current.as_ref(), clock, out);
        match &wanted.current {
            Some(cue) => self.assign_current(now, cue.clone()),
            None => self.release(out),
        }
        self.relieve(now, wanted.current, clock, out);
        self.assign_upcoming(now, wanted.upcoming, out);
        let around = self.surroundings(clock);
        // What begins comes before what ends.
        for deck in [self.active, self.active.other()] {
            self.decks[deck.index()].advance(now, &around, &mut self.learned, out);
        }
    }

    /// Whether something is to begin soon, so that nothing else should take the page's time.
    pub(super) fn is_about_to_start(&self, now: LocalTime, soon: Span, clock: &RoomClock) -> bool {
        let around = self.surroundings(clock);
        self.decks.iter().any(|deck| deck.is_about_to_start(now, soon, &around, &self.learned))
    }

    /// Falls silent, because something else is wanted from now on.
    pub(super) fn release(&mut self, out: &mut VecDeque<Output>) {
        for deck in &mut self.decks {
            deck.release(out);
        }
    }

    /// Falls silent and lets go of the files.
    pub(super) fn leave(&mut self, out: &mut VecDeque<Output>) {
        for deck in &mut self.decks {
            deck.leave(out);
        }
    }

    pub(super) fn poll_timeout(&self, clock: &RoomClock) -> Option<LocalTime> {
        let around = self.surroundings(clock);
        self.decks.iter().filter_map(|deck| deck.poll_timeout(&around, &self.learned)).min()
    }

    const fn surroundings<'a>(&self, clock: &'a RoomClock) -> Surroundings<'a> {
        Surroundings { clock, policy: self.policy, output_offset: self.output_offset, held: self.held }
    }

    fn assign_current(&mut self, now: LocalTime, cue: Cue) {
        let holds =
            |deck: Deck| self.decks[deck.index()].cue().filter(|_| !self.decks[deck.index()].is_retiring());
        let is_it = |held: &Cue| {
            held.stream == cue.stream
                || (held.track.track_url == cue.track.track_url && held.line == cue.line)
        };
        let other = self.active.other();
        let deck = if holds(self.active).is_some_and(is_it) {
            self.active
        } else if holds(other).is_some_and(is_it) {
            other
        } else if self.decks[self.active.index()].is_sounding() {
            // The old track goes on until the new one begins.
            other
        } else {
            self.active
        };
        if deck != self.active {
            self.decks[self.active.index()].retire(cue.line.start_at);
            self.active = deck;
        }
        self.decks[deck.index()].assign(now, cue);
    }

    fn assign_upcoming(&mut self, now: LocalTime, cue: Option<Cue>, out: &mut VecDeque<Output>) {
        let active = &self.decks[self.active.index()];
        let seam_at = cue.as_ref().map(|cue| cue.line.start_at).filter(|at| active.ends_about(*at));
        let idle = &mut self.decks[self.active.other().index()];
        if idle.is_retiring() || idle.stands_in() {
            return;
        }
        match cue {
            Some(cue) => {
                idle.assign(now, cue);
                idle.set_seam(seam_at);
            }
            None if idle.cue().is_some() => idle.release(out),
            None => {}
        }
    }
}

/// What is to be heard, and what follows.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) current: Option<Cue>,
    pub(super) upcoming: Option<Cue>,
}

impl Wanted {
    /// What the room plays.
    pub(super) fn of_room(playback: &Playback) -> Self {
        let current = playback.track.clone().zip(playback.timeline()).map(|(track, line)| Cue {
            stream: playback.stream_id,
            track,
            line,
            awaited: true,
        });
        let upcoming = playback.upcoming.as_ref().map(|upcoming| Cue {
            stream: upcoming.stream_id,
            track: upcoming.track.clone(),
            line: Timeline {
                start_at: upcoming.start_at,
                start_position: MediaTime::ZERO,
                duration: upcoming.track.duration,
                running: true,
            },
            awaited: true,
        });
        Self { current, upcoming }
    }
}

//! What the clocks said at one moment of room time, and what room time it is by that in a later process: so that a
//! restart goes on where the last process was, whatever was done to the clock of the machine meanwhile. Decides only: the
//! server's clock reads, its heartbeat keeps.
//!
//! - On a machine that did not start anew since, its own clock tells how long it was; the wall clock is not asked.
//! - After a start of the machine there is only the wall clock. What it says is believed, but time never runs back.
//! - After a gap in which nobody would have gone on playing, room time may jump ahead to UTC.

use std::str::FromStr;

use thiserror::Error;

use super::time::{RoomTime, Span};

/// What the clocks of the machine say at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// UTC by the wall clock, which may be wrong, and steps.
    pub utc: RoomTime,
    /// How long the machine runs, asleep or not; `None` where the system does not tell.
    pub uptime: Option<Uptime>,
}

/// How long a machine runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Which of its starts it counts from.
    pub boot: String,
    /// Since then.
    pub since: Span,
}

impl Reading {
    /// How long ago another one was; not below nothing.
    fn since(&self, earlier: &Self) -> Span {
        let by_machine = self.uptime.as_ref().zip(earlier.uptime.as_ref());
        let gone = by_machine
            .filter(|(now, then)| now.boot == then.boot && now.since >= then.since)
            .map(|(now, then)| now.since - then.since);
        gone.unwrap_or(self.utc - earlier.utc).max(Span::ZERO)
    }
}

/// A moment of a process: its room time, and what the clocks said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The room time.
    pub room: RoomTime,
    /// The clocks.
    pub read: Reading,
}

impl Mark {
    /// The room time at a later reading, in another process. `unattended`: after so long no playback goes on.
    pub fn room_at(&self, now: &Reading, unattended: Span) -> RoomTime {
        let gone = now.since(&self.read);
        let goes_on = self.room + gone;
        if gone > unattended { goes_on.max(now.utc) } else { goes_on }
    }
}

/// A text is no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no mark of life")]
pub struct NoMark;

/// `ROOM UTC [SINCE BOOT]`, times in µs. `ROOM` alone is what versions up to 0.1 wrote: room time was UTC then.
impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let micros = |word: &str| word.parse::<i64>().map_err(|_| NoMark);
        let words: Vec<_> = text.split_whitespace().collect();
        let (room, utc, uptime) = match words[..] {
            [room] => (room, room, None),
            [room, utc] => (room, utc, None),
            [room, utc, since, boot] => (room, utc, Some((since, boot))),
            _ => return Err(NoMark),
        };
        let uptime = match uptime {
            Some((since, boot)) => {
                Some(Uptime { boot: boot.to_owned(), since: Span::from_micros(micros(since)?) })
            }
            None => None,
        };
        let utc = RoomTime::from_micros(micros(utc)?);
        Ok(Self { room: RoomTime::from_micros(micros(room)?), read: Reading { utc, uptime } })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.room.micros(), self.read.utc.micros())?;
        match &self.read.uptime {
            Some(Uptime { boot, since }) => write!(f, " {} {boot}", since.micros()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: RoomTime = RoomTime::from_micros(1_800_000_000_000_000);
    const HOUR: Span = Span::from_secs(3_600);
    const MINUTE: Span = Span::from_secs(60);
    const NOTHING: Span = Span::ZERO;
    const UNATTENDED: Span = Span::from_secs(600);

    fn read(utc: RoomTime, boot: &str, since: Span) -> Reading {
        Reading { utc, uptime: Some(Uptime { boot: boot.to_owned(), since }) }
    }

    /// A process whose room time was UTC.
    fn mark() -> Mark {
        Mark { room: NOON, read: read(NOON, "one", HOUR) }
    }

    #[test]
    fn on_the_same_start_of_a_machine_a_step_of_the_wall_clock_moves_nothing() {
        for step in [-9_000, -1, 0, 1, 9_000] {
            let utc = NOON + Span::from_secs(2 + step);
            let now = read(utc, "one", HOUR + Span::from_secs(2));
            assert_eq!(mark().room_at(&now, UNATTENDED), NOON + Span::from_secs(2), "{step} s");
        }
    }

    #[test]
    fn room_time_that_is_not_utc_stays_what_it_is() {
        let old = Mark { room: NOON - HOUR, ..mark() };
        let now = read(NOON + MINUTE, "one", HOUR + MINUTE);
        assert_eq!(old.room_at(&now, UNATTENDED), NOON - HOUR + MINUTE);
        let anew = read(NOON + MINUTE, "two", MINUTE);
        assert_eq!(old.room_at(&anew, UNATTENDED), NOON - HOUR + MINUTE);
    }

    #[test]
    fn after_a_start_of_the_machine_the_wall_clock_counts_but_never_back() {
        for (moved, gone) in [(MINUTE, MINUTE), (HOUR, HOUR), (NOTHING - HOUR, NOTHING)] {
            assert_eq!(mark().room_at(&read(NOON + moved, "two", MINUTE), UNATTENDED), NOON + gone);
        }
        let untold = Reading { utc: NOON + MINUTE, uptime: None };
        assert_eq!(mark().room_at(&untold, UNATTENDED), NOON + MINUTE);
    }

    #[test]
    fn after_a_long_gap_room_time_comes_back_to_utc_if_that_is_ahead() {
        let behind = Mark { room: NOON - HOUR, ..mark() };
        let ahead = Mark { room: NOON + HOUR + HOUR, ..mark() };
        let now = read(NOON + HOUR, "one", HOUR + HOUR);
        assert_eq!(behind.room_at(&now, UNATTENDED), NOON + HOUR);
        assert_eq!(ahead.room_at(&now, UNATTENDED), NOON + HOUR + HOUR + HOUR);
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let untold = Mark { room: NOON, read: Reading { utc: NOON - HOUR, uptime: None } };
        for mark in [mark(), untold] {
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
    }

    #[test]
    fn the_mark_of_an_older_version_is_a_time_of_utc() {
        let old: Mark = "1800000000000000\n".parse().unwrap();
        assert_eq!(old, Mark { room: NOON, read: Reading { utc: NOON, uptime: None } });
    }

    #[test]
    fn other_texts_are_no_marks() {
        for text in ["", "yesterday", "1 2 3", "1 2 x boot", "1 2 3 4 5", "1.5"] {
            assert_eq!(text.parse::<Mark>(), Err(NoMark), "{text}");
        }
    }
}

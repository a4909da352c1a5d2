//! The clock of the machine on which the server runs: true, until it is slewed by NTP, changes its rate with its host, or
//! stands still because the machine does. A new process may begin with another time.

use crate::sync::time::{RoomTime, Span};

/// Parts per billion.
const BILLION: i64 = 1_000_000_000;

/// A stretch of constant rate, from a true time on.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: RoomTime,
    shows: RoomTime,
    /// How much too fast it runs; −1e9: it stands.
    skew_ppb: i64,
}

impl Piece {
    fn room(&self, truth: RoomTime) -> RoomTime {
        let run = (truth - self.from).micros();
        self.shows + Span::from_micros(run + (run * self.skew_ppb).div_euclid(BILLION))
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct ServerClock {
    pieces: Vec<Piece>,
}

impl ServerClock {
    /// A clock that shows the true time.
    pub fn true_from(now: RoomTime) -> Self {
        Self { pieces: vec![Piece { from: now, shows: now, skew_ppb: 0 }] }
    }

    /// What it shows at a true time.
    pub fn room(&self, truth: RoomTime) -> RoomTime {
        let after = self.pieces.partition_point(|piece| piece.from <= truth);
        self.pieces[after.saturating_sub(1)].room(truth)
    }

    /// The first true time at which it shows this or more.
    pub fn truth(&self, room: RoomTime) -> RoomTime {
        let after = self.pieces.partition_point(|piece| piece.shows < room);
        let piece = self.pieces[after.saturating_sub(1)];
        let shown = (room - piece.shows).micros();
        if piece.skew_ppb == 0 {
            return piece.from + Span::from_micros(shown);
        }
        let near = shown as f64 / (1.0 + piece.skew_ppb as f64 / BILLION as f64);
        let step = Span::from_micros(1);
        let mut truth = piece.from + Span::from_micros(near.floor() as i64);
        while piece.room(truth) < room {
            truth += step;
        }
        while piece.room(truth - step) >= room {
            truth = truth - step;
        }
        truth
    }

    /// Runs this much too fast from now on; −500e-6 to 500e-6 is what NTP does.
    pub fn run_at(&mut self, now: RoomTime, skew: f64) {
        let piece = Piece { from: now, shows: self.room(now), skew_ppb: (skew * 1e9).round() as i64 };
        self.pieces.push(piece);
    }

    /// Stands still for so long, and then runs as before.
    pub fn stand_still(&mut self, now: RoomTime, span: Span) {
        let shows = self.room(now);
        let before = self.pieces[self.pieces.len() - 1].skew_ppb;
        self.pieces.push(Piece { from: now, shows, skew_ppb: -BILLION });
        self.pieces.push(Piece { from: now + span, shows, skew_ppb: before });
    }

    /// A new process begins, `by` later than the one before would show, and runs as the machine does.
    pub fn begin_anew(&mut self, now: RoomTime, by: Span) {
        let skew_ppb = self.pieces[self.pieces.len() - 1].skew_ppb;
        self.pieces = vec![Piece { from: now, shows: self.room(now) + by, skew_ppb }];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_due_when_it_shows_it_and_not_before() {
        let start = RoomTime::ZERO + Span::from_secs(1_000);
        let secs = |secs: i64| start + Span::from_secs(secs);
        let mut clock = ServerClock::true_from(start);
        clock.run_at(secs(10), 500e-6);
        clock.run_at(secs(70), -500e-6);
        clock.run_at(secs(130), 0.0);
        clock.stand_still(secs(140), Span::from_secs(5));
        assert_eq!(clock.room(secs(70)) - secs(70), Span::from_millis(30));
        assert_eq!(clock.room(secs(130)), secs(130));
        assert_eq!(clock.room(secs(143)), secs(140));
        assert_eq!(clock.room(secs(150)), secs(145));
        let step = Span::from_micros(1);
        for ms in (0..160_000).step_by(37) {
            let room = start + Span::from_millis(ms);
            let due = clock.truth(room);
            assert!(clock.room(due) >= room && clock.room(due - step) < room, "{room:?} at {due:?}");
        }
        clock.begin_anew(secs(150), Span::from_secs(-2));
        assert_eq!(clock.room(secs(151)), secs(144));
    }
}

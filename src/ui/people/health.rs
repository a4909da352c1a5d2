//! How well a member's device keeps in step, in numbers that rest: rounded, and changed only when it matters, because
//! a list whose figures flicker is a list that cannot be read.

use crate::protocol::snapshot::MemberHealth;
use crate::protocol::{MemberInfo, ReportedState};
use crate::sync::time::{RoomTime, Span};
use crate::ui::words::words;

/// A shown drift stands until the next one differs by more than this: twice the controller's own ±0.1 ms. Tenths of ms
const REST_TENTHS: i64 = 2;

/// What a row shows of a member's health. Equal values are drawn once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What it reported of itself; `None` until it has.
    pub(super) state: Option<ReportedState>,
    /// When it reported last, when that is too long ago to say how it is.
    pub(super) silent_since: Option<RoomTime>,
    /// Where its sound is minus where it should be. Tenths of ms
    drift: Option<i64>,
    /// ms
    rtt: Option<i64>,
}

/// What is to be shown of a member, after what was shown of it; `None` where one may not see it.
pub(super) fn shown(before: Option<Shown>, member: &MemberInfo) -> Option<Shown> {
    let health = member.health.as_ref()?;
    let state = state(health);
    let before = before.filter(|before| before.state == state);
    let drift = health.drift.filter(|_| sounds(state)).map(|drift| {
        let tenths = tenths(drift);
        before
            .and_then(|before| before.drift)
            .filter(|rested| (rested - tenths).abs() <= REST_TENTHS)
            .unwrap_or(tenths)
    });
    let silent_since = health.reported_at.filter(|_| state.is_none());
    Some(Shown { state, silent_since, drift, rtt: health.rtt.map(round_trip) })
}

impl Shown {
    /// `+0.4 ms`; a dash when nothing sounds there.
    pub(super) fn drift(self) -> String {
        let Some(tenths) = self.drift else { return "–".to_owned() };
        let sign = match tenths {
            0 => "±",
            1.. => "+",
            _ => "−",
        };
        let (size, point) = (tenths.unsigned_abs(), words().numbers.decimal);
        match size {
            0..1_000 => format!("{sign}{}{point}{} ms", size / 10, size % 10),
            1_000..10_000 => format!("{sign}{} ms", size / 10),
            _ => format!("{sign}{}{point}{} s", size / 10_000, size / 1_000 % 10),
        }
    }

    /// `12 ms`; a dash until it is measured.
    pub(super) fn rtt(self) -> String {
        self.rtt.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"))
    }
}

/// The state that a member reported; of a newer page's words we know nothing.
fn state(health: &MemberHealth) -> Option<ReportedState> {
    if health.buffering {
        return Some(ReportedState::Buffering);
    }
    let word = health.state.as_deref()?;
    ReportedState::ALL.into_iter().find(|state| state.as_str() == word)
}

const fn sounds(state: Option<ReportedState>) -> bool {
    matches!(state, Some(ReportedState::InSync | ReportedState::Correcting | ReportedState::OutOfSync))
}

/// The nearest tenth of a millisecond.
fn tenths(span: Span) -> i64 {
    let micros = span.micros();
    (micros + 50 * micros.signum()) / 100
}

/// As exactly as anybody wants to know it: 1 ms below 20 ms, 5 ms below 100 ms, else 10 ms.
fn round_trip(rtt: Span) -> i64 {
    let ms = (rtt.micros().max(0) + 500) / 1_000;
    let step = match ms {
        ..20 => 1,
        20..100 => 5,
        _ => 10,
    };
    (ms + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{MemberName, Role};

    fn member(health: Option<MemberHealth>) -> MemberInfo {
        MemberInfo {
            member_id: "m1".parse().unwrap(),
            name: MemberName::parse("Ada").unwrap(),
            role: Role::Listener,
            connected: true,
            health,
        }
    }

    fn in_sync(drift_micros: i64) -> MemberInfo {
        member(Some(MemberHealth {
            drift: Some(Span::from_micros(drift_micros)),
            rtt: Some(Span::from_micros(12_400)),
            state: Some("in-sync".to_owned()),
            ..MemberHealth::default()
        }))
    }

    #[test]
    fn a_drift_is_written_with_its_direction_and_no_more_digits_than_matter() {
        for (micros, text) in [
            (40, "±0.0 ms"),
            (400, "+0.4 ms"),
            (-1_260, "−1.3 ms"),
            (99_900, "+99.9 ms"),
            (-180_400, "−180 ms"),
            (2_340_000, "+2.3 s"),
        ] {
            assert_eq!(shown(None, &in_sync(micros)).unwrap().drift(), text);
        }
    }

    #[test]
    fn a_shown_drift_rests_until_it_changes_in_earnest() {
        let first = shown(None, &in_sync(400));
        assert_eq!(shown(first, &in_sync(600)), first);
        assert_eq!(shown(first, &in_sync(210)), first);
        assert_eq!(shown(first, &in_sync(710)).unwrap().drift(), "+0.7 ms");
    }

    #[test]
    fn a_round_trip_is_rounded_the_more_the_longer_it_is() {
        for (micros, ms) in [(300, 0), (12_400, 12), (19_700, 20), (43_000, 45), (97_000, 95), (187_000, 190)]
        {
            assert_eq!(round_trip(Span::from_micros(micros)), ms, "{micros}");
        }
    }

    #[test]
    fn what_does_not_sound_has_no_drift() {
        let mut paused = in_sync(400);
        paused.health.as_mut().unwrap().state = Some("paused".to_owned());
        assert_eq!(shown(None, &paused).unwrap().drift(), "–");
        let mut starved = in_sync(400);
        starved.health.as_mut().unwrap().buffering = true;
        assert_eq!(shown(None, &starved).unwrap().state, Some(ReportedState::Buffering));
    }

    #[test]
    fn who_has_not_reported_has_a_health_without_a_state_and_who_may_not_see_it_has_none() {
        let silent = shown(None, &member(Some(MemberHealth::default()))).unwrap();
        assert_eq!((silent.state, silent.rtt().as_str()), (None, "–"));
        assert_eq!(shown(None, &member(None)), None);
    }

    #[test]
    fn who_fell_silent_is_told_from_who_has_not_spoken_yet() {
        let mut health =
            MemberHealth { reported_at: Some(RoomTime::from_micros(7)), ..MemberHealth::default() };
        let silent = shown(None, &member(Some(health.clone()))).unwrap();
        assert_eq!(silent.silent_since, Some(RoomTime::from_micros(7)));
        health.state = Some("in-sync".to_owned());
        assert_eq!(shown(None, &member(Some(health))).unwrap().silent_since, None);
    }
}

//! How far ahead a room schedules: the sync buffer from round trips that the server measured, the lead from the
//! time that members took to get ready. One slow member must not tax a room for ever, so outliers do not count.

use std::collections::BTreeMap;

use crate::protocol::{MemberId, limits};
use crate::sync::profile::Profile;
use crate::sync::time::{RoomTime, Span};

/// A measurement is recent for so long: a few keep-alives.
const RECENT: Span = Span::from_secs(60);
/// With this many members or more, outliers can be told from the rest.
const ENOUGH_FOR_OUTLIERS: usize = 3;
/// What is beyond so many medians plus [`OUTLIER_FLOOR`] is an outlier.
const OUTLIER_MEDIANS: i64 = 3;
/// Differences below this are nobody's fault.
const OUTLIER_FLOOR: Span = Span::from_millis(50);
/// The lead is this much longer than the slowest member took, against the next start being a bit slower.
const LEAD_MARGIN: f64 = 1.25;

/// How far ahead a room schedules, and how often it tells of it: what an operator may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// The lead while nothing is learned yet; `None`: the profile's.
    pub lead: Option<Span>,
    /// The shortest lead that is learned; `None`: the profile's.
    pub lead_least: Option<Span>,
    /// The longest one; `None`: the profile's.
    pub lead_most: Option<Span>,
    /// The sync buffer in round trips of the room, …
    pub sync_buffer_rtts: i64,
    /// … within this range.
    pub sync_buffer: (Span, Span),
    /// How often the timeline is told while playing.
    pub tick: Span,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            lead: None,
            lead_least: None,
            lead_most: None,
            sync_buffer_rtts: limits::SYNC_BUFFER_RTTS,
            sync_buffer: limits::SYNC_BUFFER,
            tick: limits::TICK,
        }
    }
}

impl Pacing {
    /// The lead of a profile and its range, as far as nothing else was chosen. A bound that was chosen moves the
    /// profile's other one out of its way.
    fn lead_of(&self, profile: Profile) -> (Span, Span, Span) {
        let row = profile.thresholds();
        let (least, most) = match (self.lead_least, self.lead_most) {
            (Some(least), None) => (least, row.lead_range.1.max(least)),
            (None, Some(most)) => (row.lead_range.0.min(most), most),
            (least, most) => (least.unwrap_or(row.lead_range.0), most.unwrap_or(row.lead_range.1)),
        };
        (self.lead.unwrap_or(row.lead).clamp(least, most), least, most)
    }
}

#[derive(Clone, Copy, Debug)]
struct Measured {
    value: Span,
    at: RoomTime,
}

/// What was measured of the members, and what follows from it.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    pacing: Pacing,
    rtts: BTreeMap<MemberId, Measured>,
    readiness: BTreeMap<MemberId, Measured>,
}

impl Pace {
    /// Nothing is measured yet.
    pub(super) fn new(pacing: Pacing) -> Self {
        Self { pacing, ..Self::default() }
    }

    /// How often the timeline is told.
    pub(super) const fn tick(&self) -> Span {
        self.pacing.tick
    }

    /// A socket ping came back.
    pub(super) fn handle_rtt(&mut self, now: RoomTime, member: &MemberId, rtt: Span) {
        self.rtts.insert(member.clone(), Measured { value: rtt, at: now });
    }

    /// A member was ready for a start.
    pub(super) fn handle_ready(&mut self, now: RoomTime, member: &MemberId, took: Span) {
        self.readiness.insert(member.clone(), Measured { value: took, at: now });
    }

    /// A member is gone.
    pub(super) fn forget(&mut self, member: &MemberId) {
        self.rtts.remove(member);
        self.readiness.remove(member);
    }

    /// The largest recent round trip that is no outlier.
    pub(super) fn rtt(&self, now: RoomTime) -> Option<Span> {
        largest_usual(self.rtts.values().filter(|m| now - m.at <= RECENT).map(|m| m.value).collect())
    }

    /// `clamp(2 × RTT of the room, 100 ms, 500 ms)` unless configured; the least with nobody measured
    /// (manual/protocol.md).
    pub(super) fn sync_buffer(&self, now: RoomTime) -> Span {
        let (least, most) = self.pacing.sync_buffer;
        self.rtt(now).map_or(least, |rtt| (rtt * self.pacing.sync_buffer_rtts).clamp(least, most))
    }

    /// The profile's lead at first; then what the members took, with a margin and the sync buffer that the
    /// confirmation needs, within the profile's range.
    pub(super) fn lead(&self, now: RoomTime, chosen: Option<Profile>) -> Span {
        let profile = chosen.unwrap_or_else(|| Profile::measured(self.rtt(now), Span::ZERO));
        let (lead, least, most) = self.pacing.lead_of(profile);
        // Readiness does not grow old: a room that listens to one long piece has no newer.
        let took = largest_usual(self.readiness.values().map(|m| m.value).collect());
        took.map_or(lead, |took| (took.scale(LEAD_MARGIN) + self.sync_buffer(now)).clamp(least, most))
    }
}

/// The largest value that is not far beyond the median.
fn largest_usual(mut values: Vec<Span>) -> Option<Span> {
    values.sort_unstable();
    let largest = *values.last()?;
    if values.len() < ENOUGH_FOR_OUTLIERS {
        return Some(largest);
    }
    let bound = values[values.len() / 2] * OUTLIER_MEDIANS + OUTLIER_FLOOR;
    values.into_iter().rev().find(|value| *value <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: usize) -> MemberId {
        format!("m{n}").parse().unwrap()
    }

    fn pace(rtts_ms: &[i64]) -> Pace {
        let mut pace = Pace::default();
        for (n, rtt) in rtts_ms.iter().enumerate() {
            pace.handle_rtt(RoomTime::ZERO, &member(n), Span::from_millis(*rtt));
        }
        pace
    }

    #[test]
    fn the_sync_buffer_is_twice_the_rooms_rtt_within_its_range() {
        for (rtts, buffer) in
            [(vec![], 100), (vec![3], 100), (vec![80], 160), (vec![80, 120], 240), (vec![900], 500)]
        {
            assert_eq!(pace(&rtts).sync_buffer(RoomTime::ZERO), Span::from_millis(buffer), "{rtts:?}");
        }
    }

    #[test]
    fn one_slow_member_does_not_tax_the_room() {
        assert_eq!(pace(&[60, 70, 75, 80, 900]).sync_buffer(RoomTime::ZERO), Span::from_millis(160));
    }

    #[test]
    fn an_old_measurement_no_longer_counts() {
        let later = RoomTime::ZERO + Span::from_secs(61);
        assert_eq!(pace(&[200]).sync_buffer(later), Span::from_millis(100));
    }

    #[test]
    fn the_lead_follows_the_members_within_the_profiles_range() {
        let mut pace = pace(&[4]);
        assert_eq!(pace.lead(RoomTime::ZERO, None), Span::from_millis(800));
        for (took, lead) in [(100, 300), (400, 600), (5_000, 1_000)] {
            pace.handle_ready(RoomTime::ZERO, &member(0), Span::from_millis(took));
            assert_eq!(pace.lead(RoomTime::ZERO, None), Span::from_millis(lead), "{took} ms");
        }
        assert_eq!(pace.lead(RoomTime::ZERO, Some(Profile::Wan)), Span::from_millis(2_000));
    }
    #[test]
    fn an_operator_may_choose_the_lead_and_the_sync_buffer() {
        let ms = Span::from_millis;
        let with = |pacing: Pacing, took: Option<i64>| {
            let mut pace = Pace { pacing, ..pace(&[80]) };
            if let Some(took) = took {
                pace.handle_ready(RoomTime::ZERO, &member(0), ms(took));
            }
            (pace.sync_buffer(RoomTime::ZERO), pace.lead(RoomTime::ZERO, None))
        };
        let usual = Pacing::default();
        assert_eq!(with(usual, None), (ms(160), ms(1_200)));
        let buffer = Pacing { sync_buffer_rtts: 3, sync_buffer: (ms(50), ms(200)), ..usual };
        assert_eq!(with(buffer, None).0, ms(200));
        let lead = Pacing { lead: Some(ms(700)), ..usual };
        assert_eq!(with(lead, None).1, ms(700));
        // The profile would learn 600 to 1500 ms.
        for (least, most, took, lead) in [
            (Some(2_000), None, 10, 2_000),
            (None, Some(400), 5_000, 400),
            (Some(100), Some(3_000), 10, 172),
            (Some(100), Some(3_000), 9_000, 3_000),
        ] {
            let range = Pacing { lead_least: least.map(ms), lead_most: most.map(ms), ..usual };
            assert_eq!(with(range, Some(took)).1.as_ms().floor() as i64, lead, "{least:?} to {most:?}");
        }
    }
}

//! How the members of a room kept in step lately, as told to a host or a DJ: a few points of each, kept in their page
//! and nowhere else. Drawn beside each member's name.

use std::collections::VecDeque;

use crate::protocol::{MemberId, MemberInfo, ServerMessage};
use crate::sync::time::{LocalTime, Span};

/// Points of a member that are kept. Figures are told every 15 s at most: the last ten minutes, or more when nothing
/// moves.
const POINTS: usize = 40;
/// A state that flickers makes no more points than this.
const BETWEEN_POINTS: Span = Span::from_secs(5);

/// What was told at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When it arrived.
    pub at: LocalTime,
    /// Where the element was minus where it should be; `None` when nothing sounded.
    pub drift: Option<Span>,
    /// The round trip as the server measures it.
    pub rtt: Option<Span>,
}

/// The points of all who are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trends {
    of: Vec<(MemberId, VecDeque<Point>)>,
    latest: Option<LocalTime>,
}

/// Whether a message may say something new of the members' health.
pub(super) const fn tells_of_members(message: &ServerMessage) -> bool {
    matches!(
        message,
        ServerMessage::Members { .. } | ServerMessage::Health { .. } | ServerMessage::RoomState(_)
    )
}

impl Trends {
    /// The points of a member, the latest last; empty when nothing is known, or one may not see it.
    pub fn of(&self, member: &MemberId) -> impl Iterator<Item = Point> + '_ {
        let found = self.of.iter().find(|(id, _)| id == member);
        found.into_iter().flat_map(|(_, points)| points.iter().copied())
    }

    /// When something was told last, of whomever: what stood still stood still until then.
    pub const fn latest(&self) -> Option<LocalTime> {
        self.latest
    }

    /// Takes in how the members are now.
    pub(super) fn note(&mut self, now: LocalTime, members: &[MemberInfo]) {
        self.of.retain(|(id, _)| members.iter().any(|member| member.member_id == *id));
        for member in members {
            let Some(health) = &member.health else { continue };
            self.latest = Some(now);
            let point = Point { at: now, drift: health.drift, rtt: health.rtt };
            let known = self.of.iter().position(|(id, _)| *id == member.member_id);
            let known = known.unwrap_or_else(|| {
                self.of.push((member.member_id.clone(), VecDeque::new()));
                self.of.len() - 1
            });
            let points = &mut self.of[known].1;
            match points.back_mut() {
                Some(last) if (last.drift, last.rtt) == (point.drift, point.rtt) => {}
                Some(last) if now - last.at < BETWEEN_POINTS => *last = Point { at: last.at, ..point },
                _ => points.push_back(point),
            }
            if points.len() > POINTS {
                points.pop_front();
            }
        }
    }
}

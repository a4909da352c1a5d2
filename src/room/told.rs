//! What of a member's health was told last to those who may see it, and whether it is worth telling again: a state at
//! once, figures only when they have moved. Asked by `members`.

use crate::protocol::snapshot::{HealthNews, MemberHealth};
use crate::protocol::{MemberId, limits};
use crate::sync::time::Span;

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It is in another state.
    State,
    /// It is in the same state, with other figures.
    Figures,
}

/// What was told.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    state: Option<String>,
    buffering: bool,
    drift: Option<Span>,
    rtt: Option<Span>,
}

impl Told {
    pub(super) fn of(health: &MemberHealth) -> Self {
        Self {
            state: health.state.clone(),
            buffering: health.buffering,
            drift: health.drift,
            rtt: health.rtt,
        }
    }

    /// What is to be told of a health, if anything.
    pub(super) fn news(&self, health: &MemberHealth) -> Option<News> {
        if (&self.state, self.buffering) != (&health.state, health.buffering) {
            return Some(News::State);
        }
        let rtt_rests = self.rtt.map_or(Span::ZERO, |rtt| rtt.scale(limits::HEALTH_RTT_SHARE));
        let moved = has_moved(self.drift, health.drift, limits::HEALTH_DRIFT)
            || has_moved(self.rtt, health.rtt, rtt_rests.max(limits::HEALTH_RTT));
        moved.then_some(News::Figures)
    }

    /// What is told of a member.
    pub(super) fn tell(member_id: MemberId, health: &MemberHealth) -> HealthNews {
        HealthNews {
            member_id,
            rtt: health.rtt,
            drift: health.drift,
            state: health.state.clone(),
            buffering: health.buffering,
            reported_at: health.reported_at,
        }
    }
}

fn has_moved(old: Option<Span>, new: Option<Span>, by: Span) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => (new - old).abs() > by,
        (None, None) => false,
        _ => true,
    }
}

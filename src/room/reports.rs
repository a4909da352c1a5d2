//! What members and their sockets report: that a stream is loaded, how well they are in step, how long a round trip is.

use super::Room;
use crate::protocol::snapshot::MemberHealth;
use crate::protocol::{MemberId, ReportedState, StreamId, SyncReport, limits};
use crate::sync::time::{RoomTime, Span};

impl Room {
    /// A member has a stream loaded and primed.
    pub fn handle_ready(&mut self, now: RoomTime, id: &MemberId, stream: StreamId, took: Span) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if stream <= member.ready_for || stream > self.playback.last_stream_id {
            return;
        }
        member.ready_for = stream;
        self.pace.handle_ready(now, id, took);
        self.confirm_if_all_ready(now);
    }

    /// A member says how it keeps in step.
    pub fn handle_report(&mut self, now: RoomTime, id: &MemberId, report: &SyncReport) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        member.health = MemberHealth {
            offset: Some(report.offset),
            offset_error: Some(report.offset_error),
            rtt: member.health.rtt,
            drift: report.drift,
            rate: Some(report.rate),
            buffering: report.buffering || report.state == ReportedState::Buffering,
            state: Some(report.state.as_str().to_owned()),
            reported_at: Some(now),
            unknown_engine: report.unknown_engine,
        };
        self.members.health_changed(now, id);
    }

    /// The server's socket ping to a member came back.
    pub fn handle_rtt(&mut self, now: RoomTime, id: &MemberId, rtt: Span) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        member.health.rtt = Some(rtt);
        if member.health.reported_at.is_some_and(|at| now - at >= limits::HEALTH_SILENT) {
            // Its socket lives and its page says nothing: what it said of itself is long ago.
            member.health = MemberHealth {
                rtt: Some(rtt),
                reported_at: member.health.reported_at,
                unknown_engine: member.health.unknown_engine,
                ..MemberHealth::default()
            };
        }
        self.members.health_changed(now, id);
        self.pace.handle_rtt(now, id, rtt);
    }
}

//! How starts go, for the log and for counting: announced, ready, confirmed, late. Called by the room's
//! [`task`](super::task) with what it tells and hears; decides nothing.

use super::audience::Audience;
use crate::protocol::{MemberId, RoomCode, ServerMessage, StreamId};
use crate::server::metrics::Metrics;
use crate::sync::time::{RoomTime, Span};

/// The start that was announced last.
#[derive(Clone, Copy)]
struct Announced {
    stream: StreamId,
    announced_at: RoomTime,
    start_at: RoomTime,
    is_confirmed: bool,
}

/// See the module.
pub(super) struct Starts {
    room: RoomCode,
    metrics: Metrics,
    announced: Option<Announced>,
}

impl Starts {
    /// None yet.
    pub(super) const fn new(room: RoomCode, metrics: Metrics) -> Self {
        Self { room, metrics, announced: None }
    }

    /// The room tells everybody something.
    pub(super) fn told(&mut self, now: RoomTime, message: &ServerMessage, audience: &Audience) {
        match message {
            ServerMessage::PreparePlay { stream_id, track, start_at, lead, follows, .. } => {
                self.metrics.rooms.starts.of(if *follows { "follows" } else { "asked" }).increment(1);
                self.announced = Some(Announced {
                    stream: *stream_id,
                    announced_at: now,
                    start_at: *start_at,
                    is_confirmed: false,
                });
                tracing::info!(
                    room = %self.room, %stream_id, track = %track.track_id, lead_ms = lead.as_ms(), follows,
                    "start scheduled"
                );
            }
            ServerMessage::PlayAt { stream_id, start_at, .. } => {
                let is_start = self
                    .announced
                    .as_mut()
                    .filter(|start| start.stream == *stream_id && !start.is_confirmed)
                    .map(|start| {
                        start.is_confirmed = true;
                        start.announced_at
                    });
                let ahead_ms = (*start_at - now).as_ms();
                if let Some(announced_at) = is_start {
                    let (ready, members) = audience.readiness(*stream_id, announced_at);
                    if members > 0 {
                        self.metrics.rooms.start_ready_ratio.record(ready as f64 / members as f64);
                    }
                    tracing::info!(
                        room = %self.room, %stream_id, ahead_ms, ready, members,
                        "start confirmed"
                    );
                } else {
                    tracing::debug!(room = %self.room, %stream_id, ahead_ms, "resumed or sought");
                }
            }
            ServerMessage::PauseAt { stream_id, .. } => {
                tracing::debug!(room = %self.room, %stream_id, "paused");
            }
            ServerMessage::Stop { stream_id, .. } => {
                tracing::debug!(room = %self.room, %stream_id, "stopped");
            }
            _ => {}
        }
    }

    /// A member says that it is ready for a stream. Who came after the announcement is not counted.
    pub(super) fn ready(
        &self,
        now: RoomTime,
        audience: &mut Audience,
        member: &MemberId,
        stream: StreamId,
        took: Span,
    ) {
        let Some(start) = self.announced.filter(|start| start.stream == stream) else {
            return;
        };
        if !audience.note_ready(member, stream, start.announced_at) {
            return;
        }
        let metrics = &self.metrics.rooms;
        metrics.start_ready.record((now - start.announced_at).as_secs());
        let late = now - start.start_at;
        let (room, took_ms) = (self.room, took.as_ms());
        if late > Span::ZERO {
            metrics.start_members.of("late").increment(1);
            let late_ms = late.as_ms();
            tracing::debug!(%room, %member, stream_id = %stream, took_ms, late_ms, "ready too late");
        } else {
            metrics.start_members.of("in_time").increment(1);
            tracing::debug!(%room, %member, stream_id = %stream, took_ms, "ready");
        }
    }
}

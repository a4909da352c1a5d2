//! What people of a room say and show: the lines of its chat, which are kept in memory for who comes later, and
//! reactions, which are not kept. Nothing of it is written down, counts as a change of the room, or is known of by
//! anything else in it.

use std::collections::VecDeque;

use super::Room;
use crate::protocol::snapshot::ChatLine;
use crate::protocol::{ChatText, ErrorCode, MemberId, MemberName, Reaction, ServerMessage, limits};
use crate::sync::time::{RoomTime, Span};

/// The chat of a room: the latest lines, of members who are here and of those who are not any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Talk {
    /// The latest last, at most [`limits::CHAT_KEPT`].
    lines: VecDeque<ChatLine>,
    last_line_id: u64,
}

impl Talk {
    pub(super) fn lines(&self) -> Vec<ChatLine> {
        self.lines.iter().cloned().collect()
    }

    fn next_id(&mut self) -> u64 {
        self.last_line_id += 1;
        self.last_line_id
    }

    fn keep(&mut self, line: ChatLine) {
        self.lines.push_back(line);
        if self.lines.len() > limits::CHAT_KEPT {
            self.lines.pop_front();
        }
    }
}

/// How much a member may say just now: [`limits::CHAT_BURST`] at once, then one each [`limits::CHAT_EVERY`]
/// (the generic cell rate algorithm, ITU-T I.371).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Allowance {
    /// When all that was said is paid for; `None`: nothing was said yet.
    paid_at: Option<RoomTime>,
}

impl Allowance {
    /// Takes one out; false when there is none, and then nothing has changed.
    fn take(&mut self, now: RoomTime) -> bool {
        let paid_at = self.paid_at.map_or(now, |paid_at| paid_at.max(now));
        let ahead: Span = limits::CHAT_EVERY * i64::from(limits::CHAT_BURST - 1);
        let may = paid_at - now <= ahead;
        if may {
            self.paid_at = Some(paid_at + limits::CHAT_EVERY);
        }
        may
    }
}

impl Room {
    /// A member says something.
    pub(super) fn chat(&mut self, now: RoomTime, by: &MemberId, text: ChatText) -> Result<(), ErrorCode> {
        let name = self.may_talk(now, by)?;
        let line_id = self.talk.next_id();
        let line = ChatLine { line_id, member_id: by.clone(), name, text, said_at: now };
        self.talk.keep(line.clone());
        self.broadcast(ServerMessage::Chat(line));
        Ok(())
    }

    /// A member shows something.
    pub(super) fn react(&mut self, now: RoomTime, by: &MemberId, emoji: Reaction) -> Result<(), ErrorCode> {
        let name = self.may_talk(now, by)?;
        self.broadcast(ServerMessage::React { member_id: by.clone(), name, emoji });
        Ok(())
    }

    /// What the member is called, when it has not said too much.
    fn may_talk(&mut self, now: RoomTime, by: &MemberId) -> Result<MemberName, ErrorCode> {
        let member = self.members.get_mut(by).ok_or(ErrorCode::NoSuchMember)?;
        if member.allowance.take(now) { Ok(member.name.clone()) } else { Err(ErrorCode::RateLimited) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_lines_may_come_at_once_and_then_one_every_other_second() {
        let mut allowance = Allowance::default();
        let start = RoomTime::ZERO + Span::from_secs(1_000);
        for _ in 0..limits::CHAT_BURST {
            assert!(allowance.take(start));
        }
        assert!(!allowance.take(start));
        assert!(!allowance.take(start + limits::CHAT_EVERY - Span::from_millis(1)), "trying costs nothing");
        assert!(allowance.take(start + limits::CHAT_EVERY));
        assert!(!allowance.take(start + limits::CHAT_EVERY));
        let much_later = start + Span::from_secs(3_600);
        assert_eq!((0..20).filter(|_| allowance.take(much_later)).count(), limits::CHAT_BURST as usize);
    }
}

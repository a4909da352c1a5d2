//! From frame to frame through a bare stream, past what is none: each frame's head says how long it is, and the
//! next head stands where it ends. A head is so few bits that chance makes some in any junk; so where the chain is
//! broken, only a place is believed at which several heads of the same stream follow one another.

use std::io::{self, Read, Seek};
use std::ops::Range;

use super::window::Window;

/// Heads that must follow one another where nothing else speaks for them. Four MPEG heads are 80 fixed bits.
const CONFIRMED_BY: usize = 4;

/// Bytes in which that many heads are, of whatever frames: AAC has the longest, 8,191 bytes.
const AHEAD_BYTES: usize = 36 * 1024;

/// The head of a frame.
pub(super) trait Head: Copy {
    /// Bytes of a head.
    const BYTES: usize;

    /// Reads a head; `None` where there is none.
    fn parse(bytes: &[u8]) -> Option<Self>;

    /// Length of the frame with its head; more than that of the head.
    fn frame_bytes(&self) -> u32;

    /// Whether a frame with this head can be of the same stream.
    fn is_like(&self, other: &Self) -> bool;
}

/// A frame: where its head stands, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<H> {
    pub at: u64,
    pub head: H,
}

/// Calls `visit` with every whole frame in `range`, the first of which says what the stream is; ends when `visit`
/// says `false`. Frames of another rate or number of channels are passed over like junk.
pub(super) fn walk<H: Head, R: Read + Seek>(
    file: &mut Window<R>,
    range: &Range<u64>,
    mut visit: impl FnMut(Frame<H>, &mut Window<R>) -> io::Result<bool>,
) -> io::Result<()> {
    let Some(first) = find::<H, R>(file, range.start, range.end, None)? else {
        return Ok(());
    };
    let mut frame = first;
    loop {
        let next = frame.at + u64::from(frame.head.frame_bytes());
        if next > range.end {
            // Cut off.
            return Ok(());
        }
        let ahead = file.bytes(frame.at, AHEAD_BYTES)?;
        let behind = ahead.get(frame.head.frame_bytes() as usize..).and_then(H::parse);
        let follows = match behind {
            Some(head) if head.is_like(&first.head) => Some(Frame { at: next, head }),
            _ if next + H::BYTES as u64 > range.end => None,
            // Either something stands behind the frame that is none, or bytes of the frame itself are lost.
            _ => find(file, frame.at + 1, range.end, Some(&first.head))?,
        };
        let whole = follows.is_none_or(|follows| follows.at >= next);
        if whole && !visit(frame, file)? {
            return Ok(());
        }
        match follows {
            Some(follows) => frame = follows,
            None => return Ok(()),
        }
    }
}

/// The first place from `at` on where heads follow one another, all like `like`.
fn find<H: Head, R: Read + Seek>(
    file: &mut Window<R>,
    mut at: u64,
    end: u64,
    like: Option<&H>,
) -> io::Result<Option<Frame<H>>> {
    while at + H::BYTES as u64 <= end {
        let ahead = file.bytes(at, AHEAD_BYTES)?;
        let Some(skipped) = ahead.iter().position(|byte| *byte == 0xff) else {
            at += ahead.len().max(1) as u64;
            continue;
        };
        at += skipped as u64;
        if at + H::BYTES as u64 > end {
            // What is read goes on behind the end, into the tags.
            break;
        }
        let ahead = file.bytes(at, AHEAD_BYTES)?;
        if let Some(head) = H::parse(ahead)
            && like.is_none_or(|like| head.is_like(like))
            && is_confirmed(ahead, &head, usize::try_from(end - at).unwrap_or(usize::MAX))
        {
            return Ok(Some(Frame { at, head }));
        }
        at += 1;
    }
    Ok(None)
}

/// Whether heads like this one stand where one frame after the other would end, as far as the stream goes.
fn is_confirmed<H: Head>(ahead: &[u8], head: &H, end: usize) -> bool {
    let mut next = head.frame_bytes() as usize;
    for confirmed in 1..CONFIRMED_BY {
        if next > end {
            return confirmed > 1;
        }
        if next + H::BYTES > end {
            return true;
        }
        match ahead.get(next..).and_then(H::parse) {
            Some(other) if other.is_like(head) => next += other.frame_bytes() as usize,
            _ => return false,
        }
    }
    true
}

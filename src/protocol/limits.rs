//! The one table of bounds. What an operator may change starts from here.

use crate::sync::time::Span;

/// The largest frame taken from a member's socket, in bytes (manual/protocol.md).
pub const FRAME_BYTES: usize = 64 * 1024;
/// Bad frames after which a socket is closed with 1008.
pub const BAD_FRAMES: u32 = 5;

/// Characters of a member's name.
pub const MEMBER_NAME_CHARS: usize = 40;
/// Characters of a room's name.
pub const ROOM_NAME_CHARS: usize = 60;
/// Characters of a PIN, fewest and most.
pub const PIN_CHARS: (usize, usize) = (4, 12);

/// Characters of what somebody calls an output offset.
pub const PRESET_NAME_CHARS: usize = 24;
/// Output offsets that a browser keeps under a name.
pub const PRESETS: usize = 8;
/// How much earlier or later than the room a device may play (manual/sync.md).
pub const OUTPUT_OFFSET: Span = Span::from_millis(500);

/// Characters that a page tells, and the log keeps, of an error in a browser.
pub const CLIENT_ERROR_CHARS: usize = 300;

/// Characters of one line of the chat.
pub const CHAT_CHARS: usize = 500;
/// Characters of a reaction: the longest families and flags, with their joiners, are of ten.
pub const REACTION_CHARS: usize = 12;
/// Lines of the chat that a room remembers, in memory only.
pub const CHAT_KEPT: usize = 100;
/// Lines and reactions together that a member may send at once, …
pub const CHAT_BURST: u32 = 5;
/// … and after that one in so long a time. s
pub const CHAT_EVERY: Span = Span::from_secs(2);
/// Played tracks that a room tells of, the latest ones.
pub const HISTORY_TOLD: usize = 50;

/// Members of one room, unless configured.
pub const ROOM_MEMBERS: usize = 10_000;
/// Browsers that were kicked out of a room and stay out, the latest ones.
pub const KICKED_KEPT: u32 = 1_000;
/// Entries of a room's queue, unless configured.
pub const QUEUE_ENTRIES: usize = 1_000;
/// Tracks in one `QUEUE_ADD`: a whole queue, so that a whole album or folder comes in its order, and all of it or
/// nothing. With our ids that is 39 KB, within [`FRAME_BYTES`].
pub const TRACKS_PER_ADD: usize = QUEUE_ENTRIES;
/// Members that a snapshot or `MEMBERS` lists; the rest is a number.
pub const MEMBERS_LISTED: usize = 100;

/// Pings that a member may send at once, and on average per second (manual/protocol.md).
pub const PING_BURST: u32 = 30;
/// Pings a second on average.
pub const PING_PER_SECOND: u32 = 2;
/// Other messages that a member may send at once, and on average per second.
pub const MESSAGE_BURST: u32 = 60;
/// Other messages a second on average.
pub const MESSAGE_PER_SECOND: u32 = 10;

/// Frames of any kind that a socket may send at once: more than all that is bounded above together, …
pub const FRAME_BURST: u32 = 400;
/// … and on average per second. What is beyond is read later, by as much as it is too much.
pub const FRAMES_PER_SECOND: u32 = 60;

/// How long a member that lost its connection keeps its place, name and role.
pub const RESUME_GRACE: Span = Span::from_secs(60);
/// A leave is told after this long: who reloads is back by then, and nobody's list flickers.
pub const LEAVE_COALESCE: Span = Span::from_secs(2);
/// How often changes of the member list are told at most.
pub const MEMBERS_COALESCE: Span = Span::from_millis(250);

/// How often the health of members is told to those who may see it, at most: a state that is another, …
pub const HEALTH_COALESCE: Span = Span::from_secs(2);
/// … and mere figures. A page reports every 20 s while nothing happens; figures that are told more often than they are
/// read cost a host more than the room (manual/protocol.md).
pub const HEALTH_REST: Span = Span::from_secs(15);
/// A figure is told again when it has moved by so much: the drift, …
pub const HEALTH_DRIFT: Span = Span::from_micros(500);
/// … and the round trip, which moves by a share of itself all the time.
pub const HEALTH_RTT: Span = Span::from_millis(3);
/// The share of a round trip that is no news.
pub const HEALTH_RTT_SHARE: f64 = 0.25;
/// A page that has reported nothing for so long is silent: hidden ones report once a minute.
pub const HEALTH_SILENT: Span = Span::from_secs(90);

/// How far ahead of the end of a track the next one is announced (manual/protocol.md: at least 10 s).
pub const UPCOMING_AHEAD: Span = Span::from_secs(12);
/// A queue goes on in room time for this long while the server is down or the room empty (manual/operations.md).
pub const UNATTENDED: Span = Span::from_secs(600);

/// The sync buffer in round trips of the room, unless configured (manual/protocol.md).
pub const SYNC_BUFFER_RTTS: i64 = 2;
/// The sync buffer's range, unless configured (manual/protocol.md).
pub const SYNC_BUFFER: (Span, Span) = (Span::from_millis(100), Span::from_millis(500));
/// How often the timeline is told while playing, unless configured (manual/protocol.md).
pub const TICK: Span = Span::from_secs(5);

/// How often the server pings a socket, unless configured (manual/operations.md).
pub const KEEP_ALIVE: Span = Span::from_secs(8);
/// A socket that was silent for so long is closed, unless configured.
pub const SOCKET_TIMEOUT: Span = Span::from_secs(20);
/// A reader that takes nothing of what is written to it for so long is dropped with 1013.
pub const READER_STUCK: Span = Span::from_secs(5);
/// Messages that wait for a slow reader before it is dropped with 1013.
pub const OUTBOX_MESSAGES: usize = 256;

//! What must not be guessed, or must not repeat. The only place that draws random numbers; the generator is
//! `rand`'s thread generator, which is seeded by the system and fit for secrets.

use crate::protocol::{MemberId, RoomCode};
use crate::room::Identity;

/// The code of a new room.
pub fn room_code() -> RoomCode {
    RoomCode::from_number(rand::random())
}

/// The id of a new member.
pub fn member_id() -> MemberId {
    hex(&rand::random::<[u8; 12]>()).try_into().expect("24 hexadecimal digits are a member id")
}

/// Who somebody is that brings no secret: nobody else, and not itself when it comes back.
pub fn identity() -> Identity {
    Identity(rand::random())
}

/// The seed of a shuffle.
pub fn seed() -> u64 {
    rand::random()
}

/// The text of a new secret: 256 bits.
pub fn secret() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// A name for this process.
pub fn epoch() -> String {
    hex(&rand::random::<[u8; 8]>())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

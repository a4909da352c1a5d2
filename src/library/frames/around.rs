//! The tags in front of a bare stream and behind it: where the audio begins and where it ends.

use std::io::{self, Read, Seek};
use std::ops::Range;

use super::window::Window;

/// Bytes of an `ID3v1` tag, of its rare extension before it, and of the ends of other tags.
const ID3V1_BYTES: u64 = 128;
const ID3V1_EXTENDED_BYTES: u64 = 227;
const APE_FOOTER_BYTES: u64 = 32;
const LYRICS_END_BYTES: u64 = 15;

/// Where the audio of a stream may be: between its tags, of which there may be several of each kind.
pub(super) fn between_tags(file: &mut Window<impl Read + Seek>) -> io::Result<Range<u64>> {
    let size = file.size()?;
    let mut from = 0;
    while let Some(tag) = in_front(file.bytes(from, 32)?) {
        from += tag;
    }
    let mut to = size;
    while let Some(tag) = behind(file, to)? {
        to = to.saturating_sub(tag);
    }
    // A tag that says it is longer than the file: what is there is looked through.
    Ok(if from < to { from..to } else { 0..size })
}

/// The length of a tag that begins here.
fn in_front(bytes: &[u8]) -> Option<u64> {
    match bytes {
        // ID3v2 (id3.org, id3v2.4.0-structure §3.1): the size has seven bits a byte; flag 0x10: a footer follows.
        [b'I', b'D', b'3', _, _, flags, size @ ..]
            if size.len() >= 4 && size[..4].iter().all(|b| *b < 0x80) =>
        {
            let size = size[..4].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
            Some(10 + size + if flags & 0x10 == 0 { 0 } else { 10 })
        }
        // APEv2 with a header: the size counts the items and the footer.
        [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', _, _, _, _, a, b, c, d, ..] => {
            Some(APE_FOOTER_BYTES + u64::from(u32::from_le_bytes([*a, *b, *c, *d])))
        }
        _ => None,
    }
}

/// The length of a tag that ends at `end`.
fn behind(file: &mut Window<impl Read + Seek>, end: u64) -> io::Result<Option<u64>> {
    if end < ID3V1_BYTES {
        return Ok(None);
    }
    if file.bytes(end - ID3V1_BYTES, 3)? == b"TAG" {
        let extended = end >= ID3V1_BYTES + ID3V1_EXTENDED_BYTES
            && file.bytes(end - ID3V1_BYTES - ID3V1_EXTENDED_BYTES, 4)? == b"TAG+";
        return Ok(Some(ID3V1_BYTES + if extended { ID3V1_EXTENDED_BYTES } else { 0 }));
    }
    let footer = file.bytes(end - APE_FOOTER_BYTES, 32)?;
    if let [
        b'A',
        b'P',
        b'E',
        b'T',
        b'A',
        b'G',
        b'E',
        b'X',
        _,
        _,
        _,
        _,
        a,
        b,
        c,
        d,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        flags,
        ..,
    ] = footer
    {
        let header = if flags & 0x80 == 0 { 0 } else { APE_FOOTER_BYTES };
        return Ok(Some(header + u64::from(u32::from_le_bytes([*a, *b, *c, *d])).max(APE_FOOTER_BYTES)));
    }
    // Lyrics3 v2: six digits of size, not counting themselves and the end mark.
    let mark = file.bytes(end - LYRICS_END_BYTES, 15)?;
    if let Some(digits) = mark.strip_suffix(b"LYRICS200") {
        let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
        return Ok(size.map(|size| size + LYRICS_END_BYTES));
    }
    Ok(None)
}

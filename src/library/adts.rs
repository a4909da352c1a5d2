//! The length of a bare AAC stream. Such a file has no head that would say it, and a guess by the bit rate of its
//! first frame is off by seconds; so its frames are counted (ISO 13818-7 §6.2).

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use crate::sync::time::MediaTime;

/// Hz, by the index in a frame's head.
const RATES: [i64; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Samples of a block; a frame has one to four.
const BLOCK_SAMPLES: i64 = 1_024;

/// Bytes of a frame's head.
const HEAD_BYTES: u64 = 7;

/// A frame's head.
type Head = [u8; 7];

/// Counts the frames from the beginning, or from behind an ID3 tag, up to the first thing that is none. A frame
/// that is not all there does not count. `None` when there is not one.
pub(super) fn length(file: impl Read + Seek) -> io::Result<Option<MediaTime>> {
    let mut file = BufReader::new(file);
    let size = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut at = behind_id3(&mut file)?;
    file.seek(SeekFrom::Start(at))?;
    let mut nanos = 0;
    let mut head = Head::default();
    while at + HEAD_BYTES <= size {
        file.read_exact(&mut head)?;
        let Some(frame) = Frame::parse(head) else {
            break;
        };
        at += frame.bytes;
        if at > size {
            break;
        }
        nanos += frame.samples * 1_000_000_000 / frame.rate;
        file.seek_relative(frame.bytes.saturating_sub(HEAD_BYTES).cast_signed())?;
    }
    // Counted in ns, so that thousands of roundings stay below a millisecond.
    Ok((nanos > 0).then(|| MediaTime::from_micros(nanos / 1_000)))
}

struct Frame {
    bytes: u64,
    samples: i64,
    rate: i64,
}

impl Frame {
    fn parse(head: Head) -> Option<Self> {
        let [0xff, sync, profile, size_high, size, size_low, blocks] = head else {
            return None;
        };
        if sync & 0xf6 != 0xf0 {
            return None;
        }
        let bytes = u64::from(size_high & 0x3) << 11 | u64::from(size) << 3 | u64::from(size_low >> 5);
        (bytes >= HEAD_BYTES).then_some(Self {
            bytes,
            samples: BLOCK_SAMPLES * (i64::from(blocks & 0x3) + 1),
            rate: *RATES.get(usize::from(profile >> 2 & 0xf))?,
        })
    }
}

/// Where an ID3 tag at the beginning ends; 0 without one.
fn behind_id3(file: &mut impl Read) -> io::Result<u64> {
    let mut head = Vec::new();
    file.take(10).read_to_end(&mut head)?;
    Ok(match head.as_slice() {
        [b'I', b'D', b'3', _, _, _, size @ ..] if size.len() == 4 => {
            // Seven bits a byte.
            10 + size.iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f))
        }
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Frames of 64 bytes at 44.1 kHz.
    fn frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xf1, 0x50, 0x80, 64 >> 3, 0x1f, 0xfc];
        frame.resize(64, 0);
        frame.repeat(count)
    }

    fn micros(bytes: Vec<u8>) -> Option<i64> {
        length(Cursor::new(bytes)).unwrap().map(MediaTime::micros)
    }

    #[test]
    fn frames_are_counted_up_to_what_is_none() {
        let second = Some(43 * 1_024 * 1_000_000 / 44_100);
        assert_eq!(micros(frames(43)), second);
        let cut = frames(44)[..43 * 64 + 63].to_vec();
        assert_eq!(micros(cut), second);
        let with_tags = [b"ID3\x04\0\0\0\0\x01\x02".to_vec(), vec![7; 130], frames(43), vec![0; 128]];
        assert_eq!(micros(with_tags.concat()), second);
    }

    #[test]
    fn without_a_frame_there_is_no_length() {
        for bytes in [Vec::new(), b"ID3".to_vec(), vec![0xff; 100], vec![0; 100]] {
            assert_eq!(micros(bytes), None);
        }
    }
}

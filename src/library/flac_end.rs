//! Whether a FLAC is all there. Its head says how many samples there are, and nothing notices when the end is
//! missing; but every frame says which samples it has (RFC 9639 §9.1), so the last one tells.

use std::io::{self, Read, Seek, SeekFrom};

/// How much of the end of a file is looked at.
const TAIL_BYTES: u64 = 256 * 1024;

/// The signature, the head of the first block and the stream information in it (RFC 9639 §8.2).
const HEAD_BYTES: usize = 4 + 4 + 34;

/// What the head of a FLAC promises.
struct StreamInfo {
    block_size: u64,
    total_samples: u64,
    largest_frame_bytes: u64,
}

/// A file that ends before its samples do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CutOff {
    /// Where the last frame ends.
    pub(super) samples: u64,
    /// Where it should.
    pub(super) of: u64,
}

/// Looks for the last frame. `None` when all is there, or when it cannot be told.
pub(super) fn cut_off(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<CutOff>> {
    let mut head = [0; HEAD_BYTES];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let Some(info) = stream_info(&head) else {
        return Ok(None);
    };
    // The last frame must begin in what is looked at, even behind a tag.
    if info.total_samples == 0 || info.largest_frame_bytes > TAIL_BYTES / 2 {
        return Ok(None);
    }
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL_BYTES)))?;
    file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    let last = (0..tail.len())
        .filter_map(|at| frame_end(&tail[at..], info.block_size))
        .filter(|end| *end <= info.total_samples)
        .max();
    Ok(last.filter(|end| *end < info.total_samples).map(|samples| CutOff { samples, of: info.total_samples }))
}

fn stream_info(head: &[u8; HEAD_BYTES]) -> Option<StreamInfo> {
    let number = |from: usize, bytes: usize| {
        head[from..from + bytes].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    if !head.starts_with(b"fLaC") {
        return None;
    }
    let block_size = number(10, 2);
    // 20 bits of rate, 3 of channels - 1, 5 of bits per sample - 1, 36 of samples.
    let fields = number(18, 8);
    let channels = (fields >> 41 & 0x7) + 1;
    let bits = (fields >> 36 & 0x1f) + 1;
    Some(StreamInfo {
        block_size,
        total_samples: fields & 0xf_ffff_ffff,
        // At worst samples as they are, one bit more for a side channel, and some headers.
        largest_frame_bytes: block_size * channels * (bits + 1) / 8 + 64,
    })
}

/// The sample behind the frame that begins here, if one does.
fn frame_end(bytes: &[u8], fixed_block_size: u64) -> Option<u64> {
    let [0xff, sync @ (0xf8 | 0xf9), sizes, channels, coded @ ..] = bytes else {
        return None;
    };
    // Reserved: no size, no rate, and the last bit of the channels.
    if sizes >> 4 == 0 || sizes & 0xf == 0xf || channels >> 4 > 10 || channels & 1 == 1 {
        return None;
    }
    let (number, number_bytes) = coded_number(coded)?;
    let mut length = 4 + number_bytes;
    let block_size = match sizes >> 4 {
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => u64::from(*bytes.get(length)?) + 1,
        7 => (u64::from(*bytes.get(length)?) << 8 | u64::from(*bytes.get(length + 1)?)) + 1,
        code => 256 << (code - 8),
    };
    length += match sizes >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    length += match sizes & 0xf {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    if crc8(bytes.get(..length)?) != *bytes.get(length)? {
        return None;
    }
    // Frames of one size are counted, others name their first sample.
    let start = if *sync == 0xf8 { number * fixed_block_size } else { number };
    Some(start + block_size)
}

/// A number coded as UTF-8 codes characters, of up to 36 bits, and how many bytes it takes.
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = match first.leading_ones() {
        0 => return Some((u64::from(first), 1)),
        ones @ 2..=7 => ones as usize,
        _ => return None,
    };
    let high = u64::from(first) & (0x7f >> length);
    let number = bytes
        .get(1..length)?
        .iter()
        .try_fold(high, |number, byte| (byte >> 6 == 0b10).then_some(number << 6 | u64::from(byte & 0x3f)))?;
    Some((number, length))
}

/// CRC-8 with the polynomial x⁸ + x² + x + 1 (RFC 9639 §9.1.8).
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| crc << 1 ^ if crc & 0x80 == 0 { 0 } else { 0x07 })
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const FRAMES: u32 = 200;
    const FRAME_BYTES: usize = 300;

    /// A FLAC of frames of 4096 samples whose content is no sound.
    fn flac(frames: u32) -> Vec<u8> {
        let mut bytes = b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0".to_vec();
        let samples = u64::from(FRAMES) * 4_096;
        bytes.extend((44_100u64 << 44 | 1 << 41 | 15 << 36 | samples).to_be_bytes());
        bytes.resize(HEAD_BYTES, 0);
        for number in 0..frames {
            let start = bytes.len();
            bytes.extend([0xff, 0xf8, 0xc9, 0xa8]);
            let number = char::from_u32(number).unwrap();
            bytes.extend(number.encode_utf8(&mut [0; 4]).as_bytes());
            bytes.push(crc8(&bytes[start..]));
            bytes.resize(start + FRAME_BYTES, 0x55);
        }
        bytes
    }

    fn look(bytes: &[u8]) -> Option<CutOff> {
        cut_off(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn a_whole_file_is_whole_even_with_a_tag_behind() {
        let mut bytes = flac(FRAMES);
        assert_eq!(look(&bytes), None);
        bytes.extend([b'x'; 128]);
        assert_eq!(look(&bytes), None);
    }

    #[test]
    fn a_file_without_its_last_frames_is_cut_off() {
        for frames in [1, FRAMES / 2, FRAMES - 1] {
            let found = look(&flac(frames));
            let samples = u64::from(frames) * 4_096;
            let of = u64::from(FRAMES) * 4_096;
            assert_eq!(found, Some(CutOff { samples, of }));
        }
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The check value of CRC-8/SMBUS, which this is.
        assert_eq!(crc8(b"123456789"), 0xf4);
    }
}

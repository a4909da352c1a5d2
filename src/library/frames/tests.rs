//! Streams made by hand: whole, tagged, cut and broken.

use std::io::Cursor;

use super::*;

/// Layer III, MPEG-1, 44.1 kHz, mono: 417 bytes and 1,152 samples.
fn frame() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc0];
    frame.resize(417, 0x55);
    frame
}

fn stream(count: usize) -> Vec<u8> {
    frame().repeat(count)
}

/// A first frame that has no sound: Xing's header, with LAME's behind it.
fn info(frames: u32, bytes: u32, encoder: [u8; 4], delay: u32, padding: u32) -> Vec<u8> {
    let mut first = frame();
    first[4..].fill(0);
    let mut words = b"Info\0\0\0\x0f".to_vec();
    words.extend(frames.to_be_bytes());
    words.extend(bytes.to_be_bytes());
    words.extend([0; 104]);
    words.extend(encoder);
    words.extend([0; 17]);
    words.extend(&(delay << 12 | padding).to_be_bytes()[1..]);
    first[21..21 + words.len()].copy_from_slice(&words);
    first
}

/// A file of so many frames behind an exact header.
fn encoded(count: usize) -> Vec<u8> {
    let frames = u32::try_from(count).unwrap();
    [info(frames, (frames + 1) * 417, *b"LAME", 576, 1_000), stream(count)].concat()
}

fn read(bytes: &[u8]) -> Frames {
    mp3(Cursor::new(bytes)).unwrap().unwrap()
}

fn length(bytes: &[u8]) -> Length {
    mpeg_length(Cursor::new(bytes)).unwrap().unwrap()
}

fn offsets(frames: &Frames) -> Vec<u64> {
    let mut sizes = frames.sizes.iter();
    let mut offsets = Vec::new();
    for run in &frames.runs {
        let mut at = run.at;
        for _ in 0..run.frames {
            offsets.push(at);
            at += u64::from(*sizes.next().unwrap());
        }
    }
    offsets
}

fn id3(size: u8) -> Vec<u8> {
    let mut tag = vec![b'I', b'D', b'3', 4, 0, 0, 0, 0, 1, size];
    // Heads in a tag are none.
    tag.extend(frame().repeat(2)[..128 + usize::from(size)].iter());
    tag
}

fn ape(items: u8, header: bool) -> Vec<u8> {
    let head = |flags: u8| {
        let mut head = b"APETAGEX\xd0\x07\0\0".to_vec();
        head.extend((u32::from(items) + 32).to_le_bytes());
        head.extend([0, 0, 0, 0, 0, 0, 0, flags, 0, 0, 0, 0, 0, 0, 0, 0]);
        head
    };
    let front = if header { head(0xa0) } else { Vec::new() };
    [front, vec![0xff; usize::from(items)], head(if header { 0x80 } else { 0 })].concat()
}

#[test]
fn every_frame_is_found_and_lies_behind_the_other() {
    let frames = read(&stream(20));
    assert_eq!(frames.codec, Codec::Mp3 { mpeg_1: true });
    assert_eq!((frames.rate, frames.channels, frames.samples), (44_100, 1, 1_152));
    assert_eq!(frames.sizes, [417; 20]);
    assert_eq!(frames.runs, [Run { at: 0, frames: 20 }]);
    assert_eq!(frames.section(), 0..20 * 417);
    assert_eq!(frames.music, None);
    assert_eq!(frames.played_samples(), 20 * 1_152);
}

#[test]
fn heads_of_all_versions_and_layers_are_understood() {
    // Version, layer, bit rate, sampling rate, mode; bytes and samples by ISO 11172-3 §2.4.3.1.
    for (head, bytes, samples, rate, channels) in [
        ([0xff, 0xfb, 0xe0, 0x00], 1_044, 1_152, 44_100, 2),
        ([0xff, 0xfb, 0xe2, 0x40], 1_045, 1_152, 44_100, 2),
        ([0xff, 0xfa, 0x94, 0xc0], 384, 1_152, 48_000, 1),
        ([0xff, 0xf3, 0x80, 0x40], 208, 576, 22_050, 2),
        ([0xff, 0xe3, 0x48, 0xc0], 288, 576, 8_000, 1),
    ] {
        let mut frame = head.to_vec();
        frame.resize(bytes, 0);
        let frames = read(&frame.repeat(8));
        assert_eq!(frames.sizes, vec![u32::try_from(bytes).unwrap(); 8], "{head:x?}");
        assert_eq!((frames.samples, frames.rate, frames.channels), (samples, rate, channels), "{head:x?}");
    }
    for (head, bytes, samples, rate) in [
        // Layer II at 192 kbit/s, layer I at 384, both at 48 kHz.
        ([0xff, 0xfd, 0xa4, 0x00], 576, 1_152, 48_000),
        ([0xff, 0xff, 0xc4, 0x00], 384, 384, 48_000),
    ] {
        let mut frame = head.to_vec();
        frame.resize(bytes, 0);
        let length = length(&frame.repeat(100));
        assert!(!length.remuxable);
        assert_eq!(length.time, time(100 * samples, rate), "{head:x?}");
        assert_eq!(mp3(Cursor::new(frame.repeat(100))).unwrap(), None);
    }
}

#[test]
fn what_is_no_stream_has_no_frames() {
    let free_format = {
        let mut frame = vec![0xff, 0xfb, 0x00, 0xc0];
        frame.resize(417, 0);
        frame.repeat(20)
    };
    for bytes in [Vec::new(), vec![0xff; 5_000], vec![0; 5_000], b"ID3".to_vec(), frame(), free_format] {
        let found = mp3(Cursor::new(&bytes)).unwrap();
        // One frame alone is believed only when it ends with the file.
        assert_eq!(found.is_some(), bytes == frame());
    }
    assert_eq!(mp3(Cursor::new(&frame()[..300])).unwrap(), None);
}

#[test]
fn tags_in_front_and_behind_are_passed_by() {
    let id3v1 = [b"TAG".to_vec(), vec![0xff; 125]].concat();
    let id3v1_extended = [b"TAG+".to_vec(), vec![0xff; 223]].concat();
    let lyrics = [b"LYRICSBEGIN".to_vec(), vec![0xff; 20], b"000031LYRICS200".to_vec()].concat();
    for (front, behind) in [
        (vec![], vec![id3v1.clone()]),
        (vec![id3(7)], vec![]),
        (vec![id3(7), id3(100)], vec![ape(60, true), id3v1.clone()]),
        (vec![ape(90, true), id3(0)], vec![ape(60, false)]),
        (vec![], vec![ape(60, true), lyrics.clone(), id3v1.clone()]),
        (vec![id3(7)], vec![lyrics, id3v1_extended, id3v1]),
    ] {
        let (front, behind) = (front.concat(), behind.concat());
        let bytes = [front.clone(), stream(9), behind].concat();
        let frames = read(&bytes);
        assert_eq!(frames.runs, [Run { at: front.len() as u64, frames: 9 }]);
        let length = length(&bytes);
        assert_eq!((length.bytes, length.promised), (9 * 417, 9 * 417));
    }
}

#[test]
fn a_tag_that_says_it_is_longer_than_the_file_hides_nothing() {
    let mut bytes = b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec();
    bytes.extend(stream(9));
    assert_eq!(read(&bytes).sizes.len(), 9);
}

#[test]
fn junk_between_frames_is_passed_by_and_no_frame_is_lost() {
    // Junk with what could be a head, but for what follows.
    let junk = [vec![0; 33], frame()[..50].to_vec(), vec![0xff; 40]].concat();
    let bytes = [stream(5), junk.clone(), stream(6), junk.clone()].concat();
    let frames = read(&bytes);
    let second = 5 * 417 + junk.len() as u64;
    assert_eq!(frames.runs, [Run { at: 0, frames: 5 }, Run { at: second, frames: 6 }]);
    assert_eq!(frames.section(), 0..second + 6 * 417);
}

#[test]
fn a_frame_that_lost_bytes_is_left_out_and_the_next_is_found() {
    let mut bytes = stream(5);
    bytes.truncate(5 * 417 - 100);
    let second = bytes.len() as u64;
    bytes.extend(stream(5));
    let frames = read(&bytes);
    assert_eq!(frames.runs, [Run { at: 0, frames: 4 }, Run { at: second, frames: 5 }]);
}

#[test]
fn a_frame_with_a_broken_head_is_left_out() {
    let mut bytes = stream(20);
    bytes[7 * 417 + 1] = 0;
    let frames = read(&bytes);
    assert_eq!(frames.runs, [Run { at: 0, frames: 7 }, Run { at: 8 * 417, frames: 12 }]);
}

#[test]
fn a_last_frame_that_is_not_all_there_does_not_count() {
    assert_eq!(read(&stream(20)[..20 * 417 - 1]).sizes.len(), 19);
}

#[test]
fn frames_of_another_rate_or_number_of_channels_are_left_out() {
    for other in [[0xff, 0xfb, 0x94, 0xc0], [0xff, 0xfb, 0x90, 0x00]] {
        let mut frame = other.to_vec();
        let size = if other[2] == 0x94 { 384 } else { 417 };
        frame.resize(size, 0);
        let bytes = [stream(10), frame.repeat(10), stream(10)].concat();
        let behind = (10 * 417 + 10 * size) as u64;
        assert_eq!(read(&bytes).runs, [Run { at: 0, frames: 10 }, Run { at: behind, frames: 10 }]);
        let length = length(&bytes);
        assert_eq!(length.promised - length.bytes, 10 * size as u64);
    }
}

/// What an encoder of 576 + 1000 samples leaves unplayed behind the music, once a decoder is late by 529.
const PADDED: u64 = 1_000 - 529;

#[test]
fn what_the_encoder_added_is_no_music() {
    let bytes = encoded(50);
    let frames = read(&bytes);
    assert_eq!(frames.runs, [Run { at: 417, frames: 50 }]);
    assert_eq!(frames.music, Some(Music { skip: 1_152, length: 49 * 1_152 - PADDED }));
    assert_eq!(length(&bytes).time, time(49 * 1_152 - PADDED, 44_100));
}

#[test]
fn an_encoder_that_is_not_known_to_tell_the_truth_added_nothing() {
    let bytes = [info(50, 51 * 417, *b"GOGO", 576, 1_000), stream(50)].concat();
    assert_eq!(read(&bytes).music, None);
    assert_eq!(read(&bytes).runs, [Run { at: 417, frames: 50 }]);
}

#[test]
fn what_a_decoder_is_late_by_is_missing_at_the_end() {
    let bytes = [info(50, 51 * 417, *b"Lavf", 1_105, 0), stream(50)].concat();
    assert_eq!(read(&bytes).music, Some(Music { skip: 1_152, length: 49 * 1_152 }));
}

#[test]
fn a_header_is_believed_only_of_exactly_these_bytes() {
    let mut lying = encoded(50);
    lying[21 + 8..21 + 12].copy_from_slice(&9_999u32.to_be_bytes());
    // It has all its bytes: the frames are not counted.
    assert_eq!(length(&lying).time, time(9_998 * 1_152 - PADDED, 44_100));
    // The truth is in the frames.
    assert_eq!(read(&lying).sizes.len(), 50);
    lying.extend(stream(1));
    assert_eq!(length(&lying).time, time(50 * 1_152 - PADDED, 44_100));
    lying.truncate(31 * 417);
    let cut = length(&lying);
    assert_eq!(cut.time, time(29 * 1_152 - PADDED, 44_100));
    assert_eq!((cut.bytes, cut.promised), (30 * 417, 51 * 417));
}

#[test]
fn fraunhofers_header_is_no_sound_either() {
    let mut first = frame();
    first[4..].fill(0);
    first[36..40].copy_from_slice(b"VBRI");
    first[46..50].copy_from_slice(&(31u32 * 417).to_be_bytes());
    first[50..54].copy_from_slice(&30u32.to_be_bytes());
    let bytes = [first, stream(30)].concat();
    assert_eq!(read(&bytes).runs, [Run { at: 417, frames: 30 }]);
    assert_eq!(length(&bytes).time, time(30 * 1_152, 44_100));
}

#[test]
fn files_larger_than_the_window_are_walked_to_the_end() {
    let count = 4_000;
    let bytes = [stream(count), vec![1, 2, 3], stream(count)].concat();
    let frames = read(&bytes);
    assert_eq!(frames.sizes.len(), 2 * count);
    let at = offsets(&frames);
    assert!(at.iter().all(|at| bytes[usize::try_from(*at).unwrap()..].starts_with(&[0xff, 0xfb, 0x90])));
}

/// AAC of low complexity at 44.1 kHz, stereo, of 64 bytes.
fn adts(head: [u8; 7], count: usize) -> Vec<u8> {
    let mut frame = head.to_vec();
    frame.resize(64, 0x11);
    frame.repeat(count)
}

const PLAIN: [u8; 7] = [0xff, 0xf1, 0x50, 0x80, 64 >> 3, 0x1f, 0xfc];

#[test]
fn the_sound_of_adts_frames_is_between_their_heads() {
    let bytes = [id3(7), adts(PLAIN, 43), vec![0; 128]].concat();
    let frames = aac(Cursor::new(&bytes)).unwrap().unwrap();
    let first = id3(7).len() as u64;
    // Low complexity is 2, 44.1 kHz is 4, stereo is 2.
    assert_eq!(frames.codec, Codec::Aac { config: [2 << 3 | 4 >> 1, 2 << 3] });
    assert_eq!((frames.rate, frames.channels, frames.samples), (44_100, 2, 1_024));
    assert_eq!(frames.sizes, [57; 43]);
    assert_eq!(frames.runs[..2], [Run { at: first + 7, frames: 1 }, Run { at: first + 71, frames: 1 }]);
    assert_eq!(frames.section(), first + 7..first + 43 * 64);
    let length = adts_length(Cursor::new(&bytes)).unwrap().unwrap();
    assert_eq!((length.time, length.remuxable), (time(43 * 1_024, 44_100), true));
}

#[test]
fn the_checksum_of_an_adts_frame_is_no_sound() {
    let mut head = PLAIN;
    head[1] = 0xf0;
    let frames = aac(Cursor::new(adts(head, 10))).unwrap().unwrap();
    assert_eq!(frames.sizes, [55; 10]);
    assert_eq!(frames.runs[0], Run { at: 9, frames: 1 });
}

#[test]
fn adts_frames_that_make_no_sense_without_their_heads_are_only_counted() {
    let several_blocks = [0xff, 0xf1, 0x50, 0x80, 64 >> 3, 0x1f, 0xfd];
    let channels_in_the_sound = [0xff, 0xf1, 0x50, 0x00, 64 >> 3, 0x1f, 0xfc];
    let other_profile = [0xff, 0xf1, 0x10, 0x80, 64 >> 3, 0x1f, 0xfc];
    for (head, blocks) in [(several_blocks, 2), (channels_in_the_sound, 1), (other_profile, 1)] {
        let bytes = adts(head, 10);
        assert_eq!(aac(Cursor::new(&bytes)).unwrap(), None);
        let length = adts_length(Cursor::new(&bytes)).unwrap().unwrap();
        assert_eq!((length.time, length.remuxable), (time(10 * 1_024 * blocks, 44_100), false));
    }
}

//! MP3 in MP4, without a second copy.

use std::io::{Cursor, SeekFrom};
use std::sync::Arc;

use mp4_atom::{Codec as Entry, Decode, Ftyp, Header, Moov, StszSamples};
use proptest::prelude::*;
use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::super::{MP4, NoRendition, ORIGINAL, Splice, mp4};
use super::{House, demo};
use crate::library::frames::{self, Codec, Frames, Music, Run};

fn frames() -> Frames {
    Frames {
        codec: Codec::Mp3 { mpeg_1: true },
        rate: 44_100,
        channels: 2,
        samples: 1_152,
        sizes: vec![417, 418, 417, 418, 417],
        runs: vec![Run { at: 1_000, frames: 2 }, Run { at: 2_000, frames: 3 }],
        music: Some(Music { skip: 1_105, length: 4_000 }),
    }
}

/// What is in a head, and where the media data begins in the whole file.
fn parse(bytes: &[u8]) -> (Moov, u64, u64) {
    let mut rest = Cursor::new(bytes);
    Ftyp::decode(&mut rest).unwrap();
    let moov = Moov::decode(&mut rest).unwrap();
    let mdat = Header::decode(&mut rest).unwrap();
    assert_eq!(rest.position(), bytes.len() as u64);
    (moov, rest.position(), mdat.size.unwrap() as u64)
}

#[test]
fn the_head_says_where_every_frame_is_and_what_of_it_is_music() {
    let frames = frames();
    let head = mp4::head(&frames).unwrap();
    assert_eq!(head.section, 1_000..2_000 + 1_252);
    let (moov, media, media_bytes) = parse(&head.bytes);
    assert_eq!(media_bytes, 2_252);
    let trak = &moov.trak[0];
    assert_eq!((moov.mvhd.timescale, moov.mvhd.duration), (44_100, 4_000));
    assert_eq!((trak.mdia.mdhd.timescale, trak.mdia.mdhd.duration), (44_100, 5 * 1_152));
    let edit = &trak.edts.as_ref().unwrap().elst.as_ref().unwrap().entries[0];
    assert_eq!((edit.media_time, edit.segment_duration), (Some(1_105), 4_000));
    let stbl = &trak.mdia.minf.stbl;
    let offsets = [media, media + 1_000].map(|at| u32::try_from(at).unwrap());
    assert_eq!(stbl.stco.as_ref().unwrap().entries, offsets);
    assert_eq!(stbl.stsz.samples, StszSamples::Different { sizes: frames.sizes });
    let chunks: Vec<_> = stbl.stsc.entries.iter().map(|e| (e.first_chunk, e.samples_per_chunk)).collect();
    assert_eq!(chunks, [(1, 2), (2, 3)]);
    assert_eq!((stbl.stts.entries[0].sample_count, stbl.stts.entries[0].sample_delta), (5, 1_152));
    let Entry::Mp4a(entry) = &stbl.stsd.codecs[0] else { panic!() };
    assert_eq!(entry.esds.es_desc.dec_config.object_type_indication, 0x6b);
    assert_eq!(entry.audio.channel_count, 2);
}

#[test]
fn without_a_word_of_the_encoder_there_is_no_edit_list() {
    let (moov, ..) = parse(&mp4::head(&Frames { music: None, ..frames() }).unwrap().bytes);
    assert_eq!(moov.trak[0].edts, None);
    assert_eq!(moov.mvhd.duration, 5 * 1_152);
}

#[test]
fn each_codec_is_called_by_its_number() {
    for (codec, number, config) in [
        (Codec::Mp3 { mpeg_1: false }, 0x69, None),
        (Codec::Aac { config: [0x12, 0x10] }, 0x40, Some(vec![0x12, 0x10])),
    ] {
        let (moov, ..) = parse(&mp4::head(&Frames { codec, ..frames() }).unwrap().bytes);
        let Entry::Mp4a(entry) = &moov.trak[0].mdia.minf.stbl.stsd.codecs[0] else { panic!() };
        let decoder = &entry.esds.es_desc.dec_config;
        assert_eq!(decoder.object_type_indication, number);
        assert_eq!(decoder.dec_specific.as_ref().map(|specific| specific.raw.clone()), config);
    }
}

#[test]
fn behind_four_gigabytes_offsets_are_wide() {
    let far = 5 << 30;
    let runs = vec![Run { at: 1_000, frames: 2 }, Run { at: far, frames: 3 }];
    let head = mp4::head(&Frames { runs, ..frames() }).unwrap();
    let (moov, media, media_bytes) = parse(&head.bytes);
    assert_eq!(media_bytes, far - 1_000 + 1_252);
    let stbl = &moov.trak[0].mdia.minf.stbl;
    assert_eq!(stbl.stco, None);
    assert_eq!(stbl.co64.as_ref().unwrap().entries, [media, media + far - 1_000]);
}

#[test]
fn the_offsets_of_a_real_file_are_those_of_heads() {
    let original = demo();
    let frames = frames::mp3(Cursor::new(&original)).unwrap().unwrap();
    let head = mp4::head(&frames).unwrap();
    let (moov, media, _) = parse(&head.bytes);
    let section = usize::try_from(head.section.start).unwrap();
    let mut at =
        usize::try_from(u64::from(moov.trak[0].mdia.minf.stbl.stco.as_ref().unwrap().entries[0]) - media);
    let at = at.as_mut().unwrap();
    for size in &frames.sizes {
        let bytes = &original[section + *at..];
        assert!(bytes[0] == 0xff && bytes[1] & 0xfe == 0xfa, "at {at}");
        *at += *size as usize;
    }
    assert_eq!(section + *at, usize::try_from(head.section.end).unwrap());
}

/// The packets of a file, as a demuxer gives them.
fn packets(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    let mut format =
        probe.probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default()).unwrap();
    let mut packets = Vec::new();
    while let Some(packet) = format.next_packet().unwrap() {
        packets.push(packet.data.to_vec());
    }
    packets
}

#[test]
fn a_demuxer_finds_the_same_packets_in_the_mp4_as_in_the_mp3() {
    let original = demo();
    let frames = frames::mp3(Cursor::new(&original)).unwrap().unwrap();
    let head = mp4::head(&frames).unwrap();
    let section = usize::try_from(head.section.start).unwrap()..usize::try_from(head.section.end).unwrap();
    let remuxed = packets([&head.bytes[..], &original[section]].concat());
    assert_eq!(remuxed.len(), frames.sizes.len());
    assert!(remuxed == packets(original));
}

#[tokio::test]
async fn a_rendition_is_the_head_and_the_section_of_the_original() {
    let house = House::new().await;
    house.write("a.mp3", demo());
    let track = house.tracks().await.remove(0);
    let offered: Vec<_> = track.renditions.iter().map(|offer| (&*offer.name, &*offer.mime)).collect();
    assert_eq!(offered, [(MP4, r#"audio/mp4; codecs="mp3""#), (ORIGINAL, "audio/mpeg")]);
    let renditions = house.renditions();
    let audio = renditions.get(&track, MP4).await.unwrap();
    let mut bytes = Vec::new();
    audio.open().await.unwrap().read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes.len() as u64, audio.length());
    let (moov, media, _) = parse_whole(&bytes);
    assert!(demo().ends_with(&bytes[media..]));
    // What pages show is what the MP4 plays.
    let played = i128::from(moov.mvhd.duration) * 1_000_000 / i128::from(moov.mvhd.timescale);
    assert_eq!(i128::from(track.info.duration.micros()), played);
    let whole = renditions.get(&track, ORIGINAL).await.unwrap();
    assert_eq!(whole.length(), track.size);
    assert!(matches!(renditions.get(&track, "huge").await, Err(NoRendition::NoSuch)));
}

fn parse_whole(bytes: &[u8]) -> (Moov, usize, u64) {
    let at = bytes.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    let (moov, media, size) = parse(&bytes[..at]);
    (moov, usize::try_from(media).unwrap(), size)
}

#[tokio::test]
async fn a_head_is_never_put_before_other_bytes_than_its_own() {
    let house = House::new().await;
    let path = house.write("a.mp3", demo());
    let track = house.tracks().await.remove(0);
    let renditions = house.renditions();
    let audio = renditions.get(&track, MP4).await.unwrap();
    let mut other = demo();
    other.truncate(other.len() / 2);
    std::fs::write(&path, &other).unwrap();
    assert_eq!(audio.open().await.unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert!(matches!(renditions.get(&track, MP4).await, Err(NoRendition::Gone)));
    std::fs::remove_file(path).unwrap();
    assert!(matches!(renditions.get(&track, MP4).await, Err(NoRendition::Unreadable(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_piece_of_a_splice_is_that_piece_of_head_and_section(
        head in prop::collection::vec(any::<u8>(), 0..300),
        file in prop::collection::vec(any::<u8>(), 0..600),
        cut in (0usize..600, 0usize..600),
        pieces in prop::collection::vec((0u64..1_000, 1usize..400), 1..6),
    ) {
        let from = cut.0.min(file.len());
        let to = (from + cut.1).min(file.len());
        let whole = [&head[..], &file[from..to]].concat();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, &file).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let file = tokio::fs::File::open(&path).await.unwrap();
            let mut splice = Splice::new(Arc::from(head), file, from as u64..to as u64);
            assert_eq!(splice.length(), whole.len() as u64);
            for (at, length) in pieces {
                assert_eq!(splice.seek(SeekFrom::Start(at)).await.unwrap(), at);
                let mut read = Vec::new();
                (&mut splice).take(length as u64).read_to_end(&mut read).await.unwrap();
                let at = usize::try_from(at).unwrap().min(whole.len());
                assert_eq!(read, &whole[at..(at + length).min(whole.len())]);
            }
            let back = splice.seek(SeekFrom::End(0)).await.unwrap();
            assert_eq!(back, whole.len() as u64);
        });
    }
}

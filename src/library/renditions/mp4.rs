//! The head of an MP4 whose media data is a section of another file, byte for byte: `ftyp`, `moov` with the place
//! of every frame, and the head of `mdat` (ISO 14496-12).
//!
//! Movie and media count in samples, so that no time is rounded. Where the encoder told what it added, an edit list
//! leaves it out; without it, players begin with the first frame, as they do with the file itself.

use std::ops::Range;

use mp4_atom::{
    Audio, Co64, Codec as Entry, Dinf, Dref, Edts, Elst, ElstEntry, Encode, FourCC, Ftyp, Hdlr, Mdhd, Mdia,
    Minf, Moov, Mp4a, Mvhd, Smhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stsz, StszSamples, Stts, SttsEntry,
    Tkhd, Trak, Url, esds,
};
use thiserror::Error;

use crate::library::frames::{Codec, Frames};

/// The only track.
const TRACK: u32 = 1;

/// `objectTypeIndication` of MPEG-1 audio, of MPEG-2 audio at lower rates, and of MPEG-4 audio
/// (ISO 14496-1 §7.2.6.6.2).
const MPEG_1: u8 = 0x6b;
const MPEG_2: u8 = 0x69;
const MPEG_4: u8 = 0x40;

/// `streamType` of sound.
const AUDIO_STREAM: u8 = 0x05;

/// More than a head has beside its tables.
const HEAD_BYTES: u64 = 4_096;

/// Why there is no such head.
#[derive(Debug, Error)]
#[error("its frames do not fit into an MP4: {0}")]
pub struct NoHead(String);

/// A head, and the bytes of the original that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Everything up to the first byte of the section.
    pub bytes: Vec<u8>,
    /// Of the original.
    pub section: Range<u64>,
}

/// The head that makes an MP4 of these frames.
///
/// # Errors
/// When a figure does not fit into the boxes.
pub fn head(frames: &Frames) -> Result<Head, NoHead> {
    let section = frames.section();
    let media_bytes = section.end - section.start;
    let mut bytes = Vec::new();
    ftyp().encode(&mut bytes).map_err(no_head)?;
    let before_moov = bytes.len();
    // How long the boxes are does not depend on what the offsets are, only on how wide.
    let offsets: Vec<u64> = frames.runs.iter().map(|run| run.at - section.start).collect();
    let mdat = mdat(media_bytes);
    // No table has more than eight bytes a frame, or twelve a run.
    let room = HEAD_BYTES + 8 * frames.sizes.len() as u64 + 24 * frames.runs.len() as u64;
    let wide = media_bytes + room > u64::from(u32::MAX);
    let mut moov = moov(frames, &offsets, wide)?;
    let length = encoded(&moov)?.len() + before_moov + mdat.len();
    let offsets: Vec<u64> = offsets.iter().map(|offset| offset + length as u64).collect();
    place(&mut moov, &offsets, wide)?;
    bytes.extend(encoded(&moov)?);
    bytes.extend(mdat);
    debug_assert_eq!(bytes.len(), length);
    Ok(Head { bytes, section })
}

fn no_head(error: impl std::fmt::Display) -> NoHead {
    NoHead(error.to_string())
}

fn encoded(moov: &Moov) -> Result<Vec<u8>, NoHead> {
    let mut bytes = Vec::new();
    moov.encode(&mut bytes).map_err(no_head)?;
    Ok(bytes)
}

fn ftyp() -> Ftyp {
    let brands = [b"isom", b"iso2", b"mp41"].map(FourCC::new);
    Ftyp { major_brand: brands[0], minor_version: 0x200, compatible_brands: brands.to_vec() }
}

/// The head of the box that holds the section.
fn mdat(media_bytes: u64) -> Vec<u8> {
    match u32::try_from(media_bytes + 8) {
        Ok(size) => [&size.to_be_bytes()[..], b"mdat"].concat(),
        // A size of 1 says that the real one follows in 64 bits.
        Err(_) => [&1u32.to_be_bytes()[..], b"mdat", &(media_bytes + 16).to_be_bytes()].concat(),
    }
}

fn moov(frames: &Frames, offsets: &[u64], wide: bool) -> Result<Moov, NoHead> {
    let all = frames.all_samples();
    let played = frames.played_samples();
    let edts = frames.music.map(|music| Edts {
        elst: Some(Elst {
            entries: vec![ElstEntry {
                segment_duration: music.length,
                media_time: Some(music.skip.into()),
                media_rate: 1.into(),
            }],
        }),
    });
    let mut moov = Moov {
        mvhd: Mvhd {
            timescale: frames.rate,
            duration: played,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: TRACK + 1,
            ..Mvhd::default()
        },
        trak: vec![Trak {
            tkhd: Tkhd {
                track_id: TRACK,
                duration: played,
                enabled: true,
                in_movie: true,
                volume: 1.into(),
                ..Tkhd::default()
            },
            edts,
            mdia: Mdia {
                mdhd: Mdhd {
                    timescale: frames.rate,
                    duration: all,
                    language: "und".to_owned(),
                    ..Mdhd::default()
                },
                hdlr: Hdlr { handler: FourCC::new(b"soun"), name: "SoundHandler".to_owned() },
                minf: Minf {
                    smhd: Some(Smhd::default()),
                    dinf: Dinf { dref: Dref { entries: vec![mp4_atom::DrefEntry::Url(Url::default())] } },
                    stbl: stbl(frames)?,
                    ..Minf::default()
                },
            },
            ..Trak::default()
        }],
        ..Moov::default()
    };
    place(&mut moov, offsets, wide)?;
    Ok(moov)
}

/// Writes where the chunks are.
fn place(moov: &mut Moov, offsets: &[u64], wide: bool) -> Result<(), NoHead> {
    for trak in &mut moov.trak {
        let stbl = &mut trak.mdia.minf.stbl;
        if wide {
            stbl.co64 = Some(Co64 { entries: offsets.to_vec() });
            stbl.stco = None;
        } else {
            let entries = offsets.iter().map(|offset| u32::try_from(*offset)).collect::<Result<_, _>>();
            stbl.stco = Some(Stco { entries: entries.map_err(no_head)? });
        }
    }
    Ok(())
}

fn stbl(frames: &Frames) -> Result<Stbl, NoHead> {
    let count = u32::try_from(frames.sizes.len()).map_err(no_head)?;
    let samples = match frames.sizes.split_first() {
        Some((size, rest)) if rest.iter().all(|other| other == size) => {
            StszSamples::Identical { count, size: *size }
        }
        _ => StszSamples::Different { sizes: frames.sizes.clone() },
    };
    // One entry for chunks in a row that have equally many frames.
    let mut entries: Vec<StscEntry> = Vec::new();
    for (chunk, run) in (1..).zip(&frames.runs) {
        if entries.last().is_none_or(|last| last.samples_per_chunk != run.frames) {
            entries.push(StscEntry {
                first_chunk: chunk,
                samples_per_chunk: run.frames,
                sample_description_index: 1,
            });
        }
    }
    Ok(Stbl {
        stsd: Stsd { codecs: vec![Entry::Mp4a(entry(frames)?)] },
        stts: Stts { entries: vec![SttsEntry { sample_count: count, sample_delta: frames.samples }] },
        stsc: Stsc { entries },
        stsz: Stsz { samples },
        ..Stbl::default()
    })
}

/// What a decoder has to know.
fn entry(frames: &Frames) -> Result<Mp4a, NoHead> {
    let (object_type_indication, dec_specific) = match frames.codec {
        Codec::Mp3 { mpeg_1: true } => (MPEG_1, None),
        Codec::Mp3 { mpeg_1: false } => (MPEG_2, None),
        Codec::Aac { config } => {
            (MPEG_4, Some(esds::DecoderSpecific { raw: config.to_vec(), ..Default::default() }))
        }
    };
    let bytes: u64 = frames.sizes.iter().map(|size| u64::from(*size)).sum();
    let bit_rate = bytes * 8 * u64::from(frames.rate) / frames.all_samples().max(1);
    let bit_rate = u32::try_from(bit_rate).map_err(no_head)?;
    Ok(Mp4a {
        audio: Audio {
            data_reference_index: 1,
            channel_count: frames.channels,
            sample_size: 16,
            // 16 bits: what is faster is told by the config alone.
            sample_rate: u16::try_from(frames.rate).unwrap_or(0).into(),
        },
        esds: mp4_atom::Esds {
            es_desc: esds::EsDescriptor {
                es_id: 1,
                dec_config: esds::DecoderConfig {
                    object_type_indication,
                    stream_type: AUDIO_STREAM,
                    max_bitrate: bit_rate,
                    avg_bitrate: bit_rate,
                    dec_specific,
                    ..Default::default()
                },
                ..Default::default()
            },
        },
        btrt: None,
        taic: None,
    })
}

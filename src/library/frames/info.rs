//! What the first frame of a layer III file may say: Xing's header, LAME's behind it, or Fraunhofer's VBRI. Such a
//! frame has no sound, and is told from others by its words only.

use super::mpeg::MpegHead;
use super::walk::Head;

/// Samples by which a decoder's output is late: its filter bank and its overlap. "528 + 1" in LAME's own decoder
/// (`frontend/get_audio.c`), and in the demuxer of `FFmpeg` (`libavformat/mp3dec.c`).
const DECODER_DELAY: u32 = 528 + 1;

/// What the first frame of a layer III file says when it is none of sound: a Xing, Info or VBRI header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Frames of sound, without this one.
    pub frames: Option<u32>,
    /// Bytes from this frame on.
    pub bytes: Option<u32>,
    /// What the encoder put before and behind the sound.
    pub added: Option<Added>,
}

/// Samples that are no music: the encoder's delay, and what fills the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    delay: u32,
    padding: u32,
}

impl Added {
    /// Samples that come out of a decoder before the music.
    pub const fn skip(self) -> u32 {
        self.delay + DECODER_DELAY
    }

    /// Samples of music among `samples` of all frames.
    pub fn music(self, samples: u64) -> u64 {
        // What a decoder is late by is missing behind the last frame, if that is not filled far enough.
        let decoded = samples.saturating_sub(self.skip().into());
        decoded.min(samples.saturating_sub((self.delay + self.padding).into()))
    }
}

impl Info {
    /// Of the first frame, whole or as much of it as there is; `None` when it has sound.
    pub fn parse(head: &MpegHead, frame: &[u8]) -> Option<Self> {
        if head.layer != 3 {
            return None;
        }
        let frame = &frame[..frame.len().min(head.frame_bytes() as usize)];
        let side_info = 4 + head.side_info_bytes();
        // Some encoders leave space for a checksum that the head does not announce.
        [side_info, side_info + 2]
            .iter()
            .find_map(|at| Self::xing(frame.get(*at..)?))
            .or_else(|| Self::vbri(frame.get(36..)?))
    }

    /// Xing's header, which LAME calls Info at a constant rate, and LAME's behind it
    /// (gabriel.mp3-tech.org/mp3infotag.html).
    fn xing(bytes: &[u8]) -> Option<Self> {
        if !(bytes.starts_with(b"Xing") || bytes.starts_with(b"Info")) {
            return None;
        }
        let flags = number(bytes, 4)?;
        let mut at = 8;
        let mut field = |flag: u32, length: usize| {
            let here = at;
            let there = flags & flag != 0;
            at += if there { length } else { 0 };
            there.then_some(here)
        };
        let frames = field(1, 4);
        let size = field(2, 4);
        field(4, 100);
        field(8, 4);
        let lame = bytes.get(at..).unwrap_or_default();
        let known = [&b"LAME"[..], b"Lavf", b"Lavc", b"L3.9"].iter().any(|name| lame.starts_with(name));
        let added = match lame.get(21..24) {
            Some(&[a, b, c]) if known => {
                let (a, b, c) = (u32::from(a), u32::from(b), u32::from(c));
                Some(Added { delay: a << 4 | b >> 4, padding: (b & 0xf) << 8 | c })
            }
            _ => None,
        };
        Some(Self {
            frames: frames.and_then(|at| number(bytes, at)),
            bytes: size.and_then(|at| number(bytes, at)),
            added,
        })
    }

    /// Fraunhofer's header. What it calls delay is no more than its decoders' affair.
    fn vbri(bytes: &[u8]) -> Option<Self> {
        let frames = number(bytes, 14).filter(|_| bytes.starts_with(b"VBRI"))?;
        Some(Self { frames: Some(frames), bytes: number(bytes, 10), added: None })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

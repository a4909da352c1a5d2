//! The frames of streams without a container, MP3 and AAC in ADTS: which there are, where, and how long they play.
//! Such a file has no table of them, and what its head says of its length may be wrong.
//!
//! [`mod@super::probe`] asks for the length, [`super::renditions`] for every frame.

mod aac;
mod adts;
mod around;
mod info;
mod mp3;
mod mpeg;
#[cfg(test)]
mod tests;
mod walk;
mod window;

use std::ops::Range;

pub use aac::{aac, adts_length};
pub use mp3::{mp3, mpeg_length};

use crate::sync::time::MediaTime;

/// What a stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// MPEG layer III; at the rates of MPEG-1, or the lower ones of MPEG-2 and 2.5.
    Mp3 {
        /// At the rates of MPEG-1.
        mpeg_1: bool,
    },
    /// AAC of low complexity, with its `AudioSpecificConfig`.
    Aac {
        /// What a decoder has to know.
        config: [u8; 2],
    },
}

/// Frames that lie in the file without anything between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where the first begins.
    pub at: u64,
    /// How many.
    pub frames: u32,
}

/// Every frame of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// What they are made of.
    pub codec: Codec,
    /// Hz.
    pub rate: u32,
    /// How many.
    pub channels: u16,
    /// Samples of each frame, of each channel.
    pub samples: u32,
    /// The bytes of each frame, in order.
    pub sizes: Vec<u32>,
    /// Where they are, in order.
    pub runs: Vec<Run>,
    /// What is to be played of the samples, where the encoder has told it.
    pub music: Option<Music>,
}

/// The music among the samples of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Music {
    /// Samples before it.
    pub skip: u32,
    /// Samples of it.
    pub length: u64,
}

impl Frames {
    /// Samples of all frames, of each channel.
    pub fn all_samples(&self) -> u64 {
        self.sizes.len() as u64 * u64::from(self.samples)
    }

    /// Samples that are played.
    pub fn played_samples(&self) -> u64 {
        self.music.map_or_else(|| self.all_samples(), |music| music.length)
    }

    /// The bytes of the file from the first frame to the end of the last.
    pub fn section(&self) -> Range<u64> {
        let (Some(first), Some(last)) = (self.runs.first(), self.runs.last()) else {
            return 0..0;
        };
        let in_last = self.sizes.iter().rev().take(last.frames as usize);
        first.at..last.at + in_last.map(|size| u64::from(*size)).sum::<u64>()
    }
}

/// How long a stream plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// As its frames play, without what the encoder is known to have added.
    pub time: MediaTime,
    /// [`mp3()`] or [`aac()`] give its frames.
    pub remuxable: bool,
    /// Bytes of frames.
    pub bytes: u64,
    /// Bytes of frames that there should be: by the file's own header, else all between its tags.
    pub promised: u64,
}

/// Frames as they are found.
#[derive(Default)]
struct Kept {
    sizes: Vec<u32>,
    runs: Vec<Run>,
    /// Where the last one ends.
    end: u64,
}

impl Kept {
    /// Keeps a frame, or the part of one that is sound.
    fn push(&mut self, at: u64, size: u32) {
        match self.runs.last_mut() {
            Some(run) if self.end == at => run.frames += 1,
            _ => self.runs.push(Run { at, frames: 1 }),
        }
        self.end = at + u64::from(size);
        self.sizes.push(size);
    }

    fn bytes(&self) -> u64 {
        self.sizes.iter().map(|size| u64::from(*size)).sum()
    }
}

/// How long so many samples are.
fn time(samples: u64, rate: u32) -> MediaTime {
    let micros = u128::from(samples) * 1_000_000 / u128::from(rate.max(1));
    MediaTime::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

//! The head of an ADTS frame: AAC without a container (ISO 13818-7 §6.2).

use super::walk::Head;

/// Hz, by the index in a frame's head.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Samples of a block; a frame has one to four.
const BLOCK_SAMPLES: u32 = 1_024;

/// The profile that every browser plays: low complexity.
const LOW_COMPLEXITY: u8 = 1;

/// A frame's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdtsHead {
    profile: u8,
    rate_index: u8,
    channels: u8,
    /// 1 to 4.
    pub blocks: u32,
    checked: bool,
    bytes: u32,
}

impl Head for AdtsHead {
    const BYTES: usize = 7;

    fn parse(bytes: &[u8]) -> Option<Self> {
        let [0xff, sync, profile, size_high, size, size_low, blocks, ..] = *bytes else {
            return None;
        };
        if sync & 0xf6 != 0xf0 {
            return None;
        }
        let head = Self {
            profile: profile >> 6,
            rate_index: profile >> 2 & 0xf,
            channels: (profile & 0x1) << 2 | size_high >> 6,
            blocks: u32::from(blocks & 0x3) + 1,
            checked: sync & 0x1 == 0,
            bytes: u32::from(size_high & 0x3) << 11 | u32::from(size) << 3 | u32::from(size_low >> 5),
        };
        RATES.get(usize::from(head.rate_index))?;
        (head.bytes > head.head_bytes()).then_some(head)
    }

    fn frame_bytes(&self) -> u32 {
        self.bytes
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.profile, self.rate_index, self.channels) == (other.profile, other.rate_index, other.channels)
    }
}

impl AdtsHead {
    /// Hz.
    pub fn rate(&self) -> u32 {
        RATES[usize::from(self.rate_index)]
    }

    /// Samples of the frame, of each channel.
    pub const fn samples(&self) -> u32 {
        BLOCK_SAMPLES * self.blocks
    }

    /// Bytes before the sound, with the checksum if there is one.
    pub const fn head_bytes(&self) -> u32 {
        if self.checked { 9 } else { 7 }
    }

    /// How many; 0 when only the sound itself says it.
    pub fn channels(&self) -> u16 {
        if self.channels == 7 { 8 } else { self.channels.into() }
    }

    /// Whether every decoder understands what is in the frames without their heads.
    pub const fn is_plain(&self) -> bool {
        self.profile == LOW_COMPLEXITY && self.channels > 0
    }

    /// The `AudioSpecificConfig` of MPEG-4 (ISO 14496-3 §1.6.2.1).
    pub fn config(&self) -> [u8; 2] {
        let object_type = self.profile + 1;
        [object_type << 3 | self.rate_index >> 1, self.rate_index << 7 | self.channels << 3]
    }
}

//! The head of an MPEG audio frame (ISO 11172-3 §2.4.1.3, ISO 13818-3 §2.4.1.3; version 2.5 is Fraunhofer's
//! extension to lower rates).

use super::walk::Head;

/// Bit rates in kbit/s by version (1; 2 and 2.5) and layer, from index 1.
const BIT_RATES: [[[u32; 14]; 3]; 2] = [
    [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ],
    [
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ],
];

/// Hz, of version 1; version 2 has the half, version 2.5 a quarter.
const RATES: [u32; 3] = [44_100, 48_000, 32_000];

/// A frame's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MpegHead {
    /// Of the lower rates: MPEG-2 or 2.5.
    low: bool,
    /// I, II or III as 1, 2 or 3.
    pub layer: u8,
    /// Hz.
    pub rate: u32,
    /// One channel; otherwise two.
    mono: bool,
    bytes: u32,
}

impl Head for MpegHead {
    const BYTES: usize = 4;

    fn parse(bytes: &[u8]) -> Option<Self> {
        let [0xff, kind, rates, mode, ..] = *bytes else {
            return None;
        };
        if kind & 0xe0 != 0xe0 || mode & 0x3 == 2 {
            return None;
        }
        let divisor = match kind >> 3 & 0x3 {
            0 => 4,
            2 => 2,
            3 => 1,
            _ => return None,
        };
        let low = divisor > 1;
        let layer = match kind >> 1 & 0x3 {
            3 => 1,
            2 => 2,
            1 => 3,
            _ => return None,
        };
        // Index 0 is free format: its frames say nothing of their length. 15 is forbidden.
        let index = usize::from(rates >> 4).checked_sub(1)?;
        let bit_rate = *BIT_RATES[usize::from(low)][usize::from(layer) - 1].get(index)? * 1_000;
        let rate = *RATES.get(usize::from(rates >> 2 & 0x3))? / divisor;
        let padding = u32::from(rates >> 1 & 0x1);
        let bytes = match (layer, low) {
            (1, _) => (12 * bit_rate / rate + padding) * 4,
            (3, true) => 72 * bit_rate / rate + padding,
            _ => 144 * bit_rate / rate + padding,
        };
        Some(Self { low, layer, rate, mono: mode >> 6 == 3, bytes })
    }

    fn frame_bytes(&self) -> u32 {
        self.bytes
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.low, self.layer, self.rate, self.mono) == (other.low, other.layer, other.rate, other.mono)
    }
}

impl MpegHead {
    /// Samples of a frame, of each channel.
    pub const fn samples(&self) -> u32 {
        match (self.layer, self.low) {
            (1, _) => 384,
            (3, true) => 576,
            _ => 1_152,
        }
    }

    /// 1 or 2.
    pub fn channels(&self) -> u16 {
        if self.mono { 1 } else { 2 }
    }

    /// Whether this is MPEG-1.
    pub const fn is_mpeg_1(&self) -> bool {
        !self.low
    }

    /// Bytes between the head and the main data of layer III.
    pub const fn side_info_bytes(&self) -> usize {
        match (self.low, self.mono) {
            (false, false) => 32,
            (false, true) | (true, false) => 17,
            (true, true) => 9,
        }
    }
}

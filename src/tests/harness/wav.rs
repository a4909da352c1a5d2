//! A WAV file: 16 bits, one channel, 8 kHz, and so quiet that it is silence to a measurement of loudness.

use std::path::Path;

const RATE: u32 = 8_000;

/// Writes one of so many seconds.
pub fn write(path: &Path, secs: u32) {
    std::fs::write(path, of(RATE * secs)).unwrap();
}

/// One of so many samples, 2 bytes each.
pub fn of(samples: u32) -> Vec<u8> {
    with_rate(RATE, samples)
}

/// One that plays for an hour, of a rate so low that it has 7 MB only.
pub fn of_an_hour() -> Vec<u8> {
    with_rate(1_000, 3_600_000)
}

fn with_rate(rate: u32, samples: u32) -> Vec<u8> {
    let bytes = samples * 2;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend((0..samples).flat_map(|n| u16::try_from(n % 16).unwrap().to_le_bytes()));
    file
}

//! Sound that is made in the browser instead of fetched: clicks to tune a device by, and silence to keep it awake by.
//! Here is what it consists of; `client` makes files of it.

use crate::sync::time::Span;

/// The address of the file of clicks, for an element that is told to load it.
pub const CLICKS: &str = "tutti:clicks";
/// How long it is. Runs of it begin at the whole minutes of room time, the same on every device.
pub const CLICKS_LENGTH: Span = Span::from_secs(60);
/// Of so many clicks one is higher, so that one second is not taken for the next.
pub const CLICKS_IN_A_BAR: u32 = 4;
/// A second, in bytes.
pub const SECOND_BYTES: u32 = SAMPLES_PER_SECOND * BYTES_PER_SAMPLE as u32;

/// As most sound cards are set, so that nothing is resampled.
const SAMPLES_PER_SECOND: u32 = 48_000;
/// 16 bits, one channel.
const BYTES_PER_SAMPLE: u16 = 2;
/// 25 ms: short enough to have a moment, long enough to be heard from a small loudspeaker.
const CLICK_SAMPLES: usize = 1_200;
/// Half of what there is.
const CLICK_PEAK: f64 = 16_000.0;

/// The head of a WAV file of so many seconds: 48 kHz, 16 bits, mono. (RIFF, Microsoft and IBM 1991.)
pub fn wav_head(seconds: u32) -> [u8; 44] {
    let bytes = seconds * SECOND_BYTES;
    let mut head = *b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\x10\0data\0\0\0\0";
    head[4..8].copy_from_slice(&(bytes + 36).to_le_bytes());
    head[24..28].copy_from_slice(&SAMPLES_PER_SECOND.to_le_bytes());
    head[28..32].copy_from_slice(&SECOND_BYTES.to_le_bytes());
    head[32..34].copy_from_slice(&BYTES_PER_SAMPLE.to_le_bytes());
    head[40..44].copy_from_slice(&bytes.to_le_bytes());
    head
}

/// One click, loudest within its first millisecond: a resonator that is struck once and dies away, at 1 kHz or, `high`,
/// at 2 kHz.
pub fn click(high: bool) -> Vec<u8> {
    // y[n] = 2 r cos(ω) y[n−1] − r² y[n−2], with r for 4 ms: no sine is needed in the browser for that.
    let decay: f64 = 0.994_805;
    let cos = if high { 0.965_926 } else { 0.991_445 };
    let (mut last, mut before) = (0.0, 0.0);
    // Struck so that its first swing has the peak.
    let mut strike = CLICK_PEAK * if high { 0.27 } else { 0.137 };
    let mut bytes = Vec::with_capacity(CLICK_SAMPLES * 2);
    for _ in 0..CLICK_SAMPLES {
        let next = 2.0 * decay * cos * last - decay * decay * before + strike;
        strike = 0.0;
        (before, last) = (last, next);
        bytes.extend((next as i16).to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(high: bool) -> Vec<i16> {
        click(high).chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn a_click_is_loudest_at_its_beginning_and_gone_at_its_end() {
        for high in [false, true] {
            let samples = samples(high);
            let loudest = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
            let at = samples.iter().position(|s| s.unsigned_abs() == loudest).unwrap();
            assert!(at < 48, "{at} samples after its beginning");
            assert!((12_000..20_000).contains(&loudest), "{loudest}");
            assert!(samples[0].unsigned_abs() > loudest / 10, "it begins at once: {}", samples[0]);
            assert!(samples[samples.len() - 48..].iter().all(|s| s.abs() < 100));
        }
    }

    #[test]
    fn the_higher_click_swings_twice_as_fast() {
        let crossings =
            |high| samples(high)[..480].windows(2).filter(|two| two[0] >= 0 && two[1] < 0).count();
        assert_eq!((crossings(false), crossings(true)), (10, 20));
    }

    #[test]
    fn the_head_tells_of_as_many_bytes_as_there_are() {
        let head = wav_head(60);
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        assert_eq!((&head[..4], &head[8..16], &head[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!((number(40), number(4)), (60 * 96_000, 60 * 96_000 + 36));
        assert_eq!((number(24), number(28)), (48_000, 96_000));
        assert_eq!(head[20..24], [1, 0, 1, 0], "PCM, one channel");
        assert_eq!(head[32..36], [2, 0, 16, 0], "two bytes, sixteen bits");
    }

    #[test]
    fn a_run_of_clicks_is_whole_bars() {
        assert_eq!(CLICKS_LENGTH.micros() % (i64::from(CLICKS_IN_A_BAR) * 1_000_000), 0);
    }
}

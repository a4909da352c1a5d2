//! How long to wait before a room is asked again that did not answer: longer each time, and never as long as the others
//! who wait. For a page's socket, and for `tutti load`, which comes back as pages do.

use crate::sync::time::Span;

/// The first pause, doubled each time …
const FIRST: Span = Span::from_millis(250);
/// … up to this. With the time that a socket may take to open it bounds how long a network that is back goes unnoticed:
/// 5 s in all, of which a handshake that was lost on the way takes its part.
const LONGEST: Span = Span::from_millis(2_500);

/// The pauses of one page.
#[derive(Clone, Debug)]
pub struct BackOff {
    attempts: u32,
    random: u64,
}

impl BackOff {
    /// Pauses that are another page's with another seed.
    pub const fn new(seed: u64) -> Self {
        Self { attempts: 0, random: seed }
    }

    /// It worked: the next pause is a first one.
    pub const fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Attempts since it last worked.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// A random half to whole of the pause that it is time for, so that a room does not come back all at once.
    pub fn pause(&mut self) -> Span {
        let whole = (FIRST * (1 << self.attempts.min(10))).min(LONGEST);
        self.attempts += 1;
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = 0.5 + (self.random >> 11) as f64 / (1u64 << 53) as f64 / 2.0;
        whole.scale(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_anew_when_it_worked() {
        let mut back_off = BackOff::new(7);
        let mut whole = FIRST;
        for _ in 0..20 {
            let pause = back_off.pause();
            assert!((whole / 2..=whole).contains(&pause), "{pause:?} of {whole:?}");
            whole = (whole * 2).min(LONGEST);
        }
        back_off.reset();
        assert!(back_off.pause() <= FIRST);
    }

    #[test]
    fn pages_do_not_wait_equally_long() {
        // Seeds are drawn from 64 bits.
        let mut firsts: Vec<_> = (0..1_000_u64)
            .map(|n| BackOff::new(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).pause().micros())
            .collect();
        firsts.sort_unstable();
        let most_at_once = firsts.windows(30).map(|few| few[29] - few[0]).min().unwrap();
        assert!(most_at_once > 1_000, "30 within {most_at_once} µs");
    }
}

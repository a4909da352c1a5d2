//! Where a walk's decisions come from: bytes. A fuzzer hands them in and learns which lead where; a test draws them
//! from a seed. Both walk the same way, so what one finds the other can keep.

use crate::sim::random::Random;

/// Bytes that are read as decisions, until there are none left.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    /// Decisions out of these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether all is decided.
    pub const fn is_over(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next byte; 0 when there is none.
    pub const fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => 0,
        }
    }

    /// One of `0..count`; 0 of none.
    pub const fn below(&mut self, count: u8) -> u8 {
        if count == 0 { 0 } else { self.byte() % count }
    }

    /// Two bytes.
    pub const fn wide(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Yes, once in so many times.
    pub const fn once_in(&mut self, times: u8) -> bool {
        self.below(times) == times - 1
    }

    /// One of these.
    ///
    /// # Panics
    /// When there is none.
    pub const fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u8) as usize]
    }
}

/// So many bytes of a seed.
pub fn bytes_of_seed(seed: u64, count: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        bytes.extend(random.bits().to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

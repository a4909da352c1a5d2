//! How many of something are under way at once, of one address and of all: additions, each of which holds a file and
//! space on the disk until it is done; connections and room sockets, each of which holds memory and an open file.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rates::household;

/// Additions of one address at once: three pages that send two files each.
const ADDITIONS_OF_ADDRESS: usize = 6;

/// Additions of all addresses at once.
const ADDITIONS: usize = 24;

/// Lets so many in, and no more. Clones count together.
#[derive(Clone, Debug)]
pub struct Turnstile(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    of_address: usize,
    of_all: usize,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    by_address: HashMap<IpAddr, usize>,
    all: usize,
}

impl Turnstile {
    /// For additions.
    pub fn of_additions() -> Self {
        Self::new(ADDITIONS_OF_ADDRESS, ADDITIONS)
    }

    /// For what has a bound for each address, and none for all.
    pub fn of_each_address(most: usize) -> Self {
        Self::new(most, usize::MAX)
    }

    fn new(of_address: usize, of_all: usize) -> Self {
        Self(Arc::new(Counts { of_address, of_all, inside: Mutex::default() }))
    }

    /// One more of this address; `None` when that would be too many. It counts until the pass is dropped.
    pub fn enter(&self, address: IpAddr) -> Option<Pass> {
        let address = household(address);
        let mut inside = self.inside();
        let of_address = inside.by_address.get(&address).copied().unwrap_or_default();
        if of_address >= self.0.of_address || inside.all >= self.0.of_all {
            return None;
        }
        inside.by_address.insert(address, of_address + 1);
        inside.all += 1;
        Some(Pass { turnstile: self.clone(), address })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of them on its way.
#[derive(Debug)]
pub struct Pass {
    turnstile: Turnstile,
    address: IpAddr,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.turnstile.inside();
        inside.all -= 1;
        if let Some(count) = inside.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                inside.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn an_address_takes_so_many_at_once_and_all_together_so_many() {
        let turnstile = Turnstile::of_additions();
        let mut passes: Vec<Pass> =
            (0..ADDITIONS_OF_ADDRESS).map(|_| turnstile.enter(address(1)).unwrap()).collect();
        assert!(turnstile.enter(address(1)).is_none());
        passes.pop();
        passes.push(turnstile.enter(address(1)).unwrap());
        for n in 0..ADDITIONS - ADDITIONS_OF_ADDRESS {
            passes.push(turnstile.enter(address(2 + n as u8)).unwrap());
        }
        assert!(turnstile.enter(address(200)).is_none());
        drop(passes);
        let inside = turnstile.inside();
        assert!(inside.by_address.is_empty() && inside.all == 0, "who left is forgotten");
    }

    #[test]
    fn where_only_addresses_are_bounded_all_together_are_not() {
        let turnstile = Turnstile::of_each_address(1);
        let passes: Vec<_> = (0..=255).map(|n| turnstile.enter(address(n)).unwrap()).collect();
        assert!(turnstile.enter(address(7)).is_none());
        drop(passes);
        assert!(turnstile.enter(address(7)).is_some());
    }
}

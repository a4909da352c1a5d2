//! How many additions are on their way at once: each holds a connection, a file and space on the disk until it is done.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::rates::household;

/// Additions of one address at once: three pages that send two files each.
const OF_ADDRESS: usize = 6;

/// Additions of all addresses at once.
const OF_ALL: usize = 24;

/// Lets so many in, and no more. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Turnstile(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Turnstile {
    /// One more of this address; `None` when that would be too many. It counts until the pass is dropped.
    pub fn enter(&self, address: IpAddr) -> Option<Pass> {
        let address = household(address);
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = inside.get(&address).copied().unwrap_or_default();
        if of_address >= OF_ADDRESS || inside.values().sum::<usize>() >= OF_ALL {
            return None;
        }
        inside.insert(address, of_address + 1);
        Some(Pass { turnstile: self.clone(), address })
    }
}

/// One addition on its way.
#[derive(Debug)]
pub struct Pass {
    turnstile: Turnstile,
    address: IpAddr,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.turnstile.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_so_many_at_once_and_all_together_so_many() {
        let turnstile = Turnstile::default();
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        let mut passes: Vec<Pass> = (0..OF_ADDRESS).map(|_| turnstile.enter(address(1)).unwrap()).collect();
        assert!(turnstile.enter(address(1)).is_none());
        passes.pop();
        passes.push(turnstile.enter(address(1)).unwrap());
        for n in 0..OF_ALL - OF_ADDRESS {
            passes.push(turnstile.enter(address(2 + n as u8)).unwrap());
        }
        assert!(turnstile.enter(address(200)).is_none());
        drop(passes);
        assert!(turnstile.0.lock().unwrap().is_empty(), "who left is forgotten");
    }
}

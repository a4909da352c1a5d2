//! How much all additions together may take on the disk. What is on its way is held beforehand, so that additions that
//! arrive together cannot go beyond it together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// There is no space for so much more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

#[derive(Debug, Default)]
struct Books {
    /// Bytes of the files that are there.
    stored: u64,
    /// Bytes that are promised to what is on its way.
    held: u64,
}

/// The space for additions. Clones are the same space.
#[derive(Clone, Debug)]
pub struct Space {
    most: u64,
    books: Arc<Mutex<Books>>,
}

impl Space {
    /// So many bytes, of which nothing is taken yet.
    pub(super) fn new(most: u64) -> Self {
        Self { most, books: Arc::default() }
    }

    /// Holds space for one addition, or several that come one after another.
    pub(super) fn hold(&self, bytes: u64) -> Result<Hold, Full> {
        let mut hold = Hold { space: self.clone(), bytes: 0 };
        hold.reach(bytes)?;
        Ok(hold)
    }

    /// What the files take that are there.
    pub(super) fn set_stored(&self, bytes: u64) {
        self.books().stored = bytes;
    }

    /// One more file is there.
    pub(super) fn store(&self, bytes: u64) {
        self.books().stored += bytes;
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Space that is held until this is dropped.
#[derive(Debug)]
pub struct Hold {
    space: Space,
    bytes: u64,
}

impl Hold {
    /// Holds at least so much.
    pub(super) fn reach(&mut self, bytes: u64) -> Result<(), Full> {
        let more = bytes.saturating_sub(self.bytes);
        if more == 0 {
            return Ok(());
        }
        let mut books = self.space.books();
        let taken = books.stored.saturating_add(books.held).saturating_add(more);
        if taken > self.space.most {
            return Err(Full);
        }
        books.held += more;
        self.bytes += more;
        Ok(())
    }

    /// So much arrived and is stored, or was thrown away: it is not held any more.
    pub(super) fn release(&mut self, bytes: u64) {
        let less = bytes.min(self.bytes);
        self.space.books().held -= less;
        self.bytes -= less;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.release(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_on_their_way_cannot_go_beyond_it_together() {
        let space = Space::new(100);
        let mut first = space.hold(60).unwrap();
        assert_eq!(space.hold(41).err(), Some(Full));
        let mut second = space.hold(40).unwrap();
        assert_eq!(first.reach(61), Err(Full));
        assert_eq!(first.reach(10), Ok(()), "it holds more than that already");
        second.release(5);
        assert_eq!(first.reach(65), Ok(()));
    }

    #[test]
    fn what_is_given_up_is_free_again_and_what_is_stored_is_not() {
        let space = Space::new(100);
        drop(space.hold(100).unwrap());
        let mut hold = space.hold(100).unwrap();
        space.store(70);
        hold.release(70);
        drop(hold);
        assert_eq!(space.hold(31).err(), Some(Full));
        assert!(space.hold(30).is_ok());
        space.set_stored(0);
        assert!(space.hold(100).is_ok());
    }
}

//! PINs: short, so they are kept as argon2id strings, and both making and checking one takes tens of milliseconds
//! of a thread that may block, and 19 MiB. So only a few are worked on at once, whoever asks: who makes many rooms with
//! PINs could otherwise take gigabytes by trying them all.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::protocol::{ErrorCode, limits};

/// PINs that are worked on at once; others wait their turn. Two take 38 MiB and keep two cores busy.
const AT_ONCE: usize = 2;

/// Who may work on one.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Takes a PIN of the right length.
///
/// # Errors
/// [`ErrorCode::BadValue`].
pub fn checked(pin: &str) -> Result<String, ErrorCode> {
    let (fewest, most) = limits::PIN_CHARS;
    let pin = pin.trim();
    if (fewest..=most).contains(&pin.chars().count()) { Ok(pin.to_owned()) } else { Err(ErrorCode::BadValue) }
}

/// What is kept of a PIN.
///
/// # Errors
/// [`ErrorCode::BadValue`] for one of the wrong length.
pub async fn hash(pin: &str) -> Result<String, ErrorCode> {
    let pin = checked(pin)?;
    blocking(move || Argon2::default().hash_password(pin.as_bytes()).map(|hash| hash.to_string()).ok())
        .await
        .ok_or(ErrorCode::Unavailable)
}

/// Whether this is the PIN.
pub async fn matches(pin: &str, kept: String) -> bool {
    let pin = pin.trim().to_owned();
    blocking(move || {
        let hash = PasswordHash::new(&kept).ok()?;
        Argon2::default().verify_password(pin.as_bytes(), &hash).ok()
    })
    .await
    .is_some()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let turn = TURNS.acquire().await.ok()?;
    // The turn ends with the work, also when nobody waits for it any more.
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pin_is_known_again_and_another_is_not() {
        let kept = hash(" 4711 ").await.unwrap();
        assert!(!kept.contains("4711"));
        assert!(matches("4711", kept.clone()).await);
        assert!(!matches("4712", kept.clone()).await);
        assert!(!matches("", kept).await);
        assert!(!matches("4711", "not a hash".to_owned()).await);
    }

    #[tokio::test]
    async fn only_a_few_pins_are_worked_on_at_once_however_many_are_tried() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let many = (0..50).map(|_| {
            tokio::spawn(blocking(|| {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(2));
                NOW.fetch_sub(1, Ordering::SeqCst);
                Some(())
            }))
        });
        for one in many.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), Some(()));
        }
        assert!((1..=AT_ONCE).contains(&MOST.load(Ordering::SeqCst)), "{MOST:?}");
    }

    #[tokio::test]
    async fn a_pin_has_four_to_twelve_characters() {
        for bad in ["", "123", "1234567890123"] {
            assert_eq!(hash(bad).await, Err(ErrorCode::BadValue), "{bad}");
        }
    }
}

//! A secret that its holder shows to be known by: session cookies, host tokens, the operator's token. It is long
//! and random, so what is kept of it is its SHA-256, without salt. It is never logged.

use std::fmt;

use sha2::{Digest, Sha256};

use super::random;
use crate::storage::SecretHash;

/// Text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one of 256 random bits.
    pub fn random() -> Self {
        Self(random::secret())
    }

    /// One that somebody brings.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to hand it to its holder.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("swordfish");
        assert!(!format!("{secret:?}").contains("swordfish"));
    }

    #[test]
    fn no_two_secrets_are_equal() {
        assert_ne!(Secret::random().expose(), Secret::random().expose());
        assert_ne!(Secret::random().hash(), Secret::random().hash());
    }
}

//! The operator's token: given by `--admin-token`, or made at first start, printed once, and kept as a hash in a
//! file of the data folder that only its owner reads.

use std::io;
use std::path::Path;

use super::secret::Secret;
use crate::storage::SecretHash;

/// The file in the data folder.
const FILE: &str = "admin-token.sha256";

/// What is kept of the operator's token.
#[derive(Debug)]
pub struct Operator {
    /// Its hash.
    pub hash: SecretHash,
    /// The token itself, when it was made just now: to be printed, once.
    pub made: Option<Secret>,
}

/// Takes the given token, else the one that the data folder knows, else makes one.
///
/// # Errors
/// When the file cannot be read, is no hash, or cannot be written.
pub fn operator(data_dir: &Path, given: Option<&Secret>) -> io::Result<Operator> {
    if let Some(token) = given {
        return Ok(Operator { hash: token.hash(), made: None });
    }
    let file = data_dir.join(FILE);
    match std::fs::read_to_string(&file) {
        Ok(text) => {
            let hash = from_hex(text.trim()).ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} is damaged: delete it, and a new token is made", file.display()),
                )
            })?;
            Ok(Operator { hash, made: None })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let token = Secret::random();
            write_private(&file, &to_hex(&token.hash()))?;
            Ok(Operator { hash: token.hash(), made: Some(token) })
        }
        Err(error) => Err(error),
    }
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

fn to_hex(hash: &SecretHash) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<SecretHash> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_kept_as_a_hash() {
        let dir = tempfile::tempdir().unwrap();
        let first = operator(dir.path(), None).unwrap();
        let token = first.made.unwrap();
        let kept = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(!kept.contains(token.expose()));

        let second = operator(dir.path(), None).unwrap();
        assert_eq!(second.hash, token.hash());
        assert!(second.made.is_none());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        operator(dir.path(), None).unwrap();
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_a_new_token() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "zz").unwrap();
        assert!(operator(dir.path(), None).is_err());
    }
}

//! A certificate and its key from files to what rustls serves.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

use super::TlsError;

/// A pair that can be served.
pub(super) struct Pair {
    pub(super) config: Arc<ServerConfig>,
    /// SHA-256 of the certificate, as browsers show it.
    pub(super) fingerprint: String,
}

/// Reads a pair.
///
/// # Errors
/// [`TlsError`] of a file, or of the two together.
pub(super) fn read(certificate: &Path, key: &Path) -> Result<Pair, TlsError> {
    let text = |path: &Path| {
        std::fs::read(path).map_err(|error| TlsError::Unreadable { path: path.to_path_buf(), error })
    };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&text(certificate)?)
        .collect::<Result<_, pem::Error>>()
        .map_err(|_| TlsError::NoCertificate(certificate.to_path_buf()))?;
    let Some(first) = chain.first() else {
        return Err(TlsError::NoCertificate(certificate.to_path_buf()));
    };
    let fingerprint = fingerprint(first);
    let private =
        PrivateKeyDer::from_pem_slice(&text(key)?).map_err(|_| TlsError::NoKey(key.to_path_buf()))?;
    let unusable =
        |error| TlsError::Unusable { certificate: certificate.to_path_buf(), key: key.to_path_buf(), error };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Pair { config: Arc::new(config), fingerprint })
}

/// `AB:CD:…`.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().enumerate().fold(String::new(), |mut text, (n, byte)| {
        let colon = if n == 0 { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn pair_in(house: &Path, name: &str) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let (certificate, key) = (house.join(format!("{name}.pem")), house.join(format!("{name}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    fn refused(certificate: &Path, key: &Path) -> String {
        read(certificate, key).err().unwrap().to_string()
    }

    #[test]
    fn a_pair_is_read_with_its_fingerprint() {
        let house = tempfile::tempdir().unwrap();
        let (certificate, key) = pair_in(house.path(), "music.example");
        let pair = read(&certificate, &key).unwrap();
        assert_eq!(pair.fingerprint.len(), 32 * 3 - 1);
        assert_ne!(pair.fingerprint, {
            let (certificate, key) = pair_in(house.path(), "other.example");
            read(&certificate, &key).unwrap().fingerprint
        });
    }

    #[test]
    fn what_is_wrong_with_a_pair_is_told_by_its_file() {
        let house = tempfile::tempdir().unwrap();
        let (certificate, key) = pair_in(house.path(), "a.example");
        let (_, other) = pair_in(house.path(), "b.example");
        let nowhere = house.path().join("nowhere");
        assert!(refused(&certificate, &other).contains("cannot be used together"));
        assert!(refused(&key, &key).contains("a.example.key has no certificate"));
        assert!(refused(&certificate, &certificate).contains("a.example.pem has no private key"));
        assert!(refused(&nowhere, &key).contains("nowhere cannot be read"));
        assert!(refused(&certificate, &nowhere).contains("nowhere cannot be read"));
    }
}

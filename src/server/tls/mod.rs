//! TLS that the server speaks itself, with a pair of files or one that it makes. Both are looked at now and then, so that
//! a renewed certificate needs no restart. Only HTTP/1.1 is offered: a room is one WebSocket, and those are of it.

mod pair;
mod self_signed;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use thiserror::Error;

use super::clock::calendar;
use super::config::Tls;
use super::machine::Machine;
use pair::Pair;

/// How often the files are looked at.
pub const LOOK_EVERY: Duration = Duration::from_mins(1);

/// The folder of the pair that the server makes, in the data folder.
const FOLDER: &str = "tls";

/// Why TLS cannot be spoken.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file is not there, or not ours to read.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file has no certificate.
    #[error("{} has no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// A file has no private key, or one with a passphrase.
    #[error("{} has no private key in PEM, or one with a passphrase", .0.display())]
    NoKey(PathBuf),
    /// The two do not fit, or are of a kind that is not known.
    #[error("{} and {} cannot be used together: {error}", certificate.display(), key.display())]
    Unusable {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// What rustls says.
        error: rustls::Error,
    },
    /// No pair could be made.
    #[error("no certificate can be made: {0}")]
    Making(#[from] rcgen::Error),
    /// The pair that was made could not be kept.
    #[error("{} cannot be written: {error}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// What a certificate and its key are, and when they changed.
#[derive(Debug)]
struct Source {
    certificate: PathBuf,
    key: PathBuf,
    seen: Option<[SystemTime; 2]>,
    fingerprint: String,
}

/// The certificate that is served.
#[derive(Debug)]
pub struct Served {
    /// What new connections are greeted with.
    pub config: RustlsConfig,
    folder: PathBuf,
    makes: bool,
    source: Mutex<Source>,
}

impl Served {
    /// Reads the pair, or makes one; `None` without TLS.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(tls: &Tls, data_dir: &Path) -> Result<Option<Self>, TlsError> {
        let folder = data_dir.join(FOLDER);
        let (certificate, key, makes) = match tls {
            Tls::Off => return Ok(None),
            Tls::Files { certificate, key } => (certificate.clone(), key.clone(), false),
            Tls::SelfSigned => {
                let kept = self_signed::ensure(&folder, &Machine::here(), calendar())?;
                (kept.certificate, kept.key, true)
            }
        };
        let seen = changed(&certificate, &key);
        let Pair { config, fingerprint } = pair::read(&certificate, &key)?;
        Ok(Some(Self {
            config: RustlsConfig::from_config(config),
            folder,
            makes,
            source: Mutex::new(Source { certificate, key, seen, fingerprint }),
        }))
    }

    /// Whether the server made the pair.
    pub const fn is_self_signed(&self) -> bool {
        self.makes
    }

    /// SHA-256 of the certificate, as browsers show it.
    pub fn fingerprint(&self) -> String {
        self.lock().fingerprint.clone()
    }

    /// Looks whether the pair was renewed, or has to be, and takes the new one; says whether it did. What cannot be
    /// used is no reason to let go of what can.
    ///
    /// # Errors
    /// [`TlsError`]; the old pair goes on.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        if self.makes {
            self_signed::ensure(&self.folder, &Machine::here(), calendar())?;
        }
        let mut source = self.lock();
        let seen = changed(&source.certificate, &source.key);
        if seen == source.seen {
            return Ok(false);
        }
        let Pair { config, fingerprint } = pair::read(&source.certificate, &source.key)?;
        self.config.reload_from_config(config);
        source.seen = seen;
        source.fingerprint = fingerprint;
        Ok(true)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Source> {
        self.source.lock().expect("nothing panics while it holds the lock")
    }

    /// Refreshes for ever.
    pub async fn look_after(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        // The first comes at once.
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let served = self.clone();
            match tokio::task::spawn_blocking(move || served.refresh()).await {
                Ok(Ok(true)) => {
                    tracing::info!(fingerprint = self.fingerprint(), "the certificate was renewed");
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the renewed certificate cannot be used; the old one goes on");
                }
                Ok(Ok(false)) | Err(_) => {}
            }
        }
    }
}

/// When the two files changed; `None` while one of them is not there.
fn changed(certificate: &Path, key: &Path) -> Option<[SystemTime; 2]> {
    let at = |path: &Path| std::fs::metadata(path).ok()?.modified().ok();
    Some([at(certificate)?, at(key)?])
}

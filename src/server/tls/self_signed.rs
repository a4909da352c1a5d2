//! The pair that the server makes for itself: kept in the data folder, made anew when it is about to run out or when the
//! machine has an address in a network that the certificate does not name. IPv6 addresses come and go by the day, so
//! a missing one of those is no reason.

use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};

use super::TlsError;
use crate::server::machine::Machine;

const DAY: Duration = Duration::from_hours(24);
/// How long a certificate holds: browsers refuse those that hold for more than 398 days.
const HOLDS: Duration = Duration::from_hours(365 * 24);
/// It is made anew so long before.
const AHEAD: Duration = Duration::from_hours(30 * 24);

/// Where the pair is.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// The pair that is there, if it is still good; else a new one.
///
/// # Errors
/// [`TlsError::Making`], [`TlsError::Unwritable`].
pub(super) fn ensure(folder: &Path, machine: &Machine, now: SystemTime) -> Result<Kept, TlsError> {
    let kept = Kept { certificate: folder.join("self-signed.pem"), key: folder.join("self-signed.key") };
    // What the certificate says, in a form that is read without a parser of certificates.
    let about = folder.join("self-signed.txt");
    let is_there = kept.certificate.is_file() && kept.key.is_file();
    let text = std::fs::read_to_string(&about).unwrap_or_default();
    if is_there && is_good(&text, machine, now) {
        return Ok(kept);
    }
    let names = machine.names();
    let until = now + HOLDS;
    let mut params = CertificateParams::new(names.clone())?;
    params.not_before = (now - DAY).into();
    params.not_after = until.into();
    params.distinguished_name.push(DnType::CommonName, "Tutti, made by itself");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let seconds = until.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let said = format!("{seconds}\n{}\n", names.join("\n"));
    std::fs::create_dir_all(folder)
        .map_err(|error| TlsError::Unwritable { path: folder.to_path_buf(), error })?;
    write(&kept.key, &key.serialize_pem())?;
    write(&kept.certificate, &certificate.pem())?;
    write(&about, &said)?;
    Ok(kept)
}

/// The second when it runs out, then the names, each on its line.
fn is_good(said: &str, machine: &Machine, now: SystemTime) -> bool {
    let mut lines = said.lines();
    let Some(until) = lines.next().and_then(|line| line.parse().ok()) else {
        return false;
    };
    let named: Vec<_> = lines.collect();
    let mut wanted = machine.names().into_iter();
    UNIX_EPOCH + Duration::from_secs(until) > now + AHEAD
        && wanted.all(|name| is_v6(&name) || named.contains(&name.as_str()))
}

fn is_v6(name: &str) -> bool {
    name.parse().is_ok_and(|address: IpAddr| address.is_ipv6())
}

/// Beside its place first, so that a crash leaves the old one; read by its owner only.
fn write(file: &Path, text: &str) -> Result<(), TlsError> {
    let beside = file.with_extension("new");
    let written = || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut open = options.open(&beside)?;
        open.write_all(text.as_bytes())?;
        open.sync_all()?;
        std::fs::rename(&beside, file)
    };
    written().map_err(|error| TlsError::Unwritable { path: file.to_path_buf(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(addresses: &[&str]) -> Machine {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Machine { name: Some("attic".to_owned()), addresses }
    }

    #[test]
    fn a_pair_is_made_once_and_again_when_it_is_no_longer_good() {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("tls");
        let start = UNIX_EPOCH + DAY * 20_000;
        let certificate = |addresses: &[&str], now| {
            let kept = ensure(&folder, &machine(addresses), now).unwrap();
            std::fs::read_to_string(kept.certificate).unwrap()
        };
        let first = certificate(&["192.168.1.20"], start);
        assert_eq!(first, certificate(&["192.168.1.20"], start + HOLDS - AHEAD - DAY), "it is kept");
        assert_eq!(first, certificate(&["192.168.1.20", "fd00::7"], start), "IPv6 comes and goes");
        assert_eq!(first, certificate(&[], start), "a network that is gone does no harm");
        let moved = certificate(&["192.168.1.20", "10.0.0.4"], start);
        assert_ne!(first, moved, "another network");
        let renewed = certificate(&["10.0.0.4"], start + HOLDS - AHEAD + DAY);
        assert_ne!(moved, renewed, "about to run out");
        std::fs::remove_file(folder.join("self-signed.key")).unwrap();
        assert_ne!(renewed, certificate(&["10.0.0.4"], start + HOLDS), "the key is lost");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let house = tempfile::tempdir().unwrap();
        let kept = ensure(house.path(), &machine(&[]), UNIX_EPOCH + DAY * 20_000).unwrap();
        let mode = std::fs::metadata(kept.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

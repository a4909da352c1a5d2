//! Folders: can the server read its music and write its own files, and is that a good place for them?

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::super::backup::copying::{free_bytes, size};
use super::finding::Finding;
use crate::library::walk::walk;
use crate::server::Config;

const DATA: &str = "Data";
const MUSIC: &str = "Music";

/// Less than this free, and little can be uploaded or converted; …
const LITTLE: u64 = 2_000_000_000;
/// … less than this, and the database may soon not be written.
const NEXT_TO_NOTHING: u64 = 100_000_000;

/// File systems of other machines, by the number that Linux gives them (`statfs(2)`).
#[cfg(target_os = "linux")]
const SHARES: [(u64, &str); 7] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
];

/// The data folder.
pub(super) fn data(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    let shown = folder.display();
    if !folder.exists() {
        let above = folder.ancestors().skip(1).find(|above| above.as_os_str().is_empty() || above.exists());
        let above = above.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return vec![match writable(above) {
            Ok(()) => {
                Finding::good(DATA, format!("{shown} is not there yet; the server makes it when it starts"))
            }
            Err(error) => Finding::broken(
                DATA,
                format!("{shown} is not there and cannot be made: {error}"),
                "make it, and let the user of the server own it; or name another with --data-dir",
            ),
        }];
    }
    if let Err(error) = writable(folder) {
        return vec![Finding::broken(
            DATA,
            format!("{shown} cannot be written: {error}"),
            format!("let the user that the server runs as own it: chown -R USER {shown}"),
        )];
    }
    let mut findings = Vec::new();
    findings.push(match free_bytes(folder) {
        Some(free) if free < NEXT_TO_NOTHING => Finding::broken(
            DATA,
            format!("{shown} can be written, but only {} are free", size(free)),
            "make space: a database that cannot be written stops every room",
        ),
        Some(free) if free < LITTLE => Finding::warning(
            DATA,
            format!("{shown} can be written, but only {} are free", size(free)),
            "make space, or bound what is added and converted: --max-uploads-total-mb, --max-renditions-mb",
        ),
        Some(free) => Finding::good(DATA, format!("{shown} can be written, {} free", size(free))),
        None => Finding::good(DATA, format!("{shown} can be written")),
    });
    if let Some(share) = share(folder) {
        findings.push(Finding::warning(
            DATA,
            format!("{shown} is on a network share ({share}), where a database may be damaged"),
            "keep the data folder on a disk of this machine; music may be on a share",
        ));
    }
    if is_open_to_others(folder) {
        findings.push(Finding::warning(
            DATA,
            format!("every user of this machine may look into {shown}"),
            format!("chmod 700 {shown}"),
        ));
    }
    findings
}

/// The music folders.
pub(super) fn music(config: &Config) -> Vec<Finding> {
    if config.music_dirs.is_empty() {
        let roots = config.music_roots();
        return vec![match &roots[..] {
            [demo, _] => Finding::warning(
                MUSIC,
                format!("no music folder is named: the demo tracks of {} play", demo.display()),
                "--music-dir /your/music",
            ),
            _ => Finding::warning(
                MUSIC,
                "no music folder is named and there are no demo tracks: the library has what is uploaded",
                "--music-dir /your/music",
            ),
        }];
    }
    config.music_dirs.iter().flat_map(|folder| one_of_music(folder)).collect()
}

fn one_of_music(folder: &Path) -> Vec<Finding> {
    let shown = folder.display();
    let folder = match folder.canonicalize().and_then(|folder| std::fs::read_dir(&folder).map(|_| folder)) {
        Ok(folder) => folder,
        Err(error) => {
            return vec![Finding::broken(
                MUSIC,
                format!("{shown} cannot be read: {error}"),
                "the server does not start so: name the folder as it is written, mount what it is on, and let the \
                 user of the server read it",
            )];
        }
    };
    let found = walk(std::slice::from_ref(&folder), &AtomicBool::new(false));
    let audio = found.candidates.iter().filter(|file| file.promises_audio).count();
    let mut findings = vec![match audio {
        0 => Finding::warning(
            MUSIC,
            format!("{shown} has no music in it"),
            "is it the right folder, and is everything mounted?",
        ),
        1 => Finding::good(MUSIC, format!("{shown} has 1 file that looks like music")),
        audio => Finding::good(MUSIC, format!("{shown} has {audio} files that look like music")),
    }];
    if let Some((path, error)) = found.unreadable.first() {
        findings.push(Finding::warning(
            MUSIC,
            format!("{} in it cannot be read, such as {}: {error}", found.unreadable.len(), path.display()),
            "let the user of the server read it",
        ));
    }
    if let Some(share) = share(&folder) {
        findings.push(Finding::warning(
            MUSIC,
            format!("{shown} is on a network share ({share}): the system does not tell of changes"),
            "they are looked for every 15 minutes, or at once on POST /api/library/scan",
        ));
    }
    findings
}

/// Writes a file and takes it away again.
fn writable(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&file)?;
    std::fs::remove_file(file)
}

/// What a network share a folder is on is called.
fn share(folder: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    {
        let kind = rustix::fs::statfs(folder).ok()?.f_type as u64 & 0xFFFF_FFFF;
        SHARES.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

#[cfg(unix)]
fn is_open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    folder.metadata().is_ok_and(|folder| folder.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

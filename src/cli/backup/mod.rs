//! `tutti backup`: everything that cannot be made again, in one new folder, while the server goes on.
//!
//! The database is copied first, as of one moment; then the uploads that this copy names, so that nothing that it names
//! is missing. Artwork in sizes and encoded renditions are made again from the music and are left out; music folders
//! are the operator's own and are left out, too. The folder gets its name once everything is on the disk; until then
//! it is a hidden one beside it, which goes when something fails.

pub(crate) mod copying;
pub(crate) mod manifest;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

use self::copying::{free_bytes, size, sync_folder};
use self::manifest::{FORMAT, KeptFile, KeptPath, Manifest};
use super::utc;
use crate::library::intake::make_private;
use crate::server::Config;
use crate::server::clock::Clock;
use crate::server::data_lock::DataLock;
use crate::server::rooms::Heartbeat;
use crate::storage::DatabaseFile;
use crate::sync::mark::Mark;
use crate::sync::time::RoomTime;

/// The database in a backup, and in a data folder.
pub(crate) const DATABASE: &str = "tutti.db";
/// The folder of uploads in a backup, and in a data folder.
pub(crate) const UPLOADS: &str = "uploads";
/// Files of the data folder that are kept where they are there.
const SMALL_FILES: [&str; 4] =
    ["admin-token.sha256", "tls/self-signed.pem", "tls/self-signed.key", "tls/self-signed.txt"];
/// Until when the server lived: by it, a restored server knows that music does not go on through a long gap.
const LAST_ALIVE: &str = "last-alive";

/// What has to stay free on the disk beside what is copied.
pub(crate) const SPARE: u64 = 64 << 20;

/// Where a backup goes.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tutti backup /mnt/backups                 a new folder in it, named by the date
  tutti backup /mnt/backups/before-update   that folder, which must not exist yet
  tutti restore /mnt/backups/before-update --data-dir /var/lib/tutti

The server may run meanwhile. In the backup are the database (rooms, roles, queues, tracks), what people uploaded, the
hash of the operator's token, and the certificate that the server made, with its key. Not in it are your music folders,
your configuration, and what is made again by itself (artwork in sizes, encoded renditions).
`manifest.json` has the SHA-256 of every file.")]
pub(crate) struct BackupArgs {
    /// A folder: a new one is made in it, named by the date; or the name of a new one.
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
}

/// What was backed up.
#[derive(Debug)]
pub(crate) struct Backup {
    /// Where it is.
    pub(crate) folder: PathBuf,
    /// What it has.
    pub(crate) manifest: Manifest,
    /// What was left out that the database names, and why.
    pub(crate) left_out: Vec<String>,
}

/// Backs up, prints what was, and stops on Ctrl-C.
pub(super) async fn run(config: Config, args: BackupArgs) -> Result<()> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&interrupted);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    let done = backup(&config, &args.to, interrupted).await?;
    for left_out in &done.left_out {
        eprintln!("left out: {left_out}");
    }
    let uploads = done.manifest.files.iter().filter(|file| file.path.as_str().starts_with(UPLOADS)).count();
    println!(
        "Backed up to {}: {} rooms, {} tracks, {uploads} uploads; {} in all.",
        done.folder.display(),
        done.manifest.rooms,
        done.manifest.tracks,
        size(done.manifest.bytes())
    );
    Ok(())
}

/// Makes a backup of a data folder, whether a server runs on it or not.
///
/// # Errors
/// When something cannot be read or written, the disk has too little space, or it is interrupted. Nothing is left then.
pub(crate) async fn backup(config: &Config, to: &Path, interrupted: Arc<AtomicBool>) -> Result<Backup> {
    let location = config.database();
    let mut database = DatabaseFile::open(&location).await.with_context(|| {
        format!("there is no database to back up at {location}; which data folder is it? (--data-dir)")
    })?;
    if database.schema().await?.is_none() {
        bail!("{location} is no database of Tutti");
    }
    let before = Heartbeat::new(&config.data_dir).read().await;
    let mark = Clock::start(before.as_ref()).mark();
    let folder = name_for(to, mark.read.utc)?;
    let uploads = config.uploads_dir();
    let uploads = uploads.canonicalize().unwrap_or(uploads);
    let wanted = needed(&mut database, &uploads).await?;
    let unfinished = Unfinished::make(&folder)?;
    if let Some(free) = free_bytes(&unfinished.0)
        && free < wanted.saturating_add(SPARE)
    {
        bail!(
            "the backup needs {}, and {} has {} free",
            size(wanted),
            folder.parent().unwrap_or(&folder).display(),
            size(free)
        );
    }

    let alive = DataLock::is_held(&config.data_dir);
    database.copy_to(&unfinished.0.join(DATABASE)).await.context("the database cannot be copied")?;
    database.close().await?;
    let last_alive = if alive { Some(mark.clone()) } else { before };

    let mut copy = DatabaseFile::open(&unfinished.0.join(DATABASE).to_string_lossy()).await?;
    if let Some(fault) = copy.faults(false).await?.first() {
        bail!("the database is damaged, and so is its copy: {fault}");
    }
    let (rooms, tracks) = copy.counts().await?;
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: copy.schema().await?.unwrap_or_default(),
        made_at: utc::text(mark.read.utc),
        uploads_folder: uploads.to_str().context("the path of the data folder is not Unicode")?.to_owned(),
        rooms,
        tracks,
        files: Vec::new(),
    };
    let named = copy.tracks_below(&uploads).await?;
    copy.close().await?;

    let data_dir = config.data_dir.clone();
    let copying =
        move || finish(unfinished, folder, manifest, &data_dir, &uploads, named, last_alive, &interrupted);
    tokio::task::spawn_blocking(copying).await?
}

/// The part that blocks: files, and the name at the end.
#[expect(clippy::too_many_arguments, reason = "one call hands over what was found out before")]
fn finish(
    unfinished: Unfinished,
    folder: PathBuf,
    mut manifest: Manifest,
    data_dir: &Path,
    uploads: &Path,
    named: Vec<PathBuf>,
    last_alive: Option<Mark>,
    interrupted: &AtomicBool,
) -> Result<Backup> {
    let to = unfinished.0.clone();
    let mut left_out = Vec::new();
    let kept = |path: &str| KeptPath::of(Path::new(path)).expect("our own names are paths below a folder");
    let database = copying::measure(&to.join(DATABASE))?;
    manifest.files.push(KeptFile {
        path: kept(DATABASE),
        bytes: database.bytes,
        sha256: database.sha256,
        modified_ns: None,
    });
    if let Some(last_alive) = last_alive {
        copying::write(&to.join(LAST_ALIVE), last_alive.to_string().as_bytes())?;
        let written = copying::measure(&to.join(LAST_ALIVE))?;
        manifest.files.push(KeptFile {
            path: kept(LAST_ALIVE),
            bytes: written.bytes,
            sha256: written.sha256,
            modified_ns: None,
        });
    }
    let small = SMALL_FILES.iter().map(|name| (data_dir.join(name), kept(name)));
    let mut files: Vec<_> = small.filter(|(from, _)| from.is_file()).collect();
    for from in named {
        let below = from.strip_prefix(uploads).ok().map(|below| Path::new(UPLOADS).join(below));
        match below.as_deref().and_then(KeptPath::of) {
            Some(path) => files.push((from, path)),
            None => left_out.push(format!("{}: its name is not Unicode", from.display())),
        }
    }
    for (from, path) in files {
        let target = path.below(&to);
        if let Some(folder) = target.parent() {
            make_private(folder)?;
        }
        match copying::copy(&from, &target, interrupted) {
            Ok(copied) => manifest.files.push(KeptFile {
                path,
                bytes: copied.bytes,
                sha256: copied.sha256,
                modified_ns: copied.modified_ns,
            }),
            // Removed since the database was copied, or gone before and still known.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let _ = std::fs::remove_file(&target);
                left_out.push(format!("{}: it is gone", from.display()));
            }
            Err(error) => return Err(error).with_context(|| format!("{} cannot be copied", from.display())),
        }
    }
    let text = serde_json::to_string_pretty(&manifest)?;
    copying::write(&to.join(manifest::FILE), text.as_bytes())?;
    for made in [to.join(UPLOADS), to] {
        sync_folder(&made);
    }
    unfinished.place(&folder)?;
    Ok(Backup { folder, manifest, left_out })
}

/// Where the backup goes: into a folder that is there, under the date; else the folder that is named.
fn name_for(to: &Path, now: RoomTime) -> Result<PathBuf> {
    if to.join(manifest::FILE).exists() {
        bail!("{} is a backup already, and none is ever written over", to.display());
    }
    let folder = if to.is_dir() { to.join(format!("tutti-{}", utc::stamp(now))) } else { to.to_path_buf() };
    if folder.symlink_metadata().is_ok() {
        bail!("{} is there already, and nothing is ever written over", folder.display());
    }
    Ok(folder)
}

/// Bytes of the database and of the uploads that it names.
async fn needed(database: &mut DatabaseFile, uploads: &Path) -> Result<u64> {
    let named = database.tracks_below(uploads).await?;
    let uploads: u64 = named.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    Ok(database.bytes().await? + uploads)
}

/// A folder that has not got its name yet; it goes with everything in it when it is dropped before.
#[derive(Debug)]
pub(crate) struct Unfinished(pub(crate) PathBuf);

impl Unfinished {
    /// A hidden one beside the folder that it is to become.
    pub(crate) fn make(folder: &Path) -> Result<Self> {
        let name = folder.file_name().context("a backup needs a name")?.to_string_lossy().into_owned();
        let hidden = folder.with_file_name(format!(".{name}.unfinished-{}", std::process::id()));
        let made = Self(hidden);
        make_private(&made.0).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(made)
    }

    fn place(self, folder: &Path) -> Result<()> {
        std::fs::rename(&self.0, folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        if let Some(parent) = folder.parent() {
            sync_folder(parent);
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After it got its name there is nothing of this one.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

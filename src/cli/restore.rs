//! `tutti restore`: a backup becomes a data folder again.
//!
//! Everything is copied into a hidden folder of the data folder first, compared with the manifest, and the database
//! checked; only then what was there goes aside and the new takes its place, by renaming. What fails before changes
//! nothing; what fails while renaming is renamed back. The data folder itself is never renamed: it may be a mount.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};

use super::backup::copying::{self, free_bytes, size, sync_folder};
use super::backup::manifest::{self, Manifest};
use super::backup::{DATABASE, SPARE, UPLOADS};
use super::utc;
use crate::library::intake::make_private;
use crate::server::Config;
use crate::server::clock::Clock;
use crate::server::data_lock::{self, DataLock, DataLockError};
use crate::storage::{DatabaseFile, newest_schema};

/// How the folder begins into which what was there goes.
const ASIDE: &str = "before-restore-";
/// The folder in which a backup is checked before it takes its place.
const STAGE: &str = ".restoring";

/// What is restored.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tutti restore /mnt/backups/tutti-20261122-041105 --data-dir /var/lib/tutti
  tutti restore /mnt/backups/tutti-20261122-041105 --data-dir /var/lib/tutti --force

Stop the server first. The data folder must be empty; with --force, what is in it goes into a folder
`before-restore-…` in it, and you delete that once you are content. Everything is checked before anything is changed.
Music that played is paused where it was, if the backup is older than ten minutes.")]
pub(crate) struct RestoreArgs {
    /// The folder that `tutti backup` made.
    #[arg(value_name = "BACKUP")]
    pub(crate) from: PathBuf,
    /// The data folder need not be empty: what is in it is put aside.
    #[arg(long)]
    pub(crate) force: bool,
}

/// What was restored.
#[derive(Debug)]
pub(crate) struct Restored {
    /// What the backup said of itself.
    pub(crate) manifest: Manifest,
    /// Where that is now which was there before.
    pub(crate) aside: Option<PathBuf>,
}

/// Restores, and prints what was.
pub(super) async fn run(config: Config, args: RestoreArgs) -> Result<()> {
    let done = restore(&config, &args.from, args.force).await?;
    println!(
        "Restored {} rooms and {} tracks of {} to {}; {} files, all as they were.",
        done.manifest.rooms,
        done.manifest.tracks,
        done.manifest.made_at,
        config.data_dir.display(),
        done.manifest.files.len()
    );
    if let Some(aside) = done.aside {
        println!("What was there before is in {}; delete it once you are content.", aside.display());
    }
    Ok(())
}

/// Restores a backup into the data folder.
///
/// # Errors
/// When the backup is not whole or too new, the data folder is in use or not empty (and `force` is not said), or
/// something cannot be read or written. Everything is as it was then.
pub(crate) async fn restore(config: &Config, from: &Path, force: bool) -> Result<Restored> {
    if config.database_url.is_some() {
        bail!(
            "restore puts the database into the data folder: leave --database-url (DATABASE_URL) away, and move \
             {DATABASE} yourself afterwards"
        );
    }
    let manifest = Manifest::read(from)?;
    refuse_newer(manifest.schema)?;
    if !manifest.files.iter().any(|file| file.path.as_str() == DATABASE) {
        bail!("{} names no {DATABASE}: it is damaged", from.join(manifest::FILE).display());
    }
    let target = Target::enter(&config.data_dir).await?;
    let there = occupants(&config.data_dir)?;
    if !there.is_empty() && !force {
        bail!(
            "{} is not empty (it has {}); --force puts aside what is there",
            config.data_dir.display(),
            there[0].to_string_lossy()
        );
    }
    if let Some(free) = free_bytes(&config.data_dir)
        && free < manifest.bytes().saturating_add(SPARE)
    {
        bail!(
            "this needs {}, and {} has {} free",
            size(manifest.bytes()),
            config.data_dir.display(),
            size(free)
        );
    }

    let stage = Stage::make(&config.data_dir)?;
    let (source, staged, files) = (from.to_path_buf(), stage.0.clone(), manifest.clone());
    tokio::task::spawn_blocking(move || copy_checked(&source, &staged, &files)).await??;
    let database = stage.0.join(DATABASE);
    check(&database, &manifest).await?;
    let new_uploads = config.data_dir.canonicalize()?.join(UPLOADS);
    DatabaseFile::relocate(&database, Path::new(&manifest.uploads_folder), &new_uploads)
        .await
        .context("the uploads' new place cannot be written into the database")?;

    give_to_owner(&config.data_dir, &stage.0).context("the files cannot be given to the folder's owner")?;

    let aside = (!there.is_empty())
        .then(|| config.data_dir.join(format!("{ASIDE}{}", utc::stamp(Clock::start(None).now()))));
    let aside = take_place(&config.data_dir, &stage.0, &there, aside)?;
    target.keep();
    Ok(Restored { manifest, aside })
}

fn refuse_newer(schema: i64) -> Result<()> {
    let newest = newest_schema();
    if schema > newest {
        bail!(
            "the database of this backup is of schema {schema}, and this Tutti knows {newest}: restore it with a newer \
             Tutti"
        );
    }
    Ok(())
}

/// Copies every file that the manifest names, and compares.
fn copy_checked(from: &Path, to: &Path, manifest: &Manifest) -> Result<()> {
    let never = AtomicBool::new(false);
    for file in &manifest.files {
        let target = file.path.below(to);
        if let Some(folder) = target.parent() {
            make_private(folder)?;
        }
        let copied = copying::copy(&file.path.below(from), &target, &never)
            .with_context(|| format!("{} of the backup cannot be copied", file.path))?;
        if (copied.bytes, &copied.sha256) != (file.bytes, &file.sha256) {
            bail!("{} of the backup is damaged: it is not what the manifest says", file.path);
        }
        if let Some(modified) = file.modified_ns {
            copying::set_modified(&target, modified)?;
        }
    }
    Ok(())
}

/// What root restores belongs to whom the data folder belongs to: the server that is to use it is not root.
fn give_to_owner(data_dir: &Path, folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let owner = data_dir.metadata()?;
        let give = |path: &Path| {
            let is = path.metadata()?;
            if (is.uid(), is.gid()) == (owner.uid(), owner.gid()) {
                return Ok(());
            }
            chown(path, Some(owner.uid()), Some(owner.gid()))
        };
        let mut folders = vec![folder.to_path_buf()];
        while let Some(next) = folders.pop() {
            give(&next)?;
            for entry in std::fs::read_dir(&next)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else {
                    give(&entry.path())?;
                }
            }
        }
        give(&data_dir.join(data_lock::FILE))?;
    }
    #[cfg(not(unix))]
    let _ = (data_dir, folder);
    Ok(())
}

/// Whether the database is whole, and what the manifest says.
async fn check(database: &Path, manifest: &Manifest) -> Result<()> {
    let mut file = DatabaseFile::open(&database.to_string_lossy()).await?;
    let schema = file.schema().await.context("the database of the backup cannot be read")?;
    let schema = schema.context("the database of the backup is none of Tutti's")?;
    refuse_newer(schema)?;
    if schema != manifest.schema {
        bail!(
            "the backup is damaged: its database is of schema {schema}, its manifest says {}",
            manifest.schema
        );
    }
    if let Some(fault) = file.faults(true).await?.first() {
        bail!("the database of the backup is damaged: {fault}");
    }
    Ok(file.close().await?)
}

/// What is in a data folder, but for what is of no server: the lock, and what earlier restores put aside.
fn occupants(data_dir: &Path) -> Result<Vec<std::ffi::OsString>> {
    let mut there = Vec::new();
    for entry in std::fs::read_dir(data_dir)? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if text != data_lock::FILE && text != "lost+found" && !text.starts_with(ASIDE) && text != STAGE {
            there.push(name);
        }
    }
    there.sort();
    Ok(there)
}

/// Puts aside what is there, and puts what was staged in its place; or puts everything back.
fn take_place(
    data_dir: &Path,
    stage: &Path,
    there: &[std::ffi::OsString],
    aside: Option<PathBuf>,
) -> Result<Option<PathBuf>> {
    let mut moves: Vec<(PathBuf, PathBuf)> = Vec::new();
    if let Some(aside) = &aside {
        std::fs::create_dir(aside).with_context(|| format!("{} cannot be made", aside.display()))?;
        moves.extend(there.iter().map(|name| (data_dir.join(name), aside.join(name))));
    }
    let mut staged =
        std::fs::read_dir(stage)?.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    // The database last: without it, a folder is nobody's.
    staged.sort_by_key(|name| name == DATABASE);
    moves.extend(staged.iter().map(|name| (stage.join(name), data_dir.join(name))));
    for (done, (from, to)) in moves.iter().enumerate() {
        if let Err(error) = std::fs::rename(from, to) {
            for (from, to) in moves[..done].iter().rev() {
                let _ = std::fs::rename(to, from);
            }
            if let Some(aside) = &aside {
                let _ = std::fs::remove_dir(aside);
            }
            return Err(error)
                .with_context(|| format!("{} cannot be moved; all is as it was", from.display()));
        }
    }
    sync_folder(data_dir);
    Ok(aside)
}

/// The data folder, ours alone; one that was made for this goes again when nothing came of it.
struct Target {
    data_dir: PathBuf,
    made: bool,
    locked_anew: bool,
    _lock: DataLock,
}

impl Target {
    async fn enter(data_dir: &Path) -> Result<Self> {
        let made = !data_dir.exists();
        make_private(data_dir).with_context(|| format!("{} cannot be made", data_dir.display()))?;
        let locked_anew = !data_dir.join(data_lock::FILE).exists();
        let lock = DataLock::take(data_dir).await.map_err(|error| match error {
            DataLockError::Held => {
                anyhow::anyhow!("a Tutti server runs on {}: stop it first", data_dir.display())
            }
            DataLockError::Io(error) => {
                anyhow::Error::from(error).context(format!("{} cannot be written", data_dir.display()))
            }
        })?;
        Ok(Self { data_dir: data_dir.to_path_buf(), made, locked_anew, _lock: lock })
    }

    fn keep(mut self) {
        (self.made, self.locked_anew) = (false, false);
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.locked_anew {
            let _ = std::fs::remove_file(self.data_dir.join(data_lock::FILE));
        }
        if self.made {
            let _ = std::fs::remove_dir(&self.data_dir);
        }
    }
}

/// The folder in which everything is checked; it goes when it is dropped.
struct Stage(PathBuf);

impl Stage {
    fn make(data_dir: &Path) -> Result<Self> {
        let stage = data_dir.join(STAGE);
        // A restore that was killed left it; the lock says that none is at it.
        if stage.exists() {
            std::fs::remove_dir_all(&stage)?;
        }
        make_private(&stage).with_context(|| format!("{} cannot be written", data_dir.display()))?;
        Ok(Self(stage))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

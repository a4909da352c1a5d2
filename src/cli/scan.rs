//! `tutti scan`: brings the library in step with the disk, and says what it found.

use anyhow::{Result, bail};

use super::args::Settings;
use crate::library::Library;
use crate::storage::Store;

pub(super) async fn scan(settings: Settings) -> Result<()> {
    let program = std::env::current_exe().ok();
    let config = settings.into_config(program.as_deref());
    if let Some((path, error)) = config.missing_music_dir() {
        bail!("the music folder {} cannot be read: {error}", path.display());
    }
    std::fs::create_dir_all(&config.data_dir)?;
    let store = Store::open(&config.database()).await?;
    let report =
        Library::new().with_encoder(config.encoder().is_some()).scan(&store, &config.music_roots()).await?;
    store.close().await;
    println!(
        "{} audio files: {} new, {} changed, {} moved, {} back again, {} gone; {} that cannot be used. \
         The library has {} tracks.",
        report.files_seen,
        report.added,
        report.changed,
        report.moved,
        report.returned,
        report.gone,
        report.warnings,
        report.tracks
    );
    Ok(())
}

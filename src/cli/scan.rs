//! `tutti scan`: brings the library in step with the disk, and says what it found. On a terminal it says meanwhile how
//! far it is; Ctrl-C ends it, and what was read stays.

use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;

use super::bar;
use super::settings::Settings;
use crate::library::{self, Library, Phase, ScanProgress};
use crate::storage::Store;

/// Time between two states of the bar.
const SHOW_EVERY: Duration = Duration::from_millis(250);

pub(super) async fn scan(settings: Settings) -> Result<()> {
    let program = std::env::current_exe().ok();
    let config = settings.into_config(program.as_deref())?;
    if let Some((path, error)) = config.missing_music_dir() {
        bail!("the music folder {} cannot be read: {error}", path.display());
    }
    library::intake::make_root(&config.uploads_dir())?;
    let store = Store::open(&config.database()).await?;
    let library = Library::new().with_encoder(config.encoder().is_some());
    let roots = config.music_roots();
    let report = tokio::select! {
        report = library.scan(&store, &roots) => report,
        () = meanwhile(&library) => unreachable!("it goes on as long as the scan does"),
    };
    bar::show().finish_and_clear();
    store.close().await;
    let report = report?;
    println!(
        "{} audio files: {} new, {} changed, {} moved, {} back again, {} gone; {} that cannot be used, {} still \
         being written. The library has {} tracks.",
        report.files_seen,
        report.added,
        report.changed,
        report.moved,
        report.returned,
        report.gone,
        report.warnings,
        report.unsettled,
        report.tracks
    );
    if report.cancelled {
        bail!("cancelled; the rest is read by the next scan");
    }
    Ok(())
}

/// Shows how far the scan is, and cancels it on Ctrl-C. Goes on.
async fn meanwhile(library: &Library) {
    let progress = library.progress();
    let bar = bar::show();
    let mut ticks = tokio::time::interval(SHOW_EVERY);
    loop {
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => if interrupted.is_ok() { library.cancel() },
            _ = ticks.tick() => show(&bar, &progress.borrow()),
        }
    }
}

/// A bar once it is known how many files there are; until then, that they are looked for.
fn show(bar: &ProgressBar, progress: &ScanProgress) {
    match progress.files_found.filter(|_| progress.phase == Phase::Reading) {
        Some(found) => {
            if bar.length().is_none() {
                bar.set_style(bar::with_an_end());
            }
            bar.set_length(found);
            bar.set_position(progress.files_seen);
            bar.set_message(format!("{} read, {} cannot be used", progress.files_read, progress.warnings));
        }
        None => bar.set_message("looking for files"),
    }
    bar.tick();
}

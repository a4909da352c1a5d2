//! The command `tutti`: reads flags, variables and the configuration file, and calls what does the work. The only place
//! where errors are just words.

mod args;
pub(crate) mod backup;
mod bar;
mod completions;
pub(crate) mod doctor;
mod greeting;
mod help;
pub(crate) mod load;
mod open_files;
pub(crate) mod restore;
mod scan;
mod serve;
mod service_manager;
mod settings;
mod simulate;
mod socket;
#[cfg(test)]
pub(crate) mod texts;
mod utc;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use tracing_subscriber::EnvFilter;

use args::{Command, LogFormat};
use settings::file;
use settings::layers::{self, Refused};

/// How long tasks may take to let go of what they hold, such as the programs that they run.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let effective = match layers::read(&words, |name| std::env::var_os(name), Path::new(file::USUAL)) {
        Ok(effective) => effective,
        Err(Refused::Usage(error)) => {
            if error.kind() == ErrorKind::DisplayHelp
                && let Some(help) = help::of_command(&words)
            {
                println!("{help}");
                return ExitCode::SUCCESS;
            }
            error.exit()
        }
        Err(refused) => return failed(&refused.into()),
    };
    if effective.args.print_config {
        // Whoever reads it may have seen enough.
        let _ = write!(std::io::stdout(), "{effective}");
        return ExitCode::SUCCESS;
    }
    let args = effective.args;
    log(args.log_format);
    if let Some(Command::Simulate(simulation)) = args.command {
        return done(simulate::simulate(simulation));
    }
    if let Some(Command::Completions(which)) = args.command {
        completions::print(&which);
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let result = runtime.block_on(async {
        let program = std::env::current_exe().ok();
        let config = |settings: settings::Settings| settings.into_config(program.as_deref());
        match args.command {
            Some(Command::Doctor(how)) => doctor::run(config(args.settings)?, how, program.as_deref()).await,
            Some(Command::Load(how)) => load::run(how, config(args.settings)?.admin_token).await,
            Some(Command::Backup(what)) => backup::run(config(args.settings)?, what).await,
            Some(Command::Restore(what)) => restore::run(config(args.settings)?, what).await,
            Some(Command::Scan) => scan::scan(args.settings).await,
            _ => serve::serve(args.settings).await,
        }
    });
    // What computes (a scan, loudness, a PIN) is not waited for: it is made again, or nobody was told of it.
    runtime.shutdown_timeout(LAST_WORDS);
    done(result)
}

fn done(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("tutti: {error:#}");
    ExitCode::FAILURE
}

/// What an operator wants to know on a quiet evening. The decoders tell of every file that they open.
const FILTER: &str = "info,symphonia=warn";

/// `RUST_LOG` chooses; else what an operator wants to know.
fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(bar::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

//! Where the server keeps things, and who its operator is.

use std::convert::Infallible;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ArgAction;

use crate::server::{Config, Secret};

#[derive(Debug, clap::Args)]
pub(super) struct Storage {
    /// The folder of the database and the server's own files; made if need be.
    #[arg(long, value_name = "DIR", default_value = "./data", global = true)]
    pub(super) data_dir: PathBuf,
    /// Another SQLite file than `tutti.db` in the data folder: `sqlite:PATH`.
    #[arg(long, value_name = "URL", global = true)]
    database_url: Option<String>,
    /// What `cargo leptos build` made for browsers; else `site` beside the folder of this program.
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) site_root: Option<PathBuf>,
    /// The operator's token; without it, one is made at first start and printed once.
    #[arg(long, value_name = "TOKEN", value_parser = secret, hide_default_value = true, global = true)]
    admin_token: Option<Secret>,
    /// A file with the operator's token.
    #[arg(long, value_name = "FILE", global = true)]
    admin_token_file: Option<PathBuf>,
    /// Show `/metrics` to everybody, not only to the operator.
    #[arg(long, value_name = "BOOL", default_value_t = false, default_missing_value = "true", num_args = 0..=1,
        require_equals = true, action = ArgAction::Set, value_parser = super::switch_parser!(), global = true)]
    open_metrics: bool,
}

/// Never wrong, and never shown.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a result of a parser")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text.trim()))
}

impl Storage {
    pub(super) fn configure(self, config: &mut Config) -> Result<()> {
        config.database_url = self.database_url.filter(|url| !url.is_empty());
        config.open_metrics = self.open_metrics;
        config.admin_token = match (self.admin_token, self.admin_token_file) {
            (Some(_), Some(_)) => bail!("admin_token and admin_token_file are both set: which one counts?"),
            (token, None) => token.filter(|token| !token.expose().is_empty()),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(&file).with_context(|| {
                    format!("the operator's token cannot be read from {}", file.display())
                })?;
                if text.trim().is_empty() {
                    bail!("there is no token in {}", file.display());
                }
                Some(Secret::new(text.trim()))
            }
        };
        Ok(())
    }
}

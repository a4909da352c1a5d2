//! What is fuzzed of Tutti: its own files, taken in by path. Only what a target calls is here.

#[path = "../../../src/listener/mod.rs"]
pub mod listener;
#[path = "../../../src/protocol/mod.rs"]
pub mod protocol;
#[path = "../../../src/room/mod.rs"]
pub mod room;
#[path = "../../../src/sim/mod.rs"]
pub mod sim;
#[path = "../../../src/sync/mod.rs"]
pub mod sync;

#[cfg(feature = "files")]
#[path = "../../../src/library/mod.rs"]
pub mod library;
#[cfg(feature = "files")]
#[path = "../../../src/storage/mod.rs"]
pub mod storage;

/// Of the server what the settings say, and how a file is sent.
#[cfg(feature = "files")]
#[path = "../../../src/server"]
pub mod server {
    pub mod config;
    pub mod public_url;
    pub mod random;
    pub mod secret;
    pub mod media {
        mod backend;
        pub mod one_file;
    }
    pub use config::{Config, Tls};
    pub use public_url::PublicUrl;
    pub use secret::Secret;
}

#[cfg(feature = "files")]
#[path = "../../../src/cli"]
pub mod cli {
    /// The flags without the commands, which would take in everything else.
    mod args {
        #[derive(Debug, clap::Parser)]
        pub struct Args {
            #[arg(long)]
            pub config: Option<std::path::PathBuf>,
            #[arg(long)]
            pub print_config: bool,
            #[command(flatten)]
            pub(crate) settings: super::settings::Settings,
        }
    }
    mod backup {
        pub(crate) mod manifest;
    }
    mod settings;
    mod texts;

    /// See the file.
    ///
    /// # Errors
    /// What does not hold.
    pub fn read_text(bytes: &[u8], folder: &std::path::Path) -> Result<(), String> {
        texts::read(bytes, folder)
    }
}

//! Where music may come from that nobody uploads. Whatever a source is, what it yields goes the way of an upload
//! ([`Intake`](super::Intake)): links are the first ([`fetch`](mod@super::fetch)), others can follow.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::BoxStream;
use thiserror::Error;
use tokio_util::bytes::Bytes;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that one track can be had from.
pub trait Source: Send + Sync {
    /// Begins to read it.
    fn open(&self) -> BoxFuture<'_, Result<Incoming, SourceError>>;
}

/// What comes from a source.
pub struct Incoming {
    /// What it is called there; not trusted.
    pub name: String,
    /// How many bytes it says that there are.
    pub length: Option<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

/// Why a source gives nothing.
#[derive(Debug, Error)]
pub enum SourceError {
    /// Not an address that is fetched from.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// What is there is not audio, by what its server says of it.
    #[error("there is no audio behind it, but {0}")]
    NotAudio(String),
    /// It did not come in time.
    #[error("it took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    /// It cannot be had.
    #[error("{0}")]
    Unreachable(String),
}

//! A rendition as `tower-http` reads files: whatever path it asks for, it is this one.

use std::future::Future;
use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

use crate::library::Audio;
use crate::library::renditions::Splice;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct OneFile(pub Audio);

/// What the validators are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct OneMetadata {
    length: u64,
    modified: SystemTime,
}

/// The open file. It holds the rendition, which is not thrown away while it is sent.
#[derive(Debug)]
pub(super) struct Open {
    splice: Splice,
    audio: Audio,
}

type Opening<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl OneFile {
    fn metadata(audio: &Audio) -> OneMetadata {
        OneMetadata { length: audio.length(), modified: audio.modified() }
    }
}

impl Backend for OneFile {
    type File = Open;
    type Metadata = OneMetadata;
    type OpenFuture = Opening<Open>;
    type MetadataFuture = std::future::Ready<io::Result<OneMetadata>>;

    fn open(&self, _: PathBuf) -> Self::OpenFuture {
        let audio = self.0.clone();
        Box::pin(async move { Ok(Open { splice: audio.open().await?, audio }) })
    }

    fn metadata(&self, _: PathBuf) -> Self::MetadataFuture {
        std::future::ready(Ok(Self::metadata(&self.0)))
    }
}

impl Metadata for OneMetadata {
    fn is_dir(&self) -> bool {
        false
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(self.modified)
    }

    fn len(&self) -> u64 {
        self.length
    }
}

impl File for Open {
    type Metadata = OneMetadata;
    type MetadataFuture<'a> = std::future::Ready<io::Result<OneMetadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        std::future::ready(Ok(OneFile::metadata(&self.audio)))
    }
}

impl AsyncRead for Open {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.splice).poll_read(cx, buf)
    }
}

impl AsyncSeek for Open {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.splice).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.splice).poll_complete(cx)
    }
}

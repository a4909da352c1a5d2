//! A link to an audio file as a source: fetched from the public internet and from nowhere else.
//!
//! The name is resolved here, every address is checked, and the connection goes to exactly the address that was
//! checked, so that a name that means another address a moment later gains nothing. Redirects are followed by hand,
//! each checked like the first. Called by `server` for those who may add, where the operator allows it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use tokio::time::{Sleep, sleep};

use super::public_address::is_public;
use super::source::{BoxFuture, Incoming, Source, SourceError};

/// How often a link may lead on.
const HOPS: usize = 5;

/// Characters of a link.
const URL_CHARS: usize = 2_000;

/// How long the parts of a fetch may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until a server begins to answer, and between two pieces of its answer.
    pub silence: Duration,
    /// All of it.
    pub whole: Duration,
}

/// A patient person's.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(20),
    whole: Duration::from_mins(2),
};

/// Where may be fetched from.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Whether this address.
    pub address: fn(IpAddr) -> bool,
    /// Whether this port.
    pub port: fn(u16) -> bool,
}

const PUBLIC: Reach = Reach { address: is_public, port: |port| matches!(port, 80 | 443) };

/// Fetches links. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    patience: Patience,
}

impl Fetcher {
    /// One that reaches the public internet.
    #[must_use]
    pub fn new() -> Self {
        Self::with(PUBLIC, PATIENCE)
    }

    /// One that reaches what it is told to; for tests.
    ///
    /// # Panics
    /// Never: nothing of what the client is made of can fail.
    #[must_use]
    pub fn with(reach: Reach, patience: Patience) -> Self {
        let client = Client::builder()
            .user_agent(concat!("Tutti/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(CheckedNames(reach)))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(patience.connect)
            .read_timeout(patience.silence)
            .pool_max_idle_per_host(0)
            .build()
            .expect("the certificates are built in");
        Self { client, reach, patience }
    }

    /// A link, as somebody typed it.
    ///
    /// # Errors
    /// [`SourceError::NotAllowed`] for what is not fetched.
    pub fn link(&self, url: &str) -> Result<Link, SourceError> {
        if url.len() > URL_CHARS {
            return Err(SourceError::NotAllowed("the link is too long"));
        }
        let url = url.trim().parse().map_err(|_| SourceError::NotAllowed("this is not a whole link"))?;
        self.check(&url)?;
        Ok(Link { fetcher: self.clone(), url })
    }

    /// What can be seen from an address itself; names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), SourceError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SourceError::NotAllowed("only http and https links are fetched"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SourceError::NotAllowed("a link with a name or a password is not fetched"));
        }
        if !url.port_or_known_default().is_some_and(self.reach.port) {
            return Err(SourceError::NotAllowed("only the usual ports of http and https are fetched from"));
        }
        let host = url.host_str().unwrap_or_default();
        // An address in the place of a name is never resolved.
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) if !(self.reach.address)(address) => Err(SourceError::NotAllowed(NOT_PUBLIC)),
            _ => Ok(()),
        }
    }

    async fn follow(&self, mut url: Url) -> Result<Response, SourceError> {
        for _ in 0..=HOPS {
            self.check(&url)?;
            let asked = self.client.get(url.clone()).header(ACCEPT, "audio/*, */*;q=0.1").send();
            let answer = asked.await.map_err(|error| failed(&error))?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let further = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = further
                .and_then(|to| url.join(to).ok())
                .ok_or_else(|| SourceError::Unreachable("it leads nowhere".to_owned()))?;
        }
        Err(SourceError::Unreachable("it leads on too often".to_owned()))
    }
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new()
    }
}

/// A link that may be fetched, as far as can be seen from itself.
#[derive(Clone, Debug)]
pub struct Link {
    fetcher: Fetcher,
    url: Url,
}

impl Source for Link {
    fn open(&self) -> BoxFuture<'_, Result<Incoming, SourceError>> {
        Box::pin(async move {
            let whole = self.fetcher.patience.whole;
            let mut deadline = Box::pin(sleep(whole));
            let answer = tokio::select! {
                () = &mut deadline => return Err(SourceError::TooSlow(whole)),
                answer = self.fetcher.follow(self.url.clone()) => answer?,
            };
            if !answer.status().is_success() {
                let status = answer.status().as_u16();
                return Err(SourceError::Unreachable(format!("its server answers with {status}")));
            }
            must_be_audio(&answer)?;
            Ok(Incoming {
                name: name_of(answer.url()),
                length: answer.content_length(),
                bytes: in_time(answer, deadline, whole),
            })
        })
    }
}

/// The bytes of an answer, and an error when they do not end before the deadline.
fn in_time(
    answer: Response,
    mut deadline: Pin<Box<Sleep>>,
    whole: Duration,
) -> stream::BoxStream<'static, io::Result<tokio_util::bytes::Bytes>> {
    let mut bytes = Box::pin(answer.bytes_stream());
    stream::poll_fn(move |cx| {
        if deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(io::Error::other(SourceError::TooSlow(whole)))));
        }
        let chunk = bytes.poll_next_unpin(cx);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map_err(|error| io::Error::other(failed(&error)))))
    })
    .boxed()
}

/// A page or a picture is refused before it is read. What calls itself nothing in particular is found out later.
fn must_be_audio(answer: &Response) -> Result<(), SourceError> {
    let said = answer.headers().get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = ["application/ogg", "application/octet-stream", "binary/octet-stream"];
    if kind.starts_with("audio/") || plain.contains(&kind.as_str()) {
        return Ok(());
    }
    let kind: String = kind.chars().take(60).collect();
    Err(SourceError::NotAudio(if kind.is_empty() { "something without a type".to_owned() } else { kind }))
}

/// The last part of a path, as people would read it.
fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(last.len());
    let mut rest = last.as_bytes();
    while let [first, behind @ ..] = rest {
        let decoded = match (first, behind) {
            (b'%', [high, low, ..]) => [*high, *low]
                .iter()
                .try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?)),
            _ => None,
        };
        bytes.push(decoded.and_then(|byte| u8::try_from(byte).ok()).unwrap_or(*first));
        rest = if decoded.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const NOT_PUBLIC: &str = "only addresses of the public internet are fetched from";

/// What to tell of a failure: not its address, which is in the link.
fn failed(error: &reqwest::Error) -> SourceError {
    let chain = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    for cause in chain {
        if cause.is::<NoPublicAddress>() {
            return SourceError::NotAllowed(NOT_PUBLIC);
        }
    }
    let why = if error.is_timeout() {
        "its server does not answer in time"
    } else if error.is_connect() {
        "its server cannot be reached"
    } else {
        "its server broke off"
    };
    SourceError::Unreachable(why.to_owned())
}

/// A name that means no address that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
struct NoPublicAddress;

/// Resolves names to those of their addresses that may be reached.
struct CheckedNames(Reach);

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.address;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let reachable: Vec<SocketAddr> = found.filter(|found| allowed(found.ip())).collect();
            if reachable.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok::<Addrs, _>(Box::new(reachable.into_iter()))
        })
    }
}

//! The address that people use: what stands between them and the server (a reverse proxy, mostly) has to let through
//! what rooms need. Looked at from outside, by requests that change nothing.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, RANGE};
use reqwest::{Client, StatusCode, Url};
use tokio_tungstenite::tungstenite::Message;

use super::super::socket::{self, OpenError, why};
use super::finding::Finding;
use crate::protocol::CloseReason;

const PUBLIC: &str = "Public";

/// How long each answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A code that no room has: `0` is in none.
const NO_ROOM: &str = "000000";
/// A file of every site, larger than the range that is asked for.
const FILE: &str = "icon-512.png";
/// A site behind a path is none of ours.
const AT_ROOT: &str = "serve it at the root of a host: a path behind it is not supported";

/// Everything about the address that people use.
pub(super) async fn address(given: &str) -> Vec<Finding> {
    let url = match Url::parse(given) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
        _ => {
            return vec![Finding::broken(
                PUBLIC,
                format!("{given} is no address of a web site"),
                "write it as in a browser: https://music.example",
            )];
        }
    };
    if url.path() != "/" {
        return vec![Finding::broken(PUBLIC, format!("{given} has a path"), AT_ROOT)];
    }
    let client = Client::builder().timeout(ANSWER_WITHIN).redirect(reqwest::redirect::Policy::none()).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::broken(PUBLIC, why(&error), "the system's network is not as it should be")];
        }
    };
    let mut findings = vec![health(&client, &url).await];
    if findings[0].level == super::finding::Level::Broken {
        return findings;
    }
    findings.push(room_socket(&client, &url).await);
    findings.push(ranges(&client, &url).await);
    findings.push(compression(&client, &url).await);
    findings.push(encrypted(&url));
    findings
}

/// Whether a server of ours is behind it.
async fn health(client: &Client, url: &Url) -> Finding {
    let asked = url.join("healthz").map(|healthz| client.get(healthz).send());
    let answer = match asked {
        Ok(asked) => asked.await,
        Err(error) => return Finding::broken(PUBLIC, error.to_string(), AT_ROOT),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            return Finding::broken(
                PUBLIC,
                format!("{url} does not answer within {} s", ANSWER_WITHIN.as_secs()),
                "is the port open in the firewall, and forwarded by the router?",
            );
        }
        Err(error) => {
            let why = why(&error);
            let way_out = if why.contains("certificate")
                || why.contains("Certificate")
                || why.contains("issuer")
            {
                "browsers will refuse it, too, or ask first when the server made it itself: get one that they know, for this name"
            } else if why.contains("dns") || why.contains("lookup") {
                "the name leads nowhere: look at its DNS record"
            } else {
                "is the proxy running, and is this its port?"
            };
            return Finding::broken(PUBLIC, format!("{url} cannot be reached: {why}"), way_out);
        }
    };
    let status = answer.status();
    match status {
        status if status.is_redirection() => {
            let to =
                answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("another address");
            Finding::broken(
                PUBLIC,
                format!("{url} sends everybody on to {to}"),
                "name that address as the public one",
            )
        }
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            Finding::broken(
                PUBLIC,
                format!(
                    "{url} answers {}: the proxy is there, and does not reach the server",
                    answer.status()
                ),
                "is the server running, and does the proxy have its address and port?",
            )
        }
        status if status.is_success() && answer.text().await.is_ok_and(|text| text.trim() == "ok") => {
            Finding::good(PUBLIC, format!("{url} leads to the server"))
        }
        status => Finding::broken(
            PUBLIC,
            format!("{url} answers, with {status}, but that is not Tutti"),
            "the proxy leads elsewhere: pass everything of this host on to the server",
        ),
    }
}

/// Whether a page of this address gets its socket.
async fn room_socket(client: &Client, url: &Url) -> Finding {
    let origin = url.origin().ascii_serialization();
    let path = format!("ws/{NO_ROOM}");
    let opened = socket::open(client, url, &path, Some(&origin));
    let opened = match tokio::time::timeout(ANSWER_WITHIN, opened).await {
        Ok(opened) => opened,
        Err(_) => Err(OpenError::Unreachable(format!("no answer within {} s", ANSWER_WITHIN.as_secs()))),
    };
    let mut socket = match opened {
        Ok(socket) => socket,
        Err(error) => {
            let way_out = match &error {
                OpenError::Refused(StatusCode::FORBIDDEN) => {
                    "pass Host on, or set X-Forwarded-Host (nginx: proxy_set_header Host $host)"
                }
                OpenError::OtherProtocol => "pass Sec-WebSocket-Protocol on, both ways",
                _ => {
                    "pass WebSocket upgrades on (nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, \
                     Connection \"upgrade\")"
                }
            };
            return Finding::broken(PUBLIC, format!("no room opens there: {error}"), way_out);
        }
    };
    let farewell = tokio::time::timeout(ANSWER_WITHIN, async {
        while let Some(Ok(frame)) = socket.next().await {
            if let Message::Close(Some(close)) = frame {
                return Some(u16::from(close.code));
            }
        }
        None
    });
    match farewell.await {
        Ok(Some(code)) if code == CloseReason::NoRoom.code() => {
            Finding::good(PUBLIC, "sockets of rooms pass, with their subprotocol and their close codes")
        }
        Ok(Some(code)) => Finding::warning(
            PUBLIC,
            format!("sockets of rooms pass, but a room that is not there was closed with {code}, not 4404"),
            "pass close frames on as they are",
        ),
        Ok(None) => Finding::warning(
            PUBLIC,
            "sockets of rooms pass, but the server's last word did not arrive",
            "the proxy cuts sockets off: pages cannot tell a kick from a lost network",
        ),
        Err(_) => Finding::broken(
            PUBLIC,
            "a socket of a room opens, and what the server says in it does not arrive",
            "the proxy keeps what it should pass on: switch its buffering off (nginx: proxy_buffering off)",
        ),
    }
}

/// Whether parts of files can be asked for, without which nobody can seek.
async fn ranges(client: &Client, url: &Url) -> Finding {
    let hint = "leave Range and Content-Range alone, and do not compress audio";
    let Ok(file) = url.join(FILE) else { return Finding::broken(PUBLIC, "no address of a file", AT_ROOT) };
    match client.get(file).header(RANGE, "bytes=2-5").send().await {
        Ok(answer) if answer.status() == StatusCode::NOT_FOUND => Finding::warning(
            PUBLIC,
            "whether parts of files pass could not be tried: the site has no icon",
            "look at what is said of the site",
        ),
        Ok(answer) => {
            let told = answer.headers().contains_key(CONTENT_RANGE);
            let status = answer.status();
            let bytes = answer.bytes().await.map_or(0, |bytes| bytes.len());
            if status == StatusCode::PARTIAL_CONTENT && told && bytes == 4 {
                Finding::good(PUBLIC, "parts of files can be asked for: seeking works")
            } else {
                Finding::broken(
                    PUBLIC,
                    format!("asked for 4 bytes of a file, it gives {bytes} with {status}"),
                    hint,
                )
            }
        }
        Err(error) => {
            Finding::broken(PUBLIC, format!("a part of a file does not arrive: {}", why(&error)), hint)
        }
    }
}

/// Whether what is compressed stays so.
async fn compression(client: &Client, url: &Url) -> Finding {
    match client.get(url.clone()).header(ACCEPT_ENCODING, "br, gzip").send().await {
        Ok(answer) if answer.headers().contains_key(CONTENT_ENCODING) => {
            Finding::good(PUBLIC, "pages arrive compressed")
        }
        Ok(_) => Finding::warning(
            PUBLIC,
            "pages arrive uncompressed: a first visit takes several times as long",
            "pass Accept-Encoding on, and Content-Encoding back",
        ),
        Err(error) => Finding::broken(
            PUBLIC,
            format!("the home page does not arrive: {}", why(&error)),
            "look at the log of the proxy and of the server",
        ),
    }
}

/// What TLS gives, or would.
fn encrypted(url: &Url) -> Finding {
    if url.scheme() == "https" {
        Finding::good(PUBLIC, "https: phones stay awake, links are copied with one tap, clocks are fine")
    } else {
        Finding::warning(
            PUBLIC,
            "plain http: it works, but screens of phones go dark while they play (no Wake Lock), copying a link takes the \
             old way, the page cannot be installed, and its clock has steps of 0.1 to 1 ms",
            "a proxy with https, such as Caddy, before it; at home --tls-self-signed",
        )
    }
}

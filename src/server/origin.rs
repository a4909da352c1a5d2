//! Whether a request comes from a page of this server. Browsers send cookies with the handshakes and the forms of any
//! page and do not ask first, so this is what keeps another site from speaking for a listener: on the socket, and in
//! the REST API for everything that changes something.

use axum::extract::Request;
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::rest::ApiError;
use crate::protocol::ErrorCode;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests of other sites' pages that would change something.
pub async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_ours(request.headers()) {
        next.run(request).await
    } else {
        ApiError::new(ErrorCode::Forbidden, "A page of another site may not ask for this.").into_response()
    }
}

/// Programs send no `Origin` and are welcome; a page must have come from the host that it speaks to. A proxy may
/// have renamed the host: a page cannot set `X-Forwarded-Host`, so it may be believed here.
pub fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // Told by browsers alone, and only of secure pages; `none` is what a person typed.
    if headers.contains_key(FETCH_SITE) && !matches!(text(&FETCH_SITE), Some("same-origin" | "none")) {
        return false;
    }
    if !headers.contains_key(ORIGIN) {
        return true;
    }
    let Some((scheme, authority)) = text(&ORIGIN).and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |authority: &str| {
        let authority = authority.trim().to_ascii_lowercase();
        authority.strip_suffix(default_port).map(str::to_owned).unwrap_or(authority)
    };
    [HOST, FORWARDED_HOST].iter().filter_map(text).any(|host| bare(host) == bare(authority))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        is_ours(
            &headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect(),
        )
    }

    #[test]
    fn a_page_of_this_host_and_a_program_may_come_in() {
        for headers in [
            &[("host", "tutti.local:3000")][..],
            &[("host", "tutti.local:3000"), ("origin", "http://tutti.local:3000")],
            &[("host", "Music.example"), ("origin", "https://music.example")],
            &[("host", "music.example:443"), ("origin", "https://music.example")],
            &[
                ("host", "127.0.0.1:3000"),
                ("x-forwarded-host", "music.example"),
                ("origin", "https://music.example"),
            ],
        ] {
            assert!(ours(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_browser_that_says_where_the_page_is_from_is_believed() {
        let from = |site| {
            ours(&[("host", "tutti.local"), ("origin", "http://tutti.local"), ("sec-fetch-site", site)])
        };
        assert!(from("same-origin") && from("none"));
        assert!(!from("same-site") && !from("cross-site") && !from(""));
    }

    #[test]
    fn a_page_of_another_host_stays_outside() {
        for origin in [
            "http://evil.example",
            "http://tutti.local",
            "http://tutti.local:3001",
            "http://tutti.local:3000.evil.example",
            "null",
            "file://",
            "",
        ] {
            let headers = [("host", "tutti.local:3000"), ("origin", origin)];
            assert!(!ours(&headers), "{origin}");
        }
    }
}

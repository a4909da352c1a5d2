//! Whether a request comes from a page of this server. Browsers send cookies with the handshakes and the forms of any
//! page and do not ask first, so this is what keeps another site from speaking for a listener: on the socket, and in
//! the REST API and the forms of the pages for everything that changes something.

use axum::extract::Request;
use axum::http::header::{HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::front::{Front, Seen};
use super::public_url::{PublicUrl, bare};
use super::rest::ApiError;
use crate::protocol::ErrorCode;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests of other sites' pages that would change something.
pub async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || request.extensions().get::<Seen>().is_some_and(|seen| seen.is_ours) {
        next.run(request).await
    } else {
        ApiError::new(ErrorCode::Forbidden, "A page of another site may not ask for this.").into_response()
    }
}

/// Programs send no `Origin` and are welcome; a page must have come from the host that it speaks to, from the public
/// address, or from one that the operator names. `host`: by which the request knows this server.
pub fn is_ours(headers: &HeaderMap, host: Option<&str>, front: &Front) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let named = |origin: &str| front.cors_origins.iter().any(|known| known.eq_ignore_ascii_case(origin));
    if text(&ORIGIN).is_some_and(named) {
        return true;
    }
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
    let https = match scheme {
        "http" => false,
        "https" => true,
        _ => return false,
    };
    let from = bare(https, authority);
    host.is_some_and(|host| bare(https, host) == from)
        || front.public_url.as_ref().map(PublicUrl::authority) == Some(&from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn ours_at(front: &Front, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        front.see([10, 0, 0, 1].into(), &headers).is_ours
    }

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        ours_at(&Front::default(), headers)
    }

    #[test]
    fn a_page_of_this_host_and_a_program_may_come_in() {
        for headers in [
            &[("host", "tutti.local:3000")][..],
            &[("host", "tutti.local:3000"), ("origin", "http://tutti.local:3000")],
            &[("host", "Music.example"), ("origin", "https://music.example")],
            &[("host", "music.example:443"), ("origin", "https://music.example")],
        ] {
            assert!(ours(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_proxy_may_rename_the_host_where_it_is_trusted_or_the_public_address_is_known() {
        let renamed = [("host", "127.0.0.1:3000"), ("origin", "https://music.example")];
        let told = [renamed[0], renamed[1], ("x-forwarded-host", "music.example")];
        let trusting = Front { trusted: vec!["10.0.0.1/32".parse().unwrap()], ..Front::default() };
        let public_url = Some("https://music.example".parse().unwrap());
        let public = Front { public_url, ..Front::default() };
        assert!(ours_at(&trusting, &told) && ours_at(&public, &renamed));
        assert!(!ours(&told) && !ours_at(&trusting, &renamed));
    }

    #[test]
    fn another_site_may_speak_to_us_where_the_operator_names_it() {
        let cors_origins = vec!["https://home.example".to_owned()];
        let front = Front { cors_origins, ..Front::default() };
        let from = |origin| {
            ours_at(&front, &[("host", "tutti.local"), ("origin", origin), ("sec-fetch-site", "cross-site")])
        };
        assert!(from("https://home.example"));
        assert!(!from("https://home.example.evil") && !from("http://home.example"));
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

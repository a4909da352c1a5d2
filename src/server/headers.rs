//! What every answer says about itself to browsers: no guessing of types, no framing, no referrer to strangers,
//! and isolation, because `performance.now()` is ten times finer in an isolated page.

use axum::extract::Request;
use axum::http::header::{HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::Response;

use super::front::Seen;
use super::public_url::is_host;

/// What a page may ask the browser for.
pub const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const ALWAYS: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // The page `/measure` says otherwise.
    (PERMISSIONS_POLICY, "microphone=(), camera=(), geolocation=()"),
];

/// Only where browsers take the page for secure; elsewhere they ignore it, and Chromium complains.
const ISOLATION: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
];

/// Sets the headers on every answer that has none of them yet.
pub async fn secure(request: Request, next: Next) -> Response {
    let isolates = request.extensions().get::<Seen>().is_some_and(is_secure);
    let mut response = next.run(request).await;
    let isolation = ISOLATION.into_iter().filter(|_| isolates);
    for (name, value) in ALWAYS.into_iter().chain(isolation) {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether browsers take a page that was asked for so for secure: by https, or from this very machine.
fn is_secure(seen: &Seen) -> bool {
    seen.https || seen.host.as_deref().is_some_and(is_this_machine)
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    let is_loopback = name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    is_loopback || name == "localhost" || name.ends_with(".localhost")
}

/// The content policy of a page whose scripts carry this nonce. `host`: by which the page knows this server; named
/// for the socket, because older Safaris do not count it as `'self'`.
pub fn content_policy(nonce: &str, host: Option<&str>) -> Option<HeaderValue> {
    let sockets = host
        .filter(|host| is_host(host))
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'self'; \
         script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; \
         img-src 'self' data: blob:; \
         media-src 'self' blob:; \
         connect-src 'self'{sockets}; \
         base-uri 'none'; \
         form-action 'self'; \
         frame-ancestors 'none'; \
         object-src 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_nonce_and_the_socket_of_this_host() {
        let policy = content_policy("abc", Some("music.example:3000")).unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("script-src 'nonce-abc' 'strict-dynamic'"));
        assert!(policy.contains("connect-src 'self' ws://music.example:3000 wss://music.example:3000;"));
    }

    #[test]
    fn a_page_is_isolated_where_browsers_take_it_for_secure() {
        for (https, host, secure) in [
            (true, "192.168.1.20:3000", true),
            (false, "192.168.1.20:3000", false),
            (false, "localhost:3000", true),
            (false, "tutti.localhost", true),
            (false, "127.0.0.2:3000", true),
            (false, "[::1]:3000", true),
            (false, "localhost.evil.example", false),
            (false, "tutti.local", false),
        ] {
            let seen = Seen { https, host: Some(host.to_owned()), ..Seen::default() };
            assert_eq!(is_secure(&seen), secure, "{host}");
        }
        assert!(!is_secure(&Seen::default()));
    }

    #[test]
    fn a_strange_host_does_not_get_into_the_policy() {
        let policy = content_policy("abc", Some("x; script-src *")).unwrap();
        assert!(policy.to_str().unwrap().contains("connect-src 'self';"));
    }
}

//! What every answer says about itself to browsers: no guessing of types, no framing, no referrer to strangers,
//! and isolation, because `performance.now()` is ten times finer in an isolated page.

use axum::Router;
use axum::http::header::{HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use tower_http::set_header::SetResponseHeaderLayer;

const ALWAYS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Sets the headers on everything that this router answers.
pub fn secured<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    ALWAYS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}

/// Whether this is the name or address of a host, perhaps with a port, and nothing that means more where it is written.
pub fn is_host(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'[' | b']'))
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
    fn a_strange_host_does_not_get_into_the_policy() {
        let policy = content_policy("abc", Some("x; script-src *")).unwrap();
        assert!(policy.to_str().unwrap().contains("connect-src 'self';"));
    }
}

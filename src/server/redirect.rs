//! Plain http beside TLS: whoever comes there is sent to the same page by https. Not for good, so that TLS can be turned
//! off again.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::{IntoResponse, Redirect, Response};

use super::public_url::PublicUrl;
use super::public_url::is_host;

/// Where https is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) public_url: Option<PublicUrl>,
    /// Its port on the host that was asked for, when there is no public address.
    pub(super) port: u16,
}

/// An application that only sends people on.
pub(super) fn app(target: Target) -> Router {
    Router::new().fallback(send_on).with_state(target)
}

async fn send_on(State(target): State<Target>, request: Request) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match base(&target, host) {
        Some(base) => Redirect::temporary(&format!("{base}{path}")).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn base(target: &Target, host: Option<&str>) -> Option<String> {
    if let Some(public) = &target.public_url {
        return Some(public.to_string());
    }
    let host = host.filter(|host| is_host(host))?;
    // The colons of an IPv6 address stand in brackets.
    let name = match host.rfind(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next()?,
    };
    let port = if target.port == 443 { String::new() } else { format!(":{}", target.port) };
    (!name.is_empty()).then(|| format!("https://{name}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_to_the_same_host_or_to_the_public_one() {
        let to = |port, host| base(&Target { public_url: None, port }, host);
        for (port, host, sent) in [
            (443, "music.example", Some("https://music.example")),
            (443, "music.example:80", Some("https://music.example")),
            (3443, "192.168.1.20:3000", Some("https://192.168.1.20:3443")),
            (3443, "[fd00::1]:3000", Some("https://[fd00::1]:3443")),
            (443, "evil.example/x", None),
            (443, "", None),
        ] {
            assert_eq!(to(port, Some(host)).as_deref(), sent, "{host}");
        }
        assert_eq!(to(443, None), None);
        let public = Target { public_url: Some("https://music.example".parse().unwrap()), port: 3443 };
        assert_eq!(base(&public, None).as_deref(), Some("https://music.example"));
    }
}

//! Who asks: what a request brings to be known by. It says nothing yet about what that is worth ([`access`]).
//!
//! A browser is known by one cookie, `tutti_session`: 256 random bits, of which the database keeps the SHA-256.
//! A program brings a bearer: a room's host token, or the operator's.
//!
//! [`access`]: super::access

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar};

use super::secret::Secret;
use super::state::AppState;

/// The name of the cookie.
const COOKIE: &str = "tutti_session";
/// How long a browser keeps it; renewed whenever a room is opened.
const COOKIE_SECONDS: u64 = 365 * 24 * 3600;
/// A longer cookie is none of ours.
const LONGEST: usize = 256;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What a request brings.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The browser's session.
    pub session: Option<Secret>,
    /// The token of a program.
    pub bearer: Option<Secret>,
    /// Where it comes from, for rate limits; never logged, never told.
    pub address: IpAddr,
    /// Whether it came by https, so that a cookie may be `Secure`.
    pub https: bool,
    /// The host by which it knows this server.
    pub host: Option<String>,
}

impl Caller {
    /// Reads a request. `behind_proxy`: the nearest proxy is ours, so the address that it adds is true.
    pub fn of(parts: &Parts, behind_proxy: bool) -> Self {
        let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let session = CookieJar::from_headers(&parts.headers)
            .get(COOKIE)
            .map(Cookie::value)
            .filter(|value| is_plain(value))
            .map(Secret::new);
        let bearer = text(&AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| Secret::new(token.trim()));
        let direct = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        // The last entry is the one that our own proxy wrote; what stands before it, anybody can claim.
        let told = text(&FORWARDED_FOR)
            .and_then(|list| list.rsplit(',').next())
            .and_then(|last| last.trim().parse().ok())
            .filter(|_| behind_proxy);
        Self {
            session,
            bearer,
            address: told.unwrap_or(direct),
            // Whoever lies here only makes its own cookie unusable.
            https: text(&FORWARDED_PROTO).is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            host: text(&HOST).map(str::to_owned),
        }
    }

    /// Whether nothing was given to be known by.
    pub const fn is_anonymous(&self) -> bool {
        self.session.is_none() && self.bearer.is_none()
    }

    /// The header that gives a browser its session, or renews it.
    pub fn session_cookie(&self, session: &Secret) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let cookie = format!(
            "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECONDS}{secure}",
            session.expose()
        );
        HeaderValue::from_str(&cookie).expect("a session has letters and digits only")
    }
}

/// Ours have letters and digits only; what else a browser may have been told is no session.
fn is_plain(value: &str) -> bool {
    (1..=LONGEST).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state.behind_proxy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn caller(headers: &[(&str, &str)], behind_proxy: bool) -> Caller {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer = SocketAddr::from(([192, 0, 2, 9], 4000));
        parts.extensions.insert(ConnectInfo(peer));
        Caller::of(&parts, behind_proxy)
    }

    #[test]
    fn a_browser_is_known_by_its_cookie_and_a_program_by_its_token() {
        let caller =
            caller(&[("cookie", "a=1; tutti_session=abc123"), ("authorization", "bearer  xyz")], false);
        assert_eq!(caller.session, Some(Secret::new("abc123")));
        assert_eq!(caller.bearer, Some(Secret::new("xyz")));
        assert!(!caller.is_anonymous());
    }

    #[test]
    fn a_strange_cookie_is_none() {
        for value in ["tutti_session=", "tutti_session=a b", "tutti_session=\"x;\""] {
            assert!(caller(&[("cookie", value)], false).is_anonymous(), "{value}");
        }
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_our_proxy() {
        let forwarded = [("x-forwarded-for", "10.0.0.1, 203.0.113.7")];
        let address = |behind_proxy| caller(&forwarded, behind_proxy).address.to_string();
        assert_eq!(address(false), "192.0.2.9");
        assert_eq!(address(true), "203.0.113.7");
    }

    #[test]
    fn a_cookie_is_secure_where_the_page_is() {
        let cookie = |headers: &[(&str, &str)]| {
            let value = caller(headers, false).session_cookie(&Secret::new("s3"));
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(cookie(&[]), "tutti_session=s3; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
        assert!(cookie(&[("x-forwarded-proto", "https")]).ends_with("; Secure"));
    }
}

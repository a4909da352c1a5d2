//! Who asks: what a request brings to be known by. It says nothing yet about what that is worth ([`access`]).
//!
//! A browser is known by one cookie, `tutti_session`: 256 random bits, of which the database keeps the SHA-256.
//! A program brings a bearer: a room's host token, or the operator's.
//!
//! [`access`]: super::access

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar};

use super::front::Seen;
use super::secret::Secret;
use super::state::AppState;

/// The name of the cookie.
const COOKIE: &str = "tutti_session";
/// How long a browser keeps it; renewed whenever a room is opened.
const COOKIE_SECONDS: u64 = 365 * 24 * 3600;
/// A longer cookie is none of ours.
const LONGEST: usize = 256;

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
    /// The address by which people know it: scheme and host.
    pub base: Option<String>,
    /// Whether it is no request of another site's page.
    pub is_ours: bool,
}

impl Caller {
    /// Reads a request, after [`look`](super::front::look).
    pub fn of(parts: &Parts) -> Self {
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
        let seen = parts.extensions.get::<Seen>().cloned().unwrap_or_default();
        Self {
            session,
            bearer,
            address: seen.address,
            https: seen.https,
            host: seen.host,
            base: seen.base,
            is_ours: seen.is_ours,
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

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn caller(headers: &[(&str, &str)], seen: Seen) -> Caller {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(seen);
        Caller::of(&parts)
    }

    #[test]
    fn a_browser_is_known_by_its_cookie_and_a_program_by_its_token() {
        let caller = caller(
            &[("cookie", "a=1; tutti_session=abc123"), ("authorization", "bearer  xyz")],
            Seen::default(),
        );
        assert_eq!(caller.session, Some(Secret::new("abc123")));
        assert_eq!(caller.bearer, Some(Secret::new("xyz")));
        assert!(!caller.is_anonymous());
    }

    #[test]
    fn a_strange_cookie_is_none() {
        for value in ["tutti_session=", "tutti_session=a b", "tutti_session=\"x;\""] {
            assert!(caller(&[("cookie", value)], Seen::default()).is_anonymous(), "{value}");
        }
    }

    #[test]
    fn a_cookie_is_secure_where_the_page_is() {
        let cookie = |https| {
            let seen = Seen { https, ..Seen::default() };
            let value = caller(&[], seen).session_cookie(&Secret::new("s3"));
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(cookie(false), "tutti_session=s3; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
        assert!(cookie(true).ends_with("; Secure"));
    }
}

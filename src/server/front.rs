//! How a request reached the server: from which address, by which scheme and under which name. What proxies say of it
//! (`X-Forwarded-…`) counts only from networks that the operator trusts; everybody else can write what they like.
//! Looked at once for each request, before everything else; [`caller`](super::caller) and
//! [`origin`] read what was seen.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::origin;
use super::public_url::{PublicUrl, bare};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What stands before the server.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// The networks of our proxies.
    pub trusted: Vec<IpNet>,
    /// The address by which people know it.
    pub public_url: Option<PublicUrl>,
    /// Origins of other sites whose pages may speak to it.
    pub cors_origins: Vec<String>,
    /// It speaks TLS itself.
    pub tls: bool,
    /// Whether connections from this very machine count like others.
    pub counts_loopback: bool,
}

/// What is seen of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it comes from.
    pub address: IpAddr,
    /// Whether it came by https.
    pub https: bool,
    /// The host by which it knows this server.
    pub host: Option<String>,
    /// The address by which people know this server: scheme and host.
    pub base: Option<String>,
    /// Whether it is no request of another site's page.
    pub is_ours: bool,
}

impl Default for Seen {
    /// Nothing was seen, and nothing is believed.
    fn default() -> Self {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { address, https: false, host: None, base: None, is_ours: false }
    }
}

/// Puts what is seen beside the request.
pub async fn look(State(front): State<Arc<Front>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let seen = front.see(peer.unwrap_or(Seen::default().address), request.headers());
    request.extensions_mut().insert(seen);
    next.run(request).await
}

impl Front {
    /// Looks at a request of this peer.
    pub fn see(&self, peer: IpAddr, headers: &HeaderMap) -> Seen {
        let peer = peer.to_canonical();
        let trusted = self.trusts(peer);
        // The last entry is the one that our own proxy wrote; what stands before it, anybody can claim.
        let told = |name: &HeaderName| {
            let values = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            values.rsplit(',').next().map(str::trim).filter(|value| trusted && !value.is_empty())
        };
        let host = told(&FORWARDED_HOST).or_else(|| headers.get(HOST)?.to_str().ok()).map(str::to_owned);
        let https = self.tls
            || told(&FORWARDED_PROTO).is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
            || self.is_public(host.as_deref());
        let base = self.public_url.as_ref().map(ToString::to_string).or_else(|| {
            let scheme = if https { "https" } else { "http" };
            host.as_ref().map(|host| format!("{scheme}://{host}"))
        });
        Seen {
            address: if trusted { self.walk(peer, headers) } else { peer },
            https,
            is_ours: origin::is_ours(headers, host.as_deref(), self),
            host,
            base,
        }
    }

    /// Whose connections are not counted: those of our proxies, behind whom everybody is, and of this machine, on which
    /// nobody needs them to do harm.
    pub fn is_uncounted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusts(address) || (address.is_loopback() && !self.counts_loopback)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// Whether this is the public name, and that one is reached by https.
    fn is_public(&self, host: Option<&str>) -> bool {
        let (Some(public), Some(host)) = (&self.public_url, host) else {
            return false;
        };
        public.is_https() && bare(true, host) == public.authority()
    }

    /// From the right, over our own proxies, to the first address that is none of them. What cannot be read ends the
    /// walk at the last hop that is certain.
    fn walk(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let values = headers.get_all(&FORWARDED_FOR).iter().rev();
        let hops = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
        let mut certain = peer;
        for hop in hops {
            let Some(address) = address(hop.trim()) else { break };
            certain = address;
            if !self.trusts(address) {
                break;
            }
        }
        certain
    }
}

/// An address as proxies write it: bare, or with a port, IPv6 in brackets then.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let parsed = bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen(front: &Front, peer: &str, headers: &[(&'static str, &'static str)]) -> Seen {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        front.see(peer.parse().unwrap(), &map)
    }

    fn behind(nets: &[&str]) -> Front {
        Front { trusted: nets.iter().map(|net| net.parse().unwrap()).collect(), ..Front::default() }
    }

    #[test]
    fn an_address_is_the_first_from_the_right_that_is_no_proxy_of_ours() {
        let front = behind(&["10.0.0.0/8", "fd00::/8"]);
        for (peer, told, address) in [
            // Nobody told anything, or nobody whom we believe.
            ("10.0.0.1", &[][..], "10.0.0.1"),
            ("192.0.2.9", &["203.0.113.7"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            // What the client claimed stands left of what our proxy saw.
            ("10.0.0.1", &["10.0.0.99, 203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            // Several headers are one list.
            ("10.0.0.1", &["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            // All of it is ours: somebody of the house.
            ("10.0.0.1", &["10.0.0.5, 10.0.0.2"], "10.0.0.5"),
            // As proxies write them.
            ("10.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1", &["2001:db8::7"], "2001:db8::7"),
            // IPv4 in IPv6 is IPv4, on both sides.
            ("::ffff:10.0.0.1", &["::ffff:203.0.113.7"], "203.0.113.7"),
            ("::ffff:192.0.2.9", &["203.0.113.7"], "192.0.2.9"),
            ("fd00::1", &["203.0.113.7"], "203.0.113.7"),
            // What cannot be read is not passed over.
            ("10.0.0.1", &["203.0.113.7, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["203.0.113.7, "], "10.0.0.1"),
            ("10.0.0.1", &["_hidden"], "10.0.0.1"),
        ] {
            let headers: Vec<_> = told.iter().map(|told| ("x-forwarded-for", *told)).collect();
            assert_eq!(seen(&front, peer, &headers).address.to_string(), address, "{peer} {told:?}");
        }
    }

    #[test]
    fn scheme_and_host_are_told_by_our_proxies_only() {
        let front = behind(&["10.0.0.0/8"]);
        let headers = [
            ("host", "127.0.0.1:3000"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "music.example"),
        ];
        let ours = seen(&front, "10.0.0.1", &headers);
        assert!(ours.https);
        assert_eq!(ours.base.as_deref(), Some("https://music.example"));
        for front in [&front, &Front::default()] {
            let strange = seen(front, "192.0.2.9", &headers);
            assert!(!strange.https);
            assert_eq!(strange.base.as_deref(), Some("http://127.0.0.1:3000"));
        }
        let claimed =
            [("x-forwarded-host", "evil.example, music.example"), ("x-forwarded-proto", "https, http")];
        let seen = seen(&front, "10.0.0.1", &claimed);
        assert_eq!((seen.https, seen.host.as_deref()), (false, Some("music.example")));
    }

    #[test]
    fn the_public_address_goes_before_what_a_request_says() {
        let public_url = Some("https://music.example".parse().unwrap());
        let front = Front { public_url, ..Front::default() };
        let public = seen(&front, "192.0.2.9", &[("host", "Music.example:443")]);
        assert!(public.https);
        // At home by its number: the cookie must not be `Secure`, the links lead to the public name.
        let at_home = seen(&front, "192.0.2.9", &[("host", "192.168.1.20:3000")]);
        assert!(!at_home.https);
        for seen in [public, at_home] {
            assert_eq!(seen.base.as_deref(), Some("https://music.example"));
        }
    }

    #[test]
    fn with_tls_of_its_own_everything_comes_by_https() {
        let front = Front { tls: true, ..Front::default() };
        let seen = seen(&front, "192.0.2.9", &[("host", "192.168.1.20:3000")]);
        assert_eq!((seen.https, seen.base.as_deref()), (true, Some("https://192.168.1.20:3000")));
    }
}

//! What `tutti serve` says once it serves: where, how phones come there, and what they miss.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::server::machine::Machine;

/// Addresses that are told at most: a machine with containers has dozens.
const TOLD: usize = 4;

/// What is known of the way in.
#[derive(Clone, Debug)]
pub(super) struct Greeting {
    pub(super) bound: SocketAddr,
    pub(super) public: Option<String>,
    pub(super) https: bool,
    /// Of a certificate that the server made.
    pub(super) fingerprint: Option<String>,
    /// A proxy is expected, which speaks TLS.
    pub(super) is_behind_proxy: bool,
    pub(super) machine: Machine,
}

impl Greeting {
    /// The address to type into a browser on this machine.
    pub(super) fn here(&self) -> String {
        let ip = self.bound.ip();
        let here = ip.is_loopback() || ip.is_unspecified();
        let host = if here { format!("localhost:{}", self.bound.port()) } else { self.bound.to_string() };
        format!("{}://{host}", self.scheme())
    }

    const fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The addresses for others in the network.
    fn elsewhere(&self) -> Vec<String> {
        if !self.bound.ip().is_unspecified() {
            return Vec::new();
        }
        let told = |ip: &&IpAddr| ip.is_ipv4() || self.bound.is_ipv6();
        let addresses = self.machine.addresses.iter().filter(told).take(TOLD);
        let to = |ip: &IpAddr| format!("{}://{}", self.scheme(), SocketAddr::new(*ip, self.bound.port()));
        addresses.map(to).collect()
    }
}

impl fmt::Display for Greeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tutti serves {}", self.here())?;
        if let Some(public) = &self.public {
            return write!(f, "\n  Everybody comes by {public}");
        }
        if self.is_behind_proxy {
            return Ok(());
        }
        if self.bound.ip().is_loopback() {
            return write!(
                f,
                "\n  Only this machine gets in; --listen 0.0.0.0:{} is for phones, too.",
                self.bound.port()
            );
        }
        let elsewhere = self.elsewhere();
        if !elsewhere.is_empty() {
            write!(f, "\n  Phones in this network: {}", elsewhere.join("  "))?;
        }
        if let Some(fingerprint) = &self.fingerprint {
            return write!(
                f,
                "\n  Browsers ask whether to trust it. The SHA-256 of its certificate:\n  {fingerprint}"
            );
        }
        if !self.https {
            write!(
                f,
                "\n  Over plain http the screens of phones go dark and their clocks are coarse; --tls-self-signed \
                 helps."
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(bound: &str) -> Greeting {
        Greeting {
            bound: bound.parse().unwrap(),
            public: None,
            https: false,
            fingerprint: None,
            is_behind_proxy: false,
            machine: Machine {
                name: None,
                addresses: vec!["192.168.1.20".parse().unwrap(), "fd00::20".parse().unwrap()],
            },
        }
    }

    #[test]
    fn it_says_where_phones_find_it_and_what_they_miss() {
        for (greeting, said) in [
            (
                greeting("127.0.0.1:3000"),
                "Tutti serves http://localhost:3000\n  Only this machine gets in; --listen 0.0.0.0:3000 is for \
                 phones, too.",
            ),
            (
                greeting("0.0.0.0:3000"),
                "Tutti serves http://localhost:3000\n  Phones in this network: http://192.168.1.20:3000\n  Over \
                 plain http the screens of phones go dark and their clocks are coarse; --tls-self-signed helps.",
            ),
            (
                Greeting { https: true, fingerprint: Some("AB:CD".to_owned()), ..greeting("[::]:443") },
                "Tutti serves https://localhost:443\n  Phones in this network: https://192.168.1.20:443  \
                 https://[fd00::20]:443\n  Browsers ask whether to trust it. The SHA-256 of its certificate:\n  \
                 AB:CD",
            ),
            (
                Greeting { https: true, ..greeting("192.168.1.20:443") },
                "Tutti serves https://192.168.1.20:443",
            ),
            (
                Greeting { public: Some("https://music.example".to_owned()), ..greeting("127.0.0.1:3000") },
                "Tutti serves http://localhost:3000\n  Everybody comes by https://music.example",
            ),
            (
                Greeting { is_behind_proxy: true, ..greeting("127.0.0.1:3000") },
                "Tutti serves http://localhost:3000",
            ),
        ] {
            assert_eq!(greeting.to_string(), said);
        }
    }
}

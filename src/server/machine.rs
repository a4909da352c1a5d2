//! What this machine is called in its networks: for the addresses that are told to people, and for the names in a
//! certificate that the server makes for itself.

use std::net::IpAddr;

/// Names and addresses of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Its name, if it has one that can be typed.
    pub name: Option<String>,
    /// Its addresses in networks, IPv4 first: neither this very machine's nor of one cable only.
    pub addresses: Vec<IpAddr>,
}

impl Machine {
    /// Asks the system; what it does not tell is not there.
    pub fn here() -> Self {
        let found = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::debug!(%error, "the addresses of this machine are not known");
            Vec::new()
        });
        let mut addresses: Vec<_> =
            found.into_iter().map(|interface| interface.ip()).filter(|ip| is_of_a_network(*ip)).collect();
        addresses.sort();
        addresses.dedup();
        Self { name: name(), addresses }
    }

    /// All by which browsers may reach it: names first.
    pub fn names(&self) -> Vec<String> {
        let own = self.name.iter().flat_map(|name| {
            let local = (!name.contains('.')).then(|| format!("{name}.local"));
            std::iter::once(name.clone()).chain(local)
        });
        let here = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        own.chain(here).chain(self.addresses.iter().map(ToString::to_string)).collect()
    }
}

/// Linux tells it in files; elsewhere the machine goes without.
fn name() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let text = files.iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    let name = text.trim().to_ascii_lowercase();
    let typed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    (!name.is_empty() && name.bytes().all(typed) && name != "localhost").then_some(name)
}

const fn is_of_a_network(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local() && !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local() && !v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_reached_by_its_names_and_its_addresses() {
        let addresses = vec!["192.168.1.20".parse().unwrap(), "fd00::20".parse().unwrap()];
        let machine = Machine { name: Some("attic".to_owned()), addresses };
        let names = ["attic", "attic.local", "localhost", "127.0.0.1", "::1", "192.168.1.20", "fd00::20"];
        assert_eq!(machine.names(), names);
    }

    #[test]
    fn addresses_of_this_machine_alone_are_not_told() {
        for (address, told) in [
            ("192.168.1.20", true),
            ("fd00::20", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("169.254.3.4", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_of_a_network(address.parse().unwrap()), told, "{address}");
        }
        assert!(Machine::here().addresses.iter().all(|address| is_of_a_network(*address)));
    }
}

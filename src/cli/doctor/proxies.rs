//! Whose word is taken for where a request comes from: the networks of the operator's own proxies, and nobody else's.

use super::finding::Finding;
use crate::server::Config;

const PROXIES: &str = "Proxies";

/// The trusted networks, beside the address that people use.
pub(super) fn trusted(config: &Config, public: Option<&str>) -> Option<Finding> {
    let networks = &config.trusted_proxies;
    if let Some(all) = networks.iter().find(|network| network.prefix_len() == 0) {
        return Some(Finding::broken(
            PROXIES,
            format!("{all} is everybody: anybody may claim to come from any address, and no limit holds"),
            "name the addresses of your proxies alone, such as --trusted-proxies 127.0.0.1",
        ));
    }
    if !networks.is_empty() {
        let names = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Some(Finding::good(
            PROXIES,
            format!("X-Forwarded-… is believed from {names}, and from nobody else"),
        ));
    }
    public.filter(|url| url.starts_with("https")).map(|_| {
        Finding::warning(
            PROXIES,
            "no proxy is trusted: behind one, all listeners share the limits of its address",
            "--trusted-proxies with its address, 127.0.0.1 if it is on this machine; unless TLS is the server's own",
        )
    })
}

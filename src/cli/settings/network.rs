//! Where the server listens, and what stands before it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;

use crate::server::{Config, PublicUrl};

/// Only this machine, until somebody says otherwise.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

#[derive(Debug, clap::Args)]
pub(super) struct Network {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value_t = LISTEN, global = true)]
    listen: SocketAddr,
    /// The address by which people know the server, for links, QR codes and cookies: `https://music.example`.
    #[arg(long, value_name = "URL", global = true)]
    public_url: Option<PublicUrl>,
    /// A network of your reverse proxies, whose `X-Forwarded-…` headers are believed; several times, or separated by `,`.
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = network, global = true)]
    trusted_proxies: Vec<IpNet>,
    /// The origin of another site whose pages may use the REST API; several times, or separated by `,`.
    #[arg(long = "cors-origin", value_name = "ORIGIN", value_delimiter = ',', global = true)]
    cors_origins: Vec<PublicUrl>,
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map(|net| net.trunc())
        .map_err(|_| "it is a network like 10.0.0.0/8, or one address".to_owned())
}

impl Network {
    pub(super) fn configure(self, config: &mut Config) {
        config.listen = self.listen;
        config.public_url = self.public_url;
        config.trusted_proxies = self.trusted_proxies;
        config.cors_origins = self.cors_origins.iter().map(ToString::to_string).collect();
    }
}

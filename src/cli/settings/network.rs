//! Where the server listens, and what stands before it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ArgAction;
use ipnet::IpNet;

use crate::server::{Config, PublicUrl, Tls};

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
    /// Speak TLS with this certificate: a PEM file, with those that lead to a root; needs `tls-key`.
    #[arg(long, value_name = "FILE", global = true)]
    tls_cert: Option<PathBuf>,
    /// The private key of `tls-cert`: a PEM file.
    #[arg(long, value_name = "FILE", global = true)]
    tls_key: Option<PathBuf>,
    /// Speak TLS with a certificate that the server makes itself; browsers ask once whether to trust it.
    #[arg(long, value_name = "BOOL", default_value_t = false, default_missing_value = "true", num_args = 0..=1,
        require_equals = true, action = ArgAction::Set, value_parser = super::switch_parser!(), global = true)]
    tls_self_signed: bool,
    /// Listen there, too, and send plain http on to https; needs TLS.
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    http_redirect: Option<SocketAddr>,
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> std::result::Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map(|net| net.trunc())
        .map_err(|_| "it is a network like 10.0.0.0/8, or one address".to_owned())
}

impl Network {
    pub(super) fn configure(self, config: &mut Config) -> Result<()> {
        config.tls = match (self.tls_cert, self.tls_key, self.tls_self_signed) {
            (None, None, false) => Tls::Off,
            (None, None, true) => Tls::SelfSigned,
            (Some(certificate), Some(key), false) => Tls::Files { certificate, key },
            (Some(_), Some(_), true) => bail!("tls_self_signed and tls_cert are both set: which one counts?"),
            (Some(_), None, _) => bail!("tls_cert needs tls_key"),
            (None, Some(_), _) => bail!("tls_key needs tls_cert"),
        };
        if config.tls == Tls::Off && self.http_redirect.is_some() {
            bail!("http_redirect needs TLS: tls_cert and tls_key, or tls_self_signed");
        }
        config.http_redirect = self.http_redirect;
        config.listen = self.listen;
        config.public_url = self.public_url;
        config.trusted_proxies = self.trusted_proxies;
        config.cors_origins = self.cors_origins.iter().map(ToString::to_string).collect();
        Ok(())
    }
}

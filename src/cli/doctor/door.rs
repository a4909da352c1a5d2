//! The address of the server: is it free, or who answers there; and who can reach it.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use super::finding::Finding;
use crate::server::Config;

const PORT: &str = "Port";

/// How long a server of ours may take to answer on its own machine.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Who is at the address where the server is to listen.
pub(super) async fn port(config: &Config) -> Vec<Finding> {
    let address = config.listen;
    if address.port() == 0 {
        return vec![Finding::good(PORT, "the server takes a free one each time")];
    }
    let mut findings = vec![match answering(address).await {
        Some(Answer::Tutti) => Finding::good(PORT, format!("Tutti answers at {address}")),
        Some(Answer::Else) => Finding::broken(
            PORT,
            format!("something that is not Tutti answers at {address}"),
            "stop it, or take another port: --listen ADDR:PORT",
        ),
        None => free(address),
    }];
    if address.ip().is_loopback() {
        findings.push(Finding::warning(
            PORT,
            format!("{} lets nobody in from other devices", address.ip()),
            format!(
                "--listen 0.0.0.0:{}, unless a reverse proxy on this machine stands before it",
                address.port()
            ),
        ));
    }
    findings
}

enum Answer {
    Tutti,
    Else,
}

/// Who answers there; `None`: nobody does.
async fn answering(address: SocketAddr) -> Option<Answer> {
    let host = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(_) => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    };
    let address = SocketAddr::new(host, address.port());
    tokio::time::timeout(ANSWER_WITHIN, tokio::net::TcpStream::connect(address)).await.ok()?.ok()?;
    // Our own certificate is for another name than this.
    let client = reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .build()
        .ok()?;
    for scheme in ["http", "https"] {
        let Ok(answer) = client.get(format!("{scheme}://{address}/healthz")).send().await else { continue };
        // Both together are said by nobody else.
        let isolated = answer.headers().contains_key("cross-origin-resource-policy");
        let healthy = answer.status().is_success();
        if healthy && isolated && answer.text().await.is_ok_and(|text| text.trim() == "ok") {
            return Some(Answer::Tutti);
        }
    }
    Some(Answer::Else)
}

fn free(address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::good(PORT, format!("{address} is free")),
        Err(error) => {
            let way_out = match error.kind() {
                ErrorKind::AddrInUse => "stop what has it, or take another port: --listen ADDR:PORT",
                ErrorKind::PermissionDenied => {
                    "ports below 1024 are for root: take 3000, or AmbientCapabilities=CAP_NET_BIND_SERVICE of the service"
                }
                ErrorKind::AddrNotAvailable => {
                    "this machine has no such address; 0.0.0.0 means all that it has"
                }
                _ => "take another: --listen ADDR:PORT",
            };
            Finding::broken(PORT, format!("nobody can listen at {address}: {error}"), way_out)
        }
    }
}

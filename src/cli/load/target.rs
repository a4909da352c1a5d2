//! The server that is put under load: one's own. A load test against somebody else's is an attack, so addresses of the
//! public internet have to be asked for by name.

use std::net::IpAddr;

use anyhow::{Context, Result, bail};
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;

use crate::server::Secret;

/// How often and how long it is waited when the server lets no more rooms be made just now: an address may make one
/// every 2 s after the first sixty.
const TRIES: u32 = 120;
const BETWEEN: std::time::Duration = std::time::Duration::from_secs(1);

/// A room that was made for this test.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) code: String,
    pub(super) token: String,
}

/// A server and how to ask it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) client: Client,
    pub(super) base: Url,
}

impl Target {
    /// The server at this address, if it is near, or said to be ours.
    ///
    /// # Errors
    /// When the text is no address of a web site, its name leads nowhere, or it is of the public internet.
    pub(super) async fn find(address: &str, is_ours: bool) -> Result<Self> {
        let base = Url::parse(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .with_context(|| format!("{address} is no address of a server, such as http://127.0.0.1:3000"))?;
        let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = base.port_or_known_default().unwrap_or(80);
        let found: Vec<IpAddr> = tokio::net::lookup_host((host.as_str(), port))
            .await
            .with_context(|| format!("{host} leads nowhere"))?
            .map(|address| address.ip())
            .collect();
        if let Some(far) = found.iter().find(|address| !is_near(**address)).filter(|_| !is_ours) {
            bail!(
                "{host} ({far}) is not on this machine or in a private network; if the server is yours, and everybody \
                 on the way may bear it, say --yes-this-is-mine"
            );
        }
        // A certificate of one's own making is enough here.
        let client = Client::builder().danger_accept_invalid_certs(!is_ours).no_proxy().build()?;
        Ok(Self { client, base })
    }

    /// Makes a room; waits where the server wants that.
    pub(super) async fn make_room(&self, name: &str, operator: Option<&Secret>) -> Result<Room> {
        let url = self.base.join("api/rooms")?;
        for _ in 0..TRIES {
            let body = serde_json::json!({ "name": name }).to_string();
            let mut request =
                self.client.post(url.clone()).header("content-type", "application/json").body(body);
            if let Some(operator) = operator {
                request = request.bearer_auth(operator.expose());
            }
            let answer = request.send().await.with_context(|| format!("{} does not answer", self.base))?;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                tokio::time::sleep(BETWEEN).await;
                continue;
            }
            let status = answer.status();
            let text = answer.text().await?;
            let room: Value = serde_json::from_str(&text).unwrap_or_default();
            if let (Some(code), Some(token)) = (room["code"].as_str(), room["hostToken"].as_str()) {
                return Ok(Room { code: code.to_owned(), token: token.to_owned() });
            }
            bail!("{} makes no room ({status}): is it Tutti?", self.base);
        }
        bail!("{} lets no more rooms be made", self.base)
    }

    /// A track of its library, if there is one.
    pub(super) async fn a_track(&self, room: &Room) -> Result<Option<String>> {
        let url = self.base.join("api/tracks?limit=1")?;
        let answer = self.client.get(url).bearer_auth(&room.token).send().await?.text().await?;
        let page: Value = serde_json::from_str(&answer).unwrap_or_default();
        Ok(page["tracks"][0]["id"].as_str().map(str::to_owned))
    }

    /// Removes a room; that it may fail does no harm, because unused rooms go by themselves.
    pub(super) async fn remove_room(&self, room: &Room) {
        if let Ok(url) = self.base.join(&format!("api/rooms/{}", room.code)) {
            let _ = self.client.delete(url).bearer_auth(&room.token).send().await;
        }
    }
}

/// Whether an address is of this machine, or of a network that is not the internet.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            // 100.64.0.0/10: of providers, and of private networks that are spanned over the internet.
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xC0 == 64;
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_of_the_internet_has_to_be_asked_for_by_name() {
        for far in ["http://93.184.216.34", "https://[2606:2800:21f::1]:8443", "http://172.32.0.1"] {
            let refused = Target::find(far, false).await.unwrap_err().to_string();
            assert!(refused.contains("--yes-this-is-mine"), "{refused}");
            assert!(Target::find(far, true).await.is_ok(), "{far}");
        }
        for near in [
            "http://127.0.0.1:3000",
            "http://[::1]:1",
            "http://10.1.2.3",
            "https://192.168.0.7",
            "http://100.100.1.1",
        ] {
            assert!(Target::find(near, false).await.is_ok(), "{near}");
        }
        for none in ["127.0.0.1:3000", "ws://127.0.0.1", "ftp://127.0.0.1", ""] {
            assert!(Target::find(none, true).await.is_err(), "{none}");
        }
    }
}

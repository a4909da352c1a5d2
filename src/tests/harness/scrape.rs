//! What `/metrics` says, read by name.

use std::time::Duration;

use reqwest::Method;

use super::{ADMIN, PATIENCE, TestServer};

/// One scrape.
pub struct Scrape(pub String);

impl Scrape {
    /// The value of a line, named as it stands there with its labels; 0 when there is none yet.
    pub fn value(&self, name: &str) -> f64 {
        let of = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
        self.0.lines().find_map(of).unwrap_or_default()
    }

    /// The same of what only comes in whole numbers.
    pub fn count(&self, name: &str) -> u64 {
        self.value(name) as u64
    }
}

impl TestServer {
    /// The metrics as they are now.
    pub async fn scrape(&self) -> Scrape {
        let answer = self.api(Method::GET, "/metrics").bearer(ADMIN).send().await;
        assert_eq!(answer.status(), 200);
        Scrape(answer.text().await.unwrap())
    }

    /// The metrics once a line has this value.
    pub async fn scrape_until(&self, name: &str, value: u64) -> Scrape {
        self.scrape_when(&format!("{name} becomes {value}"), |scrape| scrape.count(name) == value).await
    }

    /// The metrics once they say this.
    pub async fn scrape_when(&self, what: &str, is_so: impl Fn(&Scrape) -> bool) -> Scrape {
        self.scrape_within(PATIENCE, what, is_so).await
    }

    /// The same, where it takes longer than everything else.
    pub async fn scrape_within(
        &self,
        patience: Duration,
        what: &str,
        is_so: impl Fn(&Scrape) -> bool,
    ) -> Scrape {
        let waiting = async {
            loop {
                let scrape = self.scrape().await;
                if is_so(&scrape) {
                    return scrape;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(patience, waiting).await;
        waited.unwrap_or_else(|_| panic!("it never comes to it that {what}"))
    }
}

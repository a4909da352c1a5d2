//! How far ahead rooms schedule, and how long a silent socket is borne.

use anyhow::{Result, bail};

use crate::protocol::limits;
use crate::server::Config;
use crate::sync::time::Span;

const MS: i64 = 1_000;
const SECOND: i64 = 1_000_000;

#[derive(Debug, clap::Args)]
pub(super) struct Protocol {
    /// ms by which a start is announced ahead while nothing is learned; else by the profile of the network (100 to 10000).
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(100..=10_000), global = true)]
    lead_ms: Option<i64>,
    /// ms of the shortest lead that is learned; else by the profile of the network (100 to 10000).
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(100..=10_000), global = true)]
    lead_min_ms: Option<i64>,
    /// ms of the longest lead that is learned; else by the profile of the network (100 to 10000).
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(100..=10_000), global = true)]
    lead_max_ms: Option<i64>,
    /// Round trips by which a pause, a seek and a resume are scheduled ahead (1 to 10).
    #[arg(long, value_name = "N", default_value_t = limits::SYNC_BUFFER_RTTS,
        value_parser = clap::value_parser!(i64).range(1..=10), global = true)]
    sync_buffer_rtts: i64,
    /// ms by which they are scheduled ahead at least (20 to 5000).
    #[arg(long, value_name = "MS", default_value_t = limits::SYNC_BUFFER.0.micros() / MS,
        value_parser = clap::value_parser!(i64).range(20..=5_000), global = true)]
    sync_buffer_min_ms: i64,
    /// ms by which they are scheduled ahead at most (20 to 5000).
    #[arg(long, value_name = "MS", default_value_t = limits::SYNC_BUFFER.1.micros() / MS,
        value_parser = clap::value_parser!(i64).range(20..=5_000), global = true)]
    sync_buffer_max_ms: i64,
    /// Seconds between two times that the timeline is told while a track plays (1 to 30).
    #[arg(long, value_name = "S", default_value_t = limits::TICK.micros() / SECOND,
        value_parser = clap::value_parser!(i64).range(1..=30), global = true)]
    tick_s: i64,
    /// Seconds between two pings of a socket by the server (1 to 60).
    #[arg(long, value_name = "S", default_value_t = limits::KEEP_ALIVE.micros() / SECOND,
        value_parser = clap::value_parser!(i64).range(1..=60), global = true)]
    keep_alive_s: i64,
    /// Seconds without a sign of life after which a socket is closed (2 to 300).
    #[arg(long, value_name = "S", default_value_t = limits::SOCKET_TIMEOUT.micros() / SECOND,
        value_parser = clap::value_parser!(i64).range(2..=300), global = true)]
    socket_timeout_s: i64,
}

impl Protocol {
    pub(super) fn configure(self, config: &mut Config) -> Result<()> {
        let ordered = |name: &str, least: Option<i64>, most: Option<i64>, (lower, upper): (&str, &str)| match (
            least, most,
        ) {
            (Some(least), Some(most)) if least > most => {
                bail!("{name}: {lower} is {least}, which is more than {upper}, {most}")
            }
            _ => Ok(()),
        };
        ordered("lead", self.lead_min_ms, self.lead_max_ms, ("lead_min_ms", "lead_max_ms"))?;
        ordered("lead", self.lead_min_ms, self.lead_ms, ("lead_min_ms", "lead_ms"))?;
        ordered("lead", self.lead_ms, self.lead_max_ms, ("lead_ms", "lead_max_ms"))?;
        let (least, most) = (self.sync_buffer_min_ms, self.sync_buffer_max_ms);
        ordered("sync buffer", Some(least), Some(most), ("sync_buffer_min_ms", "sync_buffer_max_ms"))?;
        if self.keep_alive_s >= self.socket_timeout_s {
            bail!(
                "keep_alive_s is {}, and has to be less than socket_timeout_s, {}: else sockets are closed before \
                 they are asked",
                self.keep_alive_s,
                self.socket_timeout_s
            );
        }
        config.pacing.lead = self.lead_ms.map(Span::from_millis);
        config.pacing.lead_least = self.lead_min_ms.map(Span::from_millis);
        config.pacing.lead_most = self.lead_max_ms.map(Span::from_millis);
        config.pacing.sync_buffer_rtts = self.sync_buffer_rtts;
        config.pacing.sync_buffer = (Span::from_millis(least), Span::from_millis(most));
        config.pacing.tick = Span::from_secs(self.tick_s);
        config.patience.keep_alive = Span::from_secs(self.keep_alive_s);
        config.patience.timeout = Span::from_secs(self.socket_timeout_s);
        Ok(())
    }
}

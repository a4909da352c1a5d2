//! The machine: who the server would run as, how many sockets and how much memory it may have, and its clock.

use std::time::Duration;

use tokio::process::Command;

use super::super::backup::copying::size;
use super::super::{open_files, utc};
use super::finding::Finding;
use crate::server::Config;
use crate::server::clock::Clock;
use crate::sync::time::RoomTime;

/// Sockets beside those of members: pages, audio, the database, a proxy's spare connections.
const BESIDE: u64 = 512;
/// Fewer open files than this, and a few pages at once are too many.
const FEWEST_FILES: u64 = 256;

/// What the server takes itself, and what a socket costs it at most (manual/operations.md).
const SERVER_BYTES: u64 = 100_000_000;
const SOCKET_BYTES: u64 = 12 * 1024;

/// No clock that is right is before this: 2026-01-01.
const EARLIEST: RoomTime = RoomTime::from_micros(1_767_225_600_000_000);
/// Nor behind this: 2100-01-01.
const LATEST: RoomTime = RoomTime::from_micros(4_102_444_800_000_000);

/// How long `timedatectl` may take.
const ASK_WITHIN: Duration = Duration::from_secs(3);

/// Who runs this.
pub(super) fn user() -> Vec<Finding> {
    #[cfg(target_os = "linux")]
    {
        vec![if rustix::process::geteuid().is_root() {
            Finding::warning(
                "User",
                "this runs as root; a server that does could be made to do anything",
                "run the server, and this, as a user of its own",
            )
        } else {
            Finding::good("User", "not root")
        }]
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// Open files against members.
pub(super) fn sockets(config: &Config) -> Option<Finding> {
    let files = open_files::raise()?;
    let wanted = config.max_members as u64 + BESIDE;
    Some(if files < FEWEST_FILES {
        Finding::broken(
            "Sockets",
            format!("a process may have only {files} files and sockets open"),
            "raise it: LimitNOFILE= of the service, or ulimit -Hn",
        )
    } else if files < wanted {
        Finding::warning(
            "Sockets",
            format!(
                "a process may have {files} files and sockets open: enough for {} listeners, not for the {} that a \
                 room may have",
                files - FEWEST_FILES / 2,
                config.max_members
            ),
            format!(
                "LimitNOFILE={} of the service (or ulimit -Hn), or --max-members",
                wanted.next_power_of_two()
            ),
        )
    } else {
        Finding::good("Sockets", format!("a process may have {files} files and sockets open"))
    })
}

/// Memory against members.
pub(super) fn memory(config: &Config) -> Option<Finding> {
    let free = available_memory()?;
    let wanted = SERVER_BYTES + config.max_members as u64 * SOCKET_BYTES;
    Some(if free < SERVER_BYTES {
        Finding::warning(
            "Memory",
            format!("only {} are free; the server alone takes up to {}", size(free), size(SERVER_BYTES)),
            "stop something, or give the container more",
        )
    } else if free < wanted {
        let members = (free - SERVER_BYTES) / SOCKET_BYTES;
        Finding::warning(
            "Memory",
            format!("{} are free: enough for about {members} listeners", size(free)),
            format!("--max-members {members}, or more memory"),
        )
    } else {
        Finding::good("Memory", format!("{} are free", size(free)))
    })
}

/// Bytes that can be had: of the machine, or of the container's share if that is less.
fn available_memory() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let machine = machine.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let machine = machine.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024;
    let number = |file: &str| std::fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let share = number("/sys/fs/cgroup/memory.max")
        .map(|most| most.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or_default()));
    Some(share.map_or(machine, |share| share.min(machine)))
}

/// The clock of the system.
pub(super) async fn clock() -> Vec<Finding> {
    let now = Clock::start(None).now();
    let mut findings = vec![if (EARLIEST..LATEST).contains(&now) {
        Finding::good("Clock", format!("it is {} by this machine", utc::text(now)))
    } else {
        Finding::broken(
            "Clock",
            format!("it is {} by this machine, which cannot be", utc::text(now)),
            "set it: rooms are found again after a restart by it, and certificates are checked by it",
        )
    }];
    findings.push(match synchronised().await {
        Some(true) => Finding::good("Clock", "it is kept right over the network"),
        Some(false) => Finding::warning(
            "Clock",
            "it is not kept right over the network; rooms keep a time of their own and play in step all the same",
            "timedatectl set-ntp true, so that dates in logs and backups are right",
        ),
        None => Finding::good(
            "Clock",
            "whether it is kept right over the network cannot be asked here; rooms do not need it",
        ),
    });
    findings
}

/// Whether the system says that its clock follows others; `None` when it does not say.
async fn synchronised() -> Option<bool> {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output();
    let said = tokio::time::timeout(ASK_WITHIN, asked).await.ok()?.ok()?;
    match String::from_utf8_lossy(&said.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

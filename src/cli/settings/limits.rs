//! How much of everything there may be.

use crate::protocol::limits;
use crate::server::Config;
use crate::server::config::{CONNECTIONS_OF_ADDRESS, ROOMS};

#[derive(Debug, clap::Args)]
pub(super) struct Limits {
    /// Rooms that may exist (1 to 1000000).
    #[arg(long, value_name = "N", default_value_t = ROOMS, value_parser = clap::value_parser!(u64).range(1..=1_000_000),
        global = true)]
    max_rooms: u64,
    /// Members of one room (1 to 100000).
    #[arg(long, value_name = "N", default_value_t = limits::ROOM_MEMBERS as u64,
        value_parser = clap::value_parser!(u64).range(1..=100_000), global = true)]
    max_members: u64,
    /// Entries of one room's queue (1 to 10000).
    #[arg(long, value_name = "N", default_value_t = limits::QUEUE_ENTRIES as u64,
        value_parser = clap::value_parser!(u64).range(1..=10_000), global = true)]
    max_queue: u64,
    /// Connections of one address, and its room sockets; those of `trusted-proxies` and of this machine do not count (10 to 100000).
    #[arg(long, value_name = "N", default_value_t = CONNECTIONS_OF_ADDRESS as u64,
        value_parser = clap::value_parser!(u64).range(10..=100_000), global = true)]
    max_connections_per_address: u64,
}

impl Limits {
    pub(super) fn configure(self, config: &mut Config) {
        config.max_rooms = self.max_rooms;
        config.max_members = self.max_members as usize;
        config.max_queue = self.max_queue as usize;
        config.connections.per_address = self.max_connections_per_address as usize;
    }
}

//! The manual, for the next maintainer and for whoever writes against the protocol. It says what is, not what will be:
//! what is open stands at the end of [the decisions](decisions).
//!
//! It is part of the crate's documentation, so that a link to something that is gone breaks `make check`.

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("protocol.md")]
pub mod protocol {}

#[doc = include_str!("sync.md")]
pub mod sync {}

#[doc = include_str!("operations.md")]
pub mod operations {}

#[doc = include_str!("security.md")]
pub mod security {}

#[doc = include_str!("decisions.md")]
pub mod decisions {}

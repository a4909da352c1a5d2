//! later
pub mod view;

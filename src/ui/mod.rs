//! Pages and components, for browser and server.
pub mod actions;
pub mod live;
